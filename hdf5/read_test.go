package hdf5

import (
	"os"
	"os/exec"
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

// made has the files of testdata/make.py.
func made(t testing.TB) string {
	dir := t.TempDir()
	python(t, "testdata/make.py", dir)
	return dir
}

// Both forms of all structures: h5py writes them, h5py and this package read them.
func TestReadsWhatH5pyWrites(t *testing.T) {
	dir := made(t)
	names := []string{"everything-earliest.h5", "everything-v108.h5", "user block.h5", "order.h5"}
	var paths []string
	for _, n := range names {
		paths = append(paths, filepath.Join(dir, n))
	}
	// A named type is an object that is neither group nor dataset.
	for _, part := range strings.Split(python(t, append([]string{"testdata/dump.py"}, paths...)...), "file ")[1:] {
		name, want, _ := strings.Cut(part, "\n")
		compareLines(t, filepath.Base(name), mustDump(t, name), want)
	}
}

// What is not read is refused by its name, and with the command that helps.
func TestRefusesByName(t *testing.T) {
	dir := made(t)
	for _, bound := range []string{"earliest", "v108"} {
		f := openFile(t, filepath.Join(dir, "refused-"+bound+".h5"))
		for path, want := range map[string]string{
			"compound":     "/compound: a compound type is not read",
			"reference":    "/reference: a reference is not read",
			"lzf":          "/lzf: the filter lzf (number 32000) is not read; h5repack -f GZIP=1 OLD NEW",
			"scale-offset": "/scale-offset: the filter scale-offset (number 6) is not read; h5repack -f GZIP=1 OLD NEW",
			"elsewhere":    "/elsewhere: a link into another file is not read; h5copy",
			"loop":         "/loop, a soft link",
			"dangling":     "/dangling, a soft link: /nowhere: file does not exist",
			"half":         "/half: a float of 2 bytes",
			"opaque":       "/opaque: an opaque type is not read",
			"external":     "/external: a dataset whose values are in other files is not read; h5repack -l CONTI",
			"sequence":     "/sequence: a sequence of variable length is not read",
			"arrays":       "/arrays: an array type is not read",
			"nowhere":      "/nowhere: file does not exist",
			"compound/x":   "/compound: is no group",
			"/":            "/: is no dataset",
		} {
			_, err := f.Dataset(path)
			if err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("%s, %s: %v\nwant %s", bound, path, err, want)
			}
		}
		a, err := f.Root().Attribute("compound")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.Float64s(); err == nil || err.Error() != "attribute compound of /: a compound type is not read" {
			t.Error(err)
		}
	}
	if _, err := openFile(t, filepath.Join(dir, "v110.h5")).Dataset("contiguous"); err != nil {
		t.Error(err)
	}
	for _, c := range [][3]string{
		{"v110.h5", "chunked", "/chunked: a chunked dataset of layout version 4 is not read; h5repack -f GZIP=1 --low=0 --high=1 OLD NEW"},
		{"virtual.h5", "virtual", "/virtual: a virtual dataset is not read; h5repack -l CONTI OLD NEW"},
	} {
		if _, err := openFile(t, filepath.Join(dir, c[0])).Dataset(c[1]); err == nil || !strings.HasPrefix(err.Error(), c[2]) {
			t.Errorf("%v\nwant %s", err, c[2])
		}
	}
}

// The commands that errors name do what they say.
func TestCuresHelp(t *testing.T) {
	if _, err := exec.LookPath("h5repack"); err != nil {
		t.Skip("needs the program h5repack: Debian has it in hdf5-tools")
	}
	dir := made(t)
	for _, c := range []struct {
		file, path string
		args       []string
	}{
		{"v110.h5", "chunked", []string{"-f", "GZIP=1", "--low=0", "--high=1"}},
		{"virtual.h5", "virtual", []string{"-l", "CONTI"}},
		{"scale-offset.h5", "scale-offset", []string{"-f", "GZIP=1"}},
		{"external.h5", "external", []string{"-l", "CONTI"}},
	} {
		to := filepath.Join(t.TempDir(), "new.h5")
		cmd := exec.Command("h5repack", append(c.args, c.file, to)...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("h5repack %v %s: %v %s", c.args, c.file, err, out)
			continue
		}
		if _, err := openFile(t, to).Dataset(c.path); err != nil {
			t.Errorf("after h5repack %v: %v", c.args, err)
		}
	}
}
