package configs

import (
	"errors"
	"strings"
	"testing"

	"neurosim/grammar"
	"neurosim/studies"
	"neurosim/study"
)

// withoutLines calls f with every key of a resolved configuration, apart from the sweep,
// whose points take long, and with the text that lacks it.
func withoutLines(resolved string, f func(path, text string)) {
	before, sweep, _ := strings.Cut(resolved, "\n[sweep]")
	if i := strings.Index(sweep, "\n[figures."); i >= 0 {
		before += sweep[i:]
	}
	lines := strings.SplitAfter(before, "\n")
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
	if testing.Short() {
		t.Skip("removes every key of eight configurations, 4 s: run without -short")
	}
	rows := map[string]bool{} // key → some table says that it must be given
	for line := range strings.Lines(study.Reference(studies.All())) {
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
	for _, name := range []string{"quickstart", "conductances", "inhibition", "uncaging", "psychometric", "sequence-highorder", "sequence-spiking", "taxi"} {
		x, err := loadFile(name, grammar.Options{})
		if err != nil {
			t.Fatal(err)
		}
		withoutLines(x.Resolved(), func(path, text string) {
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
