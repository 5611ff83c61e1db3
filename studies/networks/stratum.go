package networks

import (
	"context"

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
	in.PatternSet = t.patterns(seed, b, segments, presentations)

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
	shown.Noise = stimulus.Noise{Mode: stimulus.Strict} // its distribution is in the strata
	shown.Sequence, shown.Novel, shown.Order, shown.Count = nil, 0, stimulus.Cyclic, presentations
	shown.Start, shown.Period = float64(t.before-t.early)*t.dt, float64(period)*t.dt
	spec := &network.Spec{
		Seed: seed, Dt: t.dt, Steps: int64(presentations) * period,
		Populations: []network.Population{in, cells},
		Projections: []network.Projection{p},
		Inputs:      []network.Input{{Name: "show", Population: in.Name, Presentations: &shown}},
	}
	if t.rate > 0 {
		train := t.chanceSpikes(seed, in.PatternSet, b, segments, period)
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

// chanceSpikes draws the background of a batch; that of cells without a synapse is
// left out.
func (t *trial) chanceSpikes(seed uint64, book []stimulus.Pattern, b, segments int, period int64) *stimulus.Train {
	train, c := &stimulus.Train{}, t.newChance(b)
	for k, pattern := range book {
		r := rng.New(seed, rng.StratumBackground, 0, uint64(k))
		for i := range segments {
			c.draw(&r, int32(i*t.s), pattern[i*b:(i+1)*b])
			for _, at := range c.steps {
				train.Steps = append(train.Steps, int64(k)*period+at)
			}
			train.Cells = append(train.Cells, c.cells...)
		}
	}
	train.Sort()
	return train
}
