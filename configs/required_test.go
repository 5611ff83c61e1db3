package configs

import (
	"errors"
	"strings"
	"testing"

	"neurosim/grammar"
)

// withoutLines calls f with every key of a resolved configuration, and with the text
// that lacks it.
func withoutLines(resolved string, f func(path, text string)) {
	lines := strings.SplitAfter(resolved, "\n")
	table := ""
	for i, line := range lines {
		key, _, isKey := strings.Cut(line, "=")
		if strings.HasPrefix(line, "[") {
			table = strings.Trim(line, "[]\n") + "."
		} else if isKey {
			f(table+strings.TrimSpace(key), strings.Join(lines[:i], "")+strings.Join(lines[i+1:], ""))
		}
	}
}

// What must be given says so in the reference, and shows no default. The reference is
// made from the structs and their defaults, which a test of the reference against
// itself could not tell from keys without a default.
func TestReferenceSaysWhatMustBeGiven(t *testing.T) {
	rows := map[string]bool{} // key → some table says that it must be given
	for line := range strings.Lines(Reference()) {
		cells := strings.Split(line, "|")
		if len(cells) < 5 || !strings.Contains(line, "must be given") {
			continue
		}
		rows[strings.Trim(cells[1], " `")] = true
		if strings.Contains(cells[3], "`") {
			t.Errorf("must be given, and has a default: %s", line)
		}
	}
	tried := 0
	for _, name := range []string{"quickstart", "conductances", "uncaging", "psychometric", "sequence-highorder", "taxi"} {
		x, err := Load(name, grammar.Options{})
		if err != nil {
			t.Fatal(err)
		}
		withoutLines(x.Resolved(), func(path, text string) {
			if strings.HasPrefix(path, "sweep.") || strings.HasPrefix(path, "figures.") && !strings.HasSuffix(path, ".kind") {
				return
			}
			_, err := load(text, grammar.Options{})
			var problems grammar.Problems
			errors.As(err, &problems)
			for _, p := range problems {
				if p.Key != path || !strings.HasPrefix(p.Rule, "must be given") {
					continue
				}
				tried++
				said := false
				for rest, more := path, true; more && !said; _, rest, more = strings.Cut(rest, ".") {
					said = rows[rest]
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
