package results

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestCreateTakesMissingAndEmptyDirectories(t *testing.T) {
	for _, mode := range []Mode{New, Overwrite} {
		for _, path := range []string{t.TempDir(), filepath.Join(t.TempDir(), "a", "b")} {
			d := start(t, path, mode)
			check(t, d.Finish(Record{}))
			if files := tree(t, path); len(files) != 1 {
				t.Errorf("mode %d: an empty run left %v, want run.json alone", mode, files)
			}
		}
	}
}

// A process that was killed before the first run.json leaves no run, but
// nothing of a user's either.
func TestCreateAfterDeathInBegin(t *testing.T) {
	for _, mode := range []Mode{New, Overwrite} {
		dir := t.TempDir()
		for _, name := range []string{".lock", "run.json.tmp"} {
			check(t, os.WriteFile(filepath.Join(dir, name), []byte("{"), 0o644))
		}
		check(t, start(t, dir, mode).Finish(Record{}))
		if _, err := os.Stat(filepath.Join(dir, "run.json.tmp")); err == nil {
			t.Error("run.json.tmp is still there")
		}
	}
}

// Whatever the mode, what is not a run is refused and stays as it is.
func TestForeignDirectoriesAreNotTouched(t *testing.T) {
	for _, foreign := range []struct{ name, content, why string }{
		{"thesis.tex", "years of work", "holds no run.json"},
		{"run.json", `{"jobs": 3}`, "not the record of a run"},
		{"run.json", `{"run_format": 2}`, "run_format = 2: this program reads 1"},
		{"run.json", `half a rec`, "not the record of a run"},
		{".hidden", "", "holds no run.json"},
	} {
		dir := t.TempDir()
		check(t, os.WriteFile(filepath.Join(dir, foreign.name), []byte(foreign.content), 0o644))
		before := tree(t, dir)
		_, err := Create(dir, New)
		refused(t, err, dir, "not empty", "--overwrite", "--resume")
		_, err = Create(dir, Overwrite)
		refused(t, err, dir, foreign.why)
		_, err = Create(dir, Resume)
		refused(t, err, dir, foreign.why)
		_, err = Open(dir)
		refused(t, err, dir, foreign.why)
		if after := tree(t, dir); !reflect.DeepEqual(before, after) {
			t.Errorf("%s: was %v, is %v", foreign.name, before, after)
		}
	}
	file := filepath.Join(t.TempDir(), "notes.txt")
	check(t, os.WriteFile(file, nil, 0o644))
	for _, mode := range []Mode{New, Overwrite, Resume} {
		_, err := Create(file, mode)
		refused(t, err, "is a file, not a directory")
	}
	missing := filepath.Join(t.TempDir(), "runs")
	_, err := Create(missing, Resume)
	refused(t, err, "runs: no such file")
	if _, err := os.Stat(missing); err == nil {
		t.Error("a refused resume made the directory")
	}
}

// A new run takes away what the old one wrote, but only when it is whole
// itself, and never a file that the old one did not write.
func TestOverwrite(t *testing.T) {
	dir := t.TempDir()
	d := start(t, dir, New)
	for _, name := range []string{"config.toml", "tables/a.csv", "tables/b.csv", "old/deep/c.csv"} {
		check(t, d.WriteFile(name, []byte("old "+name)))
	}
	check(t, d.Finish(Record{}))
	for _, name := range []string{"tables/mine.csv", "notes.txt"} {
		check(t, os.WriteFile(filepath.Join(dir, name), []byte("mine"), 0o644))
	}
	old := tree(t, dir)

	// The first attempt replaces one file, adds one and fails; the second
	// dies without a word.
	d = start(t, dir, Overwrite)
	check(t, d.WriteFile("tables/a.csv", []byte("new")))
	check(t, d.WriteFile("tables/once.csv", []byte("new")))
	refused(t, d.WriteTo("tables/b.csv", func(w io.Writer) error {
		io.WriteString(w, "half")
		return errors.New("out of ideas")
	}), "tables/b.csv: out of ideas")
	check(t, d.Abandon(Record{}, Failed, errors.New("out of ideas")))
	d = start(t, dir, Overwrite)
	_, err := d.Stream("spikes.csv")
	check(t, err)
	check(t, d.Close())
	now := tree(t, dir)
	for name, content := range old {
		if name != recordName && name != "tables/a.csv" && now[name] != content {
			t.Errorf("%s = %q after runs that failed, was %q", name, now[name], content)
		}
	}

	d = start(t, dir, Overwrite)
	check(t, d.WriteFile("tables/a.csv", []byte("newer")))
	check(t, d.Finish(Record{}))
	got := tree(t, dir)
	if want := set("tables/a.csv", "tables/mine.csv", "notes.txt"); !reflect.DeepEqual(names(got), want) {
		t.Errorf("left are %v, want %v", names(got), want)
	}
	if got["tables/a.csv"] != "newer" || got["notes.txt"] != "mine" {
		t.Errorf("wrong content: %v", got)
	}
	if _, err := os.Stat(filepath.Join(dir, "old")); err == nil {
		t.Error("folder old is empty and still there")
	}
}

// A file whose parts are not written in order is hashed as it is at the end, and after an error
// there is what was there before.
func TestWriteToAnyPlace(t *testing.T) {
	dir := t.TempDir()
	d := start(t, dir, New)
	put := func(text string, at int64, err error) error {
		return d.WriteToAnyPlace("a/b.h5", func(w io.WriterAt) error {
			if _, err := w.WriteAt([]byte(text[at:]), at); err != nil {
				return err
			}
			if err != nil {
				return err
			}
			_, err := w.WriteAt([]byte(text[:at]), 0)
			return err
		})
	}
	check(t, put("head and tail", 4, nil))
	refused(t, put("other words", 3, errors.New("out of ideas")), "a/b.h5: out of ideas")
	if got := tree(t, dir)["a/b.h5"]; got != "head and tail" {
		t.Errorf("%q", got)
	}
	want, err := HashFile(filepath.Join(dir, "a", "b.h5"))
	check(t, err)
	check(t, d.Finish(Record{}))
	if record := tree(t, dir)[recordName]; !strings.Contains(record, want.SHA256) {
		t.Errorf("run.json has not the hash %s", want.SHA256)
	}
}

// A list that was tampered with removes nothing outside the directory.
func TestOverwriteStaysInside(t *testing.T) {
	home := t.TempDir()
	dir, outside := filepath.Join(home, "run"), filepath.Join(home, "precious.txt")
	check(t, os.WriteFile(outside, nil, 0o644))
	check(t, os.Mkdir(dir, 0o755))
	check(t, os.WriteFile(filepath.Join(dir, recordName),
		[]byte(`{"run_format": 1, "outcome": "done", "files": [{"name": "../precious.txt"}, {"name": "`+outside+`"}]}`), 0o644))
	check(t, start(t, dir, Overwrite).Finish(Record{}))
	if _, err := os.Stat(outside); err != nil {
		t.Error(err)
	}
}

func TestOneWriterAtATime(t *testing.T) {
	dir := t.TempDir()
	first := start(t, dir, New)
	_, err := Create(dir, Overwrite)
	if err == nil {
		t.Skip("needs file locks, which this system does not have: run it on Linux, macOS or Windows")
	}
	refused(t, err, dir, "process", "is writing to it")
	_, err = Open(dir)
	refused(t, err, "unfinished", "is still writing it")
	check(t, first.Finish(Record{}))

	// Readers do not lock until they write.
	a, err := Open(dir)
	check(t, err)
	b, err := Open(dir)
	check(t, err)
	defer b.Close()
	check(t, a.WriteFile("figures/a.svg", []byte("a")))
	refused(t, b.WriteFile("figures/b.svg", []byte("b")), "is writing to it")
	check(t, a.Close())
	check(t, b.WriteFile("figures/b.svg", []byte("b")))
	rec := b.Record()
	if len(rec.Files) != 2 || rec.Outcome != Done {
		t.Errorf("outcome %s, files %v, want done with those of both", rec.Outcome, rec.Files)
	}
}

func TestOpenSaysHowAnUnfinishedRunEnded(t *testing.T) {
	for _, end := range []struct {
		how   func(*Dir) error
		parts []string
	}{
		{(*Dir).Close, []string{"it was killed", "no checkpoint, --overwrite"}},
		{func(d *Dir) error { return d.Abandon(Record{}, Interrupted, nil) }, []string{"it was interrupted"}},
		{func(d *Dir) error {
			return errors.Join(d.WriteCheckpoint(1), d.Abandon(Record{}, Failed, errors.New("V_m is NaN at 3 ms")))
		}, []string{"it failed: V_m is NaN at 3 ms", "--resume goes on"}},
	} {
		dir := t.TempDir()
		check(t, end.how(start(t, dir, New)))
		_, err := Open(dir)
		refused(t, err, append(end.parts, dir+": unfinished run")...)
		refused(t, start(t, dir, Overwrite).Begin(Record{}), "Begin comes once")
	}
}

func TestWritesOutOfPlace(t *testing.T) {
	d, err := Create(t.TempDir(), New)
	check(t, err)
	defer d.Close()
	refused(t, d.WriteFile("a", nil), "before Begin")
	_, err = d.Stream("a")
	refused(t, err, "only between Begin and Finish")
	refused(t, d.Finish(Record{}), "after Begin")
	check(t, d.Begin(Record{}))
	for _, name := range []string{"", ".", "../a", "/a", "a/../b", `a\b`, "run.json", "checkpoint.bin", ".lock", "a.part", "a.tmp"} {
		if d.WriteFile(name, nil) == nil {
			t.Errorf("name %q was taken", name)
		}
	}
	check(t, d.Abandon(Record{}, Interrupted, nil))
	refused(t, d.WriteFile("a", nil), "was abandoned")
	refused(t, d.WriteCheckpoint(1), "only between Begin and Finish")
}

// Two runs of one configuration differ in run.json alone.
func TestSameBytes(t *testing.T) {
	write := func(start time.Time) map[string]string {
		dir := t.TempDir()
		d, err := Create(dir, New)
		check(t, err)
		check(t, d.Begin(Record{Start: start}))
		s, err := d.Stream("spikes.csv")
		check(t, err)
		io.WriteString(s, "time (ms),cell\n")
		check(t, d.WriteMetrics(map[string]any{"b": 1, "a": 0.1, "c": "x"}))
		check(t, d.SaveFigure(example()))
		check(t, d.Finish(Record{}))
		files := tree(t, dir)
		delete(files, recordName)
		return files
	}
	a, b := write(time.Unix(0, 0)), write(time.Unix(1e9, 0))
	if !reflect.DeepEqual(a, b) || len(a) != 5 { // the figure has two tables
		t.Errorf("%v\nis not\n%v", a, b)
	}
}

// An error names the file once, as the user knows it, and an error about
// another file keeps that one's name.
func TestErrorsNameTheFile(t *testing.T) {
	dir := t.TempDir()
	d := start(t, dir, New)
	check(t, os.WriteFile(filepath.Join(dir, "tables"), nil, 0o644))
	check(t, os.MkdirAll(filepath.Join(dir, "spikes.csv", "x"), 0o755))
	_, other := os.ReadFile(filepath.Join(dir, "absent", "a.csv.gz"))
	for _, e := range []struct {
		err  error
		want string
	}{
		{d.WriteFile("spikes.csv", nil), "spikes.csv: file exists"},
		{d.WriteFile("tables/a.csv", nil), "tables/a.csv: tables is not a folder"},
		{d.WriteTo("csv.gz", func(io.Writer) error { return other }), "csv.gz: " + other.Error()},
	} {
		if e.err == nil || e.err.Error() != e.want && filepath.Separator == '/' {
			t.Errorf("error %q, want %q", e.err, e.want)
		}
	}
	if files := tree(t, dir); len(files) != 3 {
		t.Errorf("left are %v", files)
	}
}
