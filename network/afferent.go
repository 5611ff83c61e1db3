package network

import (
	"slices"

	"neurosim/dendrite"
	"neurosim/internal/grid"
	"neurosim/internal/rng"
	"neurosim/stimulus"
)

// A Synapse is one synapse of a segment.
type Synapse struct {
	Projection int32  // of Spec.Projections
	Number     uint32 // among the synapses of its cell from the projection
	Source     int32  // cell of the source population
	Segment    uint32 // of the cell and group
	Delay      int64  // (steps)
}

// An Afferents draws again the synapses of one group of segments, cell by cell: the same as
// those of the built network, which keeps them by source and not by segment. It keeps those of
// the cells that were asked for, at most maxDrawn, since NMDA spikes come again on the same cells
// and drawing costs more than all else that is done with them.
type Afferents struct {
	Projections []AfferentProjection // those that reach the group, in their order

	place *Place            // of the group; nil: its segments lie nowhere
	drawn map[int][]Synapse // by cell
	count int               // of them
}

// maxDrawn is the number of synapses that an Afferents keeps: 24 MiB.
const maxDrawn = 1 << 20

// An AfferentProjection is a projection that reaches a group of segments.
type AfferentProjection struct {
	Index  int // of Spec.Projections
	Source int // population

	// Window is the number of steps that a synapse is active: one that a spike reaches in step
	// j is active in steps j … j+Window-1. Of synapses with conductances it is the longest time
	// for which the course of one of their receptors is at least OpenPart of its peak.
	Window int64

	*Projection
	wiring *wiring
	draws  rng.Draws
}

// OpenPart is the part of its peak down to which a conductance counts as open.
const OpenPart = 0.1

// Afferents returns the synapses of group g of population p.
func (n *Network) Afferents(p, g int) *Afferents { return newAfferents(&n.spec, p, g, n.patternSets) }

// NewAfferents is Network.Afferents of a description that has passed Check, without building the
// network.
func NewAfferents(spec *Spec, p, g int) *Afferents {
	return newAfferents(spec, p, g, spec.patternSets())
}

// patternSets returns the patterns of the input cells, by population.
func (s *Spec) patternSets() map[string]*stimulus.PatternSet {
	sets := map[string]*stimulus.PatternSet{}
	for i := range s.Populations {
		p := &s.Populations[i]
		if p.Kind != SDR {
			continue
		}
		set := stimulus.PatternSet{N: p.N, Patterns: p.PatternSet}
		if p.PatternSet == nil {
			set = stimulus.DrawPatternSet(s.Seed, p.Name, p.N, p.Active, p.Patterns)
		}
		sets[p.Name] = &set
	}
	return sets
}

func newAfferents(spec *Spec, p, g int, sets map[string]*stimulus.PatternSet) *Afferents {
	target := &spec.Populations[p]
	group := &target.Segments[g]
	a := &Afferents{place: group.Place, drawn: map[int][]Synapse{}}
	for i := range spec.Projections {
		q := &spec.Projections[i]
		if q.Target != target.Name || q.Group != group.Name {
			continue
		}
		w := newWiring(spec, q, sets)
		source := slices.IndexFunc(spec.Populations, func(p Population) bool { return p.Name == q.Source })
		a.Projections = append(a.Projections, AfferentProjection{i, source, group.open(q.Sign == Inhibit, spec.Dt), q, w, rng.NewDraws(spec.Seed, rng.Release, w.owner)})
	}
	return a
}

// open returns for how many steps synapses of the group are active, see
// AfferentProjection.Window.
func (g *Segments) open(inhibit bool, dt float64) (steps int64) {
	switch {
	case g.Place == nil && inhibit:
		return grid.Steps(g.Shunt, dt)
	case g.Place == nil:
		return grid.Steps(g.Window, dt)
	}
	for _, r := range g.Place.Receptors.opened(inhibit) {
		steps = max(steps, openSteps(r, dt))
	}
	return steps
}

// openSteps returns the number of steps after whose first an event of a receptor has a course of
// at least OpenPart at the step's beginning, or has not yet had its peak.
func openSteps(r dendrite.ReceptorParams, dt float64) int64 {
	// The course falls from its peak on, which comes no later than τ_decay, and has fallen
	// below a tenth 6 τ_decay after the event: alpha, the slowest course, is 6 e^-5 = 0.04.
	last := func(k int64) bool {
		t := float64(float64(k) * dt)
		return t <= r.TauDecay || r.Course(t) >= OpenPart
	}
	lo, hi := int64(0), int64(6*r.TauDecay/dt)+2
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; last(mid) {
			lo = mid
		} else {
			hi = mid
		}
	}
	return hi
}

// Longest returns the number of steps from a spike of a source to the last in which a synapse
// is active for it.
func (a *Afferents) Longest() (steps int64) {
	for _, q := range a.Projections {
		if q.wiring.lines > 0 {
			steps = max(steps, q.wiring.least+int64(q.wiring.lines)-1+q.Window)
		}
	}
	return steps
}

// Of returns the synapses on the segments of a cell, by projection and number. It is not to be
// changed.
func (a *Afferents) Of(cell int) []Synapse {
	if all, is := a.drawn[cell]; is {
		return all
	}
	var all []Synapse
	for i := range a.Projections {
		q := &a.Projections[i]
		w := q.wiring
		w.draw(int32(cell))
		all = slices.Grow(all, len(w.from))
		for k, x := range w.from {
			s := Synapse{Projection: int32(q.Index), Number: uint32(k), Source: x, Segment: w.on[k], Delay: w.least}
			if w.lines > 1 {
				s.Delay += int64(w.line[k])
			}
			all = append(all, s)
		}
	}
	if a.count += len(all); a.count > maxDrawn {
		clear(a.drawn)
		a.count = len(all)
	}
	a.drawn[cell] = all
	return all
}

// Places returns where the synapses that Of returns lie, in their order, in parts of the length of
// the section that the segment is on; nil for segments that lie nowhere.
func (a *Afferents) Places(cell int) (along []float64) {
	if a.place == nil {
		return nil
	}
	for i := range a.Projections {
		w := a.Projections[i].wiring
		w.draw(int32(cell))
		along = w.along(a.place, int32(cell), along)
	}
	return along
}

// Pattern returns the first of the patterns that the segment of a synapse stores by the projection
// and that holds the synapse's source; -1 where it stores none.
func (q *AfferentProjection) Pattern(cell int, s *Synapse) int {
	if q.Rule != Store {
		return -1
	}
	w := q.wiring
	first := w.pattern(int32(cell), int(s.Segment))
	for k := range w.stored {
		p := (first + k) % len(w.patternSet.Patterns)
		if slices.Contains(w.patternSet.Patterns[p], s.Source) {
			return p
		}
	}
	return -1
}

// Releases draws again whether a synapse on a cell releases at a spike that arrives in step k, the
// number-th of its axon in the step, with probability p times that of ReleaseParams.
func (q *AfferentProjection) Releases(cell int, s *Synapse, k int64, number uint64, p float64) bool {
	if q.Release != nil {
		p *= q.Release.P
	}
	return drawRelease(q.draws, int32(cell), s.Number, k, number) < p
}

// drawRelease returns the number in [0, 1) below whose probability a synapse releases at a spike.
func drawRelease(d rng.Draws, cell int32, synapse uint32, k int64, number uint64) float64 {
	return d.Float64(uint64(cell)<<32|uint64(synapse), uint64(k)<<16|number)
}
