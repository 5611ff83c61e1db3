package networks

import (
	"context"

	"neurosim/internal/rescue"
	"neurosim/network"
)

// SpikeTimes runs the network of x, without recordings, and returns the spikes of its
// neurons: by population and cell, in ms, each the beginning of its step.
func SpikeTimes(ctx context.Context, x *Study, threads int) (map[string][][]float64, error) {
	n, err := network.Build(&x.Network, threads)
	if err != nil {
		return nil, err
	}
	t := &spikeTimes{populations: n.Populations(), clock: network.NewClock(x.Run.Dt), of: map[string][][]float64{}}
	for _, p := range n.Populations() {
		if p.Kind != network.SDR {
			t.of[p.Name] = make([][]float64, p.Size())
		}
	}
	err = rescue.Do(func() error { return n.Run(ctx, x.Network.Steps, t) })
	return t.of, err
}

// spikeTimes collects the spikes of neurons.
type spikeTimes struct {
	populations []*network.Population
	clock       network.Clock
	of          map[string][][]float64
	cells       []int32 // scratch
}

func (t *spikeTimes) Record(b *network.Block) error {
	for i := range b.Steps {
		for p, pop := range t.populations {
			times := t.of[pop.Name]
			if times == nil {
				continue
			}
			t.cells = b.Spikes(p, i, t.cells[:0])
			for _, cell := range t.cells {
				times[cell] = append(times[cell], t.clock.Ms(b.First+int64(i)))
			}
		}
	}
	return nil
}
