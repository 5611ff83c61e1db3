package network

import "slices"

// A Feed is what reaches a group of segments, or the somata, by one projection: the
// synapses, and what makes their source cells spike.
type Feed struct {
	Projection *Projection
	Source     *Population
	Shown      []*Input // patterns, in the order of Spec.Inputs
	Poisson    []*Input // independent background
	Trains     []*Input // given spikes
}

// A Target is what projections end on: a group of segments of a population, or its
// somata where Group is empty.
type Target struct{ Population, Group string }

// Feeds returns what reaches every target, each in the order of Spec.Projections. A
// projection whose source does not exist has no feed.
func (s *Spec) Feeds() map[Target][]Feed {
	inputs := map[string]*Feed{} // of each source
	for i := range s.Inputs {
		in := &s.Inputs[i]
		f := inputs[in.Population]
		if f == nil {
			f = &Feed{}
			inputs[in.Population] = f
		}
		switch {
		case in.Presentations != nil:
			f.Shown = append(f.Shown, in)
		case in.Poisson != nil:
			f.Poisson = append(f.Poisson, in)
		case in.Train != nil:
			f.Trains = append(f.Trains, in)
		}
	}
	sources := map[string]*Population{}
	for i := len(s.Populations) - 1; i >= 0; i-- { // the first of a name counts
		sources[s.Populations[i].Name] = &s.Populations[i]
	}
	out := map[Target][]Feed{}
	for i := range s.Projections {
		p := &s.Projections[i]
		var f Feed
		if of := inputs[p.Source]; of != nil {
			f = *of
		}
		if f.Projection, f.Source = p, sources[p.Source]; f.Source != nil {
			at := Target{p.Target, p.Group}
			out[at] = append(out[at], f)
		}
	}
	return out
}

// Excitatory returns the feeds whose synapses excite.
func Excitatory(feeds []Feed) []Feed {
	var out []Feed
	for _, f := range feeds {
		if f.Projection.Sign == Excite {
			out = append(out, f)
		}
	}
	return out
}

// Random tells whether every unit has synapses from a random subset of the source's
// cells, or of the active cells of patterns that it stores: what the theory of sparse
// patterns is about. Synapses that may fail are not: the theory counts every spike.
func (f *Feed) Random() bool {
	return f.Source.Kind == SDR && f.Source.Active > 0 && f.Projection.Reliable() && (f.Projection.Rule == Store || f.Projection.Rule == RandomIn)
}

// Rate is the mean rate of a source cell's background (Hz): independent streams add.
func (f *Feed) Rate() float64 {
	rate := 0.0
	for _, in := range f.Poisson {
		rate += in.Poisson.Mean()
	}
	return rate
}

// RateVaries tells whether the rate of a source cell's background changes in time.
func (f *Feed) RateVaries() bool {
	return slices.ContainsFunc(f.Poisson, func(in *Input) bool { return in.Poisson.Varies() })
}
