package experiments

import (
	"neurosim/configs"
	"neurosim/network"
	"neurosim/stimulus"
	"neurosim/theory"
)

// static is what the static theory knows of the segments that a detection is
// about: one pattern shown to one segment, without time.
type static struct {
	n, a, s, theta int
	segments       int // of a cell
	v              int // active cells that the shown pattern has lost
	readd          bool
}

// staticOf returns the numbers of the theory; ok is false where it does not
// apply: no detection, segments that other projections reach too, extra cells
// in the shown pattern.
func staticOf(x *configs.Experiment) (s static, ok bool) {
	if x.Detection == nil {
		return s, false
	}
	g := x.Network.Population(x.Detection.Population).Group(x.Detection.Group)
	s.theta, s.segments = g.Theta, g.Count
	for i := range x.Network.Projections {
		p := &x.Network.Projections[i]
		if p.Target != x.Detection.Population || p.Group != x.Detection.Group || p.Sign != network.Excite {
			continue
		}
		if s.n > 0 || p.Rule != network.Store && p.Rule != network.RandomIn {
			return s, false
		}
		src := x.Network.Population(p.Source)
		s.n, s.a, s.s = src.N, src.Active, x.Network.PerUnit(p)
	}
	for i := range x.Network.Inputs {
		in := &x.Network.Inputs[i]
		if in.Name != x.Detection.Input {
			continue
		}
		z := in.Presentations.Noise
		if z.Add > 0 {
			return s, false
		}
		s.v = stimulus.Count(z.Swap, s.a) + stimulus.Count(z.Drop, s.a)
		s.readd = z.Mode == stimulus.Readd && z.Drop == 0
	}
	return s, s.n > 0 && theory.Check(s.n, s.a, s.s, s.theta) == nil && s.s <= s.a
}

// falsePositive is equation (4).
func (s static) falsePositive() theory.Prob {
	return theory.FalsePositive(s.n, s.a, s.s, s.theta)
}

// cellFalsePositive is equation (8) for the segments of one cell.
func (s static) cellFalsePositive() theory.Prob {
	return theory.SetFalsePositive(s.n, s.a, s.s, s.theta, s.segments)
}

// falseNegative is equation (6), or its form for noise that re-adds cells.
func (s static) falseNegative() theory.Prob {
	if s.readd {
		return theory.FalseNegativeReadd(s.n, s.a, s.s, s.v, s.theta)
	}
	return theory.FalseNegative(s.a, s.s, s.v, s.theta)
}
