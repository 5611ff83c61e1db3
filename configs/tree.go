package configs

import (
	"fmt"
	"slices"

	"neurosim/dendrite"
	"neurosim/network"
	"neurosim/neuron"
)

// treeTable is [populations.NAME] of kind compartmental.
type treeTable struct {
	Kind           network.Kind          `toml:"kind" doc:"sdr, pyramidal, inhibitory or compartmental"`
	Count          int                   `toml:"size" doc:"number of cells"`
	Ie             network.Dist          `toml:"I_e" unit:"pA" doc:"constant current into the soma, per cell"`
	Method         neuron.Method         `toml:"method" doc:"backward-euler or crank-nicolson"`
	Membrane       neuron.MembraneParams `toml:"membrane"`
	Discretisation neuron.Discretisation `toml:"discretisation"`
	Soma           treeSoma              `toml:"soma"`
}

// treeSoma is [populations.NAME.soma] of compartmental cells.
type treeSoma struct {
	Fires bool `toml:"fires" doc:"whether the soma spikes at V_th; false: a passive soma, for looking at potentials"`
	neuron.FiringParams
}

// treeSegments is [populations.NAME.segments.GROUP] of compartmental cells.
type treeSegments struct {
	Zone      network.Zone      `toml:"zone" doc:"proximal, basal or apical; names and colours the segments"`
	Sections  []string          `toml:"sections" doc:"sections that the segments of a cell lie on, in turn"`
	From      float64           `toml:"from" doc:"where on its section a segment begins, 0 to 1"`
	To        float64           `toml:"to" doc:"where it ends"`
	Count     int               `toml:"count" doc:"segments per cell; default: one on each section"`
	Synapses  int               `toml:"synapses" doc:"synapses of a segment from each projection that does not say otherwise, s"`
	Placement network.Placement `toml:"placement" doc:"even: synapses evenly along the segment; random: drawn uniformly"`
	network.Receptors
	Detect dendrite.DetectParams `toml:"detect"`
}

func defaultTree() *treeTable {
	return &treeTable{
		Kind: network.Compartmental, Ie: network.Const(0), Method: neuron.BackwardEuler,
		Membrane: neuron.DefaultMembrane(), Discretisation: neuron.DefaultDiscretisation(),
		Soma: treeSoma{Fires: true, FiringParams: neuron.DefaultFiring()},
	}
}

func defaultTreeSegments() *treeSegments {
	t := &treeSegments{Zone: network.Basal, To: 1, Placement: network.Even, Detect: dendrite.DefaultDetect()}
	t.AMPA, t.NMDA, t.GABA = dendrite.DefaultAMPA(), dendrite.DefaultNMDA(), dendrite.DefaultGABAA()
	return t
}

// trees reads a population of compartmental cells.
func (d *decoder) trees(path string, tree map[string]any, p *network.Population) {
	t := defaultTree()
	d.into(path, tree, t, "sections", "regions", "segments")
	d.must(path + ".size")
	d.eitherLeak(path+".membrane", &t.Membrane)
	if t.Discretisation.MaxLength != 0 && !d.given(path+".discretisation.d_lambda") {
		t.Discretisation.DLambda = 0
		d.values[path+".discretisation.d_lambda"] = "0"
	}
	p.Count, p.Ie = t.Count, t.Ie
	p.Trees = &network.Trees{Method: t.Method}
	if t.Soma.Fires {
		firing := t.Soma.FiringParams
		p.Trees.Firing = &firing
	}
	before := len(d.problems)
	t.Membrane.Check(d.under(path + ".membrane"))
	t.Discretisation.Check(d.under(path + ".discretisation"))
	regions := d.regions(path, tree, t.Membrane)
	if len(d.problems) == before {
		p.Trees.Sections = d.treeSections(path, tree, t, regions)
	}
	d.treeGroups(path, tree, p)
}

// under returns a reporter of keys below a path.
func (d *decoder) under(path string) func(key, rule string, args ...any) {
	return func(key, rule string, args ...any) { d.bad(path+"."+key, rule, args...) }
}

// eitherLeak drops the default R_m where g_L is given.
func (d *decoder) eitherLeak(path string, m *neuron.MembraneParams) {
	if m.GL != 0 && !d.given(path+".R_m") {
		m.Rm = 0
		d.values[path+".R_m"] = quote(formatQuantity(0, "ohm cm2"))
	}
}

// regions reads [populations.NAME.regions.REGION]: membranes that differ from that
// of the cell, which is their default.
func (d *decoder) regions(path string, tree map[string]any, base neuron.MembraneParams) map[string]neuron.MembraneParams {
	at := path + ".regions"
	root := d.table(at, tree, "regions")
	regions := map[string]neuron.MembraneParams{}
	for _, name := range d.names(at, root) {
		path := join(at, name)
		tree := d.table(path, root, name)
		if tree == nil {
			continue
		}
		m := new(neuron.MembraneParams)
		*m = base
		if _, given := tree["R_m"]; given {
			m.GL = 0
		}
		d.into(path, tree, m)
		d.eitherLeak(path, m)
		m.Check(d.under(path))
		regions[name] = *m
	}
	return regions
}

// treeSections reads [populations.NAME.sections.SECTION].
func (d *decoder) treeSections(path string, tree map[string]any, t *treeTable, regions map[string]neuron.MembraneParams) []neuron.Section {
	at := path + ".sections"
	root := d.table(at, tree, "sections")
	var params []neuron.SectionParams
	for _, name := range d.names(at, root) {
		path := join(at, name)
		tree := d.table(path, root, name)
		if tree == nil {
			continue
		}
		s := new(neuron.SectionParams)
		*s = neuron.DefaultSection()
		d.into(path, tree, s)
		s.Name = name
		params = append(params, *s)
	}
	return neuron.Sections(params, t.Membrane, regions, t.Discretisation, func(i int, key, rule string, args ...any) {
		switch {
		case len(params) == 0:
			d.bad(at, rule, args...)
		case key == "":
			d.bad(join(at, params[i].Name), rule, args...)
		default:
			d.bad(join(at, params[i].Name)+"."+key, rule, args...)
		}
	})
}

// treeGroups reads the segments of compartmental cells.
func (d *decoder) treeGroups(path string, tree map[string]any, p *network.Population) {
	at := path + ".segments"
	groups := d.table(at, tree, "segments")
	for _, name := range d.names(at, groups) {
		path := join(at, name)
		tree := d.table(path, groups, name)
		if tree == nil {
			continue
		}
		t := defaultTreeSegments()
		switch name {
		case string(network.Apical):
			t.Zone = network.Apical
		case string(network.Proximal):
			t.Zone = network.Proximal
		}
		d.into(path, tree, t)
		d.must(path + ".sections")
		if !d.given(path + ".count") {
			t.Count = len(t.Sections)
			d.values[path+".count"] = fmt.Sprint(t.Count)
		}
		if t.NMDA.GMax > 0 && t.NMDA.Block.Law == "" {
			d.bad(path+".nmda.block.law", "must be given: published laws differ twelve-fold at rest")
		}
		p.Segments = append(p.Segments, network.Segments{
			Name: name, Zone: t.Zone, Count: t.Count, Synapses: t.Synapses,
			Place: &network.Place{Sections: slices.Clone(t.Sections), From: t.From, To: t.To, Placement: t.Placement, Receptors: t.Receptors, Detect: t.Detect},
		})
	}
}
