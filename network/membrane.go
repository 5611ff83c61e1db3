package network

import (
	"fmt"

	"neurosim/channel"
	"neurosim/internal/profile"
	"neurosim/neuron"
)

// A Channel is a conductance on sections of Compartmental cells.
type Channel struct {
	*channel.Kinetics
	Density []Density // later ones replace earlier ones on the sections of both
}

// A Density is that of a channel on some sections (S/cm²).
type Density struct {
	Sections []string
	profile.Profile
}

// Calcium is the pools of some sections.
type Calcium struct {
	Sections []string
	channel.PoolParams
}

// Membrane returns the channels and calcium pools of every compartment of the cells' tree,
// and reports what is wrong with a density: by the index of its channel and its own, -1 for
// the channel itself.
func (t *Trees) Membrane(tree *neuron.Tree, bad func(channel, density int, rule string, args ...any)) (placed []channel.Placed, pools []*channel.PoolParams) {
	pools = make([]*channel.PoolParams, tree.Len())
	for i := range t.Calcium {
		for _, node := range nodes(tree, t.Calcium[i].Sections) {
			pools[node] = &t.Calcium[i].PoolParams
		}
	}
	for i, c := range t.Channels {
		p := channel.Placed{Kinetics: c.Kinetics, Density: make([]float64, tree.Len())}
		for j, d := range c.Density {
			if err := d.place(tree, p.Density); err != nil {
				bad(i, j, "%s", err)
			}
		}
		for node, x := range p.Density {
			if x > 0 && pools[node] == nil && (p.Nernst() || p.ReadsCalcium()) {
				why := "it reads the calcium concentration"
				if p.Nernst() {
					why = "without E it reverses at the Nernst potential of calcium"
				}
				bad(i, -1, "needs calcium on section %s: %s; give a table calcium to the population, or to the region of the section", tree.Sections[tree.Section[node]].Name, why)
				break
			}
		}
		placed = append(placed, p)
	}
	return placed, pools
}

// place writes the density of every compartment of its sections.
func (d *Density) place(tree *neuron.Tree, density []float64) error {
	return each(tree, d.Sections, d.Profile, func(node int, x float64) error {
		if !(x >= 0 && x <= MaxDensity) {
			s := tree.Section[node]
			return fmt.Errorf("is %.4g S/cm2 in compartment %d of section %s; it must be from 0 to %d S/cm2", x, tree.Index[node], tree.Sections[s].Name, MaxDensity)
		}
		density[node] = x
		return nil
	})
}

// MaxDensity bounds the conductance per area of a channel (S/cm²): membranes have less than 10.
const MaxDensity = 1000

// each calls f with the value of a profile in every compartment of some sections.
func each(tree *neuron.Tree, sections []string, p profile.Profile, f func(node int, x float64) error) error {
	var d []float64
	var farthest float64
	if !p.Fixed() {
		var err error
		if d, farthest, err = tree.Distances(p.Origin, p.Sample); err != nil {
			return err
		}
	}
	for _, node := range nodes(tree, sections) {
		x := p.Value
		if !p.Fixed() {
			x = p.At(d[node], farthest)
		}
		if err := f(node, x); err != nil {
			return err
		}
	}
	return nil
}
