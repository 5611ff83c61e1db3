package model

import (
	"neurosim/network"
	"neurosim/neuron"
)

// A SectionRow describes one section of the cells of a population.
type SectionRow struct {
	Population    string  `json:"population"`
	Section       string  `json:"section"`
	Region        string  `json:"region,omitempty"`
	Parent        string  `json:"parent,omitempty"`
	At            float64 `json:"at"` // place on the parent where it begins
	Length        float64 `json:"length_um"`
	DiameterBegin float64 `json:"diameter_begin_um"`
	DiameterEnd   float64 `json:"diameter_end_um"`
	PathBegin     float64 `json:"path_begin_um"` // from the soma
	PathEnd       float64 `json:"path_end_um"`
	Compartments  int     `json:"compartments"`
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
		t, err := neuron.NewTree(pop.Trees.Sections)
		if err != nil {
			return nil, err
		}
		for k, s := range t.Sections {
			r := SectionRow{Population: pop.Name, Section: s.Name, Region: s.Region, At: s.At, Length: s.Length(), Compartments: s.Compartments,
				DiameterBegin: 2 * s.Profile[0].Radius, DiameterEnd: 2 * s.Profile[len(s.Profile)-1].Radius}
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
	}
	return rows, nil
}
