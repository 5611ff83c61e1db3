package report

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"math"

	"neurosim/timeline"
)

// A packed is numbers for page/report.js: bytes, compressed by gzip, in base64. Whole numbers are
// varints, as in encoding/binary, with the sign in the lowest bit where they may be negative; steps
// that ascend are written as differences. Real numbers have 32 bits, little-endian.
type packed []byte

// MarshalJSON writes the compressed bytes as text. The gzip header has no time.
func (p packed) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(p); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return json.Marshal(base64.StdEncoding.EncodeToString(b.Bytes()))
}

func (p *packed) uint(x int64) { *p = binary.AppendUvarint(*p, uint64(x)) }
func (p *packed) int(x int64)  { *p = binary.AppendVarint(*p, x) }
func (p *packed) real(x float64) {
	*p = binary.LittleEndian.AppendUint32(*p, math.Float32bits(float32(x)))
}

// course is a Timeline as page/report.js reads it.
type course struct {
	Dt          float64            `json:"dt"`
	Steps       int64              `json:"steps"`
	Populations []coursePopulation `json:"populations"`
	Inputs      []string           `json:"inputs"`
	Shown       packed             `json:"shown"` // (from since the last, length, input, pattern + 1) ...
	ShownCount  int                `json:"shownCount"`
	Charts      []courseChart      `json:"charts"`
}

type coursePopulation struct {
	Name     string        `json:"name"`
	Kind     string        `json:"kind"`
	Cells    int           `json:"cells"`
	Recorded bool          `json:"recorded"`
	Every    int           `json:"every"`
	Count    int           `json:"count"`
	Spikes   packed        `json:"spikes"` // (step since the last, cell) ...
	Groups   []courseGroup `json:"groups"`
	Tree     *courseTree   `json:"tree"`
}

// courseTree is the drawing of the cells of a population.
type courseTree struct {
	Lies     bool            `json:"lies"`
	Says     string          `json:"says"`
	Sections []courseSection `json:"sections"`
	Lines    packed          `json:"lines"` // real: of each section its begin and width, then path, x and y of each vertex
}

type courseSection struct {
	Name     string `json:"name"`
	Parent   int32  `json:"parent"`
	Vertices int    `json:"vertices"`
}

type courseGroup struct {
	Name        string             `json:"name"`
	Zone        string             `json:"zone"`
	Segments    int                `json:"segments"`
	Theta       int                `json:"theta"`
	Window      int64              `json:"window"`
	Level       float64            `json:"level"`
	Sections    []int32            `json:"sections"` // of each segment; null where cells are points
	From        float64            `json:"from"`     // of the length of the section
	To          float64            `json:"to"`
	Count       int                `json:"count"`
	Spikes      packed             `json:"spikes"` // (start since the last, end - start + 1 or 0, cell, segment) ...
	Peaks       packed             `json:"peaks"`  // real; empty for threshold segments
	Explained   int64              `json:"explained"`
	Synapses    packed             `json:"synapses"` // of each NMDA spike their number, then (projection, number, source, start - arrival, pattern + 1) ...
	Places      packed             `json:"places"`   // of each, in alongParts of the length of its section; empty where cells are points
	Weights     packed             `json:"weights"`  // of each, real; empty where all are 1
	Projections []courseProjection `json:"projections"`
	HasWiring   bool               `json:"hasWiring"`
	Wiring      packed             `json:"wiring"` // of each shown cell the number of synapses, then (segment, projection, source, delay) ...
	NoWiring    string             `json:"noWiring"`
}

type courseProjection struct {
	Name     string `json:"name"`
	Source   string `json:"source"`
	Inhibits bool   `json:"inhibits"`
}

type courseChart struct {
	Name   string   `json:"name"`
	File   string   `json:"file"`
	Unit   string   `json:"unit"`
	Bin    int64    `json:"bin"`
	Count  int      `json:"count"`
	Steps  packed   `json:"steps"`  // since the last ...
	Lines  []string `json:"lines"`  // their names
	Values packed   `json:"values"` // real, line by line
}

// pack makes of a timeline what the page holds.
func pack(t *timeline.Timeline) course {
	c := course{Dt: t.Dt, Steps: t.Steps, Inputs: []string{}, ShownCount: len(t.Shown)}
	inputs, last := map[string]int64{}, int64(0)
	for _, s := range t.Shown {
		i, known := inputs[s.Input]
		if !known {
			i = int64(len(c.Inputs))
			inputs[s.Input] = i
			c.Inputs = append(c.Inputs, s.Input)
		}
		c.Shown.int(s.From - last) // windows of several inputs may overlap
		c.Shown.uint(s.To - s.From)
		c.Shown.uint(i)
		c.Shown.uint(int64(s.Pattern) + 1)
		last = s.From
	}
	for i := range t.Populations {
		c.Populations = append(c.Populations, packPopulation(&t.Populations[i]))
	}
	for i := range t.Charts {
		c.Charts = append(c.Charts, packChart(&t.Charts[i]))
	}
	return c
}

func packPopulation(p *timeline.Population) coursePopulation {
	out := coursePopulation{Name: p.Name, Kind: p.Kind, Cells: p.Cells, Recorded: p.Recorded, Every: p.Every, Count: len(p.Spikes), Groups: []courseGroup{}}
	last := int64(0)
	for _, s := range p.Spikes {
		out.Spikes.uint(s.Step - last)
		out.Spikes.uint(int64(s.Cell))
		last = s.Step
	}
	for i := range p.Groups {
		out.Groups = append(out.Groups, packGroup(&p.Groups[i]))
	}
	if p.Tree != nil {
		out.Tree = packTree(p.Tree)
	}
	return out
}

func packTree(t *timeline.Tree) *courseTree {
	out := &courseTree{Lies: t.Lies, Says: t.Says}
	for _, s := range t.Sections {
		out.Sections = append(out.Sections, courseSection{s.Name, s.Parent, len(s.Line)})
		out.Lines.real(s.Begin)
		out.Lines.real(s.Width)
		for _, v := range s.Line {
			out.Lines.real(v.Path)
			out.Lines.real(v.X)
			out.Lines.real(v.Y)
		}
	}
	return out
}

// alongParts is how finely the place of a synapse on its section is written, in parts of the length.
const alongParts = 10000

func packGroup(g *timeline.Group) courseGroup {
	out := courseGroup{Name: g.Name, Zone: g.Zone, Segments: g.Count, Theta: g.Theta, Window: g.Window, Level: g.Level,
		Sections: g.Sections, From: g.From, To: g.To, Count: len(g.Spikes),
		Explained: g.Explained, HasWiring: g.Wiring != nil, NoWiring: g.NoWiring, Projections: []courseProjection{}}
	for _, q := range g.Projections {
		out.Projections = append(out.Projections, courseProjection(q))
	}
	last, weighs := int64(0), false
	for i := range g.Spikes {
		s := &g.Spikes[i]
		out.Spikes.uint(s.Start - last)
		out.Spikes.uint(max(0, s.End-s.Start+1))
		out.Spikes.uint(int64(s.Cell))
		out.Spikes.uint(int64(s.Segment))
		last = s.Start
		if g.Theta == 0 {
			out.Peaks.real(s.Peak)
		}
		out.Synapses.uint(int64(len(s.Synapses)))
		for _, a := range s.Synapses {
			out.Synapses.uint(int64(a.Projection))
			out.Synapses.uint(int64(a.Number))
			out.Synapses.uint(int64(a.Source))
			out.Synapses.uint(s.Start - a.Arrival)
			out.Synapses.uint(int64(a.Pattern) + 1)
			if g.Sections != nil {
				out.Places.uint(int64(math.Round(a.Along * alongParts)))
			}
			out.Weights.real(a.Weight)
			weighs = weighs || a.Weight != 1
		}
	}
	if !weighs {
		out.Weights = nil
	}
	for _, cell := range g.Wiring {
		out.Wiring.uint(int64(len(cell)))
		for _, s := range cell {
			out.Wiring.uint(int64(s.Segment))
			out.Wiring.uint(int64(s.Projection))
			out.Wiring.uint(int64(s.Source))
			out.Wiring.uint(s.Delay)
		}
	}
	return out
}

func packChart(t *timeline.Chart) courseChart {
	out := courseChart{Name: t.Name, File: t.File, Unit: t.Unit, Bin: t.Bin, Count: len(t.Steps)}
	last := int64(0)
	for _, k := range t.Steps {
		out.Steps.uint(k - last)
		last = k
	}
	for _, l := range t.Lines {
		out.Lines = append(out.Lines, l.Name)
		for _, v := range l.Values {
			out.Values.real(v)
		}
	}
	return out
}
