package grammar

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// laterTOML are the files of the suite that are mistakes in TOML 1.0 and valid in
// TOML 1.1, which is read.
var laterTOML = []string{
	"datetime/no-secs", "local-datetime/no-secs", "local-time/no-secs", "string/basic-byte-escapes",
	"inline-table/linebreak-01", "inline-table/linebreak-02", "inline-table/linebreak-03", "inline-table/linebreak-04", "inline-table/trailing-comma",
}

// The public suite of TOML files (toml-lang/toml-test, MIT licence) is judged as its
// authors do, with a line for every mistake. BurntSushi/toml alone accepts 17 of the
// mistakes; no test had asked it. The files come with the module of that parser.
func TestPublicSuite(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/BurntSushi/toml").Output()
	suite := filepath.Join(strings.TrimSpace(string(out)), "internal", "toml-test", "tests")
	if _, missing := os.Stat(suite); err != nil || missing != nil {
		t.Skip("the module's files are not on this machine")
	}
	judged := map[bool]int{}
	err = filepath.WalkDir(suite, func(path string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(suite, path)
		name, isTOML := strings.CutSuffix(filepath.ToSlash(name), ".toml")
		kind, name, inside := strings.Cut(name, "/")
		if err != nil || !isTOML || !inside {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		valid := kind == "valid" || slices.Contains(laterTOML, name)
		judged[valid]++
		switch _, wrong := parseDocument(text); {
		case valid && wrong != nil:
			t.Errorf("%s: line %d: %s: %s", name, wrong.line, wrong.key, wrong.rule)
		case !valid && wrong == nil:
			t.Errorf("%s is accepted", name)
		case !valid && wrong.line == 0:
			t.Errorf("%s: no line: %s", name, wrong.rule)
		}
		return nil
	})
	if err != nil || judged[true] < 200 || judged[false] < 400 {
		t.Errorf("%d valid files and %d others, %v", judged[true], judged[false], err)
	}
}

// Names that are defined twice in ways that BurntSushi/toml accepts, from the public
// suite; here with the lines.
func TestNamesDefinedTwice(t *testing.T) {
	for text, want := range map[string]string{
		"[a.b.c]\nz = 9\n[a]\nb.c.t = 1\n":                     "4: a.b: is defined already, in line 1",
		"[[a.b]]\n[a]\nb.y = 2\n":                              "3: a.b: is defined already, in line 1",
		"a.b.c = 1\na.b = 2\n":                                 "2: a.b: is defined already, in line 1",
		"[fruit]\napple.color = 1\n[fruit.apple]\n":            "3: fruit.apple: is defined already, in line 2",
		"[t1]\nt2.t3.v = 0\n[t1.t2.t3]\n":                      "3: t1.t2.t3: is defined already, in line 2",
		"a = {}\n[a.b]\n":                                      "2: a: is defined already, in line 1",
		"t = { i = { d = 1 }, i.c = 2 }":                       "1: t.i: is defined already, in line 1",
		"[p]\ntype = { name = 1 }\ntype.edible = false\n":      "3: p.type: is defined already, in line 2",
		"d = 1985-06-18 17:04:07+12:60":                        "1: d: has an offset from UTC that is no time: 1985-06-18 17:04:07+12:60",
		"l = [{ a.b = 1, a.b = 2 }]":                           "1: Key 'l.a.b' has already been defined.",
		"[[x]]\na = 1\n[[x]]\na = 1\n[x.y]\n[[x]]\n[x.y]\n":    "",
		"[fruit]\napple.taste.sweet = true\n[fruit.apple.t]\n": "",
	} {
		got := ""
		if _, wrong := parseDocument([]byte(text)); wrong != nil {
			got = fmt.Sprintf("%d: ", wrong.line)
			if wrong.key != "" {
				got += wrong.key + ": "
			}
			got += wrong.rule
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// What would overflow a parser's stack or take hours is refused before it is parsed,
// with its line. Tests had small texts only.
func TestTextBeyondLimits(t *testing.T) {
	deep := strings.Repeat
	for _, c := range []struct{ text, want string }{
		{"\na = " + deep("[", 10_000_000), "2: has lists and tables nested more than 32 deep"},
		{"a = " + deep("[", 33) + deep("]", 33), "1: has lists and tables nested more than 32 deep"},
		{"a = " + deep("[", 32) + deep("]", 32), ""},
		{"a = " + deep("{a=", 1000) + "1" + deep("}", 1000), "1: has lists and tables nested more than 32 deep"},
		{"\n\n[a" + deep(".a", 100_000) + "]", "3: has a dotted key of more than 32 parts"},
		{"a" + deep(".a", 31) + " = 1", ""},
		{"a" + deep(".a", 32) + " = 1", "1: has a dotted key of more than 32 parts"},
		{deep("k", 10_000_000) + " = 1", "1: has a word of more than 4096 letters"},
		{"\"" + deep("k", 5000) + "\" = 1", "1: has a string of 5002 bytes; at most 4096"},
		{"\ntitle = \"" + deep("x", 1_000_000) + "\"", "2: has a string of 1000002 bytes; at most 4096"},
		{deep("k", 600) + " = 1", "1: has 600 letters with the tables around it; at most 500"},
		{"a = [" + deep("1,", 1_000_000) + "]", "1: has more than 200000 keys, tables and elements of lists"},
		{deep("[a]\n", 300_000), "200001: has more than 200000 keys, tables and elements of lists"},
		// Brackets and dots in strings and comments count for nothing.
		{"# " + deep("[", 100) + "\na = '" + deep("[", 100) + "' # " + deep(".", 100) + "\nb = \"\"\"\n\\\"\"\"\\\"" + deep("{", 100) + "\n\"\"\"\"\"\nc = '''" + deep("[", 50) + "''''", ""},
		{"a = \"\"\"x\"\"\"\"\nb = " + deep("[", 40), "2: has lists and tables nested more than 32 deep"},
		{"a = '[", "1: unexpected EOF; expected \"'\""},
		{"\xff\xfea\x00", "1: is UTF-16 text; save it as UTF-8"},
		{"\xfe\xff\x00a", "1: is UTF-16 text; save it as UTF-8"},
		{"\xff\xfe\x00\x00a\x00\x00\x00", "1: is UTF-32 text; save it as UTF-8"},
		{"\xef\xbb\xbfa = 1\nb = [", "2: unexpected EOF; expected value"},
		{"\xef\xbb\xbfa = 1", ""},
	} {
		got := ""
		if _, wrong := parseDocument([]byte(c.text)); wrong != nil {
			got = fmt.Sprintf("%d: %s", wrong.line, wrong.rule)
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", Shorten(c.text), got, c.want)
		}
	}
}

// Every shipped configuration has room below the limits.
func TestShippedConfigurationsAreBelowTheLimits(t *testing.T) {
	shipped, err := filepath.Glob("../configs/*.toml")
	if err != nil || len(shipped) < 10 {
		t.Fatalf("%d configurations, %v", len(shipped), err)
	}
	for _, file := range shipped {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if f := checkLimits(bytes.Repeat(text, 10)); f != nil {
			t.Errorf("%s, ten times: %d: %s", file, f.line, f.rule)
		}
	}
}
