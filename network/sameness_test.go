package network

import (
	"bytes"
	"context"
	"encoding/gob"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"neurosim/dendrite"
	"neurosim/internal/dist"
	"neurosim/neuron"
	"neurosim/stimulus"
)

// randomSpec describes a small network with every rule, kind of input, sign and
// distribution somewhere among the seeds.
func randomSpec(seed uint64) *Spec {
	r := rand.New(rand.NewPCG(seed, 0))
	in := Population{Name: "in", Kind: SDR}
	in.N, in.Active, in.Patterns = 30+r.IntN(40), 8, 3
	soma := neuron.DefaultLIF()
	if seed%3 == 0 {
		soma.Kernel = neuron.Alpha
	}
	if seed%4 == 0 {
		soma.B = 30
	}
	e := Population{Name: "E", Kind: Pyramidal}
	e.Count, e.Soma = 8+r.IntN(12), soma
	e.Ie = Dist{Kind: dist.Normal, Mean: 300, SD: 80, Min: 0, Max: 600}
	e.V0 = Dist{Kind: dist.Uniform, Min: -70, Max: -56}
	for g := range 1 + r.IntN(2) {
		seg := DefaultSegments()
		seg.Name, seg.Count, seg.Synapses, seg.Theta = fmt.Sprint("g", g), 1+r.IntN(4), 6, 2+r.IntN(3)
		seg.Window, seg.Plateau, seg.Shunt = 0.5+float64(r.IntN(20))/10, float64(1+r.IntN(200))/10, float64(1+r.IntN(30))/10
		seg.Combine = []Combine{Once, Sum}[r.IntN(2)]
		e.Segments = append(e.Segments, seg)
	}
	inh := Population{Name: "I", Kind: Inhibitory}
	inh.Count, inh.Soma, inh.Ie, inh.V0 = 4, neuron.DefaultLIF(), Const(390), Const(-70)
	s := &Spec{
		Seed: seed, Dt: 0.1, Steps: 700,
		Populations: []Population{in, e, inh},
		Projections: []Projection{
			{Name: "store", Source: "in", Target: "E", Group: "g0", Rule: Store, Assign: []Assign{AssignCyclic, AssignPerCell, AssignBlocks, AssignRandom}[r.IntN(4)], Sign: Excite, Weight: Const(0), Delay: Const(0.3 * float64(r.IntN(2)))},
			{Name: "rec", Source: "E", Target: "E", Group: "g0", Rule: RandomIn, Synapses: 4, Sign: Excite, Weight: Const(0), Delay: Dist{Kind: dist.Uniform, Min: 0.1 * float64(1+r.IntN(8)), Max: 2}},
			{Name: "drive", Source: "in", Target: "E", Rule: RandomIn, Synapses: 5, Sign: Excite, Weight: Dist{Kind: dist.Lognormal, Mean: 80, SD: 30, Min: 0, Max: 1000}, Delay: Const(0.2)},
			{Name: "EI", Source: "E", Target: "I", Rule: AllToAll, Sign: Excite, Weight: Const(90), Delay: Dist{Kind: dist.Normal, Mean: 1, SD: 0.3, Min: 0.1, Max: 3}},
			{Name: "IE", Source: "I", Target: "E", Rule: RandomIn, Synapses: 2, Sign: Inhibit, Weight: Const(120), Delay: Const(0.8)},
			{Name: "shunt", Source: "I", Target: "E", Group: "g0", Rule: RandomIn, Synapses: 2, Sign: Inhibit, Weight: Const(0), Delay: Const(0.5)},
		},
		Inputs: []Input{
			{Name: "show", Population: "in", Presentations: &stimulus.PresentationParams{Start: 6, Period: 9, Order: stimulus.Random, Novel: 0.2, Jitter: 0.4, Shape: stimulus.Gaussian, Noise: stimulus.Noise{Swap: 0.2, Mode: stimulus.Strict}}},
			{Name: "bg", Population: "in", Poisson: &stimulus.PoissonParams{Rate: 20, Stop: math.Inf(1)}},
		},
	}
	if seed%3 == 1 { // synapses that fail, of every kind and sign
		plastic := &dendrite.ShortTermParams{U: 0.6, TauRec: 30, TauFacil: 20 * float64(seed%2)}
		for i, p := range []*dendrite.ShortTermParams{nil, plastic, plastic, plastic, nil, plastic} {
			s.Projections[i].ShortTerm = p
			if i != 1 {
				s.Projections[i].Release = &dendrite.ReleaseParams{P: 0.7}
			}
		}
	}
	if len(e.Segments) > 1 {
		s.Projections = append(s.Projections, Projection{Name: "one", Source: "E", Target: "E", Group: "g1", Rule: AllToAll, Sign: Excite, Weight: Const(0), Delay: Const(1)})
	}
	return s
}

var watched = []Probe{
	{Variable: Vm, Population: "E", Cell: 7},
	{Variable: Isyn, Population: "E", Cell: 2},
	{Variable: Overlap, Population: "E", Cell: 5, Group: "g0"},
	{Variable: Plateaus, Population: "E", Cell: 0, Group: "g0"},
}

func build(t *testing.T, s *Spec, threads int, probes ...Probe) *Network {
	t.Helper()
	n, err := Build(s, threads)
	if err != nil {
		t.Fatal(err)
	}
	n.Watch(probes)
	return n
}

func run(t *testing.T, n *Network, until int64, j *journal) {
	t.Helper()
	if err := n.Run(context.Background(), until, j); err != nil {
		t.Fatal(err)
	}
}

// The same spikes, plateaus and traces for any number of shards; for a run that
// is saved at a random step, encoded, and resumed with another number of shards;
// and without the probes.
func TestSameResultsHoweverRun(t *testing.T) {
	var starts, spikes int
	seeds := uint64(60)
	if testing.Short() {
		seeds = 20
	}
	for seed := range seeds {
		s := randomSpec(seed)
		mustCheck(t, s)
		var want journal
		run(t, build(t, s, 1, watched...), s.Steps, &want)
		starts += len(want.starts)
		spikes += len(want.spikes)
		for _, threads := range []int{2, 3, 7} {
			var got journal
			run(t, build(t, s, threads, watched...), s.Steps, &got)
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("seed %d: %d threads give other results: NMDA spikes %s, spikes %s", seed, threads,
					difference(got.starts, want.starts), difference(got.spikes, want.spikes))
			}
		}
		r := rand.New(rand.NewPCG(seed, 1))
		stop := 1 + r.Int64N(s.Steps-1)
		var got journal
		first := build(t, s, 1+r.IntN(4), watched...)
		run(t, first, stop, &got)
		var file bytes.Buffer
		if err := gob.NewEncoder(&file).Encode(first.State()); err != nil {
			t.Fatal(err)
		}
		var st State
		if err := gob.NewDecoder(&file).Decode(&st); err != nil {
			t.Fatal(err)
		}
		second := build(t, s, 1+r.IntN(4), watched...)
		if err := second.Resume(&st); err != nil {
			t.Fatal(err)
		}
		run(t, second, s.Steps, &got)
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d: resumed at step %d: NMDA spikes %s, ends %s, spikes %s", seed, stop,
				difference(got.starts, want.starts), difference(got.ends, want.ends), difference(got.spikes, want.spikes))
		}
		var bare journal
		run(t, build(t, s, 2), s.Steps, &bare)
		if !slices.Equal(bare.spikes, want.spikes) || !slices.Equal(bare.starts, want.starts) {
			t.Fatalf("seed %d: probes change the run", seed)
		}
	}
	if 60*starts < 500*int(seeds) || 60*spikes < 10_000*int(seeds) {
		t.Errorf("%d NMDA spikes and %d spikes in all networks: the test is nearly blind", starts, spikes)
	}
}

// Another seed gives other spikes, through every draw: wiring, delays, weights,
// patterns, background, cell parameters.
func TestSeedReachesEveryDraw(t *testing.T) {
	s := randomSpec(4)
	var a, b journal
	run(t, build(t, s, 1), s.Steps, &a)
	s.Seed++
	run(t, build(t, s, 1), s.Steps, &b)
	if slices.Equal(a.spikes, b.spikes) || slices.Equal(a.starts, b.starts) {
		t.Error("another seed gives the same run")
	}
}

// A population and a projection more move no draw of the others.
func TestAddingAPopulationMovesNothing(t *testing.T) {
	s := randomSpec(8)
	var a, b journal
	run(t, build(t, s, 1), s.Steps, &a)
	extra := Population{Name: "extra", Kind: Inhibitory}
	extra.Count, extra.Soma, extra.Ie, extra.V0 = 5, neuron.DefaultLIF(), Const(450), Const(-70)
	s.Populations = append([]Population{extra}, s.Populations...)
	s.Projections = append([]Projection{{Name: "extra", Source: "in", Target: "extra", Rule: RandomIn, Synapses: 3, Sign: Excite, Weight: Const(10), Delay: Const(0)}}, s.Projections...)
	run(t, build(t, s, 1), s.Steps, &b)
	others := slices.DeleteFunc(b.spikes, func(x string) bool { return bytes.Contains([]byte(x), []byte("extra")) })
	if !slices.Equal(a.spikes, others) || !slices.Equal(a.starts, b.starts) {
		t.Error("another population changes the rest of the network")
	}
}

func TestResumeRefusesAnotherNetwork(t *testing.T) {
	st := build(t, randomSpec(1), 1).State()
	s := randomSpec(1)
	s.Populations[1].Count++
	if err := build(t, s, 1).Resume(st); err == nil {
		t.Error("resumed the state of a smaller population")
	}
}

func TestInterruptedRunIsWhole(t *testing.T) {
	s := randomSpec(3)
	var want, got journal
	run(t, build(t, s, 1), s.Steps, &want)
	n := build(t, s, 2)
	ctx, cancel := context.WithCancel(context.Background())
	blocks := 0
	stopper := recorderFunc(func(*Block) error {
		if blocks++; blocks == 3 {
			cancel()
		}
		return nil
	})
	if err := n.Run(ctx, s.Steps, &got, stopper); err != context.Canceled {
		t.Fatalf("interrupted run returned %v", err)
	}
	if n.Now() == 0 || n.Now() >= s.Steps {
		t.Fatalf("stopped at step %d", n.Now())
	}
	run(t, n, s.Steps, &got)
	if !reflect.DeepEqual(got, want) {
		t.Error("a run that was interrupted and continued differs")
	}
}

type recorderFunc func(*Block) error

func (f recorderFunc) Record(b *Block) error { return f(b) }

func TestNonFiniteIsReported(t *testing.T) {
	s := randomSpec(3)
	s.Populations[1].IeOf = make([]float64, s.Populations[1].Count)
	s.Populations[1].IeOf[5] = math.NaN()
	err := build(t, s, 2).Run(context.Background(), s.Steps)
	var bad *NonFiniteError
	if e, ok := err.(*NonFiniteError); ok {
		bad = e
	}
	if bad == nil || bad.Population != "E" || bad.Cell != 5 {
		t.Errorf("a NaN current: %v", err)
	}
}
