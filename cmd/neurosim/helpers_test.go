package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestMain lets the test binary stand in for the program, so that tests can
// interrupt and kill it.
func TestMain(m *testing.M) {
	if os.Getenv("NEUROSIM_TEST_MAIN") != "" {
		main()
	}
	os.Exit(m.Run())
}

// neurosim runs a command line and returns its status and what it wrote.
func neurosim(args ...string) (status int, out, errs string) {
	return runUntil(context.Background(), args...)
}

// runUntil runs a command line until it ends or ctx is done.
func runUntil(ctx context.Context, args ...string) (status int, out, errs string) {
	var o, e bytes.Buffer
	status = command(ctx, args, &o, &e)
	return status, o.String(), e.String()
}

// must runs a command line that has to succeed.
func must(t *testing.T, args ...string) (out, errs string) {
	t.Helper()
	status, out, errs := neurosim(args...)
	if status != exitDone {
		t.Fatalf("neurosim %s: status %d\n%s", strings.Join(args, " "), status, errs)
	}
	return out, errs
}

// mustJSON runs a command line that has to succeed and decodes what it prints.
func mustJSON(t *testing.T, printed any, args ...string) (out, errs string) {
	t.Helper()
	out, errs = must(t, append(args, "--json")...)
	if err := json.Unmarshal([]byte(out), printed); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return out, errs
}

// set returns the flags that give keys their values.
func set(values ...string) (flags []string) {
	for _, v := range values {
		flags = append(flags, "--set", v)
	}
	return flags
}

// interrupted runs a command line that is interrupted before it begins, and returns what
// it said: it leaves what an interrupted run leaves that has done nothing.
func interrupted(t *testing.T, args ...string) (said string) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	stop()
	status, _, errs := runUntil(ctx, args...)
	if status != exitInterrupted {
		t.Fatalf("neurosim %s: status %d\n%s", strings.Join(args, " "), status, errs)
	}
	return errs
}

// stopped runs a command until a file in its directory has some bytes, and
// interrupts it.
func stopped(t *testing.T, file string, size int64, args ...string) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go func() {
		for ctx.Err() == nil && !holds(file, size) {
			time.Sleep(time.Millisecond)
		}
		stop()
	}()
	if status, _, errs := runUntil(ctx, args...); status != exitInterrupted {
		t.Fatalf("status %d, said %s", status, errs)
	}
}

// program returns the command of a process of the program, which the binary of this test acts as.
func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, args...)
	cmd.Env = append(os.Environ(), "NEUROSIM_TEST_MAIN=1")
	return cmd
}

// shell returns the command of a line of bash, in which "$NS" is the program.
func shell(t *testing.T, line string) *exec.Cmd {
	t.Helper()
	ns := program(t)
	cmd := exec.Command("bash", "-c", line)
	cmd.Env = append(ns.Env, "NS="+ns.Path)
	return cmd
}

// start starts the program in a process of its own.
func start(t *testing.T, args ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	cmd := program(t, args...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, &errs
}

// long keeps a test out of the daily loop, and says what it does that takes its time.
func long(t *testing.T, what string) {
	t.Helper()
	if testing.Short() {
		t.Skipf("%s: run without -short", what)
	}
}

// needsUnix skips a test on Windows, which has neither bash nor signals.
func needsUnix(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("needs bash and signals: run it on Linux or macOS")
	}
}

// holds tells whether a file has some bytes.
func holds(file string, size int64) bool {
	info, err := os.Stat(file)
	return err == nil && info.Size() >= size
}

// waitFor returns when a file has some bytes.
func waitFor(t *testing.T, file string, size int64) {
	t.Helper()
	for range 4000 {
		if holds(file, size) {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("%s does not appear", file)
}

func exitCode(err error) int {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	if err != nil {
		return -1
	}
	return 0
}

// read returns the text of a file.
func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// write writes a file, and its folder.
func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// edit replaces a text in a file that must hold it.
func edit(t *testing.T, file, old, new string) {
	t.Helper()
	text := read(t, file)
	if !strings.Contains(text, old) {
		t.Fatalf("%s does not hold %q", file, old)
	}
	write(t, file, strings.Replace(text, old, new, 1))
}

// copyDir makes a copy of a run.
func copyDir(t *testing.T, from string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}

// contents returns the bytes of every file of a run but run.json, which tells when and
// how it was run.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		if name == "run.json" {
			return nil
		}
		text, err := os.ReadFile(path)
		files[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// same fails unless two runs left the same files, except for those that are named.
func same(t *testing.T, what, a, b string, but ...string) {
	t.Helper()
	x, y := contents(t, a), contents(t, b)
	if len(x) == 0 {
		t.Errorf("%s: no files", what)
	}
	for name := range x {
		if x[name] != y[name] && !slices.Contains(but, name) {
			t.Errorf("%s: %s differs", what, name)
		}
	}
	for name := range y {
		if _, ok := x[name]; !ok && !slices.Contains(but, name) {
			t.Errorf("%s: %s is there only once", what, name)
		}
	}
}

// sameOnThreads runs a command line on several numbers of threads, fails unless the
// files are the same, and returns the first directory.
func sameOnThreads(t *testing.T, threads []string, args ...string) (first string) {
	t.Helper()
	tmp := t.TempDir()
	for _, n := range threads {
		dir := filepath.Join(tmp, n)
		must(t, append(slices.Clone(args), "-o", dir, "--threads", n)...)
		if first == "" {
			first = dir
			continue
		}
		same(t, args[1]+" on "+n+" threads", first, dir)
	}
	return first
}

// A row is one line of a table: its cells by the names of their columns, and by the last
// part of a name without its unit, "time" for "inputs.gaba.time (ms)".
type row map[string]string

// readTable reads a CSV file.
func readTable(t *testing.T, path string) (out []row) {
	t.Helper()
	all, err := csv.NewReader(strings.NewReader(read(t, path))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, cells := range all[1:] {
		r := row{}
		for i, name := range all[0] {
			name, _, _ = strings.Cut(name, " (")
			name, _, _ = strings.Cut(name, ":")
			r[name[strings.LastIndexByte(name, '.')+1:]] = cells[i]
		}
		for i, name := range all[0] {
			r[name] = cells[i]
		}
		out = append(out, r)
	}
	return out
}

// num returns a number; where there is none, NaN.
func (r row) num(column string) float64 {
	x, err := strconv.ParseFloat(r[column], 64)
	if err != nil {
		return math.NaN()
	}
	return x
}

// column returns a column that has a number in every row.
func column(t *testing.T, rows []row, name string) (out []float64) {
	t.Helper()
	for _, r := range rows {
		x, err := strconv.ParseFloat(r[name], 64)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out = append(out, x)
	}
	return out
}

// values returns a column of the rows that a condition keeps; nil keeps all.
func values(rows []row, column string, keep func(r row) bool) (out []float64) {
	for _, r := range rows {
		if keep == nil || keep(r) {
			out = append(out, r.num(column))
		}
	}
	return out
}

// joined returns some columns of the rows that a condition keeps, as texts; nil keeps all.
func joined(rows []row, keep func(r row) bool, columns ...string) (out []string) {
	for _, r := range rows {
		if keep != nil && !keep(r) {
			continue
		}
		var cells []string
		for _, c := range columns {
			cells = append(cells, r[c])
		}
		out = append(out, strings.Join(cells, " "))
	}
	return out
}

// metricsOf returns metrics.json of a run.
func metricsOf(t *testing.T, dir string) (m map[string]any) {
	t.Helper()
	if err := json.Unmarshal([]byte(read(t, filepath.Join(dir, "metrics.json"))), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// checkedConfig is what check --json says of a configuration.
type checkedConfig struct {
	Sections []struct {
		Section string  `json:"section"`
		Area    float64 `json:"area_um2"`
		Spines  float64 `json:"spine_factor"`
	}
	Plan struct {
		Cells    int64    `json:"cells"`
		Disk     float64  `json:"disk_bytes"`
		Warnings []string `json:"warnings"`
	}
}

// checkJSON checks a configuration that has no mistakes.
func checkJSON(t *testing.T, args ...string) checkedConfig {
	t.Helper()
	var report struct{ Configs []checkedConfig }
	mustJSON(t, &report, append([]string{"check"}, args...)...)
	return report.Configs[0]
}
