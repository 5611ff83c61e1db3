package thresholds

import (
	"context"
	"fmt"
	"math"

	"neurosim/grammar"
	"neurosim/network"
	"neurosim/stimulus"
	"neurosim/studies/networks"
	"neurosim/studies/onecell"
	"neurosim/study"
)

// A Target is a group of segments of a configuration as a Case.
type Target struct {
	Name  string // population/segments
	Case  Case
	Notes []string // what of the configuration the static theory leaves out
}

// A Candidate is a group of segments that a comparison can be of. Its target is whole,
// or all but its θ, which a study finds first.
type Candidate struct {
	Target
	studied *segment // nil: the target is whole
}

// Candidates returns the groups of segments of a study of a network, or the segment of a
// study of one cell at each point of its sweep.
func Candidates(s study.Study) ([]Candidate, error) {
	var all []Candidate
	switch x := s.(type) {
	case *networks.Study:
		for _, t := range targetsOf(x) {
			if x.Sweep != nil {
				t.Notes = append(t.Notes, "the sweep is left out; the values are those of the configuration without it")
			}
			all = append(all, Candidate{Target: t})
		}
	case *onecell.Study:
		for i := range max(1, len(x.Points())) {
			y, p, err := x.Point(i)
			if err != nil {
				return nil, err
			}
			s := &segment{"", y}
			if y.Psychometric != nil {
				s.name = y.Psychometric.Target
			} else {
				s.name = y.Uncaging.Target
			}
			if at := x.PointLabel(p); at != "" {
				s.name += ", " + at
			}
			all = append(all, Candidate{s.known(), s})
		}
	}
	return all, nil
}

// targetsOf returns the groups of segments of a configuration that one
// projection from an SDR population feeds, each with its counts, its θ and the
// noise of the patterns that its source is shown.
func targetsOf(x *networks.Study) (targets []Target) {
	all := x.Network.Feeds()
	for i := range x.Network.Populations {
		pop := &x.Network.Populations[i]
		for j := range pop.Segments {
			g := &pop.Segments[j]
			feeds := network.Excitatory(all[network.Target{Population: pop.Name, Group: g.Name}])
			if g.Place != nil || len(feeds) != 1 || feeds[0].Projection.Patterns > 1 || !feeds[0].Random() {
				continue
			}
			feed := &feeds[0]
			t := Target{Name: pop.Name + "/" + g.Name, Case: DefaultCase()}
			t.Case.N, t.Case.A, t.Case.S = feed.Source.N, feed.Source.Active, x.Network.PerUnit(feed.Projection)
			t.Case.Theta, t.Case.Segments, t.Case.Noise = g.Theta, g.Count, 0
			t.noiseOf(feed)
			targets = append(targets, t)
		}
	}
	return targets
}

// A segment is that of a study of one cell at a point of its sweep.
type segment struct {
	name string // population/segments, and the values of the point
	x    *onecell.Study
}

// known is what is known of the segment before the study: all but its θ.
func (s *segment) known() Target {
	t := Target{Name: s.name, Case: DefaultCase()}
	if p := s.x.Psychometric; p != nil {
		t.Case.N, t.Case.A, t.Case.S = p.N[0], p.Active[0], p.Synapses
	} else {
		t.Case.S = s.x.Uncaging.Synapses
	}
	return t
}

// target runs the study and returns the segment as a case whose θ is the one that it found.
func (s *segment) target(ctx context.Context, w *study.Work) (Target, error) {
	if s.x.Uncaging != nil {
		return s.uncaged(ctx, w)
	}
	return s.tried(ctx, w)
}

// uncaged is target by uncaging: θ is K*, of synapses that are active together.
func (s *segment) uncaged(ctx context.Context, w *study.Work) (Target, error) {
	r, err := onecell.FindThreshold(ctx, s.x, w)
	if err != nil {
		return Target{}, err
	}
	t := s.known()
	if r.Star < 0 {
		t.Notes = append(t.Notes, fmt.Sprintf("the simulated segment has no θ from 1 to %d: %s", t.Case.S, r.Why))
	} else {
		t.Case.Theta = r.Star
		t.Notes = append(t.Notes, fmt.Sprintf("θ = %d is K* of the simulated segment; between whole numbers of synapses K = %.2f", r.Star, r.K))
	}
	t.Notes = append(t.Notes, "n, a, noise and the number of segments are not of the configuration; --n, --a, --noise and --segments set them")
	return t, nil
}

// tried is target by a psychometric study, with its first numbers of cells and active cells.
func (s *segment) tried(ctx context.Context, w *study.Work) (Target, error) {
	results, err := onecell.RunPsychometric(ctx, s.x, w)
	if err != nil {
		return Target{}, err
	}
	t, r := s.known(), &results[0]
	trials := grammar.Count(float64(r.Trials()), "trial")
	if math.IsNaN(r.Fit.Mid) {
		t.Notes = append(t.Notes, fmt.Sprintf("no θ from 1 to %d was found in %s", t.Case.S, trials))
	} else {
		t.Case.Theta = r.Fit.Threshold()
		q := r.FalsePositive(t.Case.N, t.Case.A)
		t.Notes = append(t.Notes,
			fmt.Sprintf("θ = %d is that of the simulated segment: every second of %s spikes at %.2f synapses (%.2f to %.2f), σ = %.2f", t.Case.Theta, trials, r.Fit.Mid, r.Fit.MidLo, r.Fit.MidHi, r.Fit.Width),
			fmt.Sprintf("the threshold is not sharp: one such segment has false positives of %.3g (%.2g to %.2g)", q.P, q.Lo, q.Hi))
	}
	t.Notes = append(t.Notes, "noise and the number of segments are not of the configuration; --noise and --segments set them")
	return t, nil
}

// noiseOf takes the noise from the patterns shown to the source, and notes what has
// no term in the static theory.
func (t *Target) noiseOf(feed *network.Feed) {
	note := func(format string, args ...any) { t.Notes = append(t.Notes, fmt.Sprintf(format, args...)) }
	for i, in := range feed.Shown {
		if i > 0 {
			note("inputs.%s: is left out; the noise is that of inputs.%s", in.Name, feed.Shown[0].Name)
			continue
		}
		z := in.Presentations.Noise
		t.Case.Noise = min(1, z.Swap+z.Drop)
		t.Case.Readd = z.Mode == stimulus.Readd && z.Drop == 0
		if z.Add > 0 {
			note("inputs.%s.add: extra active cells are left out", in.Name)
		}
		if in.Presentations.Jitter > 0 {
			note("inputs.%s.jitter: %g ms is left out; with it more is missed", in.Name, in.Presentations.Jitter)
		}
	}
	if len(feed.Shown) == 0 {
		note("no patterns are shown to %s; the noise is 0", feed.Source.Name)
	}
	for _, in := range feed.Poisson {
		if rate := in.Poisson.Mean(); rate > 0 {
			note("inputs.%s: background of %g Hz is left out", in.Name, rate)
		}
	}
	for _, in := range feed.Trains {
		note("inputs.%s: spikes from a file are left out", in.Name)
	}
}
