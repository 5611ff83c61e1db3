package onecell

import (
	"cmp"
	"math"
	"math/bits"
	"slices"

	"neurosim/cable"
	"neurosim/dendrite"
	"neurosim/internal/grid"
	"neurosim/internal/rng"
	"neurosim/network"
)

// A preparation holds copies of one cell of a compartmental population, whose synapses a
// study activates directly. Copies differ in what they are given, and are stepped
// together.
type preparation struct {
	*network.TreeModel
	pop   *network.Population
	seed  uint64
	dt    float64
	clock network.Clock
	steps int
}

func newPreparation(x *Study, population string) (*preparation, error) {
	pop := x.Network.Population(population)
	m, err := network.NewTreeModel(pop, x.Run.Dt)
	return &preparation{m, pop, x.Run.Seed, x.Run.Dt, network.NewClock(x.Run.Dt), int(x.Network.Steps)}, err
}

// step returns the step that begins at a time (ms).
func (d *preparation) step(ms float64) int { return int(grid.Steps(ms, d.dt)) }

// section returns a cluster's group and section.
func (d *preparation) section(c *Cluster) (place *network.Place, section int) {
	place = d.pop.Segments[c.Group].Place
	return place, d.Tree.SectionNamed(place.Sections[c.Segment%len(place.Sections)])
}

// node returns the compartment at a place x of a cluster, 0 to 1.
func (d *preparation) node(c *Cluster, x float64) int {
	_, section := d.section(c)
	return d.Tree.At(section, c.From+float64(x*(c.To-c.From)))
}

// middle returns the compartment in the middle of a cluster, where its potential is
// looked at.
func (d *preparation) middle(c *Cluster) int { return d.node(c, 0.5) }

// distance returns the length of the path from the soma to the middle of a cluster
// (µm).
func (d *preparation) distance(c *Cluster) float64 { return d.path(c, 0.5) }

// path returns the length of the path from the soma to a place x of a cluster, 0 to 1
// (µm).
func (d *preparation) path(c *Cluster, x float64) float64 {
	_, section := d.section(c)
	first := d.Tree.Node(section, 0)
	s := d.Tree.Sections[section]
	begin := d.Tree.Distance[first] - s.Length()/float64(2*s.Compartments)
	return begin + float64((c.From+float64(x*(c.To-c.From)))*s.Length())
}

// places returns where the first k synapses of a cluster lie, 0 to 1: a set that
// grows synapse by synapse. By placement they are drawn, or spread evenly by the
// sequence of van der Corput, ½, ¼, ¾, ⅛ ..., of which every beginning is spread
// nearly evenly.
func (d *preparation) places(c *Cluster, k int) []float64 {
	place, _ := d.section(c)
	r := rng.New(d.seed, rng.UncagingPlace, rng.Name(c.Target), uint64(c.Segment))
	x := make([]float64, k)
	for j := range x {
		x[j] = float64(bits.Reverse64(uint64(j+1))>>11) * 0x1p-53
		if place.Placement == network.Random {
			x[j] = r.Float64()
		}
	}
	return x
}

// An event opens a site of a cell at the beginning of a step, by weight times its
// g_max. Where receptors saturate, so does the site for events of the same synapse of the
// cell.
type event struct {
	step, cell, site int
	weight           float64
	synapse          int // from 0; unsaturated: of none
}

// unsaturated are events that are what they are, whatever was before.
const unsaturated = -1

// activate appends the events of the synapses of one copy, numbered from first on, one
// after another by interval steps.
func (d *preparation) activate(events []event, cell int, nodes []int, first, step, interval int, sites func(node int) []int) []event {
	for j, node := range nodes {
		for _, s := range sites(node) {
			events = append(events, event{step + j*interval, cell, s, 1, first + j})
		}
	}
	return events
}

// saturate scales the events, in order of steps, by the receptors that each finds free:
// those of its synapse at its site (dendrite.Saturation). The weight of an event is that of
// its synapse's conductance, and binds no more.
func (d *preparation) saturate(events []event) {
	type key struct{ cell, synapse, site int }
	bound := map[key]*dendrite.Saturation{}
	for i, e := range events {
		at := key{e.cell, e.synapse, e.site}
		if e.synapse == unsaturated {
			continue
		}
		s, begun := bound[at]
		if !begun {
			s = dendrite.NewSaturation(1, []dendrite.ReceptorParams{d.Receptor(e.site)}, d.dt)
			bound[at] = s
		}
		if s != nil {
			events[i].weight *= s.Release(0, 1, int64(e.step))[0]
		}
	}
}

// saturates tells whether a receptor of the cell does.
func (d *preparation) saturates() bool {
	return slices.ContainsFunc(d.pop.Segments, func(g network.Segments) bool {
		r := g.Place.Receptors
		return r.AMPA.Bound > 0 || r.NMDA.Bound > 0 || r.GABA.Bound > 0
	})
}

// run steps n copies and shows them after every step. Events beyond the end do not
// happen.
func (d *preparation) run(n int, events []event, watch func(step int, c *cable.Cells) error) error {
	events = slices.Clone(events)
	slices.SortStableFunc(events, func(a, b event) int { return cmp.Compare(a.step, b.step) })
	if d.saturates() {
		d.saturate(events)
	}
	cells := d.Model.NewCells(n)
	var spikes []int32
	for k := range d.steps {
		for len(events) > 0 && events[0].step <= k {
			e := events[0]
			cells.Excite(e.site, e.cell, e.weight)
			events = events[1:]
		}
		spikes = cells.Step(spikes[:0])
		if err := watch(k, cells); err != nil {
			return err
		}
	}
	return nil
}

// finite returns an error if a potential is not a number.
func (d *preparation) finite(step int, v []float64) error {
	for i, x := range v {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return &network.NonFiniteError{Population: d.pop.Name, Cell: i, Step: int64(step), Ms: d.clock.Ms(int64(step))}
		}
	}
	return nil
}
