package experiments

import (
	"context"
	"slices"

	"neurosim/internal/fpmath"
	"neurosim/internal/rng"
	"neurosim/network"
	"neurosim/record"
	"neurosim/stimulus"
)

// run simulates a batch of trials with overlap b and returns the responses. The
// network is the ordinary one, wired so that every presentation is a trial of
// every segment: each segment has s source cells of its own, and all share the
// other n-s. To each of them a pattern is a of n cells, b of which are its own,
// and no two have a spike in common that a synapse of theirs could tell.
// Presentations are so far apart that each begins at rest.
func (t *trial) run(ctx context.Context, seed uint64, b, segments, presentations int) (int64, error) {
	n, err := network.Build(t.spec(seed, b, segments, presentations), 1)
	if err != nil {
		return 0, err
	}
	d, err := record.NewDetection(n, record.DetectionOf{
		Input: "show", Group: record.Group{Population: t.cells.Name, Name: t.group.Name},
		Response: t.length - (t.late - t.early),
	})
	if err != nil {
		return 0, err
	}
	if err := n.Run(ctx, n.Spec().Steps, d); err != nil {
		return 0, err
	}
	return d.Counts().Segments.CrossTalk.Hits, nil
}

// spec describes the network of a batch.
func (t *trial) spec(seed uint64, b, segments, presentations int) *network.Spec {
	own := segments * t.s
	in := network.Population{Name: "in", Kind: network.SDR}
	in.N, in.Active, in.Patterns = own+t.n-t.s, segments*b+t.active-b, presentations
	in.Book = t.patterns(seed, b, segments, presentations)

	cells := t.cells
	cells.Count, cells.IeOf = segments, nil
	group := t.group
	group.Count = 1
	cells.Segments = []network.Segments{group}

	wires := &network.Connections{Source: make([]int32, own), Cell: make([]int32, own), Segment: make([]int32, own)}
	for i := range own {
		wires.Source[i], wires.Cell[i] = int32(i), int32(i/t.s)
	}
	p := t.projection
	p.Source, p.Rule, p.Table, p.Segments = in.Name, network.List, wires, nil

	period := t.before + t.length + t.rest
	shown := t.shown
	shown.Noise = stimulus.Noise{Mode: stimulus.Strict} // its law is in the strata
	shown.Sequence, shown.Novel, shown.Order, shown.Count = nil, 0, stimulus.Cyclic, presentations
	shown.Start, shown.Period = float64(t.before-t.early)*t.dt, float64(period)*t.dt
	spec := &network.Spec{
		Seed: seed, Dt: t.dt, Steps: int64(presentations) * period,
		Populations: []network.Population{in, cells},
		Projections: []network.Projection{p},
		Inputs:      []network.Input{{Name: "show", Population: in.Name, Presentations: &shown}},
	}
	if t.rate > 0 {
		train := t.chanceSpikes(seed, in.Book, b, segments, period)
		spec.Inputs = append(spec.Inputs, network.Input{Name: "background", Population: in.Name, Train: train})
	}
	return spec
}

// patterns draws what each presentation shows: b of the own cells of every
// segment, and a-b of the others.
func (t *trial) patterns(seed uint64, b, segments, presentations int) []stimulus.Pattern {
	ofSegment, ofOthers := stimulus.NewSampler(t.s), stimulus.NewSampler(t.n-t.s)
	book := make([]stimulus.Pattern, presentations)
	for k := range book {
		r := rng.New(seed, rng.StratumPattern, 0, uint64(k))
		p := make(stimulus.Pattern, 0, segments*b+t.active-b)
		for c := range segments {
			from := len(p)
			p = ofSegment.Draw(&r, b, p)
			for i := range p[from:] {
				p[from+i] += int32(c * t.s)
			}
		}
		from := len(p)
		p = ofOthers.Draw(&r, t.active-b, p)
		for i := range p[from:] {
			p[from+i] += int32(segments * t.s)
		}
		book[k] = p
	}
	return book
}

// chanceSpikes draws the background of a batch: in each step of a trial each cell
// spikes with probability 1 - e^{-r}, as by stimulus.Poisson, under the condition
// that at least θ-b of the s-b cells of a segment that are not in the pattern
// spike at all. The background of cells without a synapse is left out.
func (t *trial) chanceSpikes(seed uint64, book []stimulus.Pattern, b, segments int, period int64) *stimulus.Train {
	train := &stimulus.Train{}
	sampler := stimulus.NewSampler(t.s)
	law := t.touched(b)
	var silent, chosen []int32
	for k, pattern := range book {
		r := rng.New(seed, rng.StratumBackground, 0, uint64(k))
		start := int64(k) * period
		for c := range segments {
			own := pattern[c*b : (c+1)*b]
			for _, cell := range own {
				t.spikes(&r, train, cell, start, t.after(&r))
			}
			silent = silent[:0]
			for i := range int32(t.s) {
				if cell := int32(c*t.s) + i; !slices.Contains(own, cell) {
					silent = append(silent, cell)
				}
			}
			chosen = sampler.Subset(&r, law.draw(&r), silent, chosen[:0])
			for _, cell := range chosen {
				t.spikes(&r, train, cell, start, t.first(&r))
			}
		}
	}
	train.Sort()
	return train
}

// spikes adds the background spikes of one cell in a trial, the first of them in
// step at of it.
func (t *trial) spikes(r *rng.Stream, train *stimulus.Train, cell int32, start, at int64) {
	for at < t.background() {
		train.Steps, train.Cells = append(train.Steps, start+at), append(train.Cells, cell)
		at += 1 + t.after(r)
	}
}

// after draws the steps without a spike before the next one.
func (t *trial) after(r *rng.Stream) int64 { return int64(r.Skip(-t.rate)) }

// first draws the step of a cell's first spike, given that it spikes within the
// trial, by inversion:
//
//	P(first ≥ k) = (e^{-rk} - e^{-rT}) / (1 - e^{-rT})
func (t *trial) first(r *rng.Stream) int64 {
	all := 1 - fpmath.Exp(-t.rate*float64(t.background()))
	k := int64(-fpmath.Log(1-float64(r.Float64()*all)) / t.rate)
	return min(k, t.background()-1)
}

// A law is a distribution of whole numbers from least on.
type law struct {
	least int
	upTo  []float64 // P(X ≤ least+i)
}

// draw returns a number, by inversion.
func (l law) draw(r *rng.Stream) int {
	u := r.Float64()
	i, _ := slices.BinarySearch(l.upTo, u)
	return l.least + min(i, len(l.upTo)-1)
}

// touched is the law of the number of a segment's cells outside the pattern that
// the background makes spike during a trial, given that it suffices with the b of
// the pattern: binomial, of s-b cells with probability p = 1 - e^{-rT}, from θ-b
// on. Terms follow from their ratio, p/(1-p)·(s-b-c)/(c+1), as logarithms.
func (t *trial) touched(b int) law {
	l := law{least: max(0, t.theta-b)}
	exposure := t.rate * float64(t.background())
	odds := exposure + fpmath.Log(1-fpmath.Exp(-exposure))
	logs := []float64{0}
	for c := l.least; c < t.s-b; c++ {
		logs = append(logs, logs[c-l.least]+odds+fpmath.Log(float64(t.s-b-c)/float64(c+1)))
	}
	most, sum := slices.Max(logs), 0.0
	for _, x := range logs {
		sum += fpmath.Exp(x - most)
		l.upTo = append(l.upTo, sum)
	}
	for i := range l.upTo {
		l.upTo[i] /= sum
	}
	return l
}
