package network

import "slices"

// An Estimate says how large a network would be, without building it.
type Estimate struct {
	Cells, Neurons, Segments int64
	Synapses                 float64
	Steps                    int64
	Bytes                    float64 // memory of synapses, state and history
}

// Estimate returns the size of the network. Bytes counts what Build allocates:
// 4 bytes per synapse (8 if weighted), 12 per branch (source cell × delay), 12
// per segment, about 60 per neuron, the history of spikes at one spike per cell in
// ten; of compartmental cells 8 per synapse, and of each cell 24 per compartment and
// 16 per receptor on a compartment of a segment.
func (s *Spec) Estimate() Estimate {
	e := Estimate{Steps: s.Steps}
	for i := range s.Populations {
		p := &s.Populations[i]
		e.Cells += int64(p.Size())
		if p.Kind == SDR {
			e.Bytes += float64(4 * float64(p.Active) * float64(p.Patterns))
			continue
		}
		e.Neurons += int64(p.Size())
		e.Bytes += float64(60 * float64(p.Size()))
		if p.Trees != nil {
			e.Bytes += float64(p.treeBytes() * float64(p.Size()))
		}
		for _, g := range p.Segments {
			segments := int64(p.Size()) * int64(g.Count)
			e.Segments += segments
			e.Bytes += float64(12 * float64(segments))
		}
	}
	for i := range s.Projections {
		p := &s.Projections[i]
		src, dst := s.Population(p.Source), s.Population(p.Target)
		if src == nil || dst == nil {
			continue
		}
		n := float64(s.most(p)) * float64(dst.Size())
		switch g := dst.Group(p.Group); {
		case p.Table != nil:
			n = float64(len(p.Table.Source))
		case g != nil && len(p.Segments) > 0:
			n *= float64(len(p.Segments))
		case g != nil:
			n *= float64(g.Count)
		}
		e.Synapses += n
		bytes := 4.0
		if dst.Trees != nil {
			bytes = 8
		}
		if p.Group == "" && (!p.Weight.Fixed() || p.Table != nil && p.Table.Weight != nil) {
			bytes = 8
		}
		lo, hi := p.Delay.Bounds()
		lines := 1.0
		if hi > lo {
			lines += (hi - lo) / s.Dt
		}
		e.Bytes += float64(n*bytes) + float64(12*float64(src.Size())*lines)
	}
	return e
}

// treeBytes returns the memory of the state of one compartmental cell.
func (p *Population) treeBytes() float64 {
	total := 0.0
	for _, x := range p.Trees.Sections {
		total += float64(24 * float64(x.Compartments))
	}
	for _, g := range p.Segments {
		receptors, _ := g.Place.Receptors.conducting()
		for _, x := range p.Trees.Sections {
			if slices.Contains(g.Place.Sections, x.Name) {
				total += float64(16 * float64(len(receptors)) * (1 + float64((g.Place.To-g.Place.From)*float64(x.Compartments))))
			}
		}
	}
	return total
}
