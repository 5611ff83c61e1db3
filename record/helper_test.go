package record

import (
	"bytes"
	"context"
	"encoding"
	"encoding/gob"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"testing"

	"neurosim/dendrite"
	"neurosim/internal/dist"
	"neurosim/network"
	"neurosim/neuron"
	"neurosim/stimulus"
)

// randomSpec describes a small network with input cells, pyramidal cells with
// one or two groups of segments, inhibitory cells that shunt, and two inputs
// that show patterns.
func randomSpec(seed uint64) *network.Spec {
	r := rand.New(rand.NewPCG(seed, 0))
	in := network.Population{Name: "in", Kind: network.SDR}
	in.N, in.Active, in.Patterns = 30+r.IntN(40), 8, 3
	e := network.Population{Name: "E", Kind: network.Pyramidal}
	e.Count, e.Soma = 8+r.IntN(12), neuron.DefaultLIF()
	e.Ie = network.Dist{Kind: dist.Normal, Mean: 300, SD: 80, Min: 0, Max: 600}
	e.V0 = network.Dist{Kind: dist.Uniform, Min: -70, Max: -56}
	for g := range 1 + r.IntN(2) {
		seg := network.DefaultSegments()
		seg.Name, seg.Count, seg.Synapses, seg.Theta = []string{"basal", "apical"}[g], 1+r.IntN(4), 6, 3+r.IntN(3)
		seg.Window, seg.Plateau, seg.Shunt = 0.5+float64(r.IntN(20))/10, float64(1+r.IntN(150))/10, float64(1+r.IntN(30))/10
		e.Segments = append(e.Segments, seg)
	}
	inh := network.Population{Name: "I", Kind: network.Inhibitory}
	inh.Count, inh.Soma, inh.Ie, inh.V0 = 4, neuron.DefaultLIF(), network.Const(390), network.Const(-70)
	show := stimulus.DefaultPresentations()
	show.Start, show.Period, show.Order, show.Novel, show.Jitter = 6, float64(30+r.IntN(90))/10, stimulus.Random, 0.3, 0.4*float64(r.IntN(2))
	if r.IntN(2) == 0 {
		show.Shape = stimulus.Uniform
	}
	if r.IntN(3) == 0 {
		show.Count = 5
	}
	listed := stimulus.DefaultPresentations()
	listed.Start, listed.Period, listed.Sequence = 3, 11.5, []int{2, -1, 0}
	conn := func(name, source, target, group string, rule network.Rule, synapses int, sign network.Sign, weight, delay float64) network.Projection {
		return network.Projection{Name: name, Source: source, Target: target, Group: group, Rule: rule, Synapses: synapses, Sign: sign, Weight: network.Const(weight), Delay: network.Const(delay), Assign: network.AssignCyclic}
	}
	store := conn("store", "in", "E", "basal", network.Store, 0, network.Excite, 0, 0.2*float64(r.IntN(2)))
	store.Assign = []network.Assign{network.AssignCyclic, network.AssignPerCell, network.AssignRandom}[r.IntN(3)]
	store.Patterns = []int{0, 1, 2}[seed%3]
	s := &network.Spec{
		Seed: seed, Dt: 0.1, Steps: 700,
		Populations: []network.Population{in, e, inh},
		Projections: []network.Projection{
			store,
			conn("drive", "in", "E", "", network.RandomIn, 5, network.Excite, 80, 0.2),
			conn("EI", "E", "I", "", network.AllToAll, 0, network.Excite, 90, float64(2+r.IntN(12))/10),
			conn("IE", "I", "E", "", network.RandomIn, 2, network.Inhibit, 120, 0.8),
			conn("shunt", "I", "E", "basal", network.RandomIn, 2, network.Inhibit, 0, 0.5),
		},
		Inputs: []network.Input{
			{Name: "show", Population: "in", Presentations: &show},
			{Name: "bg", Population: "in", Poisson: &stimulus.PoissonParams{Rate: 10, Stop: math.Inf(1)}},
			{Name: "listed", Population: "in", Presentations: &listed},
		},
	}
	if len(e.Segments) > 1 {
		if r.IntN(2) == 0 { // one segment of each cell also stores
			p := conn("one", "in", "E", "apical", network.Store, 0, network.Excite, 0, 0)
			p.Segments = []int{0}
			s.Projections = append(s.Projections, p)
		}
		s.Projections = append(s.Projections, conn("rec", "E", "E", "apical", network.AllToAll, 0, network.Excite, 0, 1))
	}
	return s
}

var watched = []network.Probe{
	{Variable: network.Vm, Population: "E", Cell: 7},
	{Variable: network.Isyn, Population: "E", Cell: 2},
	{Variable: network.Overlap, Population: "E", Cell: 5, Group: "basal"},
}

// watchedIn returns probes that exist in a network: watched, or potentials where the
// cells are trees.
func watchedIn(s *network.Spec) []network.Probe {
	if s.Population("E").Trees == nil {
		return watched
	}
	probes := []network.Probe{{Variable: network.Vm, Population: "E", Cell: 3}}
	for g, seg := range s.Population("E").Segments {
		for cell := range s.Population("E").Count {
			for j := range seg.Count {
				probes = append(probes, network.Probe{Variable: network.Vseg, Population: "E", Cell: cell, Group: s.Population("E").Segments[g].Name, Segment: j})
			}
		}
	}
	return probes
}

// randomTrees describes a small network of compartmental cells with two groups of
// segments, whose criteria differ in level and duration, and the inputs of randomSpec.
func randomTrees(seed uint64) *network.Spec {
	s := randomSpec(seed)
	r := rand.New(rand.NewPCG(seed, 9))
	e := network.Population{Name: "E", Kind: network.Compartmental}
	e.Count, e.Ie = 4+r.IntN(3), network.Const(0)
	ps := []neuron.SectionParams{{Name: "soma", At: -1, Length: 20, Diameter: 20}, {Name: "d", Parent: "soma", At: -1, Length: 150, Diameter: 1.2, Compartments: 3}}
	firing := neuron.DefaultFiring()
	e.Trees = &network.Trees{Method: neuron.BackwardEuler, Firing: &firing,
		Sections: neuron.Sections(ps, neuron.DefaultMembrane(), nil, neuron.DefaultDiscretisation(), func(i int, key, rule string, args ...any) { panic(fmt.Sprintf(rule, args...)) })}
	for g, name := range []string{"basal", "apical"} {
		place := &network.Place{Sections: []string{"d"}, From: 0.3, To: 0.9, Placement: network.Even,
			Receptors: network.Receptors{AMPA: dendrite.DefaultAMPA(), NMDA: dendrite.DefaultNMDA(), GABA: dendrite.DefaultGABAA()},
			Detect:    dendrite.DetectorParams{Enabled: true, Level: -50 + float64(10*r.IntN(2)), Duration: float64(1+r.IntN(40)) / 10}}
		place.Receptors.NMDA.Block.Law = "jahr-stevens"
		if g == 0 && seed%3 == 0 {
			place.Detect.Duration = s.Dt
		}
		e.Segments = append(e.Segments, network.Segments{Name: name, Zone: network.Basal, Count: 1 + r.IntN(2), Synapses: 7, Place: place})
	}
	s.Populations[1] = e
	conn := func(name, group string, rule network.Rule) network.Projection {
		return network.Projection{Name: name, Source: "in", Target: "E", Group: group, Rule: rule, Synapses: 7, Sign: network.Excite, Weight: network.Const(0), Delay: network.Const(0.2), Assign: network.AssignCyclic}
	}
	s.Projections = []network.Projection{conn("store", "basal", network.Store), conn("drive", "apical", network.RandomIn)}
	return s
}

func build(t testing.TB, s *network.Spec, threads int) *network.Network {
	t.Helper()
	s.Check(func(path, rule string, args ...any) { t.Fatalf("%s: %s", path, fmt.Sprintf(rule, args...)) })
	n, err := network.Build(s, threads)
	if err != nil {
		t.Fatal(err)
	}
	n.Watch(watchedIn(s))
	return n
}

func run(t testing.TB, n *network.Network, until int64, recorders ...network.Recorder) {
	t.Helper()
	if err := n.Run(context.Background(), until, recorders...); err != nil {
		t.Fatal(err)
	}
}

// resumed returns a network that goes on where n is, in another number of
// shards, through an encoded state.
func resumed(t *testing.T, n *network.Network, threads int) *network.Network {
	t.Helper()
	var file bytes.Buffer
	if err := gob.NewEncoder(&file).Encode(n.State()); err != nil {
		t.Fatal(err)
	}
	var st network.State
	if err := gob.NewDecoder(&file).Decode(&st); err != nil {
		t.Fatal(err)
	}
	second := build(t, n.Spec(), threads)
	if err := second.Resume(&st); err != nil {
		t.Fatal(err)
	}
	return second
}

// must returns x of a call that cannot fail.
func must[T any](x T, err error) T {
	if err != nil {
		panic(err)
	}
	return x
}

// file is what the recorders that write have in common.
type file interface {
	saved
	Flush() error
	Close() error
	Size() int64
}

// saved is a recorder that can go on in a resumed run.
type saved interface {
	network.Recorder
	encoding.BinaryMarshaler
	encoding.BinaryUnmarshaler
}

// writers makes one of each recorder that writes, for a network of randomSpec.
var writers = map[string]func(n *network.Network, w io.Writer) file{
	"spikes":        func(n *network.Network, w io.Writer) file { return must(NewSpikes(n, nil, CSV, w)) },
	"some spikes":   func(n *network.Network, w io.Writer) file { return must(NewSpikes(n, []string{"I", "in"}, CSV, w)) },
	"binary":        func(n *network.Network, w io.Writer) file { return must(NewSpikes(n, nil, Binary, w)) },
	"dendritic":     func(n *network.Network, w io.Writer) file { return must(NewDendritic(n, nil, w)) },
	"traces":        func(n *network.Network, w io.Writer) file { return must(NewTraces(n, nil, 3, 50, 640, w)) },
	"rates":         func(n *network.Network, w io.Writer) file { return must(NewRates(n, nil, nil, 90, w)) },
	"synapses":      func(n *network.Network, w io.Writer) file { return must(NewSynapses(n, nil, w)) },
	"presentations": func(n *network.Network, w io.Writer) file { return must(NewPresentations(n, nil, w)) },
}

// A journal holds everything that happens in a small run.
type journal struct {
	events []event
	values [][]float64 // [step][probe]
	n      *network.Network
}

type event struct {
	step int64
	pop  int
	kind string // spike, start or end
	g    int
	id   int
}

func (j *journal) Record(b *network.Block) error {
	for i := range b.Steps {
		k := b.First + int64(i)
		for p, pop := range j.n.Populations() {
			for _, c := range b.Spikes(p, i, nil) {
				j.events = append(j.events, event{k, p, "spike", 0, int(c)})
			}
			for g := range pop.Segments {
				for _, s := range b.Starts(p, g, i, nil) {
					j.events = append(j.events, event{k - j.n.Lag(p, g), p, "start", g, int(s)})
				}
				for _, s := range b.Ends(p, g, i, nil) {
					j.events = append(j.events, event{k, p, "end", g, int(s)})
				}
			}
		}
		var row []float64
		for p := range j.n.Probes() {
			row = append(row, b.Sample(p, i))
		}
		j.values = append(j.values, row)
	}
	return nil
}
