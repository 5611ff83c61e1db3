package main

import (
	"math"
	"os/exec"
	"strings"
	"testing"

	"neurosim/studies/model"
)

// A dendrite of a cylinder, 50 x 2 um, and a frustum from 2 to 6 um, 50 um long, on a sphere of
// 20 um; and an axon of 50 x 1 um.
const sectionsSWC = `1 1 0 0 0 10 -1
2 3 10 0 0 1 1
3 3 60 0 0 1 2
4 3 110 0 0 3 3
5 4 110 10 0 1 4
6 4 110 30 0 1 5
7 2 0 -10 0 0.5 1
8 2 0 -60 0 0.5 7
`

// The sections of a file, with lengths and areas that are computed by hand, have the names that a
// configuration with the file uses for them.
func TestSectionsOfAFile(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "cell.swc", sectionsSWC)
	var of struct {
		OK       bool
		Notes    []string
		Sections []model.SectionRow
		Totals   []model.RegionTotal
	}
	mustJSON(t, &of, "sections", "cell.swc")
	frustum := math.Pi * (1 + 3) * math.Hypot(50, 2)
	for i, want := range []model.SectionRow{
		{Section: "soma", Region: "soma", At: 1, Points: 2, Length: 20, DiameterBegin: 20, DiameterEnd: 20, DiameterMean: 20, Area: math.Pi * 400},
		{Section: "basal4", Region: "basal", Parent: "soma", At: 0.5, Points: 3, Length: 100, DiameterBegin: 2, DiameterEnd: 6,
			DiameterMean: (50*2 + 50*4) / 100., PathEnd: 100, Area: 2*math.Pi*50 + frustum},
		{Section: "apical6", Region: "apical", Parent: "basal4", At: 1, Points: 3, Length: 30, DiameterBegin: 6, DiameterEnd: 2,
			DiameterMean: (10*4 + 20*2) / 30., PathBegin: 100, PathEnd: 130, Area: math.Pi*4*math.Hypot(10, 2) + 2*math.Pi*20},
	} {
		got := of.Sections[i]
		// Ten roundings of numbers below 10^4.
		for _, x := range [][2]float64{{got.Length, want.Length}, {got.DiameterMean, want.DiameterMean}, {got.PathBegin, want.PathBegin}, {got.PathEnd, want.PathEnd}, {got.Area, want.Area}} {
			if math.Abs(x[0]-x[1]) > 1e-10 {
				t.Errorf("%s: %v, want %v", want.Section, x[0], x[1])
			}
		}
		got.Length, got.DiameterMean, got.PathBegin, got.PathEnd, got.Area = want.Length, want.DiameterMean, want.PathBegin, want.PathEnd, want.Area
		if got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
	if !of.OK || len(of.Sections) != 3 || len(of.Totals) != 3 || of.Totals[1].Region != "basal" || of.Totals[1].Points != 3 || math.Abs(of.Totals[1].Diameter-3) > 1e-10 {
		t.Errorf("%+v", of)
	}
	if len(of.Notes) != 1 || !strings.Contains(of.Notes[0], "the axon of the file is left out, 1 section of 50 um: --axon keep lists it") {
		t.Errorf("notes %q", of.Notes)
	}
	out, errs := must(t, "sections", "cell.swc", "--axon", "keep")
	if errs != "" || !strings.Contains(strings.Join(strings.Fields(out), " "), "axon8 axon soma 0.5 2 50.0 1.00 to 1.00 1.00 0.0 to 50.0 157.1") ||
		!strings.Contains(strings.Join(strings.Fields(out), " "), "all 4 10 200.0") {
		t.Errorf("%s%s", errs, out)
	}
	write(t, "c.toml", "[run]\ntstop = \"1 ms\"\n[populations.E]\nkind = \"compartmental\"\nsize = 1\nmorphology.file = \"cell.swc\"\n")
	var checked struct {
		Configs []struct{ Sections []model.SectionRow }
	}
	mustJSON(t, &checked, "check", "c.toml", "--sections")
	for i, s := range checked.Configs[0].Sections {
		if s.Section != of.Sections[i].Section || s.PathEnd != of.Sections[i].PathEnd || s.Points != of.Sections[i].Points {
			t.Errorf("a configuration has %+v, the file %+v", s, of.Sections[i])
		}
	}
}

// What is no cell is refused as in a configuration, by file and line; a pipe may be read.
func TestSectionsRefused(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "bad.swc", strings.Replace(sectionsSWC, "3 3 60 0 0 1 2", "3 3 60 0 0 -1 2", 1))
	write(t, "axon.swc", strings.Replace(sectionsSWC, "-60 0 0.5", "-60 0 -0.5", 1))
	write(t, "cell.asc", "(\"CellBody\" (-5 0 0) (0 5 0) (5 0 0) (0 -5 0))\n((Dendrite) (0 0 0 1) (0 50 0 1))\n")
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"bad.swc"}, "bad.swc:3: radius -1 must be positive\n"},
		{[]string{"none.swc"}, "none.swc: no such file\n"},
		{[]string{"."}, ".: is a folder, not a file\n"},
		{[]string{"cell.asc", "--soma", "contour"}, "cell.asc: is Neurolucida ASC, whose soma is an outline"},
		{[]string{"cell.asc", "--axon", "kep"}, `must be one of keep, drop, stub; did you mean "keep"?`},
		{[]string{"c.toml"}, "neurosim: c.toml is a configuration: neurosim check --sections c.toml lists its sections\n"},
		{nil, "neurosim: sections needs one file"},
	} {
		status, out, errs := neurosim(append([]string{"sections"}, c.args...)...)
		if status != exitUsage || out != "" || !strings.Contains(errs, c.want) {
			t.Errorf("%s: status %d\n%s%s\nwant %s", c.args, status, out, errs, c.want)
		}
	}
	status, out, _ := neurosim("sections", "--json", "bad.swc")
	if status != exitUsage || !strings.Contains(out, `"ok": false`) || !strings.Contains(out, `"Line": 3`) {
		t.Errorf("status %d: %s", status, out)
	}
	if _, errs := must(t, "sections", "axon.swc"); !strings.Contains(errs, "note: axon.swc: the axon is left out, and something is wrong with it: --axon keep says what") {
		t.Error(errs)
	}
	if out, _ := must(t, "sections", "cell.asc"); !strings.Contains(out, "dend[0]") {
		t.Error(out)
	}
	if out, _ := must(t, "sections", "configs/cells/l5-schematic.asc"); !strings.Contains(out, "apic[0]") {
		t.Errorf("a shipped file: %s", out)
	}
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("needs the program bash: install it")
	}
	if out, err := shell(t, `cat cell.asc | "$NS" sections -`).CombinedOutput(); err != nil || !strings.Contains(string(out), "dend[0]") {
		t.Errorf("%v: %s", err, out)
	}
}
