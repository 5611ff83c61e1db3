package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// divided are commands whose work can be divided, with how often all parts have to be given.
var divided = map[string]struct {
	words  []string
	rounds int
	parts  int
}{
	"sweep":   {append([]string{"run", "quickstart"}, short...), 1, 3},
	"repeats": {append([]string{"run", "quickstart", "--set", "sweep.repeats=3", "--seed", "5"}, short...), 1, 5},
	"uncaging": {[]string{"run", "uncaging", "--set", `sweep.axes={"populations.E.segments.basal.nmda.g_max"=["0.5 nS","1 nS","2 nS"]}`,
		"--set", `figures={s={kind="sweep",metrics=["K_star"]}}`, "--set", `output.formats=["svg"]`}, 1, 2},
	"figures of the paper": {[]string{"reproduce", "fig4a", "fig7a", "--formats", "svg"}, 3, 2},
	"thresholds": {[]string{"thresholds", "psychometric", "--group", "E/basal, law = larkum2009", "--theta", "9",
		"--set", "psychometric.trials=150", "--set", "psychometric.weighted=0", "--formats", "svg"}, 2, 2},
	"psychometric": {[]string{"run", "psychometric", "--set", "psychometric.trials=200", "--set", `output.formats=["svg"]`}, 2, 3},
}

// The parts of a run, in whatever order they are done, make the run: all of its files are those
// of the run in one process.
func TestPartsMakeTheRun(t *testing.T) {
	for name, c := range divided {
		t.Run(name, func(t *testing.T) {
			if name != "sweep" && name != "repeats" {
				long(t, "runs a study twice")
			}
			t.Parallel()
			tmp := t.TempDir()
			whole, merged := filepath.Join(tmp, "whole"), filepath.Join(tmp, "parts of it")
			must(t, append(c.words, "-o", whole)...)
			for round := range c.rounds {
				for i := c.parts; i > 0; i-- {
					if i == 1 && round == 0 { // one is missing
						if status, _, errs := neurosim("merge", merged); status != exitIncomplete || !strings.Contains(errs, "missing") {
							t.Errorf("merge of a part: status %d, %s", status, errs)
						}
						if status, out, _ := neurosim("status", merged); status != exitIncomplete || !strings.Contains(out, "missing: ") || !strings.Contains(out, "share done") {
							t.Errorf("status of a part: status %d, %s", status, out)
						}
					}
					must(t, append(c.words, "-o", merged, "--part", fmt.Sprintf("%d/%d", i, c.parts))...)
				}
			}
			if status, out, errs := neurosim("status", merged); status != exitDone || !strings.Contains(out, "complete") {
				t.Errorf("status %d, %s %s", status, out, errs)
			}
			must(t, "merge", merged)
			same(t, name, whole, merged)
			if _, err := os.Stat(filepath.Join(merged, "parts")); err == nil {
				t.Error("the parts are still there")
			}
			must(t, "status", merged)
			must(t, "merge", merged) // again: there is nothing to do
			if status, _, errs := neurosim(append(c.words, "-o", merged, "--part", "1/2")...); status != exitFailed || !strings.Contains(errs, "holds a run") {
				t.Errorf("a part of a merged run: status %d, %s", status, errs)
			}
		})
	}
}

// Parts overlap, are done again, of another number, stopped, damaged: nothing of it changes what
// comes out.
func TestPartsAreHarmless(t *testing.T) {
	tmp := t.TempDir()
	whole, dir := filepath.Join(tmp, "whole"), filepath.Join(tmp, "parts")
	must(t, quickstart(whole)...)
	part := func(p string) { must(t, quickstart(dir, "--part", p)...) }
	part("1/3")
	part("1/3")
	part("0/2") // with 1/3 and itself in common
	if err := os.WriteFile(filepath.Join(dir, "parts", "1-of-3.part.bin"), []byte("damaged"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "parts", ".half.tmp"), []byte("killed"), 0o644); err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
		part(fmt.Sprintf("%d/4", i))
	}
	must(t, "merge", dir)
	same(t, "harmless", whole, dir)
}

// Parts of another configuration, seed or program are refused, by name; so is a plain run in the
// directory of parts, and a part without a place.
func TestPartsOfAnotherRun(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "d")
	must(t, quickstart(dir, "--part", "1/3")...)
	for _, c := range []struct {
		words []string
		code  int
		want  string
	}{
		{quickstart(dir, "--part", "2/3", "--seed", "9"), exitFailed, "run.seed was 1, now 9"},
		{quickstart(dir, "--part", "2/3", "--set", "populations.E.segments.basal.theta=9"), exitFailed, "populations.E.segments.basal.theta was"},
		{quickstart(dir), exitFailed, "neurosim status and neurosim merge"},
		{quickstart(dir, "--overwrite"), exitFailed, "neurosim status and neurosim merge"},
		{quickstart(dir, "--part", "2/3", "--resume"), exitUsage, "have no meaning"},
		{[]string{"run", "quickstart", "--part", "2/3"}, exitUsage, "--part needs -o DIR"},
		{[]string{"run", "traces", "-o", dir + "2", "--part", "4/3"}, exitUsage, "must be i/N"},
		{[]string{"run", "l5-bac", "-o", dir + "2", "--part", "1/3"}, exitUsage, "this is one run"},
		{[]string{"merge", t.TempDir()}, exitFailed, "holds no parts"},
		{[]string{"status", dir, dir}, exitUsage, "one directory"},
	} {
		if code, _, errs := neurosim(c.words...); code != c.code || !strings.Contains(errs, c.want) {
			t.Errorf("%s: status %d, %s", strings.Join(c.words, " "), code, errs)
		}
	}
}

// Processes that fit together go the same way: each makes its share of the evaluations, and the
// result is that of one process. One that is alone does everything.
func TestFitIsShared(t *testing.T) {
	long(t, "makes a fit three times")
	tmp := t.TempDir()
	words := []string{"fit", "uncaging-fit", "--set", "fit.global=false", "--set", "run.dt=0.1 ms", "--set", "uncaging.synapses=10", "--set", `output.formats=["svg"]`, "--threads", "1"}
	whole, dir, alone := filepath.Join(tmp, "whole"), filepath.Join(tmp, "shared"), filepath.Join(tmp, "alone")
	must(t, append(words, "-o", whole)...)
	described(t, whole)
	said := make([]string, 2)
	var group sync.WaitGroup
	for i := range said {
		group.Go(func() {
			_, said[i] = must(t, append(slices.Clone(words), "-o", dir, "--part", fmt.Sprintf("%d/2", i))...)
		})
	}
	group.Wait()
	made := 0
	for _, text := range said {
		found := regexp.MustCompile(`(\d+) evaluations in`).FindStringSubmatch(text)
		if found == nil {
			t.Fatalf("a part said %q", text)
		}
		n, _ := strconv.Atoi(found[1])
		made += n
	}
	var metrics map[string]any
	if err := json.Unmarshal([]byte(read(t, filepath.Join(whole, "metrics.json"))), &metrics); err != nil {
		t.Fatal(err)
	}
	if all := int(metrics["evaluations"].(float64)); made < all || made > all+all/4 { // some may be made twice, where one process is late
		t.Errorf("%d evaluations were made for %d", made, all)
	}
	must(t, "merge", dir)
	same(t, "shared", whole, dir)
	must(t, append(words, "-o", alone, "--part", "1/2")...) // which waits for the other in vain
	must(t, "merge", alone)
	same(t, "alone", whole, alone)
}

// A task of an array finds its part in the environment, and refuses to guess.
func TestAutomaticPart(t *testing.T) {
	for _, c := range []struct {
		env  string
		of   int
		want string
	}{
		{"SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX=7", 0, "3/8"},
		{"SLURM_ARRAY_TASK_ID=100 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=100", 0, "99/100"},
		{"SLURM_ARRAY_TASK_ID=9 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=17 SLURM_ARRAY_TASK_STEP=4", 0, "2/5"},
		{"SLURM_ARRAY_TASK_ID=9 SLURM_ARRAY_TASK_MIN=9 SLURM_ARRAY_TASK_MAX=9", 24, "0/24"}, // one task of an array, given again
		{"JOB_COMPLETION_INDEX=2", 4, "2/4"}, {"JOB_COMPLETION_INDEX=2", 0, "use auto/N"},
		{"PBS_ARRAY_INDEX=4", 4, "0/4"}, {"PBS_ARRAY_INDEX=9", 4, "is not one of 4"},
		{"LSB_JOBINDEX=2 LSB_JOBINDEX_END=6 LSB_JOBINDEX_STEP=1", 0, "1/6"}, {"LSB_JOBINDEX=0", 0, "not a task of an array"},
		{"SGE_TASK_ID=5 SGE_TASK_FIRST=1 SGE_TASK_LAST=9 SGE_TASK_STEPSIZE=2", 0, "2/5"}, {"SGE_TASK_ID=undefined", 0, "not a task of an array"},
		{"", 0, "not a task of an array"}, {"", 3, "not a task of an array"},
	} {
		env := map[string]string{}
		for _, word := range strings.Fields(c.env) {
			name, value, _ := strings.Cut(word, "=")
			env[name] = value
		}
		var f partFlag
		err := f.auto(func(name string) string { return env[name] }, c.of)
		if got := f.String(); err != nil && !strings.Contains(err.Error(), c.want) || err == nil && got != c.want {
			t.Errorf("%s, auto/%d: %s, %v; want %s", c.env, c.of, got, err, c.want)
		}
	}
}

// A scheduler's signal ends a part with status 75, saved; given again it goes on, and the run is
// what it would have been.
func TestStoppedPartGoesOn(t *testing.T) {
	needsUnix(t)
	long(t, "stops parts that take seconds")
	tmp := t.TempDir()
	words := []string{"reproduce", "fig6", "fig7a", "--formats", "svg", "--threads", "1"}
	whole, dir := filepath.Join(tmp, "whole"), filepath.Join(tmp, "parts")
	must(t, append(words, "-o", whole)...)
	part := append(words, "-o", dir, "--part", "1/1")
	cmd, errs := start(t, part...)
	waitFor(t, filepath.Join(dir, "parts", "0-of-1.part.json"), 1)
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := exitCode(cmd.Wait()); code != exitStopped && code != exitDone {
		t.Fatalf("status %d, %s", code, errs)
	}
	must(t, part...)
	must(t, "merge", dir)
	same(t, "stopped", whole, dir)
}

// Parts are killed twenty times, at any moment, one by a full disk, on machines whose clocks are a
// year apart; then all are done and two merges begin at once: nothing is lost, and the run is what
// it would have been.
func TestPartsThatAreKilled(t *testing.T) {
	needsUnix(t)
	long(t, "kills parts that take seconds")
	tmp := t.TempDir()
	words := []string{"run", "quickstart", "--set", `sweep.set."run.tstop"=12 s`, "--set", `output.formats=["svg"]`, "--threads", "1"}
	whole, dir := filepath.Join(tmp, "whole"), filepath.Join(tmp, "parts")
	must(t, append(words, "-o", whole)...)
	part := func(i int) []string {
		return append(slices.Clone(words), "-o", dir, "--part", fmt.Sprintf("%d/5", i))
	}
	rng := rand.New(rand.NewPCG(20, 0))
	for range 20 {
		cmd, _ := start(t, part(rng.IntN(5))...)
		time.Sleep(time.Duration(rng.IntN(700)) * time.Millisecond)
		cmd.Process.Kill()
		cmd.Wait()
		clock := time.Now().AddDate(rng.IntN(3)-1, 0, 0)
		filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
			if err != nil {
				return nil // the directory is not there yet
			}
			return os.Chtimes(path, clock, clock)
		})
	}
	full := shell(t, `ulimit -f 1; exec "$NS" "$@"`)
	full.Args = append(append(full.Args, "sh"), part(4)...)
	if said, err := full.CombinedOutput(); err == nil {
		t.Errorf("files of at most 1 KiB hold a part: %s", said)
	}
	for i := range 5 {
		must(t, part(i)...)
	}
	codes := make([]int, 2)
	var group sync.WaitGroup
	for i := range codes {
		group.Go(func() { codes[i], _, _ = neurosim("merge", dir) })
	}
	group.Wait()
	if codes[0] != exitDone && codes[1] != exitDone {
		t.Errorf("two merges ended with %v", codes)
	}
	must(t, "merge", dir)
	same(t, "killed", whole, dir)
}

// A part writes no recordings, so their size does not matter to it; the merge refuses them before
// it begins, and keeps the parts.
func TestPartsNeedNoRoomForRecordings(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "d")
	words := quickstart(dir, "--set", "run.tstop=100000000 s", "--set", "run.dt=0.1 ms", "--set", `sweep.set."run.tstop"=400 ms`, "--set", "figures.raster.stop=1 s")
	if status, _, errs := neurosim(words...); status != exitFailed || !strings.Contains(errs, "the recordings need about") {
		t.Fatalf("status %d, %s", status, errs)
	}
	must(t, append(words, "--part", "1/1")...)
	if status, _, errs := neurosim("merge", dir); status != exitFailed || !strings.Contains(errs, "the recordings need about") {
		t.Errorf("status %d, %s", status, errs)
	}
	must(t, "status", dir)
}
