package configs

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"neurosim/grammar"
)

// A cell from an ASC file: what the keys say reaches the sections, and the resolved
// configuration gives the same cell.
func TestKeysOfMorphologies(t *testing.T) {
	cell, err := os.ReadFile("testdata/bad/cell.asc")
	if err != nil {
		t.Fatal(err)
	}
	const head = `[run]
tstop = "100 ms"
dt    = "0.1 ms"
[populations.E]
kind = "compartmental"
size = 1
[populations.E.soma]
model = "passive"
[populations.E.morphology]
file = "cell.swc"
`
	const segments = `[populations.E.segments.g]
sections = ["apical", "dend[?]", "dend[1]"]
nmda.block.law = "eyal2018"
detect.duration = "20 ms"
`
	const drop = "soma 1, dend[0] 3, dend[1] 1, dend[2] 5, apic[0] 3"
	for _, c := range []struct{ more, sections, spines string }{
		{"", drop, ""},
		{`axon = "drop"`, drop, ""},
		{`axon = "stub"`, "soma 1, axon[0] 1, axon[1] 1, dend[0] 3, dend[1] 1, dend[2] 5, apic[0] 3", ""},
		{`axon = "stub"
[populations.E.regions.axon]
R_a = "50 ohm cm"
[populations.E.spines]
sections = ["dend*"]
factor = 1.9
from = "60 um"`, "soma 1, axon[0] 1, axon[1] 1, dend[0] 3, dend[1] 1, dend[2] 5, apic[0] 3",
			"dend[0] 1.9 from 60 um on, dend[1] 1.9 from 60 um on, dend[2] 1.9 from 60 um on"},
		{`[populations.E.spines.near]
sections = ["basal"]
factor = 1.5
to = "60 um"
[populations.E.spines.far]
sections = ["apical", "dend[2]"]
factor = 2
from = "60 um"`, drop, "dend[0] 1.5 from 0 to 60 um, dend[1] 1.5 from 0 to 60 um, dend[2] 1.5 from 0 to 60 um, dend[2] 2 from 60 um on, apic[0] 2 from 60 um on"},
	} {
		text := head + c.more + "\n" + segments + "[populations.E.discretisation]\nper_length = \"40 um\"\n"
		for round := range 2 {
			x, err := loadFile("c.toml", grammar.Options{Read: func(name string) ([]byte, error) {
				return map[string][]byte{"c.toml": []byte(text), "cell.swc": cell}[name], nil
			}})
			if err != nil {
				t.Fatalf("%s\n%v", text, err)
			}
			p := x.Net.Network.Population("E")
			var sections, spines []string
			for _, s := range p.Trees.Sections {
				sections = append(sections, fmt.Sprint(s.Name, " ", s.Compartments))
				for _, on := range s.Spines {
					spines = append(spines, fmt.Sprint(s.Name, " ", on.Factor, " ", on))
				}
				if s.Region == "axon" && strings.Contains(c.more, "R_a") && s.Membrane.Ra != 50 {
					t.Errorf("%s has not the membrane of its region", s.Name)
				}
			}
			if got := strings.Join(sections, ", "); got != c.sections {
				t.Errorf("%s, round %d: sections %s, want %s", c.more, round, got, c.sections)
			}
			if got := strings.Join(spines, ", "); got != c.spines {
				t.Errorf("%s, round %d: spines %s, want %s", c.more, round, got, c.spines)
			}
			g := p.Segments[0]
			if got := strings.Join(g.Place.Sections, " "); got != "apic[0] dend[0] dend[1] dend[2]" || g.Count != 4 {
				t.Errorf("%d segments on %s", g.Count, got)
			}
			text = x.Resolved()
		}
	}
}
