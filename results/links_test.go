package results

import (
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// Nothing is written through what is in a run directory: not by a new run into
// files that are set aside, not by a lock, not by a resumed stream, not through a
// second name of a file. The first version opened NAME.part and NAME.tmp by their
// paths, and no test had a link there.
func TestNothingIsWrittenThroughLinks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs symbolic links: run it on Linux or macOS")
	}
	for _, link := range []struct {
		kind string
		make func(old, new string) error
	}{{"symbolic", os.Symlink}, {"hard", os.Link}} {
		for _, name := range []string{"spikes.csv.part", "spikes.csv", "metrics.json.tmp", "metrics.json", "run.json.tmp", "checkpoint.bin", "checkpoint.bin.tmp", "tables/a.csv.tmp", ".lock"} {
			t.Run(link.kind+" "+name, func(t *testing.T) {
				top := t.TempDir()
				dir, victim := filepath.Join(top, "run"), filepath.Join(top, "victim")
				d := start(t, dir, New)
				check(t, d.WriteFile("tables/a.csv", nil))
				check(t, d.Finish(Record{}))
				check(t, os.WriteFile(victim, []byte("mine"), 0o644))
				os.Remove(filepath.Join(dir, name))
				check(t, link.make(victim, filepath.Join(dir, name)))
				if d, err := Create(dir, Overwrite); err != nil {
					refused(t, err, name, "remove it")
				} else {
					check(t, d.Begin(Record{}))
					s, err := d.Stream("spikes.csv")
					check(t, err)
					io.WriteString(s, "new")
					check(t, d.WriteCheckpoint(1))
					check(t, d.WriteFile("tables/a.csv", []byte("new")))
					check(t, d.WriteMetrics(map[string]any{"a": 1}))
					check(t, d.Finish(Record{}))
				}
				if text, err := os.ReadFile(victim); err != nil || string(text) != "mine" {
					t.Errorf("the file outside is %q, %v", text, err)
				}
			})
		}
	}
}

// A folder that is a link is refused before anything is written, by a run and by
// what adds figures to one.
func TestFoldersThatAreLinksAreRefused(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs symbolic links: run it on Linux or macOS")
	}
	for _, folder := range folders {
		top := t.TempDir()
		dir, outside := filepath.Join(top, "run"), filepath.Join(top, "outside")
		check(t, os.Mkdir(outside, 0o755))
		check(t, start(t, dir, New).Finish(Record{}))
		check(t, os.Symlink(outside, filepath.Join(dir, folder)))
		_, err := Create(dir, Overwrite)
		refused(t, err, folder+" in it is a link")
		_, err = Open(dir)
		refused(t, err, folder+" in it is a link")
	}
}

// A resumed run writes on in its own parts only.
func TestResumedPartsAreNotLinks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs symbolic links: run it on Linux or macOS")
	}
	for kind, link := range map[string]func(old, new string) error{"is a link": os.Symlink, "second name": os.Link} {
		top := t.TempDir()
		dir, victim := filepath.Join(top, "run"), filepath.Join(top, "victim")
		d := start(t, dir, New)
		s, err := d.Stream("spikes.csv")
		check(t, err)
		io.WriteString(s, "12345")
		at, err := s.Mark()
		check(t, err)
		io.WriteString(s, "678")
		check(t, d.WriteCheckpoint(at))
		check(t, d.Close())
		part := filepath.Join(dir, "spikes.csv.part")
		check(t, os.Rename(part, victim))
		check(t, link(victim, part))
		_, err = start(t, dir, Resume).StreamAt("spikes.csv", at)
		refused(t, err, "spikes.csv", kind)
		if text, _ := os.ReadFile(victim); string(text) != "12345678" {
			t.Errorf("%s: the file outside is %q", kind, text)
		}
	}
}

// While a run is in progress only its own files are read. The first version opened
// the old run's file of the name before the part of the new one, so that figures of
// an overwritten run showed the run that was replaced.
func TestOverwriteReadsNoOldFile(t *testing.T) {
	dir := t.TempDir()
	d := start(t, dir, New)
	s, err := d.Stream("spikes.csv")
	check(t, err)
	io.WriteString(s, "old")
	check(t, d.WriteFile("rates.csv", []byte("old")))
	check(t, d.Finish(Record{}))
	d = start(t, dir, Overwrite)
	s, err = d.Stream("spikes.csv")
	check(t, err)
	io.WriteString(s, "new")
	_, err = s.Mark()
	check(t, err)
	r, err := d.Read("spikes.csv")
	check(t, err)
	text, _ := io.ReadAll(r)
	check(t, r.Close())
	if string(text) != "new" {
		t.Errorf("read %q", text)
	}
	_, err = d.Read("rates.csv")
	refused(t, err, "rates.csv: is no file of this run")
	check(t, d.WriteFile("rates.csv", []byte("new")))
	r, err = d.Read("rates.csv")
	check(t, err)
	check(t, r.Close())
}
