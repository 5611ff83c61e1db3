// Package arch holds the rules of the architecture that a test can enforce.
package arch

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const root = "../.."

// document returns the text of a file of the project.
func document(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// table reads the import table of ARCHITECTURE.md: which packages of the
// project each may import.
func table(t *testing.T) map[string][]string {
	t.Helper()
	row := regexp.MustCompile("^\\| `([a-z0-9/]+)` \\|[^|]*\\| (.+) \\|$")
	name := regexp.MustCompile("`([a-z0-9/]+)`")
	allowed := map[string][]string{}
	for line := range strings.Lines(document(t, "ARCHITECTURE.md")) {
		m := row.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			continue
		}
		allowed[m[1]] = []string{}
		for _, n := range name.FindAllStringSubmatch(m[2], -1) {
			allowed[m[1]] = append(allowed[m[1]], n[1])
		}
	}
	return allowed
}

// imports returns the packages of the project that a package imports, in files
// that are no tests.
func imports(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range f.Imports {
			path, _ := strconv.Unquote(i.Path.Value)
			if p, ours := strings.CutPrefix(path, "neurosim/"); ours && !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	return out
}

// Every package has a comment that begins with its name, which go doc prints first. Six had none.
func TestPackagesHaveComments(t *testing.T) {
	for dir := range table(t) {
		files, err := filepath.Glob(filepath.Join(root, dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", dir, len(files), err)
		}
		var name, says string
		for _, file := range files {
			f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.PackageClauseOnly|parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasSuffix(file, "_test.go") {
				name, says = "Package "+f.Name.Name+" ", says+f.Doc.Text()
			}
		}
		if name == "Package main " {
			name = "Command "
		}
		if !strings.HasPrefix(says, name) {
			t.Errorf("%s: the package comment begins with %.40q, not with %q", dir, says, name)
		}
	}
}

// Every package is in the table of ARCHITECTURE.md and imports what it
// says; nothing else of the project.
func TestImportTable(t *testing.T) {
	allowed := table(t)
	if len(allowed) < 10 {
		t.Fatalf("read only %d rows of the import table", len(allowed))
	}
	seen := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && d.Name() != ".." || d.Name() == "testdata" || d.Name() == "out") {
			return fs.SkipDir
		}
		dir, _ := filepath.Rel(root, filepath.Dir(path))
		dir = filepath.ToSlash(dir)
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || seen[dir] {
			return nil
		}
		seen[dir] = true
		may, listed := allowed[dir]
		if !listed {
			t.Errorf("%s stands in no row of the import table", dir)
			return nil
		}
		for _, p := range imports(t, dir) {
			if !slices.Contains(may, p) {
				t.Errorf("%s imports %s; the import table allows %v", dir, p, may)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for dir := range allowed {
		if !seen[dir] {
			t.Errorf("the import table lists %s, which holds no package", dir)
		}
	}
}

// testSources returns the texts of the files of the project that are tests, or serve none but
// tests, by name.
func testSources(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") && filepath.Base(filepath.Dir(path)) != "fixture" {
			return err
		}
		text, err := os.ReadFile(path)
		out[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// What a test needs from outside the project is asked for by environment variables, and
// docs/validation.md has a row for each of them. Variables that a test sets for a process
// of its own begin with NEUROSIM_TEST.
func TestDataFromElsewhereIsListed(t *testing.T) {
	read := map[string]bool{}
	variable := regexp.MustCompile(`(?:Getenv|LookupEnv)\("(NEUROSIM_[A-Z0-9_]+)"\)`)
	for _, source := range testSources(t) {
		for _, m := range variable.FindAllStringSubmatch(source, -1) {
			read[m[1]] = read[m[1]] || !strings.HasPrefix(m[1], "NEUROSIM_TEST")
		}
	}
	listed := map[string]bool{}
	for _, r := range regexp.MustCompile("(?m)^\\| `(NEUROSIM_[A-Z0-9_]+)` \\|").FindAllStringSubmatch(document(t, "docs/validation.md"), -1) {
		listed[r[1]] = true
	}
	for v, elsewhere := range read {
		if elsewhere && !listed[v] {
			t.Errorf("a test reads %s, of which docs/validation.md has no row", v)
		}
	}
	for v := range listed {
		if !read[v] {
			t.Errorf("docs/validation.md lists %s, which no test reads", v)
		}
	}
}

// A test that is skipped says what is missing or what it would take, and after a colon
// how to run it all the same.
func TestSkipsSayHow(t *testing.T) {
	skip := regexp.MustCompile(`\bt\.Skipf?\((.*)\)`)
	says := regexp.MustCompile(`^"[^"]+: [^"]+"`)
	found := 0
	for path, source := range testSources(t) {
		for _, m := range skip.FindAllStringSubmatch(source, -1) {
			found++
			if !says.MatchString(m[1]) {
				t.Errorf("%s: Skip(%s): say what is missing: how to get it", path, m[1])
			}
		}
	}
	if found < 20 {
		t.Errorf("found %d skips", found)
	}
}

// No package of the engine fuses a product into a sum: every product that meets
// a sum is converted. The check is on the machine code, in .ci/run; here stand
// the packages that it looks at, so that a new one is not forgotten.
func TestEngineUsesNoLibraryTranscendentals(t *testing.T) {
	for _, dir := range []string{"internal/fpmath", "internal/rng", "internal/formula", "internal/profile", "stimulus", "dendrite", "channel", "neuron", "cable", "network", "sequence", "sequence/spiking"} {
		files, _ := filepath.Glob(filepath.Join(root, dir, "*.go"))
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range regexp.MustCompile(`\bmath\.(Exp|Expm1|Exp2|Log|Log1p|Pow|Sin|Cos|Tanh|FMA)\(`).FindAllString(string(text), -1) {
				if dir == "stimulus" && m == "math.Expm1(" {
					continue // Poisson.Probability, which no draw uses
				}
				t.Errorf("%s calls %s), whose bits differ between processors; package fpmath has it", file, m)
			}
		}
	}
}
