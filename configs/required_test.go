package configs

import (
	"errors"
	"strings"
	"testing"
)

// leaves calls f with the dotted path of every value of a tree that is no table.
func leaves(path string, tree map[string]any, f func(path string, v any)) {
	for key, v := range tree {
		at := join(path, key)
		if table, ok := v.(map[string]any); ok {
			leaves(at, table, f)
		} else {
			f(at, v)
		}
	}
}

// removed returns a copy of a source without the key at a path.
func removed(s *source, path string) *source {
	c := &source{tree: clone(s.tree), places: map[string]place{}, order: s.order, files: s.files, texts: s.texts}
	for at, p := range s.places {
		if at != path {
			c.places[at] = p
		}
	}
	table := c.tree
	parts := splitPath(path)
	for _, part := range parts[:len(parts)-1] {
		table = table[part].(map[string]any)
	}
	delete(table, parts[len(parts)-1])
	return c
}

// What must be given says so in the reference, and shows no default. The reference is
// made from the structs and their defaults, which a test of the reference against
// itself could not tell from keys without a default.
func TestReferenceSaysWhatMustBeGiven(t *testing.T) {
	rows := map[string]bool{} // key → some table says that it must be given
	for line := range strings.Lines(Reference()) {
		if cells := strings.Split(line, "|"); len(cells) > 4 && strings.Contains(line, "must be given") {
			rows[strings.Trim(cells[1], " `")] = true
		}
	}
	tried := 0
	for _, name := range []string{"quickstart", "conductances", "uncaging", "psychometric", "sequence-highorder", "taxi"} {
		x, err := Load(name, Options{})
		if err != nil {
			t.Fatal(err)
		}
		leaves("", x.base.tree, func(path string, _ any) {
			if strings.HasPrefix(path, "sweep.") || strings.HasPrefix(path, "figures.") && !strings.HasSuffix(path, ".kind") {
				return
			}
			_, err := fromSource(removed(x.base, path), x.File, x.options)
			var problems Problems
			errors.As(err, &problems)
			for _, p := range problems {
				if p.Key != path || !strings.HasPrefix(p.Rule, "must be given") {
					continue
				}
				tried++
				parts := splitPath(path)
				said := false
				for i := range parts {
					said = said || rows[joinPath(parts[i:])]
				}
				if !said {
					t.Errorf("%s must be given; the reference does not say so", path)
				}
			}
		})
	}
	if tried < 50 {
		t.Errorf("only %d keys that must be given were tried", tried)
	}
}
