package configs

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"neurosim/dendrite"
	"neurosim/network"
	"neurosim/neuron"
)

// treeTable is [populations.NAME] of kind compartmental.
type treeTable struct {
	Kind           network.Kind          `toml:"kind" must:"yes" doc:"sdr, pyramidal, inhibitory or compartmental"`
	Count          int                   `toml:"size" must:"yes" doc:"number of cells"`
	Ie             network.Dist          `toml:"I_e" unit:"pA" doc:"constant current into the soma, per cell"`
	V0             float64               `toml:"V_0" unit:"mV" doc:"potential of every compartment at the start, gates at their steady state there; default: the steady state of the leak"`
	Method         neuron.Method         `toml:"method" of:"backward-euler crank-nicolson" doc:"backward-euler or crank-nicolson"`
	Membrane       neuron.MembraneParams `toml:"membrane"`
	Discretisation neuron.Discretisation `toml:"discretisation"`
	Soma           treeSoma              `toml:"soma"`
}

// treeSoma is [populations.NAME.soma] of compartmental cells.
type treeSoma struct {
	Model string  `toml:"model" of:"integrate-and-fire channels passive" doc:"integrate-and-fire: V_th and reset; channels: the cell's channels make spikes; passive: it does not spike"`
	Level float64 `toml:"level" unit:"mV" doc:"model channels: potential of the soma whose upward crossing counts as a spike"`
	neuron.FiringParams
}

// Models of a soma on a tree.
const (
	integrateAndFire = "integrate-and-fire"
	withChannels     = "channels"
	passive          = "passive"
)

// channelTable is [populations.NAME.channels.CHANNEL].
type channelTable struct {
	Sections []string `toml:"sections" must:"yes" doc:"sections whose whole membrane has it"`
	neuron.ChannelParams
}

// swcTable is [populations.NAME.morphology].
type swcTable struct {
	File string `toml:"file" file:"morphology" must:"yes" doc:"SWC file, in place of sections"`
	neuron.SWCParams
}

// treeSegments is [populations.NAME.segments.GROUP] of compartmental cells.
type treeSegments struct {
	Zone      network.Zone      `toml:"zone" doc:"proximal, basal or apical; names and colours the segments"`
	Sections  []string          `toml:"sections" must:"yes" doc:"sections that the segments of a cell lie on, in turn"`
	From      float64           `toml:"from" doc:"where on its section a segment begins, 0 to 1"`
	To        float64           `toml:"to" doc:"where it ends"`
	Count     int               `toml:"count" doc:"segments per cell; default: one on each section"`
	Synapses  int               `toml:"synapses" doc:"synapses of a segment from each projection that does not say otherwise, s"`
	Placement network.Placement `toml:"placement" of:"even random" doc:"even: synapses evenly along the segment; random: drawn uniformly"`
	network.Receptors
	Detect dendrite.DetectorParams `toml:"detect"`
}

func defaultTree() *treeTable {
	return &treeTable{
		Kind: network.Compartmental, Ie: network.Const(0), V0: math.NaN(), Method: neuron.BackwardEuler,
		Membrane: neuron.DefaultMembrane(), Discretisation: neuron.DefaultDiscretisation(),
		Soma: treeSoma{Model: integrateAndFire, FiringParams: neuron.DefaultFiring()},
	}
}

func defaultTreeSegments() *treeSegments {
	t := &treeSegments{Zone: network.Basal, To: 1, Placement: network.Even, Detect: dendrite.DefaultDetector()}
	t.AMPA, t.NMDA, t.GABA = dendrite.DefaultAMPA(), dendrite.DefaultNMDA(), dendrite.DefaultGABAA()
	return t
}

// trees reads a population of compartmental cells.
func (d *decoder) trees(x *Experiment, path string, tree map[string]any, p *network.Population) {
	t := defaultTree()
	d.into(path, tree, t, "sections", "regions", "segments", "channels", "morphology")
	d.eitherLeak(path+".membrane", &t.Membrane)
	if t.Discretisation.MaxLength != 0 && !d.given(path+".discretisation.d_lambda") {
		t.Discretisation.DLambda = 0
	}
	p.Count, p.Ie = t.Count, t.Ie
	p.Trees = &network.Trees{Method: t.Method}
	if !math.IsNaN(t.V0) {
		p.Trees.V0 = &t.V0
		if !(math.Abs(t.V0) <= 200) {
			d.bad(path+".V_0", "must be from -200 to 200 mV")
		}
	}
	firing := []string{"V_th", "V_reset", "t_ref"}
	switch soma := t.Soma; soma.Model {
	case integrateAndFire:
		p.Trees.Firing = &soma.FiringParams
		d.without(path+".soma", []string{"level"}, "for soma.model = %q: V_th makes its spikes", integrateAndFire)
	case withChannels:
		p.Trees.Level = &soma.Level
		d.without(path+".soma", firing, "for soma.model = %q: the channels make its spikes, counted at level", withChannels)
	case passive:
		d.without(path+".soma", append(firing, "level"), "for soma.model = %q: it does not spike", passive)
	}
	before := len(d.problems)
	t.Membrane.Check(d.under(path + ".membrane"))
	t.Discretisation.Check(d.under(path + ".discretisation"))
	regions := d.regions(path, tree, t.Membrane)
	if len(d.problems) == before {
		if morphology := d.table(path+".morphology", tree, "morphology"); morphology != nil {
			p.Trees.Sections = d.morphology(x, path, morphology, t, regions)
			if _, both := tree["sections"]; both {
				d.bad(path+".sections", "the cell has a morphology; give one of the two")
			}
		} else {
			p.Trees.Sections = d.treeSections(path, tree, t, regions)
		}
	}
	if len(d.problems) == before {
		d.regionsExist(path, p.Trees.Sections, regions)
	}
	d.channels(path, tree, p)
	d.treeGroups(path, tree, p)
}

// under returns a reporter of keys below a path.
func (d *decoder) under(path string) func(key, rule string, args ...any) {
	return func(key, rule string, args ...any) { d.bad(path+"."+key, rule, args...) }
}

// eitherLeak drops the default R_m where g_L is given. A 0 that was written is refused
// already, and must not make the other key seem wrong.
func (d *decoder) eitherLeak(path string, m *neuron.MembraneParams) {
	if m.Rm == 0 && m.GL == 0 {
		m.Rm = neuron.DefaultMembrane().Rm
	}
	if m.GL != 0 && !d.given(path+".R_m") {
		m.Rm = 0
	}
}

// regions reads [populations.NAME.regions.REGION]: membranes that differ from that
// of the cell, which is their default.
func (d *decoder) regions(path string, tree map[string]any, base neuron.MembraneParams) map[string]neuron.MembraneParams {
	at := path + ".regions"
	root := d.table(at, tree, "regions")
	regions := map[string]neuron.MembraneParams{}
	for _, name := range d.named(at, root) {
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
	for _, name := range d.named(at, root) {
		path := join(at, name)
		tree := d.table(path, root, name)
		if tree == nil {
			continue
		}
		s := new(neuron.SectionParams)
		*s = neuron.DefaultSection()
		d.into(path, tree, s)
		s.Name = name
		if len(params) == 0 {
			d.without(path, []string{"at"}, "for the first section, the soma")
		}
		params = append(params, *s)
	}
	var names []string
	for _, s := range params {
		names = append(names, s.Name)
	}
	return neuron.Sections(params, t.Membrane, regions, t.Discretisation, func(i int, key, rule string, args ...any) {
		switch {
		case len(params) == 0:
			d.bad(at, rule, args...)
		case key == "":
			d.bad(join(at, params[i].Name), rule, args...)
		case key == "region":
			d.bad(join(at, params[i].Name)+"."+key, rule+"%s", append(args, didYouMean(params[i].Region, slices.Sorted(maps.Keys(regions))))...)
		case key == "parent" && i > 0:
			d.bad(join(at, params[i].Name)+"."+key, rule+"%s", append(args, didYouMean(params[i].Parent, names[:i]))...)
		default:
			d.bad(join(at, params[i].Name)+"."+key, rule, args...)
		}
	})
}

// morphology reads [populations.NAME.morphology] and its SWC file.
func (d *decoder) morphology(x *Experiment, path string, tree map[string]any, t *treeTable, regions map[string]neuron.MembraneParams) []neuron.Section {
	at := path + ".morphology"
	m := new(swcTable)
	d.into(at, tree, m)
	if !d.must(at + ".file") {
		return nil
	}
	file := m.File
	text, ok := d.readFile(at+".file", file, maxMorphology)
	if !ok {
		return nil
	}
	cell, err := neuron.ReadSWC(bytes.NewReader(text), m.SWCParams)
	var wrong neuron.SWCError
	switch {
	case errors.As(err, &wrong):
		for _, p := range wrong {
			d.problems = append(d.problems, Problem{file, p.Line, "", "", p.Rule})
		}
		return nil
	case err != nil:
		d.bad(at+".file", "%s", err)
		return nil
	}
	for _, note := range cell.Notes {
		d.note("%s: %s", file, note)
	}
	sections := cell.Sections(t.Membrane, regions, t.Discretisation)
	for _, s := range sections {
		if s.Compartments > neuron.MaxCompartments {
			d.bad(at+".file", "section %s, %.4g um long, needs more than %d compartments", s.Name, s.Length(), neuron.MaxCompartments)
		}
	}
	return sections
}

// regionsExist refuses membranes of regions that no section is of.
func (d *decoder) regionsExist(path string, sections []neuron.Section, regions map[string]neuron.MembraneParams) {
	var names []string
	for _, s := range sections {
		if s.Region != "" && !slices.Contains(names, s.Region) {
			names = append(names, s.Region)
		}
	}
	for _, region := range slices.Sorted(maps.Keys(regions)) {
		if slices.Contains(names, region) {
			continue
		}
		hint := didYouMean(region, names)
		switch {
		case hint != "":
		case region == "axon" && d.given(path+".morphology"):
			hint = "; the axon is left out, morphology.axon = true keeps it"
		case len(names) == 0:
			hint = "; a section names its region with the key region"
		default:
			hint = "; regions are " + strings.Join(names, ", ")
		}
		d.bad(join(path+".regions", region), "no section is of this region%s", hint)
	}
}

// sectionsExist refuses names that are no sections of p.
func (d *decoder) sectionsExist(key string, p *network.Population, sections []string) {
	if len(p.Trees.Sections) == 0 {
		return // reported where they are read
	}
	var names []string
	for _, s := range p.Trees.Sections {
		names = append(names, s.Name)
	}
	for _, name := range sections {
		if slices.Contains(names, name) {
			continue
		}
		hint := didYouMean(name, names)
		for _, s := range p.Trees.Sections {
			if s.Region == name {
				hint = fmt.Sprintf("; it is a region, of which %q is a section", s.Name)
				break
			}
		}
		d.bad(key, "there is no section %q%s (neurosim check --sections lists them)", name, hint)
	}
}

// channels reads [populations.NAME.channels.CHANNEL].
func (d *decoder) channels(path string, tree map[string]any, p *network.Population) {
	at := path + ".channels"
	root := d.table(at, tree, "channels")
	for _, name := range d.named(at, root) {
		path := join(at, name)
		tree := d.table(path, root, name)
		if tree == nil {
			continue
		}
		c := &channelTable{ChannelParams: neuron.DefaultChannel()}
		d.into(path, tree, c)
		if d.must(path + ".sections") {
			d.sectionsExist(path+".sections", p, c.Sections)
		}
		c.Check(d.under(path))
		p.Trees.Channels = append(p.Trees.Channels, network.Channels{Sections: c.Sections, ChannelParams: c.ChannelParams})
	}
}

// treeGroups reads the segments of compartmental cells.
func (d *decoder) treeGroups(path string, tree map[string]any, p *network.Population) {
	at := path + ".segments"
	groups := d.table(at, tree, "segments")
	for _, name := range d.named(at, groups) {
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
		if d.must(path + ".sections") {
			d.sectionsExist(path+".sections", p, t.Sections)
		}
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
