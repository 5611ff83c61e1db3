package sequence

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

// small returns the parameters of the known-answer cases: 32 columns of 4
// cells, θ = 3, θ_m = 2.
func small(change func(p *Params)) Params {
	p := Params{Columns: 32, CellsPerColumn: 4, Rules: NuPIC, SegmentParams: SegmentParams{
		ActivationThreshold: 3, MinThreshold: 2, MaxNewSynapseCount: 4,
		InitialPermanence: 0.21, ConnectedPermanence: 0.5, PermanenceIncrement: 0.1, PermanenceDecrement: 0.1,
		MaxSegmentsPerCell: 255, MaxSynapses: 255,
	}}
	if change != nil {
		change(&p)
	}
	return p
}

// synapses gives the cells a permanence.
func synapses(permanence float32, cells ...uint32) []Synapse {
	var out []Synapse
	for _, c := range cells {
		out = append(out, Synapse{c, permanence})
	}
	return out
}

type check struct {
	t *testing.T
	*Memory
}

// has holds the permanences of a cell's i-th segment to a list, in the order of
// its synapses.
func (c check) has(cell uint32, i int, want ...float64) {
	c.t.Helper()
	segments := c.SegmentsOf(cell)
	if i >= len(segments) {
		c.t.Errorf("cell %d has %d segments", cell, len(segments))
		return
	}
	if len(segments[i]) != len(want) {
		c.t.Errorf("segment %d of cell %d has %v, want permanences %v", i, cell, segments[i], want)
		return
	}
	for k, s := range segments[i] {
		if math.Abs(float64(s.Permanence)-want[k]) > 1e-6 { // single precision
			c.t.Errorf("segment %d of cell %d has %v, want permanences %v", i, cell, segments[i], want)
			return
		}
	}
}

func (c check) sources(cell uint32, i int) []uint32 {
	var out []uint32
	for _, s := range c.SegmentsOf(cell)[i] {
		out = append(out, s.Cell)
	}
	slices.Sort(out)
	return out
}

func (c check) equal(what string, got, want any) {
	c.t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		c.t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func cols(c ...int32) []int32 { return c }

func cells(from, to uint32) []uint32 {
	var out []uint32
	for c := from; c <= to; c++ {
		out = append(out, c)
	}
	return out
}

// The 24 cases that two published implementations, NuPIC and htm.core, hold
// themselves to, as far as they agree; each under both sets of rules.
func TestKnownAnswers(t *testing.T) {
	all := func(permanence float32, cells ...uint32) []Synapse { return synapses(permanence, cells...) }
	cases := []struct {
		name   string
		change func(p *Params)
		run    func(m check)
	}{
		{"1 active column becomes predicted cell", nil, func(m check) {
			m.addSegment(4, all(0.5, 0, 1, 2, 3))
			m.Step(cols(0), true)
			m.equal("predicted", m.Predicted(), []uint32{4})
			m.Step(cols(1), true)
			m.equal("active", m.Active(), []uint32{4})
			m.equal("anomaly", m.Anomaly(), 0)
		}},
		{"2 burst", nil, func(m check) {
			m.Step(cols(0), false)
			m.equal("active", m.Active(), cells(0, 3))
			m.equal("winners", len(m.Winners()), 1)
			m.equal("winner in the column", m.Winners()[0] < 4, true)
			m.equal("anomaly", m.Anomaly(), 1)
		}},
		{"3 nothing active", nil, func(m check) {
			m.addSegment(4, all(0.5, 0, 1, 2, 3))
			m.Step(cols(0), true)
			m.Step(nil, true)
			m.equal("active, winners, predicted", len(m.Active())+len(m.Winners())+len(m.Predicted()), 0)
		}},
		{"4 predicted cells win", nil, func(m check) {
			m.addSegment(4, all(0.5, 0, 1, 2))
			m.addSegment(6, all(0.5, 0, 1, 2))
			m.Step(cols(0), false)
			m.Step(cols(1), false)
			m.equal("winners", m.Winners(), []uint32{4, 6})
		}},
		{"5 reinforce an active segment", func(p *Params) { p.PermanenceDecrement = 0.08 }, func(m check) {
			m.addSegment(5, all(0.5, 0, 1, 2, 81))
			m.Step(cols(0), true)
			m.Step(cols(1), true)
			// One winner of column 0, which the segment has or which is cell 3.
			segment := m.SegmentsOf(5)[0]
			for i, want := range []float32{0.6, 0.6, 0.6, 0.42} {
				m.equal("permanence", math.Abs(float64(segment[i].Permanence-want)) < 1e-6, true)
			}
		}},
		{"6 reinforce the best of the matching segments", func(p *Params) { p.PermanenceDecrement = 0.08 }, func(m check) {
			m.addSegment(4, all(0.3, 0, 1, 2, 81))
			m.addSegment(5, all(0.3, 0, 1, 81))
			m.Step(cols(0), true)
			m.Step(cols(1), true)
			segment := m.SegmentsOf(4)[0]
			for i, want := range []float32{0.4, 0.4, 0.4, 0.22} {
				m.equal("permanence", math.Abs(float64(segment[i].Permanence-want)) < 1e-6, true)
			}
			m.has(5, 0, 0.3, 0.3, 0.3)
		}},
		{"7 matching segments of a predicted column do not change", nil, func(m check) {
			m.addSegment(4, all(0.5, 0, 1, 2, 3))
			m.addSegment(4, all(0.3, 0, 1))
			m.addSegment(5, all(0.3, 0, 1))
			m.Step(cols(0), true)
			m.Step(cols(1), true)
			m.has(4, 0, 0.6, 0.6, 0.6, 0.6)
			m.has(4, 1, 0.3, 0.3)
			m.has(5, 0, 0.3, 0.3)
		}},
		{"8 no new segment without previous winners", func(p *Params) { p.MaxNewSynapseCount = 2 }, func(m check) {
			m.Step(nil, true)
			m.Step(cols(1), true)
			m.equal("segments", m.Segments(), 0)
		}},
		{"9 a new segment onto some winners", func(p *Params) { p.MaxNewSynapseCount = 2 }, func(m check) {
			m.Step(cols(0, 1, 2), true)
			before := slices.Clone(m.Winners())
			m.Step(cols(4), true)
			m.has(m.Winners()[0], 0, 0.21, 0.21)
			for _, c := range m.sources(m.Winners()[0], 0) {
				m.equal("grown onto a winner", slices.Contains(before, c), true)
			}
		}},
		{"10 a new segment onto all winners", nil, func(m check) {
			m.Step(cols(0, 1, 2), true)
			before := slices.Clone(m.Winners())
			m.Step(cols(4), true)
			m.has(m.Winners()[0], 0, 0.21, 0.21, 0.21)
			m.equal("sources", m.sources(m.Winners()[0], 0), before)
		}},
		{"11 growth of a matching segment", func(p *Params) { p.CellsPerColumn, p.MinThreshold, p.MaxNewSynapseCount = 1, 1, 3 }, func(m check) {
			m.addSegment(4, all(0.5, 0))
			m.Step(cols(0, 1, 2, 3), true)
			m.Step(cols(4), true)
			m.has(4, 0, 0.6, 0.21, 0.21)
		}},
		{"12 growth onto all there are", func(p *Params) { p.CellsPerColumn, p.MinThreshold, p.MaxNewSynapseCount = 1, 1, 3 }, func(m check) {
			m.addSegment(4, all(0.5, 0))
			m.Step(cols(0, 1), true)
			m.Step(cols(4), true)
			m.has(4, 0, 0.6, 0.21)
			m.equal("sources", m.sources(4, 0), []uint32{0, 1})
		}},
		{"13 the potential overlap counts", func(p *Params) { p.CellsPerColumn, p.ActivationThreshold, p.MinThreshold = 1, 2, 1 }, func(m check) {
			m.addSegment(5, append(all(0.5, 0, 1), all(0.2, 2)...))
			m.Step(cols(0, 1, 2, 3, 4), true)
			m.Step(cols(5), true)
			m.has(5, 0, 0.6, 0.6, 0.3, 0.21)
			grown := m.SegmentsOf(5)[0][3].Cell
			m.equal("grown onto 3 or 4", grown == 3 || grown == 4, true)
		}},
		{"14 a synapse punished to nothing", func(p *Params) { p.PredictedDecrement = 0.02 }, func(m check) {
			m.addSegment(5, append(all(0.5, 0, 1, 2), all(0.015, 3)...))
			m.Step(cols(0), true)
			m.Step(cols(2), true)
			m.has(5, 0, 0.48, 0.48, 0.48)
		}},
		{"15 a synapse forgotten", func(p *Params) { p.PredictedDecrement = 0.02 }, func(m check) {
			m.addSegment(5, append(all(0.5, 0, 1, 2), all(0.09, 81)...))
			m.Step(cols(0), true)
			m.Step(cols(1), true)
			left := m.sources(5, 0)
			m.equal("81 is left", slices.Contains(left, 81), false)
			m.equal("the others are left", slices.Contains(left, 0) && slices.Contains(left, 1) && slices.Contains(left, 2), true)
		}},
		{"16 a segment that ends", func(p *Params) { p.PredictedDecrement = 0.02 }, func(m check) {
			m.addSegment(5, all(0.015, 0, 1, 2, 3))
			m.Step(cols(0), true)
			m.Step(cols(2), true)
			m.equal("segments of 5", len(m.SegmentsOf(5)), 0)
		}},
		{"17 punishment", func(p *Params) { p.PredictedDecrement = 0.02 }, func(m check) {
			m.addSegment(42, all(0.5, 0, 1, 2, 81))
			m.addSegment(43, all(0.5, 0, 1, 81))
			m.Step(cols(0), true)
			m.Step(cols(1), true)
			m.has(42, 0, 0.48, 0.48, 0.48, 0.5)
			m.has(43, 0, 0.48, 0.48, 0.5)
		}},
		{"18 the weakest makes room", func(p *Params) {
			p.CellsPerColumn, p.MinThreshold, p.MaxNewSynapseCount, p.MaxSynapses = 1, 1, 3, 4
			p.PermanenceIncrement, p.PermanenceDecrement = 0.02, 0.02
		}, func(m check) {
			m.addSegment(4, append(append(all(0.11, 0), all(0.20, 1)...), all(0.6, 31)...))
			m.Step(cols(1, 2, 3), true)
			m.Step(cols(4), true)
			m.equal("sources", m.sources(4, 0), []uint32{1, 2, 3, 31})
		}},
		{"19 a new segment replaces the least recently active", func(p *Params) {
			p.CellsPerColumn, p.MaxSegmentsPerCell, p.InitialPermanence = 1, 2, 0.5
			p.PermanenceIncrement, p.PermanenceDecrement = 0.02, 0.02
		}, func(m check) {
			for i, want := range []int{1, 2, 2} {
				k := int32(3 * i)
				m.Step(cols(k, k+1, k+2), true)
				m.Step(cols(9), true)
				m.equal("segments of 9", len(m.SegmentsOf(9)), want)
				m.Reset()
			}
			m.equal("sources", m.sources(9, 0), []uint32{3, 4, 5})
			m.equal("sources", m.sources(9, 1), []uint32{6, 7, 8})
		}},
		{"20 the limit of segments", func(p *Params) { p.CellsPerColumn, p.MaxSegmentsPerCell = 1, 2 }, func(m check) {
			for k := range uint32(3) {
				m.addSegment(9, all(0.5, k))
			}
			m.equal("segments of 9", len(m.SegmentsOf(9)), 2)
		}},
		{"21 the new segment goes to a cell with fewest", func(p *Params) { p.InitialPermanence, p.PredictedDecrement = 0.2, 0.02 }, func(m check) {
			m.addSegment(0, all(0.5, 4))
			m.addSegment(3, all(0.5, 5))
			m.Step(cols(1, 2, 3, 4), true)
			m.Step(cols(0), true)
			m.equal("segments", m.Segments(), 3)
			w := m.Winners()[0]
			m.equal("winner 1 or 2", w == 1 || w == 2, true)
			m.has(w, 0, 0.2, 0.2, 0.2, 0.2)
			for i, c := range m.sources(w, 0) {
				m.equal("one of each column", c/4, i+1)
			}
		}},
		{"22 no growth beyond the target", func(p *Params) { p.InitialPermanence = 0.2 }, func(m check) {
			m.addSegment(8, all(0.2, 0, 1, 2, 3, 4, 5, 6, 7))
			m.Step(cols(0, 1, 3, 4), true)
			m.Step(cols(2), true)
			m.has(8, 0, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3)
		}},
		{"23 without learning nothing changes", func(p *Params) { p.PredictedDecrement = 0.02 }, func(m check) {
			m.addSegment(4, all(0.5, 0, 1, 2, 3))
			m.addSegment(42, all(0.5, 0, 1, 2, 81))
			m.addSegment(43, all(0.5, 0, 1, 81))
			m.Step(cols(0), false)
			m.Step(cols(1, 2), false)
			m.has(4, 0, 0.5, 0.5, 0.5, 0.5)
			m.has(42, 0, 0.5, 0.5, 0.5, 0.5)
			m.has(43, 0, 0.5, 0.5, 0.5)
			m.equal("segments, synapses", fmt.Sprint(m.Segments(), m.Synapses()), "3 11")
		}},
		{"24 all of a step", nil, func(m check) {
			m.addSegment(4, all(0.5, 0, 1, 2, 3))
			m.addSegment(8, all(0.4, 0, 1, 2))
			m.addSegment(9, all(0.4, 0, 1, 2, 3))
			m.Step(cols(0), true)
			m.Step(cols(1, 2, 3), true)
			m.equal("active", m.Active(), append([]uint32{4}, cells(8, 15)...))
			m.equal("winners", m.Winners()[:2], []uint32{4, 9})
			m.equal("third winner", len(m.Winners()) == 3 && m.Winners()[2] >= 12 && m.Winners()[2] < 16, true)
			m.has(4, 0, 0.6, 0.6, 0.6, 0.6)
			m.has(8, 0, 0.4, 0.4, 0.4)
			m.has(9, 0, 0.5, 0.5, 0.5, 0.5)
			m.equal("segments", m.Segments(), 4)
		}},
	}
	for _, c := range cases {
		for _, rules := range []Rules{NuPIC, HTMCore} {
			t.Run(fmt.Sprintf("%s/%s", c.name, rules), func(t *testing.T) {
				p := small(c.change)
				p.Rules = rules
				m, err := New(p, 1, 1)
				if err != nil {
					t.Fatal(err)
				}
				c.run(check{t, m})
			})
		}
	}
}

// addSegment gives a cell a segment with some synapses, each from another
// presynaptic cell; a segment beyond max_segments_per_cell replaces another. It
// counts for the prediction at once.
func (m *Memory) addSegment(cell uint32, synapses []Synapse) {
	s, ok := m.storeOf(cell)
	if !ok {
		panic("addSegment: no such cell")
	}
	for int(s.count[int32(cell)-s.first]) >= s.p.maxSeg {
		s.destroy(s.worst(int32(cell)))
	}
	k := s.create(int32(cell), len(synapses), m.step)
	for _, x := range synapses {
		s.add(k, x.Cell, x.Permanence)
	}
	for _, sh := range m.shards {
		sh.predict(m, false)
	}
}
