package model

import (
	"bytes"
	"errors"
	"slices"

	"neurosim/grammar"
	"neurosim/network"
	"neurosim/neuron"
)

// A SectionRow describes one section of the cells of a population, or of a cell in a file.
type SectionRow struct {
	Population    string  `json:"population,omitempty"` // "": a cell in a file
	Section       string  `json:"section"`
	Region        string  `json:"region,omitempty"`
	Parent        string  `json:"parent,omitempty"`
	At            float64 `json:"at"`     // place on the parent where it begins
	Points        int     `json:"points"` // at which its diameter is known
	Length        float64 `json:"length_um"`
	DiameterBegin float64 `json:"diameter_begin_um"`
	DiameterEnd   float64 `json:"diameter_end_um"`
	DiameterMean  float64 `json:"diameter_mean_um"` // over the length
	PathBegin     float64 `json:"path_begin_um"`    // from the soma
	PathEnd       float64 `json:"path_end_um"`
	Compartments  int     `json:"compartments,omitempty"` // 0: a cell in a file, which has no membrane
	Area          float64 `json:"area_um2"`               // without spines
	Spines        float64 `json:"spine_factor,omitempty"` // mean factor of C_m and g_L over the area; 0 for no spines
}

// Sections lists the sections of all compartmental populations of a network, in order.
func Sections(n *network.Spec) ([]SectionRow, error) {
	var rows []SectionRow
	for i := range n.Populations {
		pop := &n.Populations[i]
		if pop.Trees == nil || len(pop.Trees.Sections) == 0 {
			continue
		}
		of, err := sectionRows(pop.Trees.Sections)
		if err != nil {
			return nil, err
		}
		for k := range of {
			of[k].Population = pop.Name
		}
		rows = append(rows, of...)
	}
	return rows, nil
}

// sectionRows lists the sections of one cell.
func sectionRows(sections []neuron.Section) ([]SectionRow, error) {
	t, err := neuron.NewTree(sections)
	if err != nil {
		return nil, err
	}
	var rows []SectionRow
	for k, s := range t.Sections {
		last := len(s.Profile) - 1
		r := SectionRow{Section: s.Name, Region: s.Region, At: s.At, Points: last + 1, Length: s.Length(), Compartments: s.Compartments,
			DiameterBegin: 2 * s.Profile[0].Radius, DiameterEnd: 2 * s.Profile[last].Radius}
		for i, p := range s.Profile[1:] {
			before := s.Profile[i]
			r.DiameterMean += float64((before.Radius + p.Radius) * (p.Path - before.Path) / r.Length)
		}
		if k > 0 {
			first := t.Node(k, 0)
			r.Parent = t.Sections[s.Parent].Name
			r.PathBegin = t.Distance[first] - float64(t.Length[first]/2)
			r.PathEnd = r.PathBegin + r.Length
		}
		spiny := 0.0
		for c := range s.Compartments {
			node := t.Node(k, c)
			r.Area += t.Area[node]
			spiny += float64(t.Area[node] * t.SpineFactor(node))
		}
		if len(s.Spines) > 0 {
			r.Spines = spiny / r.Area
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// A RegionTotal sums the sections of a region.
type RegionTotal struct {
	Region   string  `json:"region"`
	Sections int     `json:"sections"`
	Points   int     `json:"points"`
	Length   float64 `json:"length_um"`
	Diameter float64 `json:"diameter_mean_um"` // over the length
	Area     float64 `json:"area_um2"`         // without spines
	PathEnd  float64 `json:"path_end_um"`      // of the section that ends furthest from the soma
}

// Totals sums sections by region, in the order of the first of each.
func Totals(rows []SectionRow) []RegionTotal {
	var totals []RegionTotal
	for _, r := range rows {
		i := slices.IndexFunc(totals, func(t RegionTotal) bool { return t.Region == r.Region })
		if i < 0 {
			i = len(totals)
			totals = append(totals, RegionTotal{Region: r.Region})
		}
		t := &totals[i]
		t.Diameter = (float64(t.Diameter*t.Length) + float64(r.DiameterMean*r.Length)) / (t.Length + r.Length)
		t.Sections, t.Points, t.Length, t.Area = t.Sections+1, t.Points+r.Points, t.Length+r.Length, t.Area+r.Area
		t.PathEnd = max(t.PathEnd, r.PathEnd)
	}
	return totals
}

// FileSections lists the sections of the cell in a file, SWC or Neurolucida ASC, as a
// configuration has them whose morphology has these values of axon (keep, drop, stub) and
// soma (cylinders, contour, "" for the default). Compartments are not counted, since the
// membrane decides about them. The notes say what of the file is not taken as it stands. An
// error is of type grammar.Problems; file is the name in it.
func FileSections(file string, text []byte, axon, soma string) (rows []SectionRow, notes []string, err error) {
	if soma != "" && neuron.IsASC(text) {
		return nil, nil, grammar.Problems{{File: file, Rule: "is Neurolucida ASC, whose soma is an outline: a form of the soma has a meaning for SWC only"}}
	}
	cell, problems := readCell(file, text, neuron.SWCParams{Axon: neuron.Axon(axon), Soma: soma})
	if problems != nil {
		return nil, nil, problems
	}
	one := neuron.Discretisation{MaxLength: 1e9} // a compartment a section
	if rows, err = sectionRows(cell.Sections(neuron.DefaultMembrane(), nil, one)); err != nil {
		return nil, nil, grammar.Problems{{File: file, Rule: err.Error()}}
	}
	for i := range rows {
		rows[i].Compartments = 0
	}
	return rows, cell.Notes, nil
}

// readCell reads a cell from the text of a file in either format.
func readCell(file string, text []byte, p neuron.SWCParams) (*neuron.Morphology, grammar.Problems) {
	var cell *neuron.Morphology
	var err error
	if neuron.IsASC(text) {
		cell, err = neuron.ReadASC(bytes.NewReader(text), p.Axon)
	} else {
		cell, err = neuron.ReadSWC(bytes.NewReader(text), p)
	}
	var wrong neuron.MorphologyError
	if errors.As(err, &wrong) {
		var problems grammar.Problems
		for _, p := range wrong {
			problems = append(problems, grammar.Problem{File: file, Line: p.Line, Rule: p.Rule})
		}
		return nil, problems
	}
	if err != nil {
		return nil, grammar.Problems{{File: file, Rule: err.Error()}}
	}
	return cell, nil
}
