package neuron

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// Forms in which files in use differ from the plainest one. The reader was tried
// on files of its own making only, and took each difference for a mistake. Areas
// are computed by hand: a sphere 4πr², a cylinder 2πrh, a cone π(a+b)√(h²+(a-b)²).
func TestVariantsOfSWC(t *testing.T) {
	const plain = "1 1 0 0 0 10 -1\n2 3 10 0 0 1 1\n3 3 60 0 0 1 2\n"
	sphere := 4 * math.Pi * 100
	cylinder := func(r, h float64) float64 { return 2 * math.Pi * r * h }
	cone := func(a, b, h float64) float64 { return math.Pi * (a + b) * math.Hypot(h, a-b) }
	whole := sphere + cylinder(1, 50)
	for _, c := range []struct {
		name, text string
		params     SWCParams
		area       float64
		sections   string
		note       string // a part of the only note; "" for none
	}{
		{name: "plain", text: plain, area: whole, sections: "soma basal3"},
		{name: "from 0 (Allen, MICrONS)", text: "0 1 0 0 0 10 -1\n1 3 10 0 0 1 0\n2 3 60 0 0 1 1\n", area: whole, sections: "soma basal2"},
		{name: "CR (old Mac)", text: strings.ReplaceAll(plain, "\n", "\r"), area: whole, sections: "soma basal3"},
		{name: "CR LF", text: strings.ReplaceAll(plain, "\n", "\r\n"), area: whole, sections: "soma basal3"},
		{name: "byte order mark", text: "\ufeff# a cell\n" + plain, area: whole, sections: "soma basal3"},
		{name: "no line end", text: strings.TrimSuffix(plain, "\n"), area: whole, sections: "soma basal3"},
		{name: "tabs and spaces", text: "\t1  1 0\t0 0   10 -1\n 2 3 10 0 0 1 1 \n3 3 60 0 0 1 2\t\n", area: whole, sections: "soma basal3"},
		{name: "commas and a header", text: "n,type,x,y,z,radius,parent\n1,1,0,0,0,10,-1\n2, 3, 10, 0, 0, 1, 1\n3,3,60,0,0,1,2\n", area: whole, sections: "soma basal3"},
		{name: "semicolons", text: strings.ReplaceAll(plain, " ", ";"), area: whole, sections: "soma basal3"},
		{name: "comments", text: "# head\n1 1 0 0 0 10 -1 # the soma\n\n2 3 10 0 0 1 1\n   # within\n3 3 60 0 0 1 2\n", area: whole, sections: "soma basal3"},
		{name: "more columns", text: "1 1 0 0 0 10 -1 7 x\n2 3 10 0 0 1 1\n3 3 60 0 0 1 2 8\n", area: whole, sections: "soma basal3", note: "2 samples have more than seven columns"},
		{name: "real numbers", text: "1.0 1.0 0 0 0 1e1 -1.0\n2.0 3 1.0E+01 0 0 1 1.0\n3 3.0 60 -0 0 1.000 2.0\n", area: whole, sections: "soma basal3"},
		{name: "gaps in numbering", text: "100 1 0 0 0 10 -1\n720575940661139073 3 10 0 0 1 100\n9 3 60 0 0 1 720575940661139073\n", area: whole, sections: "soma basal9"},
		{name: "children first (FlyWire)", text: "3 3 60 0 0 1 2\n2 3 10 0 0 1 1\n1 1 0 0 0 10 -1\n", area: whole, sections: "soma basal3", note: "2 samples stand before their parents"},
		{name: "another negative parent", text: "1 1 0 0 0 10 -2\n2 3 10 0 0 1 1\n3 3 60 0 0 1 2\n", area: whole, sections: "soma basal3"},
		{name: "parent 0", text: "1 1 0 0 0 10 0\n2 3 10 0 0 1 1\n3 3 60 0 0 1 2\n", area: whole, sections: "soma basal3"},
		{name: "a line twice", text: plain + "3 3 60 0 0 1 2\n", area: whole, sections: "soma basal3", note: "1 sample is there twice"},
		{name: "end of a DOS file", text: plain + "\x1a", area: whole, sections: "soma basal3"},

		{name: "branch begins with a copy (Blue Brain)", text: plain + "4 3 60 0 0 0.5 3\n5 3 110 0 0 0.5 4\n6 3 60 50 0 0.5 3\n",
			area: whole + cylinder(0.5, 50) + cone(1, 0.5, 50), sections: "soma basal3 basal5 basal6", note: "1 sample lies where its parent lies"},
		{name: "copy within a run: a step of the radius", text: plain + "4 3 60 0 0 0.5 3\n5 3 110 0 0 0.5 4\n",
			area: whole + cylinder(0.5, 50), sections: "soma basal5", note: "1 sample lies where its parent lies"},
		{name: "copy at an end", text: plain + "4 3 60 0 0 0.5 3\n", area: whole, sections: "soma basal3", note: "1 sample lies where its parent lies"},
		{name: "copy that branches", text: plain + "4 3 60 0 0 0.5 3\n5 3 110 0 0 0.5 4\n6 3 60 50 0 0.5 4\n7 3 60 0 50 1 3\n",
			area: whole + 2*cylinder(0.5, 50) + cylinder(1, 50), sections: "soma basal3 basal5 basal6 basal7", note: "1 sample lies where its parent lies"},
		{name: "neurite begins at the centre of the soma", text: "1 1 0 0 0 10 -1\n2 3 0 0 0 1 1\n3 3 50 0 0 1 2\n", area: whole, sections: "soma basal3"},
		{name: "neurite of one sample", text: plain + "4 4 0 20 0 2 1\n", area: whole + cylinder(2, 20), sections: "soma basal3 apical4", note: "1 sample is a neurite by itself"},
		{name: "branch at the first sample of a neurite", text: plain + "4 3 10 50 0 1 2\n", area: sphere + 2*cylinder(1, 50), sections: "soma basal3 basal4"},

		{name: "soma that forks", text: "1 1 0 0 0 8 -1\n2 1 0 10 0 8 1\n3 1 0 -10 0 8 1\n4 3 10 0 0 1 1\n5 3 60 0 0 1 4\n", params: SWCParams{Soma: SomaCylinders},
			area: cylinder(8, 20) + cylinder(1, 50), sections: "soma basal5"},
		{name: "the same, unsaid", text: "1 1 0 0 0 8 -1\n2 1 0 10 0 8 1\n3 1 0 -10 0 8 1\n4 3 10 0 0 1 1\n5 3 60 0 0 1 4\n",
			area: cylinder(8, 20) + cylinder(1, 50), sections: "soma basal5", note: "the soma of 3 samples is read as cylinders of 1005 µm²"},
		{name: "outline with radius 0", text: "1 1 6 0 0 0 -1\n2 1 0 6 0 0 1\n3 1 -6 0 0 0 2\n4 1 0 -6 0 0 3\n5 3 10 0 0 1 1\n6 3 60 0 0 1 5\n", params: SWCParams{Soma: SomaContour},
			area: 4*math.Pi*36 + cylinder(1, 50), sections: "soma basal6"},
		{name: "soma ends in a point", text: "1 1 0 0 0 0 -1\n2 1 0 4 0 3 1\n3 3 10 0 0 1 2\n4 3 60 0 0 1 3\n", params: SWCParams{Soma: SomaCylinders},
			area: cone(0, 3, 4) + cylinder(1, 50), sections: "soma basal4"},
		{name: "soma in the middle", text: "1 3 60 0 0 1 -1\n2 3 10 0 0 1 1\n3 1 0 0 0 10 2\n4 4 0 10 0 2 3\n5 4 0 30 0 2 4\n",
			area: whole + cylinder(2, 20), sections: "soma basal1 apical5", note: "the root, sample 1, is not of the soma"},
		{name: "no soma", text: "1 3 0 0 0 1 -1\n2 3 10 0 0 1 1\n3 3 60 0 0 1 2\n", area: 4*math.Pi + cylinder(1, 60), sections: "soma basal3", note: "no sample is of type 1"},
		{name: "a neurite sample called soma", text: plain + "4 1 70 0 0 1 3\n5 3 80 0 0 1 4\n", area: whole + cylinder(1, 20), sections: "soma basal5", note: "1 sample of type 1 (soma) lies apart"},
		{name: "types beyond 4", text: plain + "4 7 60 50 0 1 3\n5 0 60 -50 0 1 3\n6 812 60 0 50 1 3\n", area: whole + 3*cylinder(1, 50), sections: "soma basal3 type7_4 type0_5 type812_6"},

		{name: "mistakes in an axon that is left out", text: plain + "4 2 x 0 0 -1 99\n5 2\n2 2 0 0 0 0 2\n6 2 0 0 0 0 6\n", area: whole, sections: "soma basal3"},
		{name: "loose axon", text: plain + "4 2 0 10 0 1 -1\n5 2 0 50 0 1 4\n", area: whole, sections: "soma basal3"},
		{name: "the same, kept", text: plain + "4 2 0 10 0 1 -1\n5 2 0 50 0 1 4\n", params: SWCParams{Axon: KeepAxon}, area: whole, sections: "soma basal3", note: "1 loose piece, of 2 samples"},
		{name: "dendrite on an axon", text: plain + "4 2 0 10 0 1 1\n5 3 0 50 0 1 4\n6 3 0 90 0 1 5\n", area: whole, sections: "soma basal3", note: "2 samples begin on the axon"},
		{name: "root in the axon", text: "1 2 -60 0 0 1 -1\n2 1 0 0 0 10 1\n3 3 10 0 0 1 2\n4 3 60 0 0 1 3\n", area: whole, sections: "soma basal4"},
		{name: "loose pieces", text: plain + "4 3 0 10 0 1 -1\n5 3 0 50 0 1 4\n6 3 9 9 9 0 -1\n", area: whole, sections: "soma basal3", note: "2 loose pieces, of 3 samples"},
		{name: "names that could meet", text: "1 1 0 0 0 10 -1\n2 51 10 0 0 1 1\n12 51 60 0 0 1 2\n20 5 0 10 0 1 1\n112 5 0 60 0 1 20\n",
			area: whole + cylinder(1, 50), sections: "soma type51_12 type5_112"},
	} {
		m, err := ReadSWC(strings.NewReader(c.text), c.params)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		tree, err := NewTree(m.Sections(DefaultMembrane(), nil, Discretisation{MaxLength: 100}))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var names []string
		for _, s := range tree.Sections {
			names = append(names, s.Name)
		}
		if got := strings.Join(names, " "); got != c.sections {
			t.Errorf("%s: sections %s, want %s", c.name, got, c.sections)
		}
		if got := tree.TotalArea(); math.Abs(got/c.area-1) > 1e-12 {
			t.Errorf("%s: %.6f µm², want %.6f", c.name, got, c.area)
		}
		if got := strings.Join(m.Notes, "\n"); c.note == "" && got != "" || !strings.Contains(got, c.note) || len(m.Notes) > 1 {
			t.Errorf("%s: notes %q, want %q", c.name, got, c.note)
		}
	}
}

// A file of another format is named in one line.
func TestOtherFormats(t *testing.T) {
	for _, c := range []struct{ text, is string }{
		{"; V3 text file written for MicroBrightField products.\n(Sections)\n((Dendrite) (0 0 0 1))\n", "Neurolucida ASC"},
		{"(\"CellBody\"\n  (CellBody)\n (1 2 3 4)\n", "Neurolucida ASC"},
		{"<?xml version=\"1.0\"?>\n<mbf version=\"4.0\">\n</mbf>\n", "Neurolucida XML"},
		{"\ufeff<?xml version=\"1.0\"?>\n<things>\n<thing id=\"1\"/>\n</things>\n", "NML"},
		{"<neuroml xmlns=\"http://www.neuroml.org/schema/neuroml2\">\n</neuroml>\n", "NeuroML"},
		{"{create soma}\n{access soma}\nsoma { pt3dadd(0, 0, 0, 10) }\n", "HOC"},
		{"\x89HDF\r\n\x1a\n\x00\x00", "HDF5"},
		{"\x1f\x8b\x08\x00\x00", "gzip"},
		{"PK\x03\x04\x14\x00", "spreadsheet"},
		{"\xff\xfe1\x00 \x001\x00", "UTF-16"},
		{"{\"nodes\": []}", "JSON"},
		{"<!DOCTYPE html><html>", "web page"},
		{"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "Git LFS"},
		{"1 1 0 0 0 5 -1\n\x00\x01\x02", "binary"},
		{strings.Repeat("some text\n", 1000), "no line has the seven numbers"},
	} {
		_, err := ReadSWC(strings.NewReader(c.text), SWCParams{})
		if err == nil || !strings.Contains(err.Error(), c.is) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v, want one line with %q", c.text[:min(20, len(c.text))], err, c.is)
		}
	}
}

// However many lines are bad, 20 are listed, and the others counted; a line may
// not be longer than a sample can be.
func TestSWCListsFewMistakes(t *testing.T) {
	var b strings.Builder
	b.WriteString("1 1 0 0 0 5 -1\n")
	for i := 2; i < 12002; i++ {
		fmt.Fprintf(&b, "%d 3 %d 0 0 none %d\n", i, i, i-1)
	}
	_, err := ReadSWC(strings.NewReader(b.String()), SWCParams{})
	if lines := strings.Split(err.Error(), "\n"); len(lines) != 21 || lines[20] != "line 21: and 11980 mistakes after this one" {
		t.Errorf("%d lines, the last %q", len(lines), lines[len(lines)-1])
	}
	_, err = ReadSWC(strings.NewReader("1 1 0 0 0 5 -1\n2 3 "+strings.Repeat("1 ", 1e6)), SWCParams{})
	if err == nil || !strings.Contains(err.Error(), "line 2: is 2000004 bytes long") {
		t.Error(err)
	}
}
