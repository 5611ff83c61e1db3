package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
)

// sectionRow is what check --sections --json says of a section.
type sectionRow struct {
	Section string  `json:"section"`
	Area    float64 `json:"area_um2"`
}

// sectionsOf returns the sections of a configuration, their area (µm²) and the
// warnings of check.
func sectionsOf(t *testing.T, args ...string) (names string, area float64, warnings []string) {
	t.Helper()
	out, _ := must(t, append([]string{"check", "--json", "--sections"}, args...)...)
	var checked struct {
		Configs []struct {
			Sections []sectionRow
			Plan     struct{ Warnings []string }
		}
	}
	if err := json.Unmarshal([]byte(out), &checked); err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, s := range checked.Configs[0].Sections {
		all = append(all, s.Section)
		area += s.Area
	}
	return strings.Join(all, " "), area, checked.Configs[0].Plan.Warnings
}

// SWC files in forms that other programs write load, with the area that is
// computed by hand, and what was repaired is told in one warning, in run.json too.
// Package neuron tries the forms one by one; all the files of the earlier tests had
// been written for this program.
func TestFaultSWCForms(t *testing.T) {
	sphere := 4 * math.Pi * 100
	cylinder := func(r, h float64) float64 { return 2 * math.Pi * r * h }
	for _, c := range []struct {
		sections string
		area     float64
		warning  string
		fault    func(t *testing.T)
	}{
		{"soma basal2", sphere + cylinder(1, 50), "", func(t *testing.T) { fault(t, "swc_zero_based") }},
		{"soma basal3", sphere + cylinder(1, 50), "2 samples stand before their parents", func(t *testing.T) { fault(t, "swc_children_first") }},
		{"soma basal3 basal5 basal6", 1963.5, "1 sample lies where its parent lies", func(t *testing.T) { fault(t, "swc_duplicate_point") }},
		{"soma basal5", cylinder(8, 20) + cylinder(1, 50), "", func(t *testing.T) { fault(t, "swc_soma_branched") }},
		{"soma basal3", sphere + cylinder(1, 50), "", func(t *testing.T) { fault(t, "swc_axon_left_out") }},
		{"soma type51_12 type5_112", sphere + cylinder(1, 50) + cylinder(1, 80), "", func(t *testing.T) { fault(t, "swc_same_name") }},
	} {
		t.Run(c.sections, func(t *testing.T) {
			c.fault(t)
			sections, area, warnings := sectionsOf(t, "c.toml")
			if sections != c.sections || math.Abs(area/c.area-1) > 1e-4 {
				t.Errorf("sections %s of %.2f µm², want %s of %.2f", sections, area, c.sections, c.area)
			}
			told := 0
			for _, w := range warnings {
				if c.warning != "" && strings.Contains(w, c.warning) {
					told++
				}
			}
			if c.warning != "" && told != 1 {
				t.Errorf("warnings %q, want one with %q", warnings, c.warning)
			}
		})
	}
}

// A file of 12,000 bad lines gives 20 and a count.
func TestFaultSWCMistakesAreFew(t *testing.T) {
	fault(t, "swc_flood")
	var b strings.Builder
	b.WriteString("1 1 0 0 0 5 -1\n")
	for i := 2; i < 12002; i++ {
		fmt.Fprintf(&b, "%d 0 %d 0 0 -1 %d\n", i, i, i-1)
	}
	if err := os.WriteFile("flood.swc", []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	status, _, errs := neurosim("check", "c.toml")
	if lines := strings.Split(strings.TrimSpace(errs), "\n"); status != exitUsage || len(lines) != 21 || !strings.HasSuffix(lines[20], "and 11980 mistakes after this one") {
		t.Errorf("status %d, %d lines, the last %q", status, len(lines), lines[len(lines)-1])
	}
}

// A file of another format is named in one line.
func TestFaultSWCOfAnotherFormat(t *testing.T) {
	fault(t, "swc_other_format")
	status, _, errs := neurosim("check", "c.toml")
	if want := "cell.asc: is Neurolucida ASC, not SWC: lines of number, type, x, y, z, radius, parent\n"; status != exitUsage || errs != want {
		t.Errorf("status %d: %s", status, errs)
	}
}

// A name that no section, no region has is refused with the one that is meant, and
// the list of sections is printed all the same.
func TestFaultNamesOfSections(t *testing.T) {
	fault(t, "region_typo")
	status, out, errs := neurosim("check", "--sections", "c.toml")
	if status != exitUsage || errs != "c.toml:16: populations.E.regions.bassal: no section is of this region; did you mean \"basal\"?\n" {
		t.Errorf("status %d: %s", status, errs)
	}
	if !strings.Contains(out, "basal3") {
		t.Errorf("the sections are not listed:\n%s", out)
	}
	written := `
[run]
tstop = "5 ms"
dt    = "0.025 ms"
[populations.E]
kind = "compartmental"
size = 1
[populations.E.regions.tuft]
R_m = "10000 ohm cm2"
[populations.E.sections]
soma = { length = "10 um", diameter = "10 um" }
dend = { parent = "soma", length = "100 um", diameter = "1 um", region = "tuft" }
`
	for _, c := range []struct{ old, new, want string }{
		{"", "", ""},
		{`regions.tuft`, `regions.tufft`, `region = "tuft": no region has this name; did you mean "tufft"?`},
		{`, region = "tuft"`, ``, "no section is of this region; a section names its region with the key region"},
		{`parent = "soma"`, `parent = "som"`, `no section above has this name; did you mean "soma"?`},
		{"[populations.E.sections]", "[populations.E.channels.na]\nkind = \"na\"\ng_bar = \"0.1 S/cm2\"\nE = \"50 mV\"\nsections = [\"dent\"]\n[populations.E.sections]",
			`there is no section "dent"; did you mean "dend"? (neurosim check --sections lists them)`},
		{"[populations.E.sections]", "[populations.E.segments.g]\nnmda.block.law = \"jahr-stevens\"\nsections = [\"tuft\"]\n[populations.E.sections]",
			`there is no section "tuft"; it is a region, of which "dend" is a section`},
	} {
		text := strings.Replace(written, c.old, c.new, 1)
		if err := os.WriteFile("w.toml", []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		status, _, errs := neurosim("check", "--quiet", "w.toml")
		if (status != exitDone) != (c.want != "") || !strings.Contains(errs, c.want) {
			t.Errorf("%s: status %d: %s, want %s", c.new, status, errs, c.want)
		}
	}
}
