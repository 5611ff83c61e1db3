package model

import (
	"context"
	"fmt"
	"math"
	"slices"

	"neurosim/internal/grid"
	"neurosim/network"
	"neurosim/neuron"
	"neurosim/stimulus"
)

// An Event is one event of a synapse of a cell.
type Event struct {
	Group    string  // segments that the synapse is on; "" for the soma
	Section  string  // of compartmental cells, the section that bears it
	From, To float64 // the synapse lies in the middle, in parts of the section
	Weight   float64 // of a synapse on the soma (pA)
	Inhibit  bool
}

// A Response is what one event does to a cell at rest. Potentials are differences from a
// cell without the event.
type Response struct {
	Soma, Site         float64   // peaks at the soma and in the compartment of the synapse (mV); negative for inhibition
	Rest               float64   // potential of the soma without the event (mV)
	Course, SiteCourse []float64 // potential after each step from that of the event on (mV)
}

// Limits of the short simulation.
const (
	restTime     = 100.0 // time for a cell to come to rest (ms)
	responseTime = 400.0 // longest time after the event (ms)
	chunk        = 5.0   // time between looks whether the responses are over (ms)
	over         = 0.01  // part of its peak below which a response is over
	overPoint    = 1e-5  // the same of a point neuron, whose rate follows from the whole
	unrest       = 1.0   // change of a cell without events that is no rest (mV)
)

// maxResponseWork bounds the steps of compartments, each as often as it has channels, that a
// forecast takes: about a second.
const maxResponseWork = 4e8

// Responses computes what single events do to cells of a population at rest, with the engine:
// a network of copies of the cell that cannot spike, one without an event and one for each
// event. I_e has its mean.
func Responses(ctx context.Context, spec *network.Spec, population string, events []Event) ([]Response, error) {
	cells, from, err := isolated(spec, population, events)
	if err != nil {
		return nil, err
	}
	n, err := network.Build(cells, 1)
	if err != nil {
		return nil, err
	}
	pop := cells.Population(population)
	probes := []network.Probe{{Variable: network.Vm, Population: population}}
	for i, e := range events {
		probes = append(probes, network.Probe{Variable: network.Vm, Population: population, Cell: i + 1})
		if pop.Trees != nil {
			at := network.Probe{Variable: network.V, Population: population, Section: e.Section, At: (e.From + e.To) / 2}
			probes = append(probes, at)
			at.Cell = i + 1
			probes = append(probes, at)
		}
	}
	n.Watch(probes)
	r := &responses{out: make([]Response, len(events)), from: from, tree: pop.Trees != nil}
	for n.Now() < cells.Steps && !r.over() {
		if err := n.Run(ctx, n.Now()+grid.Steps(chunk, cells.Dt), r); err != nil {
			return nil, err
		}
	}
	if r.highest-r.lowest > unrest {
		return nil, fmt.Errorf("a cell without events does not rest: its potential goes from %.4g to %.4g mV", r.lowest, r.highest)
	}
	if pop.Trees == nil { // its current moves the rest and no response: the equations are linear
		original := spec.Population(population)
		for i := range r.out {
			r.out[i].Rest = original.Soma.EL + float64(original.MeanCurrent()*original.Soma.TauM/original.Soma.Cm)
		}
	}
	return r.out, nil
}

// isolated returns a network of copies of a cell with one event each, except for the first, and
// the step of the events.
func isolated(spec *network.Spec, population string, events []Event) (*network.Spec, int64, error) {
	pop := *spec.Population(population)
	ie := pop.MeanCurrent()
	pop.Count, pop.IeOf, pop.Position, pop.Segments = len(events)+1, nil, nil, nil
	const source = "event"
	before := 0.0
	if pop.Trees == nil {
		pop.Kind = network.Pyramidal
		pop.Soma.Vth, pop.Soma.Vreset = pop.Soma.EL+1e9, pop.Soma.EL
		pop.Ie, pop.V0 = network.Const(0), network.Const(pop.Soma.EL)
	} else {
		trees := *pop.Trees
		trees.Firing, trees.Level = nil, nil
		pop.Trees, pop.Ie = &trees, network.Const(ie)
		switch {
		case ie != 0:
			before = restTime
		case len(trees.Channels) > 0 || trees.V0 != nil:
			trees.Settle = max(trees.Settle, restTime)
		}
	}
	from := int64(math.Ceil(before / spec.Dt))
	out := &network.Spec{Dt: spec.Dt, Steps: from + int64(math.Ceil(responseTime/spec.Dt))}
	in := network.Population{Name: source, Kind: network.SDR, InputCells: network.InputCells{N: 1}}
	for in.Name == population {
		in.Name += "s"
	}
	for i, e := range events {
		p := network.Projection{Name: fmt.Sprint("event ", i), Source: in.Name, Target: population, Rule: network.List, Sign: network.Excite,
			Delay: network.Const(0), Weight: network.Const(e.Weight), Table: &network.Connections{Source: []int32{0}, Cell: []int32{int32(i + 1)}}}
		if e.Inhibit {
			p.Sign = network.Inhibit
		}
		if pop.Trees != nil {
			g := *spec.Population(population).Group(e.Group)
			place := *g.Place
			place.Sections, place.From, place.To, place.Placement = []string{e.Section}, e.From, e.To, network.Even
			place.Detect.Enabled = false
			g.Name, g.Count, g.Synapses, g.Place = p.Name, 1, 1, &place
			pop.Segments = append(pop.Segments, g)
			p.Group, p.Table.Segment = g.Name, []int32{0}
		}
		out.Projections = append(out.Projections, p)
	}
	out.Populations = []network.Population{in, pop}
	out.Inputs = []network.Input{{Name: source, Population: in.Name, Train: &stimulus.Train{Steps: []int64{from}, Cells: []int32{0}}}}
	if pop.Trees != nil {
		tree, err := neuron.NewTree(pop.Trees.Sections)
		if err != nil {
			return nil, 0, err
		}
		settle := pop.Trees.Settle / spec.Dt // of one cell
		if work := float64(tree.Len()*(1+2*len(pop.Trees.Channels))) * (settle + float64(float64(pop.Count)*float64(out.Steps)/2)); work > maxResponseWork {
			return nil, 0, fmt.Errorf("single events are not computed: %.2g steps of compartments are too many for a check", work)
		}
	}
	return out, from, nil
}

// responses gathers responses from the blocks of a run.
type responses struct {
	out             []Response
	from            int64 // step of the events
	tree            bool
	begun           bool
	lowest, highest float64 // potential of the soma without an event, from then on (mV)
}

// Record reads the potentials; probe 0 is the cell without an event.
func (r *responses) Record(b *network.Block) error {
	for k := range b.Steps {
		if b.First+int64(k) < r.from {
			continue
		}
		rest := b.Sample(0, k)
		if !r.begun {
			r.begun, r.lowest, r.highest = true, rest, rest
		}
		r.lowest, r.highest = min(r.lowest, rest), max(r.highest, rest)
		for i := range r.out {
			q := &r.out[i]
			if len(q.Course) == 0 {
				q.Rest = rest
			}
			soma, site := 0.0, 0.0
			if r.tree {
				soma, site = b.Sample(3*i+1, k)-rest, b.Sample(3*i+3, k)-b.Sample(3*i+2, k)
			} else {
				soma = b.Sample(i+1, k) - rest
				site = soma
			}
			q.Course, q.SiteCourse = append(q.Course, soma), append(q.SiteCourse, site)
			if math.Abs(soma) > math.Abs(q.Soma) {
				q.Soma = soma
			}
			if math.Abs(site) > math.Abs(q.Site) {
				q.Site = site
			}
		}
	}
	return nil
}

// over tells whether all responses are.
func (r *responses) over() bool {
	return r.begun && !slices.ContainsFunc(r.out, func(q Response) bool {
		last, part := len(q.Course)-1, overPoint
		if r.tree {
			part = over
		}
		return math.Abs(q.Course[last]) > part*math.Abs(q.Soma) || math.Abs(q.SiteCourse[last]) > part*math.Abs(q.Site)
	})
}
