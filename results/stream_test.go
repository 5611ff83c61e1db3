package results

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// counter is a run: it streams the lines that its steps give, some of them
// longer than the buffer, and is its own checkpoint.
type counter struct {
	Step    int
	Offsets map[string]Mark
}

const lastStep = 400

var streamNames = []string{"spikes.csv", "traces/v.csv"}

func (c *counter) run(d *Dir, until int) error {
	streams := make([]*Stream, len(streamNames))
	for i, name := range streamNames {
		var err error
		if c.Step == 0 {
			streams[i], err = d.Stream(name)
		} else {
			streams[i], err = d.StreamAt(name, c.Offsets[name])
		}
		if err != nil {
			return err
		}
	}
	for ; c.Step < until; c.Step++ {
		if c.Step%50 == 20 {
			c.Offsets = map[string]Mark{}
			for i, name := range streamNames {
				var err error
				if c.Offsets[name], err = streams[i].Mark(); err != nil {
					return err
				}
			}
			if err := d.WriteCheckpoint(c); err != nil {
				return err
			}
		}
		for i, s := range streams {
			rng := rand.New(rand.NewPCG(uint64(c.Step), uint64(i)))
			long := strings.Repeat("x", rng.IntN(4000))
			if _, err := fmt.Fprintf(s, "%d,%s\n", c.Step, long); err != nil {
				return err
			}
		}
	}
	return nil
}

// A run that was stopped and resumed, twice and anyhow, leaves the bytes of
// one that was not.
func TestResumeGivesTheSameBytes(t *testing.T) {
	whole := t.TempDir()
	d := start(t, whole, New)
	check(t, new(counter).run(d, lastStep))
	check(t, d.Finish(Record{}))
	want := tree(t, whole)

	for name, stop := range map[string]func(*Dir) error{
		"killed":      (*Dir).Close,
		"interrupted": func(d *Dir) error { return d.Abandon(d.Record(), Interrupted, nil) },
		"killed before the streams had all got their names": func(d *Dir) error {
			d.closeStreams()
			err := d.wholeStreams()
			os.Rename(d.Path("spikes.csv"), d.Path("spikes.csv.part"))
			return errors.Join(err, d.Close())
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			d := start(t, dir, New)
			check(t, d.WriteFile("tables/replaced.csv", nil))
			check(t, d.Finish(Record{}))
			d = start(t, dir, Overwrite)
			began := d.Record().Start
			check(t, d.WriteFile("config.toml", nil))
			check(t, new(counter).run(d, 130))
			check(t, stop(d))
			// The stopped run may have come further than the resumed one will.
			part, err := os.OpenFile(d.Path("spikes.csv.part"), os.O_APPEND|os.O_WRONLY, 0)
			check(t, err)
			part.Write(make([]byte, 2e6))
			check(t, part.Close())
			for _, until := range []int{140, 333, lastStep} {
				d = start(t, dir, Resume)
				var c counter
				check(t, d.ReadCheckpoint(&c))
				check(t, c.run(d, until))
				if until < lastStep {
					check(t, stop(d))
				}
			}
			check(t, d.Finish(Record{}))
			got := tree(t, dir)
			for _, name := range streamNames {
				if got[name] != want[name] || got[name] == "" {
					t.Errorf("%s: %d bytes, want %d, or others", name, len(got[name]), len(want[name]))
				}
			}
			rec := d.Record()
			if w := set(append(streamNames, "config.toml")...); !reflect.DeepEqual(names(got), w) || len(got) != 4 {
				t.Errorf("left are %v, want %v and run.json", names(got), w)
			}
			for _, f := range rec.Files {
				if file := HashBytes(f.Name, []byte(got[f.Name])); f != file {
					t.Errorf("run.json lists %v, is %v", f, file)
				}
			}
			if len(rec.Files) != 3 || len(rec.Resumed) != 3 || rec.Start != began || rec.Partial != nil || rec.Replaces != nil {
				t.Errorf("record %+v", rec)
			}
		})
	}
}

// A stream that the resumed run does not go on with goes at its end.
func TestResumeDropsStreamsNotReopened(t *testing.T) {
	dir := t.TempDir()
	d := start(t, dir, New)
	check(t, new(counter).run(d, 100))
	check(t, d.Close())
	d = start(t, dir, Resume)
	check(t, d.Finish(Record{}))
	if files := tree(t, dir); len(files) != 1 {
		t.Errorf("left are %v, want run.json alone", names(files))
	}
}

func TestResumeRefuses(t *testing.T) {
	dir := t.TempDir()
	d := start(t, dir, New)
	check(t, d.Close())
	d = start(t, dir, Resume) // it had written nothing
	check(t, d.WriteFile("a.txt", nil))
	check(t, d.Close())
	_, err := Create(dir, Resume)
	refused(t, err, dir, "no checkpoint", "--overwrite")

	d = start(t, dir, Overwrite)
	s, err := d.Stream("spikes.csv")
	check(t, err)
	io.WriteString(s, "12345")
	_, err = d.Stream("spikes.csv")
	refused(t, err, "spikes.csv: is open already")
	check(t, d.WriteCheckpoint(1))
	check(t, d.Close())
	if _, err := s.Write([]byte("6")); err == nil {
		t.Error("wrote to a closed stream")
	}

	d = start(t, dir, Resume)
	_, err = d.StreamAt("traces.csv", Mark{})
	refused(t, err, "traces.csv: no such file")
	for _, offset := range []int64{-1, 6} {
		_, err = d.StreamAt("spikes.csv", Mark{Size: offset})
		refused(t, err, "spikes.csv: holds 5 bytes", "damaged")
	}
	then := HashBytes("spikes.csv", []byte("12345")).SHA256
	_, err = d.StreamAt("spikes.csv", Mark{4, then}) // a file that was changed has another hash
	refused(t, err, "spikes.csv: its first 4 bytes are not those of the checkpoint")
	if _, err = d.StreamAt("spikes.csv", Mark{5, then}); err != nil {
		t.Error(err)
	}
	check(t, d.Finish(Record{}))
	_, err = Create(dir, Resume)
	refused(t, err, dir, "is finished", "nothing to resume")
}

// A checkpoint of the replaced run must not be taken for one of the new run.
func TestOverwriteDropsTheCheckpoint(t *testing.T) {
	dir := t.TempDir()
	d := start(t, dir, New)
	check(t, d.WriteCheckpoint(1))
	check(t, d.Abandon(Record{}, Interrupted, nil))
	d = start(t, dir, Overwrite)
	check(t, d.WriteFile("a.txt", nil))
	check(t, d.Close())
	_, err := Create(dir, Resume)
	refused(t, err, "no checkpoint")
}

func TestDiskFull(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("needs /dev/full: run it on Linux")
	}
	dir := t.TempDir()
	d := start(t, dir, New)
	s, err := d.Stream("spikes.csv")
	check(t, err)
	check(t, s.file.Close())
	full, err := syscall.Open("/dev/full", os.O_WRONLY, 0)
	check(t, err)
	s.file = os.NewFile(uintptr(full), filepath.Join(dir, "spikes.csv.part"))
	s.buf.Reset(s.file)
	var first error
	for range 3 * streamBuffer / 1000 {
		if _, first = s.Write(make([]byte, 1000)); first != nil {
			break
		}
	}
	refused(t, first, "spikes.csv: no space left on device")
	if first != nil && first.Error() != "spikes.csv: no space left on device" {
		t.Errorf("error %q says more than is needed", first)
	}
	if n, again := s.Write([]byte("x")); n != 0 || again != first {
		t.Errorf("then %d, %v", n, again)
	}
	if _, again := s.Mark(); again != first {
		t.Errorf("Mark: %v", again)
	}
	noSpace := func(io.Writer) error {
		return &fs.PathError{Op: "write", Path: "metrics.json.tmp", Err: syscall.ENOSPC}
	}
	refused(t, d.WriteTo("metrics.json", noSpace), "metrics.json: no space left on device")
	if _, err := os.Lstat(filepath.Join(dir, "metrics.json.tmp")); err == nil {
		t.Error("metrics.json.tmp was left")
	}
	if err := d.Finish(Record{}); !errors.Is(err, first) {
		t.Errorf("Finish: %v", err)
	}
	if err := d.Abandon(Record{}, Failed, fmt.Errorf("step 9: %w", first)); err != nil {
		t.Errorf("Abandon tells again: %v", err)
	}
	_, err = Open(dir)
	refused(t, err, "it failed: step 9: spikes.csv: no space left on device")
}

// TestKilledProcess runs itself as a process that is killed in its steps.
func TestKilledProcess(t *testing.T) {
	const variable = "NEUROSIM_TEST_RUN_DIRECTORY"
	if dir := os.Getenv(variable); dir != "" {
		check(t, new(counter).run(start(t, dir, New), 210))
		self, err := os.FindProcess(os.Getpid())
		check(t, err)
		check(t, self.Kill())
		select {}
	}
	if runtime.GOOS == "js" || runtime.GOOS == "wasip1" {
		t.Skip("needs processes: run it on Linux, macOS or Windows")
	}
	dir := filepath.Join(t.TempDir(), "run")
	child := exec.Command(os.Args[0], "-test.run=^TestKilledProcess$")
	child.Env = append(os.Environ(), variable+"="+dir)
	if out, err := child.CombinedOutput(); err == nil || child.ProcessState.Exited() && runtime.GOOS != "windows" {
		t.Fatalf("the process was not killed: %v %s", err, out)
	}
	_, err := Open(dir)
	refused(t, err, "unfinished run: it was killed", "--resume")
	d := start(t, dir, Resume)
	var c counter
	check(t, d.ReadCheckpoint(&c))
	if c.Step != 170 {
		t.Errorf("checkpoint of step %d, want 170", c.Step)
	}
	check(t, c.run(d, lastStep))
	check(t, d.Finish(Record{}))
	if _, err := Open(dir); err != nil {
		t.Error(err)
	}
}

// A file that is added to a finished run, and for whose record there is no room, changes nothing: the
// file before it stays, as do run.json, which knows its hash, and FILES.md.
func TestAddedWithoutRoomForTheRecord(t *testing.T) {
	dir := t.TempDir()
	d := start(t, dir, New)
	check(t, d.WriteFile("a.txt", []byte("old")))
	check(t, d.WriteGuide())
	check(t, d.Finish(Record{Program: "neurosim"}))
	before := tree(t, dir)
	// In the place of the record aside is a folder that is not empty, so that it cannot be written.
	inTheWay := filepath.Join(dir, recordName+tmpSuffix)
	check(t, os.MkdirAll(filepath.Join(inTheWay, "x"), 0o755))
	d, err := Open(dir)
	check(t, err)
	t.Cleanup(func() { d.Close() })
	refused(t, d.WriteFile("a.txt", []byte("new")), "run.json: ")
	refused(t, d.WriteFile("b.txt", []byte("new")), "run.json: ")
	refused(t, d.WriteGuide(), "run.json: ")
	if names := d.Files(); !slices.Equal(names, []string{"FILES.md", "a.txt"}) {
		t.Errorf("its files are %q", names)
	}
	check(t, os.RemoveAll(inTheWay))
	check(t, d.WriteFile("a.txt", []byte("old"))) // what failed left nothing behind
	check(t, d.Close())
	if after := tree(t, dir); !maps.Equal(before, after) {
		t.Errorf("%d files before, %d after: %q", len(before), len(after), slices.Sorted(maps.Keys(after)))
	}
}
