package results

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// start begins a run that ends with the test, if not before.
func start(t *testing.T, path string, mode Mode) *Dir {
	t.Helper()
	d, err := Create(path, mode)
	check(t, err)
	t.Cleanup(func() { d.Close() })
	check(t, d.Begin(Record{Program: "neurosim", Seed: 7}))
	return d
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// refused asks for an error whose text holds all of the parts.
func refused(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want one with %q", parts)
		return
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q lacks %q", err, part)
		}
	}
}

// tree returns the content of every file below a directory, by name.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	check(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(name)] = string(data)
		return err
	}))
	return files
}

// names returns the names of a tree except for run.json, .lock and checkpoints.
func names(files map[string]string) map[string]bool {
	set := map[string]bool{}
	for name := range files {
		if name != recordName && name != lockName && name != checkpointName {
			set[name] = true
		}
	}
	return set
}

func set(names ...string) map[string]bool {
	s := map[string]bool{}
	for _, name := range names {
		s[name] = true
	}
	return s
}
