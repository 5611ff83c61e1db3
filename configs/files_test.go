package configs

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"neurosim/grammar"
)

// disk writes files into a folder of its own and makes it the working directory.
func disk(t *testing.T, text map[string]string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, text := range text {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	return dir
}

// everyFile is a configuration with every key that names a file.
const everyFile = `
[run]
tstop = "100 ms"
[populations.in]
kind = "sdr"
n = 20
active = 2
patterns_file = "data/patterns.csv"
[populations.F]
kind = "pyramidal"
size = 3
I_e_file = "data/currents.csv"
[populations.T]
kind = "compartmental"
size = 1
soma.model = "passive"
morphology = { file = "data/cell.swc" }
[projections.list]
source = "in"
target = "F"
rule = "list"
file = "data/list.csv"
[inputs.train]
kind = "spikes"
population = "in"
file = "data/train.csv"
`

var everyData = map[string]string{
	"patterns.csv": "pattern,cell\n0,3\n0,19\n", "currents.csv": "cell,I_e_pA\n2,33.5\n", "cell.swc": "1 1 0 0 0 10 -1\n2 3 20 0 0 1 1\n3 3 60 0 0 1 2\n",
	"list.csv": "source,cell,weight_pA,delay_ms\n19,2,100,0.3\n", "train.csv": "time_ms,cell\n0.5,3\n",
}

// A path is relative to the file in which it stands, for every key, wherever that
// file is included from; by --set to the working directory. Tests knew one folder.
func TestPathsAreRelativeToTheirFile(t *testing.T) {
	text := map[string]string{"lib/base.toml": everyFile, "studies/deep/main.toml": "include = [\"../../lib/base.toml\"]\n", "studies/own.toml": "include = [\"../lib/base.toml\"]\n[populations.T]\nmorphology.file = \"own.swc\"\n",
		"studies/own.swc": "1 1 0 0 0 11 -1\n2 3 20 0 0 1 1\n3 3 60 0 0 1 2\n", "here.swc": "1 1 0 0 0 12 -1\n2 3 20 0 0 1 1\n3 3 60 0 0 1 2\n"}
	for name, data := range everyData {
		text["lib/data/"+name] = data
	}
	dir := disk(t, text)
	x, err := loadFile("studies/deep/main.toml", grammar.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(x.Inputs) != 1+len(everyData) || x.Inputs[1].Name != "lib/data/patterns.csv" || x.Inputs[1].Copy != "inputs/patterns.csv" {
		t.Errorf("%d inputs: %v", len(x.Inputs), x.Inputs[1])
	}
	for _, c := range []struct {
		file string
		set  []grammar.Override
		want string
	}{
		{"studies/own.toml", nil, "studies/own.swc"},
		{"studies/own.toml", []grammar.Override{{Key: "populations.T.morphology.file", Value: "here.swc"}}, "here.swc"},
		{"studies/own.toml", []grammar.Override{{Key: "populations.T.morphology", Value: `{ file = "lib/data/cell.swc" }`}}, "lib/data/cell.swc"},
		{"morphology", []grammar.Override{{Key: "populations.E.morphology.file", Value: "here.swc"}}, "here.swc"},
		{filepath.Join(dir, "studies", "own.toml"), nil, filepath.ToSlash(filepath.Join(dir, "studies", "own.swc"))},
		{"studies/own.toml", []grammar.Override{{Key: "populations.T.morphology.file", Value: filepath.ToSlash(filepath.Join(dir, "here.swc"))}}, filepath.ToSlash(filepath.Join(dir, "here.swc"))},
	} {
		x, err := loadFile(c.file, grammar.Options{Set: c.set})
		if c.file == "morphology" && err != nil && strings.Contains(err.Error(), "there is no section") {
			continue // read, but another cell
		}
		if err != nil {
			t.Errorf("%s %v: %v", c.file, c.set, err)
			continue
		}
		if !strings.Contains(x.Resolved(), `file = "`+c.want+`"`) {
			t.Errorf("%s %v: %s", c.file, c.set, x.Resolved())
		}
	}
	_, err = loadFile("studies/own.toml", grammar.Options{Set: []grammar.Override{{Key: "inputs.train.file", Value: "train.csv"}}})
	if want := `--set: inputs.train.file = "train.csv": train.csv: no such file`; err == nil || err.Error() != want {
		t.Errorf("%v\nwant %s", err, want)
	}
}

// Absolute paths work wherever relative ones do, in include too.
func TestAbsolutePaths(t *testing.T) {
	dir := disk(t, map[string]string{"a/base.toml": minimal, "b/empty": ""})
	main := "include = ['" + filepath.ToSlash(filepath.Join(dir, "a", "base.toml")) + "']\n"
	if err := os.WriteFile("b/main.toml", []byte(main), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := loadFile("b/main.toml", grammar.Options{}); err != nil {
		t.Error(err)
	}
}

// The values of a sweep that name files follow the same rule, and a run's own
// configuration, beside its copies of the files, describes the same points.
func TestSweepOverFiles(t *testing.T) {
	cell := func(r string) string { return "1 1 0 0 0 " + r + " -1\n2 3 20 0 0 1 1\n3 3 60 0 0 1 2\n" }
	base := "[run]\ntstop = \"10 ms\"\n[populations.T]\nkind = \"compartmental\"\nsize = 1\nsoma.model = \"passive\"\nmorphology.file = \"cells/a.swc\"\n"
	disk(t, map[string]string{"d/base.toml": base, "d/cells/a.swc": cell("10"), "e/b/a.swc": cell("11"), "e/b/c.swc": cell("12"),
		"e/main.toml": "include = [\"../d/base.toml\"]\n[sweep.axes]\n\"populations.T.morphology.file\" = [\"b/a.swc\", \"b/c.swc\"]\n"})
	x, err := loadFile("e/main.toml", grammar.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range x.Inputs {
		if in.Copy != "" {
			var text bytes.Buffer
			if err := in.Put(&text); err != nil {
				t.Fatal(err)
			}
			if err := os.MkdirAll(filepath.Join("run", filepath.Dir(in.Copy)), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join("run", in.Copy), text.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.WriteFile("run/resolved.toml", []byte(x.ResolvedBesideCopies()), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename("run", "moved"); err != nil {
		t.Fatal(err)
	}
	os.RemoveAll("d")
	os.RemoveAll("e")
	y, err := loadFile("moved/resolved.toml", grammar.Options{})
	if err != nil {
		t.Fatalf("%v\n%s", err, x.ResolvedBesideCopies())
	}
	if len(x.Inputs) != 4 || len(y.Inputs) != 3 {
		t.Errorf("%d inputs, then %d", len(x.Inputs), len(y.Inputs))
	}
	for i, p := range x.Points() {
		q := y.Points()[i]
		a, errA := x.At(p)
		b, errB := y.At(q)
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		if p.Seed != q.Seed {
			t.Errorf("point %d has another seed", i)
		}
		sameTables(t, fmt.Sprintf("point %d", i), a.Study, b.Study)
	}
}

// A file that is included by two others is read once: 30 files that each include the
// next twice took for ever.
func TestIncludesAreReadOnce(t *testing.T) {
	reads := 0
	x, err := loadFile("0.toml", grammar.Options{Read: func(name string) ([]byte, error) {
		reads++
		i, err := strconv.Atoi(strings.TrimSuffix(name, ".toml"))
		if err != nil || i == 30 {
			return []byte(minimal), err
		}
		return fmt.Appendf(nil, "include = [\"%d.toml\", \"%d.toml\"]\n", i+1, i+1), nil
	}})
	if err != nil || reads != 31 || len(x.Inputs) != 30 {
		t.Errorf("%d reads, %v", reads, err)
	}
	_, err = loadFile("x.toml", grammar.Options{Read: func(name string) ([]byte, error) { return []byte("include = [\"y" + name + "\"]"), nil }})
	if err == nil || !strings.Contains(err.Error(), "is nested more than 100 deep") {
		t.Errorf("includes without end: %v", err)
	}
}

// Devices, pipes, folders and huge files are refused where a file is due, at once
// and with the reason; the program once read until it was killed, or waited.
func TestWhatIsNoFile(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs devices and pipes: run it on Linux or macOS")
	}
	disk(t, map[string]string{"ok.toml": minimal})
	huge, err := os.Create("huge")
	if err != nil {
		t.Fatal(err)
	}
	if err := huge.Truncate(5 << 30); err != nil {
		t.Skipf("needs a file system with sparse files: point TMPDIR to one (%v)", err)
	}
	huge.Close()
	if err := os.WriteFile("line", bytes.Repeat([]byte("1"), 2<<20), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := makePipe("pipe"); err != nil {
		t.Skipf("needs named pipes: point TMPDIR to a file system that has them (%v)", err)
	}
	if err := os.Mkdir("folder", 0o755); err != nil {
		t.Fatal(err)
	}
	list := "[populations.F]\nkind = \"sdr\"\nn = 10\nactive = 1\npatterns_file = "
	swc := "[populations.F]\nkind = \"compartmental\"\nsize = 1\nmorphology.file = "
	for _, c := range []struct{ head, name, want string }{
		{"", "/dev/zero", "goes on beyond 16 MiB; at most 16 MiB of such a file are read"},
		{"", "/dev/null", "is empty: a configuration needs at least [run] and [populations]"},
		{"", "huge", "has 5120 MiB; at most 16 MiB of such a file are read"},
		{"", "folder", "is a folder, not a file"},
		{"include = ", "/dev/zero", "is a device; it must be a regular file"},
		{"include = ", "pipe", "is a pipe; it must be a regular file"},
		{"include = ", "folder", "is a folder, not a file"},
		{"include = ", "huge", "has 5120 MiB; at most 16 MiB of such a file are read"},
		{list, "/dev/zero", "is a device; it must be a regular file"},
		{list, "pipe", "is a pipe; it must be a regular file"},
		{list, "huge", "has 5120 MiB; at most 1024 MiB of such a file are read"},
		{list, "line", "is 2097152 bytes long; a line has at most 1048576"},
		{swc, "line", "is 2097152 bytes long; a line has at most 10000"},
		{swc, "/dev/full", "is a device; it must be a regular file"},
		{swc, "pipe", "is a pipe; it must be a regular file"},
		{swc, "huge", "has 5120 MiB; at most 256 MiB of such a file are read"},
	} {
		if _, err := os.Stat(c.name); err != nil {
			continue // another system has other devices
		}
		file := c.name
		if c.head != "" {
			file = "main.toml"
			text := minimal + c.head + "\"" + c.name + "\"\n"
			if strings.HasPrefix(c.head, "include") {
				text = c.head + "[\"" + c.name + "\"]\n" + minimal
			}
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		start := time.Now()
		_, err := loadFile(file, grammar.Options{})
		if err == nil || !strings.HasSuffix(strings.Split(err.Error(), "\n")[0], ": "+c.want) {
			t.Errorf("%s%s: %v, want %s", c.head, c.name, err, c.want)
		}
		if c.name != "/dev/zero" && time.Since(start) > 10*time.Second {
			t.Errorf("%s%s was read", c.head, c.name)
		}
	}
}

// What check prints of a shipped configuration loads in the working directory, data
// of the program included.
func TestShippedNamesAreFound(t *testing.T) {
	disk(t, nil)
	for _, name := range []string{"morphology", "quickstart"} {
		x, err := loadFile(name, grammar.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile("mine.toml", []byte(x.Resolved()), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := loadFile("mine.toml", grammar.Options{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
