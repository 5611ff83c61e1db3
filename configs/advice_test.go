package configs

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"neurosim/grammar"
	"neurosim/internal/dotted"
	"neurosim/studies"
	"neurosim/study"
)

// What messages have of keys: `key = value`, dotted keys, and words joined by _.
var advised = []*regexp.Regexp{
	regexp.MustCompile(`(?:^|[ ({,])([a-z]\w*(?:\.\w+)*) = `),
	regexp.MustCompile(`(?:^|[ (])([a-z_]+(?:\.[\w"\[\]-]+)+)`),
	regexp.MustCompile(`(?:^|[ (])([a-z]+(?:_\w+)+)(?:[ ,;:)]|$)`),
}

// notKeys are what looks like a key in messages and is none, or none from there: symbols of
// formulas, numbers and columns with their units, the words of a range of values, keys of a channel
// that is named beside, tables whose keys are dotted keys, names of files.
var notKeys = regexp.MustCompile(`^(dt|s|y|plateau|tau_m|.*_mV|from|to|steps|gates\..*|sweep\.(axes|set)|.*\.(toml|csv|swc|asc|dat|h5))$`)

// A message advises keys by the names that they have where it stands: each key that a message of
// testdata/bad names is one of the table of the mistake, of a table that this one is in, or is
// written from the root. Of what is wrong with a file of data no table is known to who reads the
// message, so that a key of one of several tables is written from the root.
func TestAdvisedKeysExist(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.txt")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	keys := study.Keys(studies.All())
	exists := func(key string) bool {
		return slices.ContainsFunc(keys, func(k grammar.Key) bool { return k.Below(key) })
	}
	inputs := func(key string) bool { return exists("inputs.NAME." + key) } // tables of spikes, whose keys have the same names nowhere else
	n := 0
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
			place, rest, _ := strings.Cut(line, ": ")
			key, rule, both := strings.Cut(rest, ": ")
			if ofData := !strings.Contains(place, ".toml"); ofData && both && strings.Contains(key, " = ") {
				key = "" // a column and what it holds
			} else if ofData || !both {
				key, rule = "", rest
			}
			key, _, _ = strings.Cut(key, " = ")
			parts := dotted.Split(key)
			for _, re := range advised {
				for _, m := range re.FindAllStringSubmatch(rule, -1) {
					word := strings.TrimRight(m[1], ".")
					if notKeys.MatchString(word) || regexp.MustCompile(regexp.QuoteMeta(word)+`(, which)? is not a key`).MatchString(rule) {
						continue
					}
					n++
					found := exists(word) || key == "" && inputs(word)
					for i := range parts {
						found = found || exists(strings.Join(append(slices.Clone(parts[:i]), word), "."))
					}
					if !found {
						t.Errorf("%s: there is no key %s: %s", filepath.Base(name), word, line)
					}
				}
			}
		}
	}
	if n < 80 {
		t.Errorf("%d keys are advised; the expressions miss them", n)
	}
}
