package record

import (
	"io"
	"math"
	"runtime"
	"testing"

	"neurosim/network"
	"neurosim/stimulus"
)

// noisySpec is input cells alone: a tenth of the 10,000 spike in every step.
func noisySpec(steps int64) *network.Spec {
	in := network.Population{Name: "in", Kind: network.SDR}
	in.N = 10_000
	return &network.Spec{Seed: 1, Dt: 0.1, Steps: steps, Populations: []network.Population{in},
		Inputs: []network.Input{{Name: "bg", Population: "in", Poisson: &stimulus.PoissonParams{Rate: 1054, Stop: math.Inf(1)}}}}
}

// heldBlock returns a block of spikes that can be recorded again and again.
func heldBlock(t testing.TB) (n *network.Network, b *network.Block, spikes int) {
	t.Helper()
	n = must(network.Build(noisySpec(64), 1))
	run(t, n, 64, recorderFunc(func(x *network.Block) error {
		b = x
		for i := range x.Steps {
			spikes += len(x.Spikes(0, i, nil))
		}
		return nil
	}))
	return n, b, spikes
}

type recorderFunc func(*network.Block) error

func (f recorderFunc) Record(b *network.Block) error { return f(b) }

func TestRecordAllocatesNothing(t *testing.T) {
	n, b, _ := heldBlock(t)
	for name, r := range map[string]network.Recorder{
		"spikes":        must(NewSpikes(n, nil, CSV, io.Discard)),
		"binary":        must(NewSpikes(n, nil, Binary, io.Discard)),
		"dendritic":     must(NewDendritic(n, nil, io.Discard)),
		"presentations": must(NewPresentations(n, nil, io.Discard)),
		"totals":        NewTotals(n),
		"hash":          NewHash(n),
	} {
		if allocs := testing.AllocsPerRun(5, func() {
			if err := r.Record(b); err != nil {
				t.Fatal(err)
			}
		}); allocs != 0 {
			t.Errorf("%s: %g allocations per block", name, allocs)
		}
	}
}

// Two million spikes leave the heap as it was.
func TestMemoryDoesNotGrow(t *testing.T) {
	const steps = 2000
	n := must(network.Build(noisySpec(steps), 1))
	total, binary := NewTotals(n), must(NewSpikes(n, nil, Binary, io.Discard))
	recorders := []network.Recorder{
		must(NewSpikes(n, nil, CSV, io.Discard)), binary,
		must(NewRates(n, nil, nil, 7, io.Discard)), NewHash(n), total,
	}
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	run(t, n, 200, recorders...)
	before := heap()
	run(t, n, steps, recorders...)
	grown := int64(heap()) - int64(before)
	runtime.KeepAlive(n)
	runtime.KeepAlive(recorders)
	spikes := total.Populations()[0].Spikes
	if spikes < 2_000_000*95/100 || binary.Size() != headerBytes+recordBytes*spikes {
		t.Fatalf("%d spikes in %d bytes", spikes, binary.Size())
	}
	if grown > 2<<20 {
		t.Errorf("the heap grew by %d bytes", grown)
	}
}
