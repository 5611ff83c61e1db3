package results

import (
	"encoding/json"
	"math"
	"os"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"
)

// run.json holds what the caller gave, and Finish lists every file.
func TestRecord(t *testing.T) {
	dir := t.TempDir()
	began := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	ended := began.Add(time.Minute)
	want := Record{
		Program: "neurosim", Version: "1.0", Build: ThisBuild(), Command: []string{"neurosim", "run", "a<b.toml"},
		Config: HashBytes("a.toml", []byte("dt")), Inputs: []File{{"spikes.csv", 3, "ab"}},
		Seed: 1<<64 - 1, RNG: "philox", Machine: ThisMachine(), Threads: 2, Start: began,
	}
	d, err := Create(dir, New)
	check(t, err)
	check(t, d.Begin(want))
	if rec, err := readRecord(dir); err != nil || rec.Outcome != Running || rec.End != nil {
		t.Errorf("after Begin: %+v, %v", rec, err)
	}
	s, err := d.Stream("spikes.csv")
	check(t, err)
	s.Write([]byte("abc"))
	check(t, d.WriteFile("b.txt", nil))
	if rec, _ := readRecord(dir); len(rec.Files) != 1 || !reflect.DeepEqual(rec.Partial, []string{"spikes.csv.part"}) {
		t.Errorf("while running: %+v", rec)
	}

	want.End, want.ExitCode, want.Warnings = &ended, 4, []string{"theta is high"}
	want.Timings = []Timing{{"simulate", 1.5}, {"build", 0.25}}
	want.Counts = map[string]int64{"spikes.E": 3, "cells": 10}
	want.SpikeHash = "00ff"
	check(t, d.Finish(want))
	want.Format, want.Outcome = 1, Done
	want.Files = []File{ // sha256 of nothing and of "abc": FIPS 180-4 examples
		{"b.txt", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{"spikes.csv", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
	}
	opened, err := Open(dir)
	check(t, err)
	if got := opened.Record(); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	text, _ := os.ReadFile(opened.Path(recordName))
	if !strings.Contains(string(text), "a<b.toml") {
		t.Error("< is escaped in run.json")
	}
	if file, err := HashFile(opened.Path("spikes.csv")); err != nil || file.SHA256 != want.Files[1].SHA256 {
		t.Errorf("HashFile: %v, %v", file, err)
	}
}

// Figures are drawn by several goroutines; each file must be listed.
func TestConcurrentFiles(t *testing.T) {
	d := start(t, t.TempDir(), New)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			if err := d.WriteFile("figures/"+string(rune('a'+i)), []byte{byte(i)}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	check(t, d.Finish(Record{}))
	rec, err := readRecord(d.path)
	check(t, err)
	for i, f := range rec.Files {
		if f != HashBytes("figures/"+string(rune('a'+i)), []byte{byte(i)}) {
			t.Errorf("file %d is %v", i, f)
		}
	}
	if len(rec.Files) != 8 {
		t.Errorf("%d files listed, want 8", len(rec.Files))
	}
}

func TestMetrics(t *testing.T) {
	type ratio float64
	d := start(t, t.TempDir(), New)
	tenth := 0.1 // not a constant, whose arithmetic is exact
	check(t, d.WriteMetrics(map[string]any{
		"theta": 13, "rate": tenth + 0.2, "single": float32(0.1), "fp": 1.7e-12, "n": uint64(1<<64 - 1), "ratio": ratio(0.5),
		"nan": math.NaN(), "inf": math.Inf(-1), "none": nil, "ok": true, "law": "jahr_stevens", "big": 1e21, "whole": 3.0,
	}))
	got, err := os.ReadFile(d.Path(MetricsName))
	check(t, err)
	const want = `{
  "big": 1e+21,
  "fp": 1.7e-12,
  "inf": null,
  "law": "jahr_stevens",
  "n": 18446744073709551615,
  "nan": null,
  "none": null,
  "ok": true,
  "rate": 0.30000000000000004,
  "ratio": 0.5,
  "single": 0.1,
  "theta": 13,
  "whole": 3
}
`
	if string(got) != want {
		t.Errorf("got %s want %s", got, want)
	}
	for _, bad := range []any{[]int{1}, map[string]any{}, struct{}{}, &d} {
		refused(t, d.WriteMetrics(map[string]any{"x.y": bad}), "metrics.json: x.y is a", "must be a number")
	}
}

func TestBuild(t *testing.T) {
	level := "GO" + strings.ToUpper(runtime.GOARCH)
	got := buildOf(&debug.BuildInfo{
		GoVersion: "go1.26",
		Settings:  []debug.BuildSetting{{Key: level, Value: "v3"}, {Key: "vcs.revision", Value: "2a5ae35"}, {Key: "vcs.modified", Value: "true"}},
		Deps:      []*debug.Module{{Path: "a", Version: "v1"}, {Path: "b", Version: "v2", Replace: &debug.Module{Path: "c", Version: "v3"}}},
	})
	want := Build{
		Revision: "2a5ae35", Modified: true, Go: "go1.26", OS: runtime.GOOS, Arch: runtime.GOARCH, ArchLevel: "v3",
		Modules: []Module{{"a", "v1"}, {"c", "v3"}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if b := ThisBuild(); b.Go != runtime.Version() {
		t.Errorf("this build: %+v", b)
	}
}

func TestMachine(t *testing.T) {
	if got := cpuModel("processor\t: 0\nmodel\t\t: 1\nmodel name\t: AMD EPYC: 7763\nmodel name\t: other\n"); got != "AMD EPYC: 7763" {
		t.Errorf("cpu %q", got)
	}
	if got := prettyName("NAME=x\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n"); got != "Debian GNU/Linux 12 (bookworm)" {
		t.Errorf("os %q", got)
	}
	const meminfo = "MemTotal:        1024 kB\nMemFree: 1 kB\n"
	for limit, want := range map[string]uint64{"": 1 << 20, "max\n": 1 << 20, "4096\n": 4096, "99999999999\n": 1 << 20} {
		if got := memory(meminfo, limit); got != want {
			t.Errorf("memory with limit %q = %d, want %d", limit, got, want)
		}
	}
	m := ThisMachine()
	if m.Cores < 1 || m.OS == "" || runtime.GOOS == "linux" && m.Memory == 0 {
		t.Errorf("this machine: %+v", m)
	}
	if _, err := json.Marshal(m); err != nil {
		t.Error(err)
	}
}

func TestFree(t *testing.T) {
	dir := t.TempDir()
	here, ok := Free(dir)
	if !ok {
		t.Skip("needs the free space of a disk, which is not known on this system: run it on Linux or macOS")
	}
	later, ok := Free(dir + "/not/there/yet")
	if here == 0 || later == 0 || !ok {
		t.Errorf("free %d, and %d where nothing is yet", here, later)
	}
}
