package hdf5

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"neurosim/internal/fixture"
)

// openFile opens a file until the end of a test.
func openFile(t testing.TB, name string) *File {
	t.Helper()
	r, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	info, err := r.Stat()
	if err != nil {
		t.Fatal(err)
	}
	f, err := Open(r, info.Size())
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return f
}

// mustDump is dump without errors.
func mustDump(t testing.TB, name string) string {
	t.Helper()
	s, err := dump(openFile(t, name))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return s
}

// compareLines fails with the first line in which two texts differ.
func compareLines(t testing.TB, what, got, want string) {
	t.Helper()
	if got == want {
		return
	}
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		var a, b string
		if i < len(g) {
			a = g[i]
		}
		if i < len(w) {
			b = w[i]
		}
		if a != b {
			t.Fatalf("%s, line %d:\n got %s\nwant %s", what, i+1, a, b)
		}
	}
}

// The files of the SONATA repository of the Allen Institute, at docs/validation.md's
// address, as h5py 3.7 with HDF5 1.10.8 reads them: testdata/dump.py wrote the table.
func TestReadsTheFilesOfSONATA(t *testing.T) {
	dir := fixture.Shared(t, "data", "sonata")
	table, err := os.ReadFile("testdata/sonata.txt")
	if err != nil {
		t.Fatal(err)
	}
	files := strings.Split(string(table), "file ")[1:]
	if len(files) != 11 {
		t.Fatalf("the table has %d files, not 11", len(files))
	}
	for _, part := range files {
		name, want, _ := strings.Cut(part, "\n")
		compareLines(t, name, mustDump(t, filepath.Join(dir, name)), want)
	}
}

// The same files, as the h5py that is installed reads them.
func TestReadsTheFilesOfSONATAAsH5py(t *testing.T) {
	dir := fixture.Shared(t, "data", "sonata")
	var names []string
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if strings.HasSuffix(path, ".h5") {
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range strings.Split(python(t, append([]string{"testdata/dump.py"}, names...)...), "file ")[1:] {
		name, want, _ := strings.Cut(part, "\n")
		compareLines(t, name, mustDump(t, name), want)
	}
}
