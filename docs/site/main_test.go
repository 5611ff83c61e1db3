package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The pages of the project make a site: every page has its file, and the search finds a
// section by a word that is in it alone.
func TestSiteOfTheProject(t *testing.T) {
	out := t.TempDir()
	if err := build("../..", out); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"index.html", "contents.html", "tutorial.html", "configuration.html", "site.css", "search.js", "files/docs/figures/step.svg"} {
		if info, err := os.Stat(filepath.Join(out, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	script, err := os.ReadFile(filepath.Join(out, "search-index.js"))
	if err != nil {
		t.Fatal(err)
	}
	var all []entry
	if err := json.Unmarshal([]byte(strings.TrimSuffix(strings.TrimPrefix(string(script), "const sections = "), ";\n")), &all); err != nil {
		t.Fatal(err)
	}
	found := ""
	for _, e := range all {
		if strings.Contains(e.Text, "mcmenimen2006") && strings.Contains(e.Text, "fitted at 2 mM") {
			found += e.At + " "
		}
	}
	if found != "parameters.html#the-magnesium-block " {
		t.Errorf("found in %s", found)
	}
}

// A link to nowhere, an anchor that is not there, and a page that nothing leads to stop the site.
func TestFaults(t *testing.T) {
	good := map[string]string{
		"README.md":      "# A\n\n[docs](docs/README.md), [b](docs/b.md#two-words-and-a-1)\n",
		"docs/README.md": "# Contents\n\n- [b](b.md)\n",
		"docs/b.md":      "# B\n\n## Two words, `and` a\n\n## Two words, `and` a\n\n[source](../README.md)\n",
	}
	for name, c := range map[string]struct{ file, text, want string }{
		"good":        {},
		"dead link":   {"docs/b.md", "# B\n\n[x](x.md)\n\n## Two words, and a 1\n", "docs/b.md links to x.md, which is not there"},
		"dead anchor": {"docs/README.md", "# Contents\n\n- [b](b.md), [b](b.md#three)\n", "docs/README.md links to b.md#three, and no heading of docs/b.md has this anchor"},
		"orphan":      {"docs/c.md", "# C\n", "docs/c.md: docs/README.md does not link to it"},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			write := func(file, text string) {
				at := filepath.Join(root, file)
				if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(at, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			for file, text := range good {
				write(file, text)
			}
			if c.file != "" {
				write(c.file, c.text)
			}
			err := build(root, filepath.Join(root, "out"))
			if c.want == "" && err != nil || c.want != "" && (err == nil || err.Error() != c.want) {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}
