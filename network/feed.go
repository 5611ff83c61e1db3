package network

// A Feed is what reaches a group of segments, or the somata, by one projection: the
// synapses, and what makes their source cells spike.
type Feed struct {
	Projection *Projection
	Source     *Population
	Shown      []*Input // patterns, in the order of Spec.Inputs
	Poisson    []*Input // independent background
	Trains     []*Input // given spikes
}

// Feeds returns what reaches the segments of a group of a population, or the somata
// where group is empty, in the order of Spec.Projections. A projection whose source
// does not exist has no feed.
func (s *Spec) Feeds(population, group string) []Feed {
	var out []Feed
	for i := range s.Projections {
		p := &s.Projections[i]
		if p.Target != population || p.Group != group {
			continue
		}
		f := Feed{Projection: p, Source: s.Population(p.Source)}
		if f.Source == nil {
			continue
		}
		for j := range s.Inputs {
			switch in := &s.Inputs[j]; {
			case in.Population != p.Source:
			case in.Presentations != nil:
				f.Shown = append(f.Shown, in)
			case in.Poisson != nil:
				f.Poisson = append(f.Poisson, in)
			case in.Train != nil:
				f.Trains = append(f.Trains, in)
			}
		}
		out = append(out, f)
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
// patterns is about.
func (f *Feed) Random() bool {
	return f.Source.Kind == SDR && f.Source.Active > 0 && (f.Projection.Rule == Store || f.Projection.Rule == RandomIn)
}

// Rate is the mean rate of a source cell's background (Hz): independent streams add.
func (f *Feed) Rate() float64 {
	rate := 0.0
	for _, in := range f.Poisson {
		rate += in.Poisson.Rate
	}
	return rate
}
