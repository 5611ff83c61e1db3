package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// documents are the files whose commands and links lead to what is there.
func documents(t *testing.T) []string {
	t.Helper()
	out, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range out {
		out[i], _ = filepath.Rel(root, out[i])
	}
	return append(out, "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "Makefile")
}

// functions are the names of the functions in the test files of each package, by its
// path as go test takes it.
type functions map[string][]string

// declared reads the test files of the project.
func declared(t *testing.T) functions {
	t.Helper()
	all := functions{}
	for path, source := range testSources(t) {
		f, err := parser.ParseFile(token.NewFileSet(), path, source, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		dir := "./" + filepath.ToSlash(strings.TrimPrefix(filepath.Dir(path), filepath.FromSlash(root+"/")))
		for _, d := range f.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil {
				all[dir] = append(all[dir], f.Name.Name)
			}
		}
	}
	return all
}

// find reports whether go test PACKAGE would find a function of this kind ("Test",
// "Benchmark") by a pattern. PACKAGE may end in "/...".
func (all functions) find(pkg, kind, pattern string) bool {
	top, _, _ := strings.Cut(pattern, "/") // the rest chooses among subtests
	re := regexp.MustCompile(top)
	dir, below := strings.CutSuffix(pkg, "/...")
	for at, names := range all {
		if at != dir && !(below && strings.HasPrefix(at+"/", dir+"/")) {
			continue
		}
		if slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(name, kind) && re.MatchString(name) }) {
			return true
		}
	}
	return false
}

// Each row of docs/validation.md names tests, and the packages that hold them.
func TestValidationNamesItsTests(t *testing.T) {
	packages := regexp.MustCompile("`(\\./[a-z0-9/]+)`")
	tests := regexp.MustCompile("`(Test[A-Za-z0-9]*)(?:/[A-Za-z0-9]+)?`")
	all, rows := declared(t), 0
	for line := range strings.Lines(document(t, "docs/validation.md")) {
		cells := strings.Split(line, " | ")
		if len(cells) < 4 {
			continue
		}
		names, dirs := tests.FindAllStringSubmatch(line, -1), packages.FindAllStringSubmatch(line, -1)
		for _, n := range names {
			if !slices.ContainsFunc(dirs, func(d []string) bool { return all.find(d[1], "Test", n[1]) }) {
				t.Errorf("%s stands in none of the packages of its row: %s", n[1], line)
			}
		}
		for _, d := range dirs {
			if !slices.ContainsFunc(names, func(n []string) bool { return all.find(d[1], "Test", n[1]) }) {
				t.Errorf("%s holds none of the tests of its row: %s", d[1], line)
			}
		}
		rows += min(1, len(names))
	}
	if rows < 80 {
		t.Errorf("read only %d rows that name a test", rows)
	}
}

// Every go test in a document names packages that are there, and tests or benchmarks
// that they hold.
func TestCommandsOfTheDocuments(t *testing.T) {
	command := regexp.MustCompile("(?m)go test( [^`\n;)#]+)")
	flag := regexp.MustCompile(`-(run|bench) '?([A-Za-z0-9=/|]+)'?`)
	all, found := declared(t), 0
	for _, file := range documents(t) {
		for _, c := range command.FindAllStringSubmatch(document(t, file), -1) {
			var dirs []string
			for _, word := range strings.Fields(c[1]) {
				if strings.HasPrefix(word, "./") {
					dirs = append(dirs, word)
				}
			}
			for _, d := range dirs {
				if d != "./..." && !all.find(d, "Test", "") {
					t.Errorf("%s: %s: %s has no tests", file, c[0], d)
				}
			}
			for _, m := range flag.FindAllStringSubmatch(c[1], -1) {
				kind := map[string]string{"run": "Test", "bench": "Benchmark"}[m[1]]
				if m[2] != "NAME" && !slices.ContainsFunc(dirs, func(d string) bool { return all.find(d, kind, m[2]) }) {
					t.Errorf("%s: %s: no %s%s is there", file, c[0], kind, m[2])
				}
				found++
			}
		}
	}
	if found < 8 {
		t.Errorf("found only %d patterns of tests and benchmarks", found)
	}
}

// A link within the project leads to a file, and one with an anchor to a heading of it.
func TestLinksOfTheDocuments(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^):# ]*)(?:#([^) ]+))?\)`)
	for _, file := range documents(t) {
		for _, m := range link.FindAllStringSubmatch(document(t, file), -1) {
			to := file
			if m[1] != "" {
				to = filepath.Join(filepath.Dir(file), m[1])
			}
			if _, err := os.Stat(filepath.Join(root, to)); err != nil {
				t.Errorf("%s links to %s, which is not there", file, m[1])
				continue
			}
			if m[2] != "" && !slices.Contains(anchors(document(t, to)), m[2]) {
				t.Errorf("%s links to %s#%s, and no heading has this anchor", file, m[1], m[2])
			}
		}
	}
}

// anchors are those that GitHub and docs/site give the headings of a page: small letters,
// words joined by hyphens, other signs left out.
func anchors(page string) (out []string) {
	others := regexp.MustCompile(`[^\p{L}\p{N}\p{M}_\- ]`)
	for _, h := range regexp.MustCompile("(?m)^#+ (.*)$").FindAllStringSubmatch(page, -1) {
		slug := strings.ReplaceAll(others.ReplaceAllString(strings.ToLower(h[1]), ""), " ", "-")
		out = append(out, slug)
	}
	return out
}

// The contents, docs/README.md, lead to every page of docs.
func TestEveryPageIsInTheContents(t *testing.T) {
	contents := document(t, "docs/README.md")
	for _, file := range documents(t) {
		name, in := strings.CutPrefix(filepath.ToSlash(file), "docs/")
		if in && name != "README.md" && !strings.Contains(contents, "]("+name+")") {
			t.Errorf("docs/README.md does not link to %s", file)
		}
	}
}

// Every make TARGET in a document is a target of the Makefile.
func TestMakeTargetsOfTheDocuments(t *testing.T) {
	makefile, found := document(t, "Makefile"), 0
	for _, file := range documents(t) {
		for _, m := range regexp.MustCompile("(?m)(?:^|`)make ([a-z][a-z-]*)").FindAllStringSubmatch(document(t, file), -1) {
			found++
			if !strings.Contains(makefile, "\n"+m[1]+":") {
				t.Errorf("%s: make %s: the Makefile has no such target", file, m[1])
			}
		}
	}
	if found < 5 {
		t.Errorf("found only %d", found)
	}
}
