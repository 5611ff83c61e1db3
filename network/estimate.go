package network

import (
	"fmt"
	"math"
	"slices"

	"neurosim/channel"
	"neurosim/internal/dotted"
	"neurosim/internal/grid"
	"neurosim/neuron"
)

// An Estimate says how large a network would be, without building it.
type Estimate struct {
	Cells, Neurons, Segments int64
	Synapses                 float64
	Steps                    int64
	Bytes                    float64 // memory of synapses, state and history
	Shares                   []Share // of Bytes
}

// A Share is a part of the memory and what makes it large.
type Share struct {
	What  string // "the synapses of basal"
	Bytes float64
	Keys  []Factor // whose product it grows with
}

// A Factor is a key of a configuration, by its path, and its number.
type Factor struct {
	Path  string
	Value float64
}

func (e *Estimate) add(bytes float64, keys []Factor, what string, args ...any) {
	e.Bytes += bytes
	e.Shares = append(e.Shares, Share{fmt.Sprintf(what, args...), bytes, keys})
}

// Estimate returns the size of the network. Bytes counts what Build allocates:
// 4 bytes per synapse (8 if weighted; 4 more where release may fail, and of threshold
// segments 20 for a branch of its own; 8 and 8 per receptor where receptors saturate), 12 per
// branch (source cell × delay; 36 with short-term plasticity), 12 per segment, about 60 per neuron, 24 per step of history
// and population; of compartmental cells 8 per synapse, and of each cell 24 per
// compartment (48 of the method of second order), what channel.Bytes says, and 16 per receptor
// on a compartment of a segment. Of the history the spikes themselves are left out.
func (s *Spec) Estimate() Estimate {
	e := Estimate{Steps: s.Steps}
	for i := range s.Populations {
		s.Populations[i].estimate(&e)
	}
	longest := 0.0 // delay (steps)
	for i := range s.Projections {
		p := &s.Projections[i]
		if s.Population(p.Source) == nil || s.Population(p.Target) == nil {
			continue
		}
		s.estimateProjection(p, &e)
		_, hi := p.Delay.Bounds()
		longest = max(longest, hi/s.Dt)
	}
	window := float64(s.window())
	history := 24 * float64(len(s.Populations)) * (longest + window + 2*inputBlock)
	e.add(history, s.longestWindow(), "the history of spikes")
	return e
}

func (p *Population) estimate(e *Estimate) {
	at := dotted.Join("populations", p.Name)
	e.Cells += int64(p.Size())
	if p.Kind == SDR {
		n, patterns := Factor{at + ".n", float64(p.N)}, Factor{at + ".patterns", float64(p.Patterns)}
		e.add(4*float64(p.Active)*float64(p.Patterns), []Factor{patterns, {at + ".active", float64(p.Active)}}, "the patterns of %s", p.Name)
		e.add(float64(p.N)/8, []Factor{n}, "the cells of %s", p.Name) // a mark for each while patterns are drawn
		return
	}
	size := Factor{at + ".size", float64(p.Size())}
	e.Neurons += int64(p.Size())
	e.add(60*float64(p.Size()), []Factor{size}, "the cells of %s", p.Name)
	if p.Kind == Compartmental {
		cell, tables := p.treeBytes()
		e.add(cell*float64(p.Size()), []Factor{size}, "the compartments of %s", p.Name)
		e.add(tables, []Factor{{at + ".channels", float64(len(p.Trees.Channels))}}, "the tables of the channels of %s", p.Name)
	}
	for _, g := range p.Segments {
		segments := int64(p.Size()) * int64(g.Count)
		e.Segments += segments
		e.add(12*float64(segments), []Factor{size, {at + ".segments." + g.Name + ".count", float64(g.Count)}}, "the segments %s/%s", p.Name, g.Name)
	}
}

func (s *Spec) estimateProjection(p *Projection, e *Estimate) {
	src, dst := s.Population(p.Source), s.Population(p.Target)
	at := dotted.Join("projections", p.Name)
	keys := []Factor{{dotted.Join("populations", dst.Name, "size"), float64(dst.Size())}}
	n := float64(s.MostPerUnit(p)) * float64(dst.Size())
	if p.Rule == Pairwise {
		n = s.MeanPerUnit(p) * float64(dst.Size())
	}
	g := dst.Group(p.Group)
	switch {
	case p.Table != nil:
		n = float64(len(p.Table.Source))
		keys = []Factor{{at + ".file", n}}
	case g != nil && len(p.Segments) > 0:
		n *= float64(len(p.Segments))
	case g != nil:
		n *= float64(g.Count)
		keys = append(keys, Factor{dotted.Join("populations", dst.Name, "segments", g.Name, "count"), float64(g.Count)})
	}
	from := Factor{dotted.Join("populations", src.Name, "size"), float64(src.Size())}
	if src.Kind == SDR {
		from.Path = dotted.Join("populations", src.Name, "n")
	}
	switch p.Rule {
	case AllToAll, Pairwise:
		keys = append(keys, from)
	case Store, RandomIn:
		keys = append(keys, Factor{at + ".synapses", float64(s.PerUnit(p))}, Factor{at + ".patterns", float64(p.Patterns)})
	}
	n = math.Round(n)
	e.Synapses += n
	if p.Rule == Pairwise { // memory for as many as there may be: the mean and five standard deviations
		n += float64(5 * math.Sqrt(n))
	}
	bytes := 4.0
	if dst.Kind == Compartmental {
		bytes = 8
	}
	if p.Group == "" && (!p.Weight.Fixed() || p.Table != nil && p.Table.Weight != nil) {
		bytes = 8
	}
	e.add(n*(bytes+heldBytes(p, g)), keys, "the %.4g synapses of %s", n, p.Name)
	lo, hi := p.Delay.Bounds()
	lines := 1.0
	if hi > lo {
		lines += (hi - lo) / s.Dt
	}
	branch := 12.0
	if p.ShortTerm != nil {
		branch += 24
	}
	e.add(branch*float64(src.Size())*lines, []Factor{from, {at + ".delay", lines}}, "the branches (cells × delays) of %s", p.Name)
}

// heldBytes returns the bytes that a synapse takes because it differs from others of its
// axon.
func heldBytes(p *Projection, g *Segments) (bytes float64) {
	if p.Release != nil {
		bytes += 4 // its number
	}
	switch {
	case g != nil && g.Place == nil && !p.Reliable():
		bytes = 4 + 4 + 4 + 8 // its number and cell, its branch and until when that is active
		if p.ShortTerm != nil {
			bytes += 8
		}
	case g != nil && g.Place != nil:
		saturated := 0.0
		for _, r := range g.Place.Receptors.opened(p.Sign == Inhibit) {
			if r.Bound > 0 {
				saturated += 8
			}
		}
		if saturated > 0 {
			bytes += saturated + 8
		}
	}
	return bytes
}

// longestWindow returns the key of the longest time for which a synapse stays active,
// or that of the longest delay where there are no segments.
func (s *Spec) longestWindow() []Factor {
	keys := []Factor{{"run.tstop", 0}}
	for i := range s.Projections {
		p := &s.Projections[i]
		if _, hi := p.Delay.Bounds(); hi > 0 {
			keys = append(keys, Factor{dotted.Join("projections", p.Name, "delay"), hi / s.Dt})
		}
	}
	for i := range s.Populations {
		p := &s.Populations[i]
		for _, g := range p.Segments {
			at := dotted.Join("populations", p.Name, "segments", g.Name)
			keys = append(keys, Factor{at + ".window", float64(grid.Steps(g.Window, s.Dt))}, Factor{at + ".shunt", float64(grid.Steps(g.Shunt, s.Dt))})
		}
	}
	return keys
}

// treeBytes returns the memory of the state of one compartmental cell, and that of the tables of
// channels, which all cells share.
func (p *Population) treeBytes() (cell, tables float64) {
	row := 24.0 // potential, diagonal and right-hand side
	second := p.Trees.Method == neuron.SecondOrder
	if second {
		row *= 2
	}
	groups := map[string]bool{}
	for _, x := range p.Trees.Sections {
		key, element, table := p.Trees.membraneBytes(x.Name, second)
		cell += float64((row + element) * float64(x.Compartments))
		if !groups[key] {
			groups[key] = true
			tables += table
		}
	}
	for _, g := range p.Segments {
		receptors, _ := g.Place.Receptors.conducting()
		for _, x := range p.Trees.Sections {
			if slices.Contains(g.Place.Sections, x.Name) {
				cell += float64(16 * float64(len(receptors)) * (1 + float64((g.Place.To-g.Place.From)*float64(x.Compartments))))
			}
		}
	}
	return cell, tables
}

// membraneBytes returns the memory of the channels and calcium of a compartment of a section,
// that of the tables, and what tells sections apart that have different ones. Channels whose
// density is 0 somewhere on the section are counted there too.
func (t *Trees) membraneBytes(section string, staggered bool) (key string, element, tables float64) {
	var on []*channel.Kinetics
	for _, c := range t.Channels {
		there := false
		for _, d := range c.Density {
			if slices.Contains(d.Sections, section) {
				there = d.Value != 0 || !d.Fixed()
			}
		}
		if there {
			on = append(on, c.Kinetics)
			key += c.Name + " "
		}
	}
	pool := slices.ContainsFunc(t.Calcium, func(c Calcium) bool { return slices.Contains(c.Sections, section) })
	element, tables = channel.Bytes(on, pool, staggered)
	return key + fmt.Sprint(pool), element, tables
}
