package model

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"neurosim/dendrite"
	"neurosim/grammar"
	"neurosim/internal/profile"
	"neurosim/network"
	"neurosim/neuron"
)

// treeTable is [populations.NAME] of kind compartmental.
type treeTable struct {
	Kind           network.Kind          `toml:"kind" must:"yes" doc:"sdr, pyramidal, inhibitory or compartmental"`
	Count          int                   `toml:"size" must:"without nodes_file" doc:"number of cells"`
	Ie             network.Dist          `toml:"I_e" unit:"pA" doc:"constant current into the soma, per cell"`
	V0             float64               `toml:"V_0" unit:"mV" doc:"potential of every compartment at the start, gates at their steady state there; default: the steady state of the leak"`
	Settle         float64               `toml:"settle" unit:"ms" grid:"dt" doc:"time that the cells have had without any input when the run begins, from V_0 on: their channels then rest"`
	Method         neuron.Method         `toml:"method" of:"backward-euler second-order" doc:"backward-euler, of first order, with NEURON's order of update; or second-order, far more accurate with channels at the same dt"`
	Active         bool                  `toml:"with_channels" doc:"false leaves channels and calcium out: the cell with its leak alone"`
	Celsius        float64               `toml:"temperature" must:"where a channel or the Nernst potential depends on it" unit:"degC" doc:"temperature of the cells"`
	Membrane       membraneTable         `toml:"membrane"`
	Discretisation neuron.Discretisation `toml:"discretisation"`
	Soma           treeSoma              `toml:"soma"`
	nodeKeys
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

// morphologyTable is [populations.NAME.morphology].
type morphologyTable struct {
	File string `toml:"file" file:"morphology" must:"yes" doc:"SWC or Neurolucida ASC file, in place of sections; its content tells which"`
	neuron.SWCParams
}

func defaultMorphology() *morphologyTable { return &morphologyTable{SWCParams: neuron.DefaultSWC()} }

// spineTable is [populations.NAME.spines] or [populations.NAME.spines.GROUP].
type spineTable struct {
	Sections []string `toml:"sections" must:"yes" doc:"sections with spines, by name, region or wildcards"`
	neuron.Spines
}

// treeSegments is [populations.NAME.segments.GROUP] of compartmental cells.
type treeSegments struct {
	Zone      network.Zone      `toml:"zone" doc:"proximal, basal or apical; names and colours the segments"`
	Sections  []string          `toml:"sections" must:"yes" doc:"sections for the segments of a cell, one after the other; by name, region or wildcards"`
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
		Kind: network.Compartmental, Ie: network.Const(0), V0: math.NaN(), Active: true, Celsius: math.NaN(), Method: neuron.BackwardEuler,
		Membrane: defaultMembrane(), Discretisation: neuron.DefaultDiscretisation(),
		Soma: treeSoma{Model: integrateAndFire, FiringParams: neuron.DefaultFiring()},
	}
}

func defaultTreeSegments() *treeSegments {
	t := &treeSegments{Zone: network.Basal, To: 1, Placement: network.Even, Detect: dendrite.DefaultDetector()}
	t.AMPA, t.NMDA, t.GABA = dendrite.DefaultAMPA(), dendrite.DefaultNMDA(), dendrite.DefaultGABAA()
	return t
}

// MaxMorphology bounds the bytes of a morphology; the largest published ones have 10^7.
const MaxMorphology = 256 << 20

// trees reads a population of compartmental cells.
func (d Reader) trees(x *Model, path string, tree map[string]any, p *network.Population) {
	t := defaultTree()
	d.Into(path, tree, t, "sections", "regions", "segments", "channels", "morphology", "calcium", "spines", "position")
	d.nodes(x, path, "size", &t.nodeKeys, p.Name, &t.Count)
	base := d.membrane(path+".membrane", &t.Membrane)
	if (t.Discretisation.MaxLength != 0 || t.Discretisation.PerLength != 0) && !d.Present(path+".discretisation.d_lambda") {
		t.Discretisation.DLambda = 0
	}
	p.Count, p.Ie = t.Count, t.Ie
	p.Trees = &network.Trees{Method: t.Method, Settle: t.Settle}
	d.Rule(t.Settle >= 0, path+".settle", "must not be negative")
	if !math.IsNaN(t.V0) {
		p.Trees.V0 = &t.V0
		d.Rule(math.Abs(t.V0) <= 200, path+".V_0", "must be from -200 to 200 mV")
	}
	firing := []string{"V_th", "V_reset", "t_ref"}
	switch soma := t.Soma; soma.Model {
	case integrateAndFire:
		p.Trees.Firing = &soma.FiringParams
		d.Without(path+".soma", []string{"level"}, "for soma.model = %q: V_th makes its spikes", integrateAndFire)
	case withChannels:
		p.Trees.Level = &soma.Level
		d.Without(path+".soma", firing, "for soma.model = %q: the channels make its spikes, counted at level", withChannels)
	case passive:
		d.Without(path+".soma", append(firing, "level"), "for soma.model = %q: it does not spike", passive)
	}
	before := d.Problems()
	base.Check(d.Under(path + ".membrane"))
	t.Discretisation.Check(d.Under(path + ".discretisation"))
	regions := d.regions(path, tree, t.Membrane)
	if d.Problems() == before {
		if morphology := d.Table(path+".morphology", tree, "morphology"); morphology != nil {
			p.Trees.Sections = d.morphology(x, path, morphology, t, base, regions)
			if _, both := tree["sections"]; both {
				d.Bad(path+".sections", "the cell has a morphology; give one of the two")
			}
		} else {
			p.Trees.Sections = d.treeSections(path, tree, t, base, regions)
		}
	}
	if d.Problems() == before {
		d.regionsExist(path, p.Trees.Sections, regions)
		d.varies(path, p.Trees.Sections)
	}
	d.spines(path, tree, p.Trees.Sections, t.Discretisation)
	d.calcium(path, tree, p)
	d.channels(path, tree, t, p)
	if !t.Active {
		p.Trees.Channels, p.Trees.Calcium = nil, nil
	}
	d.treeGroups(path, tree, p)
}

// membraneTable is [populations.NAME.membrane] and [populations.NAME.regions.REGION].
type membraneTable struct {
	Cm profile.Profile `toml:"C_m" unit:"uF/cm2" doc:"capacitance of the membrane"`
	Ra float64         `toml:"R_a" unit:"ohm cm" doc:"resistivity of the cytoplasm"`
	GL profile.Profile `toml:"g_L" unset:"0" unit:"S/cm2" doc:"leak conductance; instead of R_m"`
	Rm profile.Profile `toml:"R_m" unset:"0" unit:"ohm cm2" doc:"resistance of the membrane, 1/g_L; instead of g_L"`
	EL profile.Profile `toml:"E_L" unit:"mV" doc:"leak reversal potential, the rest"`
}

func defaultMembrane() membraneTable {
	m := neuron.DefaultMembrane()
	return membraneTable{Cm: profile.Const(m.Cm), Ra: m.Ra, GL: profile.Const(m.GL), Rm: profile.Const(m.Rm), EL: profile.Const(m.EL)}
}

// membrane returns the membrane that a table describes. The default R_m is dropped where g_L
// is given. A 0 that was written is refused already, and must not make the other key seem
// wrong.
func (d Reader) membrane(path string, t *membraneTable) neuron.MembraneParams {
	none := func(p profile.Profile) bool { return p.Fixed() && p.Value == 0 }
	if none(t.Rm) && none(t.GL) {
		t.Rm = profile.Const(neuron.DefaultMembrane().Rm)
	}
	if !none(t.GL) && !d.Present(path+".R_m") {
		t.Rm = profile.Const(0)
	}
	m := neuron.MembraneParams{Ra: t.Ra}
	for _, x := range []struct {
		from *profile.Profile
		to   *float64
		rule **profile.Profile
	}{{&t.Cm, &m.Cm, &m.Varying.Cm}, {&t.GL, &m.GL, &m.Varying.GL}, {&t.Rm, &m.Rm, &m.Varying.Rm}, {&t.EL, &m.EL, &m.Varying.EL}} {
		*x.to = x.from.Value
		if !x.from.Fixed() {
			*x.rule, *x.to = x.from, x.from.Largest()
		}
	}
	return m
}

// regions reads [populations.NAME.regions.REGION]: membranes that differ from that
// of the cell, which is their default.
func (d Reader) regions(path string, tree map[string]any, base membraneTable) map[string]neuron.MembraneParams {
	at := path + ".regions"
	root := d.Table(at, tree, "regions")
	regions := map[string]neuron.MembraneParams{}
	for name, tree := range d.Tables(at, root) {
		path := grammar.Join(at, name)
		m := new(base)
		if _, given := tree["R_m"]; given {
			m.GL = profile.Const(0)
		}
		d.Into(path, tree, m, "calcium")
		membrane := d.membrane(path, m)
		membrane.Check(d.Under(path))
		regions[name] = membrane
	}
	return regions
}

// varies reports what is wrong with a membrane that follows a rule of the distance.
func (d Reader) varies(path string, sections []neuron.Section) {
	var wrong *neuron.VaryingError
	if _, err := neuron.NewTree(sections); !errors.As(err, &wrong) {
		return
	}
	key := path + ".membrane." + wrong.Key
	i := slices.IndexFunc(sections, func(s neuron.Section) bool { return s.Name == wrong.Section })
	if own := grammar.Join(path+".regions", sections[i].Region) + "." + wrong.Key; d.Present(own) {
		key = own
	}
	d.Bad(key, "%s (section %s)", wrong.Rule, wrong.Section)
}

// treeSections reads [populations.NAME.sections.SECTION].
func (d Reader) treeSections(path string, tree map[string]any, t *treeTable, base neuron.MembraneParams, regions map[string]neuron.MembraneParams) []neuron.Section {
	at := path + ".sections"
	root := d.Table(at, tree, "sections")
	var params []neuron.SectionParams
	for name, tree := range d.Tables(at, root) {
		path := grammar.Join(at, name)
		s := new(neuron.DefaultSection())
		d.Into(path, tree, s)
		s.Name = name
		if len(params) == 0 {
			d.Without(path, []string{"at"}, "for the first section, the soma")
		}
		params = append(params, *s)
	}
	names := grammar.Names(params, func(s neuron.SectionParams) string { return s.Name })
	return neuron.Sections(params, base, regions, t.Discretisation, func(i int, key, rule string, args ...any) {
		switch {
		case len(params) == 0:
			d.Bad(at, rule, args...)
		case key == "":
			d.Bad(grammar.Join(at, params[i].Name), rule, args...)
		case key == "region":
			d.Bad(grammar.Join(at, params[i].Name)+"."+key, rule+"%s", append(args, grammar.DidYouMean(params[i].Region, slices.Sorted(maps.Keys(regions))))...)
		case key == "parent" && i > 0:
			d.Bad(grammar.Join(at, params[i].Name)+"."+key, rule+"%s", append(args, grammar.DidYouMean(params[i].Parent, names[:i]))...)
		default:
			d.Bad(grammar.Join(at, params[i].Name)+"."+key, rule, args...)
		}
	})
}

// morphology reads [populations.NAME.morphology] and its file.
func (d Reader) morphology(x *Model, path string, tree map[string]any, t *treeTable, base neuron.MembraneParams, regions map[string]neuron.MembraneParams) []neuron.Section {
	at := path + ".morphology"
	m := defaultMorphology()
	before := d.Problems()
	d.Into(at, tree, m)
	if !d.Require(at+".file") || d.Problems() > before {
		return nil
	}
	file := m.File
	text, ok := d.ReadFile(at+".file", file, MaxMorphology)
	if !ok {
		return nil
	}
	if neuron.IsASC(text) {
		d.Without(at, []string{"soma"}, "for a Neurolucida ASC file: its soma is an outline")
	}
	cell, problems := readCell(file, text, m.SWCParams)
	if problems != nil {
		for _, p := range problems {
			d.Report(p)
		}
		return nil
	}
	for _, note := range cell.Notes {
		d.Warn("%s: %s", file, note)
	}
	sections := cell.Sections(base, regions, t.Discretisation)
	for _, s := range sections {
		d.Rule(s.Compartments <= neuron.MaxCompartments, at+".file", "section %s, %.4g um long, needs more than %d compartments", s.Name, s.Length(), neuron.MaxCompartments)
	}
	return sections
}

// spines reads [populations.NAME.spines], one table of keys or several named ones, and
// puts the spines on the sections, whose compartments may depend on them.
func (d Reader) spines(path string, tree map[string]any, sections []neuron.Section, rule neuron.Discretisation) {
	at := path + ".spines"
	root := d.Table(at, tree, "spines")
	if root == nil {
		return
	}
	if !slices.ContainsFunc(slices.Collect(maps.Values(root)), isTable) {
		d.spinesOf(at, root, sections)
	} else {
		for name, value := range root {
			d.Rule(isTable(value), grammar.Join(at, name), "cannot be used together with named tables of spines; give one table of keys, or named ones alone")
		}
		for name, table := range d.Tables(at, root) {
			d.spinesOf(grammar.Join(at, name), table, sections)
		}
	}
	neuron.Discretise(sections, rule)
	for _, s := range sections {
		d.Rule(s.Compartments <= neuron.MaxCompartments, at, "with them section %s needs more than %d compartments", s.Name, neuron.MaxCompartments)
	}
}

func isTable(value any) bool {
	_, ok := value.(map[string]any)
	return ok
}

// spinesOf reads one table of spines.
func (d Reader) spinesOf(path string, tree map[string]any, sections []neuron.Section) {
	before := d.Problems()
	t := &spineTable{}
	d.Into(path, tree, t)
	t.Check(d.Under(path))
	if !d.Require(path+".sections") || d.Problems() > before {
		return
	}
	names := d.Selected(path+".sections", sections, t.Sections)
	for i := range sections {
		s := &sections[i]
		if !slices.Contains(names, s.Name) {
			continue
		}
		for _, other := range s.Spines {
			d.Rule(!other.Overlaps(t.Spines), path+".sections", "section %s has spines %s already; no place may have spines by two tables", s.Name, other)
		}
		s.Spines = append(s.Spines, t.Spines)
	}
}

// regionsExist refuses membranes of regions that no section is of.
func (d Reader) regionsExist(path string, sections []neuron.Section, regions map[string]neuron.MembraneParams) {
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
		hint := grammar.DidYouMean(region, names)
		switch {
		case hint != "":
		case region == "axon" && d.Present(path+".morphology"):
			hint = `; the axon is left out, morphology.axon = "keep" or "stub" gives one`
		case len(names) == 0:
			hint = "; a section names its region with the key region"
		default:
			hint = "; regions are " + strings.Join(names, ", ")
		}
		d.Bad(grammar.Join(path+".regions", region), "no section is of this region%s", hint)
	}
}

// treeGroups reads the segments of compartmental cells.
func (d Reader) treeGroups(path string, tree map[string]any, p *network.Population) {
	at := path + ".segments"
	for name, tree := range d.Tables(at, d.Table(at, tree, "segments")) {
		path := grammar.Join(at, name)
		t := defaultTreeSegments()
		switch name {
		case string(network.Apical):
			t.Zone = network.Apical
		case string(network.Proximal):
			t.Zone = network.Proximal
		}
		d.Into(path, tree, t)
		sections := t.Sections
		if d.Require(path + ".sections") {
			sections = d.Selected(path+".sections", p.Trees.Sections, t.Sections)
		}
		if !d.Present(path + ".count") {
			t.Count = len(sections)
			d.Default(path+".count", fmt.Sprint(t.Count))
		}
		if t.NMDA.GMax > 0 && t.NMDA.Block.Law == "" {
			d.Bad(path+".nmda.block.law", "must be given: published laws differ twenty-fold at rest")
		}
		p.Segments = append(p.Segments, network.Segments{
			Name: name, Zone: t.Zone, Count: t.Count, Synapses: t.Synapses,
			Place: &network.Place{Sections: sections, From: t.From, To: t.To, Placement: t.Placement, Receptors: t.Receptors, Detect: t.Detect},
		})
	}
}

// treeTables are the tables of compartmental cells in the reference.
func treeTables() []grammar.Table {
	return []grammar.Table{
		{Title: "[populations.NAME], kind = \"compartmental\"", Text: "Cells as trees of compartments, with conductances. The first section is the soma. Where it has several compartments, the one that holds its middle counts as the soma: `I_e` flows into it, `V_m` is its potential, its spikes are those of the cell, and paths from the soma begin at its centre.", Default: defaultTree()},
		{Title: "[populations.NAME.morphology]", Text: morphologyText, Default: defaultMorphology()},
		{Title: "[populations.NAME.regions.REGION]", Text: "A membrane that differs from that of the cell, which is its default.", Default: new(defaultMembrane())},
		{Title: "[populations.NAME.spines], [populations.NAME.spines.GROUP]", Text: spinesText, Default: &spineTable{}},
		{Title: "[populations.NAME.sections.SECTION]", Text: "A cylinder or cone; sections follow their parents.", Default: new(neuron.DefaultSection())},
		channelReference[0], channelReference[1], channelReference[2],
		{Title: "[populations.NAME.segments.GROUP], of compartmental cells", Text: "Places for synapses. A receptor with g_max = 0 is absent.\n\n" + sectionsText, Default: defaultTreeSegments()},
	}
}

// sectionsText says how a list of sections is written.
const sectionsText = "`sections` names sections in three ways: by name, `\"apic[36]\"`; by region, `\"apical\"`, for all its sections; by wildcards in names, `\"apic*\"`, where `*` stands for any text and `?` for one character. If an entry can be read in several ways, a name is preferred to a region, and a region to wildcards. `[` and `]` have no special meaning. Sections come in the order of the list and, for one entry of it, in the order of the cell; each comes once. An entry that names no section is a mistake."

const spinesText = "Spines as membrane that is added to the dendrite, not as compartments: C_m and g_L of the compartments whose centre lies on `sections` and from `from` to below `to`, as a path from the soma, are multiplied by the factor F = 1 + (area of the spines) / (area of the shaft) (Holmes 1989, Brain Res. 478:127). Eyal et al. (2016, eLife 5:e16553) take F = 1.9 from 60 um on for human pyramidal cells of layer 2/3; models of rodent cells often take F = 2 (C_m doubled, R_m halved). The rule `d_lambda` takes F into account. Areas that are listed, axial resistances and the densities of channels are those of the dendrite without spines.\n\nOne table holds the keys, or several tables with names of their own do, and then no place may have spines by two of them. `sections` is written as for segments."

const morphologyText = "The cell from a file in place of sections, in the format SWC or Neurolucida ASC: the content of the file tells which, whatever its name. A section has the membrane of the region of its name: soma, axon, basal or apical, and in SWC for other types type0, type5 ... `neurosim check CONFIG --sections` lists the sections, `neurosim sections FILE` those of a file alone. What is repaired or left out is told once, with counts.\n\n" +
	"**The axon** of the file is left out (`axon = \"drop\"`), and what is wrong with its points does not matter then. `\"keep\"` keeps it. `\"stub\"` puts two cylinders of 30 x 1 um in its place, in series from the middle of the soma, with the names `axon[0]` and `axon[1]`, as the model of Hay et al. (2011, PLoS Comput. Biol. 7:e1002107) has them.\n\n" +
	"**SWC.** A section is an unbranched run of samples of one type, named after its region and its last sample: `basal12`, `type5_12`. Files are read in the forms that other programs write: numbering from 0, with gaps, in any order; any line ends; further columns; tabs, commas or semicolons. Repaired are samples at the place of their parent (no cable between them; what follows has the sample's own radius), loose pieces (left out), samples called soma apart from the soma, a cell without soma (a sphere at the root).\n\n" +
	"The soma is one compartment, a cylinder as long as wide, and neurites begin on it at their own first sample: the gap between the two is no cable. One sample is a sphere; three, of which two lie one radius on either side of the first, are the same sphere; others are cylinders between the samples, which may fork, as NEURON reads them, or with `soma = \"contour\"` a sphere with the mean distance of the samples from their centre. The choice moves areas and input resistances: cylinders along the outline of a soma have another area than the soma. Where the choice is not made, a note tells both areas.\n\n" +
	"**Neurolucida ASC** (version 3, lists in parentheses) is read by the rules of NEURON's import3d, and its sections have NEURON's names: `soma`, `axon[0]`, `dend[0]`, `dend[1]` ..., `apic[0]` ..., those of a type in the order of the file. Trees are lists that say (Axon), (Dendrite) or (Apical). A tree begins at its own first point, on the middle of the soma: the gap is no cable. A branch begins at the last point of the one before it, with its own first diameter. The soma is the outline \"CellBody\", \"Cell Body\" or \"Soma\": 20 frusta along its longest axis, as wide as the outline; several outlines, stacked in z, are frusta between circles of their size. It has one compartment. Markers, spines, texts and other outlines are left out.\n\n" +
	"NEURON and neurosim differ in this: NEURON gives a diameter of 0 to a point without one, takes a tree without a type for a dendrite of type 0, and joins somas that lie apart to several cells; all of these are mistakes here."
