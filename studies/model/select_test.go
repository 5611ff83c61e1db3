package model

import (
	"strings"
	"testing"

	"neurosim/neuron"
)

func TestMatches(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"apic*", "apic[0]", true}, {"apic*", "apic", true}, {"apic*", "dend[0]", false}, {"apic*", "xapic", false},
		{"*", "", true}, {"*", "soma", true}, {"", "", true}, {"", "a", false}, {"?", "", false}, {"?", "ä", true}, {"?", "ab", false},
		{"apic[?]", "apic[7]", true}, {"apic[?]", "apic[17]", false}, {"apic[1-3]", "apic[2]", false}, {"apic[1-3]", "apic[1-3]", true},
		{"*[3*", "dend[3]", true}, {"*[3*", "dend[31]", true}, {"*[3*", "dend[13]", false},
		{"a*b*c", "aXbXbYc", true}, {"a*b*c", "aXcXb", false}, {"**a", "bba", true}, {"a**", "a", true}, {"*ab", "aab", true},
		{"Apic*", "apic[0]", false}, {`\*`, "*", false}, {"a.c", "abc", false},
		{strings.Repeat("a*", 60) + "b", strings.Repeat("a", 200), false}, // no time is lost by it
	} {
		if got := matches(c.pattern, c.name); got != c.want {
			t.Errorf("%q matches %q: %v", c.pattern, c.name, got)
		}
	}
}

// Names go before regions, regions before wildcards; sections come in the order of the
// patterns and then in their own, each once.
func TestSelectSections(t *testing.T) {
	cell := []neuron.Section{
		{Name: "soma", Region: "soma"}, {Name: "dend[0]", Region: "basal"}, {Name: "dend[1]", Region: "basal"},
		{Name: "apic[0]", Region: "apical"}, {Name: "apic[1]", Region: "tuft"}, {Name: "tuft", Region: "apical"}, {Name: "free"},
	}
	for _, c := range []struct{ patterns, want, wrong string }{
		{"dend[1]", "dend[1]", ""},
		{"basal", "dend[0] dend[1]", ""},
		{"apical", "apic[0] tuft", ""},
		{"tuft", "tuft", ""}, // a section, although it is a region too
		{"tuf*", "tuft", ""},
		{"apic*", "apic[0] apic[1]", ""},
		{"*[1]", "dend[1] apic[1]", ""},
		{"dend[?]", "dend[0] dend[1]", ""},
		{"*", "soma dend[0] dend[1] apic[0] apic[1] tuft free", ""},
		{"apic[1] basal *d[*", "apic[1] dend[0] dend[1]", ""},
		{"dend[1] basal", "dend[1] dend[0]", ""},
		{"dend[2]", "", `there is no section "dend[2]"; did you mean "dend[0]"?`},
		{"basl soma", "soma", `there is no section "basl"; did you mean "basal"?`},
		{"Apical", "", `there is no section "Apical"; did you mean "apical"?`},
		{"elsewhere", "", `there is no section "elsewhere" (neurosim check --sections lists them)`},
		{"bas*", "", `no section has a name that matches "bas*"; wildcards match names of sections, and "basal" is a region`},
		{"apc*", "", `no section has a name that matches "apc*"; did you mean "apic*"?`},
		{"x*", "", `no section has a name that matches "x*" (neurosim`},
	} {
		names, wrong := selectSections(cell, strings.Fields(c.patterns))
		if got := strings.Join(names, " "); got != c.want || (c.wrong == "") != (len(wrong) == 0) || !strings.Contains(strings.Join(wrong, "\n"), c.wrong) {
			t.Errorf("%s: %s, %q; want %s, %q", c.patterns, got, wrong, c.want, c.wrong)
		}
	}
	if names, wrong := selectSections(cell, []string{""}); len(names) != 0 || len(wrong) != 1 {
		t.Errorf("an empty pattern names %q, %q", names, wrong)
	}
}
