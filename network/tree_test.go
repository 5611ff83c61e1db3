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

	"neurosim/channel"
	"neurosim/channel/catalogue"
	"neurosim/dendrite"
	"neurosim/internal/dist"
	"neurosim/internal/profile"
	"neurosim/neuron"
	"neurosim/stimulus"
)

// branched returns a soma with two branches of three compartments.
func branched(t *testing.T) []neuron.Section {
	t.Helper()
	ps := []neuron.SectionParams{{Name: "soma", At: -1, Length: 20, Diameter: 20}}
	for _, name := range []string{"left", "right"} {
		ps = append(ps, neuron.SectionParams{Name: name, Parent: "soma", At: -1, Length: 150, Diameter: 1.2, Compartments: 3})
	}
	return neuron.Sections(ps, neuron.DefaultMembrane(), nil, neuron.DefaultDiscretisation(), func(i int, key, rule string, args ...any) {
		t.Fatalf("section %d: %s %s", i, key, fmt.Sprintf(rule, args...))
	})
}

func receptors() Receptors {
	r := Receptors{AMPA: dendrite.DefaultAMPA(), NMDA: dendrite.DefaultNMDA(), GABA: dendrite.DefaultGABAA()}
	r.NMDA.Block.Law = "jahr-stevens"
	return r
}

// randomTrees describes a small network of compartmental cells with recurrent and
// inhibitory connections, in which every option occurs among the seeds.
func randomTrees(t *testing.T, seed uint64) *Spec {
	r := rand.New(rand.NewPCG(seed, 7))
	in := Population{Name: "in", Kind: SDR}
	in.N, in.Active, in.Patterns = 60, 15, 3
	e := Population{Name: "E", Kind: Compartmental}
	e.Count = 5 + r.IntN(8)
	if seed%7 == 0 {
		e.Count = batch + 3 // more than are stepped together
	}
	e.Ie = Dist{Kind: dist.Uniform, Min: 0, Max: 120}
	e.Trees = &Trees{Sections: branched(t), Method: []neuron.Method{neuron.BackwardEuler, neuron.SecondOrder}[r.IntN(2)]}
	if firing, level := neuron.DefaultFiring(), -20.0; seed%3 != 0 {
		e.Trees.Firing = &firing
	} else {
		e.Trees.Level = &level
		for _, c := range []struct {
			name    string
			density float64
		}{{"hh/na", 0.12}, {"hh/kdr", 0.036}, {"hay/Ca_HVA", 1e-4}, {"hay/SK_E2", 1e-3}} {
			def, err := catalogue.Named(c.name)
			if err != nil {
				t.Fatal(err)
			}
			k := def.Compile(6.3, func(key, rule string, args ...any) { t.Fatal(c.name, key, rule) })
			e.Trees.Channels = append(e.Trees.Channels, Channel{k, []Density{{[]string{"soma"}, profile.Const(c.density)}}})
		}
		e.Trees.Celsius, e.Trees.Calcium = 6.3, []Calcium{{[]string{"soma"}, channel.DefaultPool()}}
	}
	place := &Place{Sections: []string{"left", "right"}, From: 0.3, To: 0.9, Placement: []Placement{Even, Random}[r.IntN(2)], Receptors: receptors(),
		Detect: dendrite.DetectorParams{Enabled: true, Level: -45, Duration: 0.5}}
	if seed%2 == 0 {
		place.Receptors.GABA.TauRise = place.Receptors.GABA.TauDecay // alpha
	}
	e.Segments = []Segments{{Name: "basal", Zone: Basal, Count: 1 + r.IntN(3), Synapses: 14, Place: place}}
	prox := *place
	prox.Sections, prox.From, prox.To = []string{"soma"}, 0, 1
	prox.Receptors.NMDA.GMax = 0
	e.Segments = append(e.Segments, Segments{Name: "prox", Zone: Proximal, Count: 1, Synapses: 3, Place: &prox})
	inh := Population{Name: "I", Kind: Inhibitory}
	inh.Count, inh.Soma, inh.Ie, inh.V0 = 3, neuron.DefaultLIF(), Const(390), Const(-70)
	var plastic *dendrite.ShortTermParams
	if seed%2 == 1 {
		plastic = &dendrite.ShortTermParams{U: 0.3, TauRec: 60, TauFacil: 40 * float64(seed%4/2)}
	}
	var failing *dendrite.ReleaseParams
	if seed%3 == 1 {
		failing = &dendrite.ReleaseParams{P: 0.6}
		place.Receptors.NMDA.Bound, place.Receptors.GABA.Bound, prox.Receptors.AMPA.Bound = 0.5, 0.3, 1
	}
	return &Spec{
		Seed: seed, Dt: 0.1, Steps: 500,
		Populations: []Population{in, e, inh},
		Projections: []Projection{
			{Name: "store", Source: "in", Target: "E", Group: "basal", Rule: Store, Assign: AssignCyclic, Sign: Excite, Weight: Const(0), Delay: Const(0.2)},
			{Name: "drive", Source: "in", Target: "E", Group: "prox", Rule: RandomIn, Sign: Excite, Weight: Const(0), Delay: Const(0), Release: failing},
			{Name: "rec", Source: "E", Target: "E", Group: "basal", Rule: RandomIn, Synapses: 4, Sign: Excite, Weight: Const(0), Delay: Dist{Kind: dist.Uniform, Min: 0.3, Max: 2}, ShortTerm: plastic, Release: failing},
			{Name: "EI", Source: "E", Target: "I", Rule: AllToAll, Sign: Excite, Weight: Const(90), Delay: Const(1)},
			{Name: "IE", Source: "I", Target: "E", Group: "basal", Rule: RandomIn, Synapses: 2, Sign: Inhibit, Weight: Const(0), Delay: Const(0.8)},
		},
		Inputs: []Input{
			{Name: "show", Population: "in", Presentations: &stimulus.PresentationParams{Start: 5, Period: 12, Order: stimulus.Random, Jitter: 0.4, Shape: stimulus.Gaussian, Noise: stimulus.Noise{Mode: stimulus.Strict}}},
			{Name: "bg", Population: "in", Poisson: &stimulus.PoissonParams{Rate: 20, Stop: math.Inf(1)}},
		},
		Stimulations: []Stimulation{
			{Name: "all", Population: "E", Section: "left", X: 0.9, Waveform: &stimulus.StepParams{Start: 3, Duration: 17 + float64(r.IntN(20)), Amplitude: 40}},
			{Name: "some", Population: "E", X: 0.5, Cells: []int{0, 3}, Waveform: &stimulus.StepParams{Start: 12, Duration: math.Inf(1), Amplitude: -30}},
			{Name: "noise", Population: "E", X: 0.5, Noise: &stimulus.NoiseParams{Mean: 5, SD: 20, Tau: 3, Start: 2, Duration: 30}},
			{Name: "clamp", Population: "E", Section: "right", X: 0.5, Rs: 10, Cells: []int{1}, Waveform: &stimulus.CommandParams{Hold: -70, Level: -40, Start: 9, Duration: 20}},
			{Name: "point", Population: "I", Cells: []int{1}, Waveform: &stimulus.StepParams{Start: 7, Duration: 26, Amplitude: 33.3}},
			{Name: "points", Population: "I", Waveform: &stimulus.SineParams{Frequency: 50, End: math.NaN(), Start: 21, Duration: 20, Amplitude: -12.7}},
			{Name: "jitter", Population: "I", Noise: &stimulus.NoiseParams{SD: 9, Tau: 1, Duration: math.Inf(1), Shared: true}},
		},
	}
}

// The same spikes, NMDA spikes, peaks and potentials for any number of shards, and
// for a run that is saved at a random step, encoded, and resumed.
func TestTreesAreTheSameHoweverRun(t *testing.T) {
	probes := []Probe{{Variable: Vm, Population: "E", Cell: 3}, {Variable: Vseg, Population: "E", Cell: 4, Group: "basal"}, {Variable: Plateaus, Population: "E", Cell: 0, Group: "basal"}}
	starts, ends, spikes := 0, 0, 0
	for seed := range uint64(24) {
		s := randomTrees(t, seed)
		mustCheck(t, s)
		var want journal
		run(t, build(t, s, 1, probes...), s.Steps, &want)
		starts, ends, spikes = starts+len(want.starts), ends+len(want.ends), spikes+len(want.spikes)
		for _, threads := range []int{2, 3, 7} {
			var got journal
			run(t, build(t, s, threads, probes...), s.Steps, &got)
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("seed %d: %d threads give other results: NMDA spikes %s, spikes %s", seed, threads,
					difference(got.starts, want.starts), difference(got.spikes, want.spikes))
			}
		}
		r := rand.New(rand.NewPCG(seed, 1))
		stop := 1 + r.Int64N(s.Steps-1)
		var got journal
		first := build(t, s, 1+r.IntN(4), probes...)
		run(t, first, stop, &got)
		var file bytes.Buffer
		var st State
		if err := gob.NewEncoder(&file).Encode(first.State()); err != nil {
			t.Fatal(err)
		}
		if err := gob.NewDecoder(&file).Decode(&st); err != nil {
			t.Fatal(err)
		}
		second := build(t, s, 1+r.IntN(4), probes...)
		if err := second.Resume(&st); err != nil {
			t.Fatal(err)
		}
		run(t, second, s.Steps, &got)
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d: resumed at step %d: NMDA spikes %s, ends %s, spikes %s", seed, stop,
				difference(got.starts, want.starts), difference(got.ends, want.ends), difference(got.spikes, want.spikes))
		}
	}
	if starts < 200 || ends < 200 || spikes < 2000 {
		t.Errorf("%d NMDA spikes, %d ends, %d spikes in all: the test is nearly blind", starts, ends, spikes)
	}
}

// A network of one cell that events reach is a cell of the model to which they are
// given by hand: synapse i of s lies at (i+½)/s of the range and opens AMPA and
// NMDA in the step in which its spike arrives.
func TestTreesReceiveWhatIsSent(t *testing.T) {
	in := Population{Name: "in", Kind: SDR}
	in.N = 8
	e := Population{Name: "E", Kind: Compartmental}
	e.Count, e.Ie = 1, Const(50)
	e.Trees = &Trees{Sections: branched(t), Method: neuron.BackwardEuler}
	place := &Place{Sections: []string{"left", "right"}, From: 0.4, To: 1, Placement: Even, Receptors: receptors(), Detect: dendrite.DefaultDetector()}
	e.Segments = []Segments{{Name: "d", Zone: Basal, Count: 2, Place: place}}
	table := &Connections{}
	for i := range 8 {
		table.Source, table.Cell = append(table.Source, int32(i)), append(table.Cell, 0)
		table.Segment = append(table.Segment, int32(i%2))
	}
	train := &stimulus.Train{}
	for i := range 8 {
		train.Steps, train.Cells = append(train.Steps, int64(20+3*i)), append(train.Cells, int32(i))
	}
	s := &Spec{Seed: 1, Dt: 0.1, Steps: 300, Populations: []Population{in, e},
		Projections: []Projection{{Name: "p", Source: "in", Target: "E", Group: "d", Rule: List, Table: table, Sign: Excite, Weight: Const(0), Delay: Const(0.5)}},
		Inputs:      []Input{{Name: "in", Population: "in", Train: train}}}
	mustCheck(t, s)
	n := build(t, s, 1, Probe{Variable: Vm, Population: "E"}, Probe{Variable: Vseg, Population: "E", Group: "d", Segment: 1})
	m, err := NewTreeModel(&s.Populations[1], s.Dt)
	if err != nil {
		t.Fatal(err)
	}
	var along [2][]float64 // of the synapses of each segment
	from := NewAfferents(s, 1, 0)
	for k, x := range from.Of(0) {
		along[x.Segment] = append(along[x.Segment], from.Places(0)[k])
	}
	cell := m.Model.NewCells(1)
	cell.Inject(0, 0, 50)
	check := recorderFunc(func(b *Block) error {
		for k := range b.Steps {
			for i := range 8 {
				if b.First+int64(k) != int64(20+3*i+5) {
					continue
				}
				// Four synapses on 0.4 … 1 of three compartments: at 0.475, 0.625,
				// 0.775 and 0.925, so in compartments 1, 1, 2, 2.
				node := m.Tree.Node(1+i%2, []int{1, 1, 2, 2}[i/2])
				if got := m.Tree.At(1+i%2, along[i%2][i/2]); got != node {
					t.Fatalf("synapse %d lies in node %d, want %d", i, got, node)
				}
				for _, site := range m.Excite(&s.Populations[1], 0, node) {
					cell.Excite(site, 0, 1)
				}
			}
			cell.Step(nil)
			if got, want := b.Sample(0, k), cell.V(0)[0]; got != want {
				t.Fatalf("step %d: soma at %g, by hand %g", b.First+int64(k), got, want)
			}
			if got, want := b.Sample(1, k), max(cell.V(m.Tree.Node(2, 1))[0], cell.V(m.Tree.Node(2, 2))[0]); got != want {
				t.Fatalf("step %d: segment at %g, by hand %g", b.First+int64(k), got, want)
			}
		}
		return nil
	})
	if err := n.Run(context.Background(), s.Steps, check); err != nil {
		t.Fatal(err)
	}
	if v := cell.V(0)[0]; v < -69 {
		t.Errorf("the soma is at %g mV: nothing has arrived", v)
	}
}

// Spikes of an axon arrive with the weights of short-term plasticity, each synapse
// with those of its own axon.
func TestShortTermWeightsArrive(t *testing.T) {
	in := Population{Name: "in", Kind: SDR}
	in.N = 2
	e := Population{Name: "E", Kind: Compartmental}
	e.Count, e.Ie = 1, Const(0)
	e.Trees = &Trees{Sections: branched(t), Method: neuron.BackwardEuler}
	place := &Place{Sections: []string{"left"}, To: 1, Placement: Even, Receptors: receptors(), Detect: dendrite.DefaultDetector()}
	e.Segments = []Segments{{Name: "d", Zone: Basal, Count: 1, Place: place}}
	plastic := dendrite.ShortTermParams{U: 0.4, TauRec: 100, TauFacil: 30}
	train := &stimulus.Train{Steps: []int64{10, 60, 60, 90, 200}, Cells: []int32{0, 0, 1, 0, 1}}
	s := &Spec{Seed: 1, Dt: 0.1, Steps: 300, Populations: []Population{in, e},
		Projections: []Projection{{Name: "p", Source: "in", Target: "E", Group: "d", Rule: AllToAll, Sign: Excite, Weight: Const(0), Delay: Const(0.5), ShortTerm: &plastic}},
		Inputs:      []Input{{Name: "in", Population: "in", Train: train}}}
	mustCheck(t, s)
	n := build(t, s, 1, Probe{Variable: Vm, Population: "E"})
	m, err := NewTreeModel(&s.Populations[1], s.Dt)
	if err != nil {
		t.Fatal(err)
	}
	cell, axons := m.Model.NewCells(1), dendrite.NewShortTerm(2, plastic, s.Dt)
	var weights []float64
	check := recorderFunc(func(b *Block) error {
		for k := range b.Steps {
			for i, at := range train.Steps {
				if b.First+int64(k) == at+5 {
					axon := int(train.Cells[i])
					w := axons.Spike(axon, at+5)
					weights = append(weights, w)
					for _, site := range m.Excite(&s.Populations[1], 0, m.Tree.At(m.Tree.SectionNamed("left"), (float64(axon)+0.5)/2)) {
						cell.Excite(site, 0, w)
					}
				}
			}
			cell.Step(nil)
			if got, want := b.Sample(0, k), cell.V(0)[0]; got != want {
				t.Fatalf("step %d: %g, by hand %g", b.First+int64(k), got, want)
			}
		}
		return nil
	})
	if err := n.Run(context.Background(), s.Steps, check); err != nil {
		t.Fatal(err)
	}
	if len(weights) != 5 || weights[0] != 1 || weights[1] == 1 {
		t.Errorf("weights %v: nothing is tested", weights)
	}
}

// Items of a step are sorted with their values.
func TestSortWith(t *testing.T) {
	items, values := []uint32{5, 1, 3}, []float64{50, 10, 30}
	sortWith(items, values)
	if !slices.Equal(items, []uint32{1, 3, 5}) || !slices.Equal(values, []float64{10, 30, 50}) {
		t.Errorf("%v %v", items, values)
	}
}

// What Afferents say of the places of synapses is where the engine has put them: the compartment of
// each synapse that the built cells hold is that of its place. Even synapses of a segment divide its
// range into equal parts and lie in their middles; random ones lie within it.
func TestPlacesOfSynapses(t *testing.T) {
	even := 0
	for seed := range uint64(40) {
		s := randomTrees(t, seed)
		n, err := Build(s, 1)
		if err != nil {
			t.Fatal(err)
		}
		p := s.Population("E")
		for g, group := range p.Segments {
			from, trees := n.Afferents(1, g), n.shards[0].cells[1].(*trees)
			sites := &trees.segments[g]
			type synapse struct{ cell, site uint32 }
			got := map[synapse]int{}
			for i := range sites.cell {
				got[synapse{sites.cell[i], sites.site[i]}]++
			}
			for cell := range p.Count {
				places, on := from.Places(cell), map[[2]int][]float64{}
				for k, x := range from.Of(cell) {
					section := trees.Tree.SectionNamed(group.Place.Sections[int(x.Segment)%len(group.Place.Sections)])
					got[synapse{uint32(cell), uint32(trees.sites[g][trees.Tree.At(section, places[k])])}]--
					of := [2]int{int(x.Projection), int(x.Segment)}
					on[of] = append(on[of], places[k])
				}
				for of, places := range on {
					for i, x := range places {
						width := group.Place.To - group.Place.From
						want := group.Place.From + width*(float64(i)+0.5)/float64(len(places))
						switch {
						case group.Place.Placement == Random && (x < group.Place.From || x > group.Place.To):
							t.Errorf("seed %d, cell %d, %v: a synapse at %g", seed, cell, of, x)
						case group.Place.Placement == Even && math.Abs(x-want) > 1e-12: // some roundings of numbers below 1
							t.Errorf("seed %d, cell %d, %v: synapse %d at %g, want %g", seed, cell, of, i, x, want)
						case group.Place.Placement == Even:
							even++
						}
					}
				}
			}
			for x, more := range got {
				if more != 0 {
					t.Fatalf("seed %d, group %s: cell %d has %d more synapses at site %d than Afferents say", seed, group.Name, x.cell, more, x.site)
				}
			}
		}
	}
	if even == 0 {
		t.Error("no synapse was placed evenly")
	}
}
