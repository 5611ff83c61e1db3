package network

import (
	"math"
	"slices"

	"neurosim/internal/grid"
	"neurosim/neuron"
)

// CurrentParams is what a user sets of a step of current into cells.
type CurrentParams struct {
	Section   string  `toml:"section" doc:"section that it flows into; default: the first. Compartmental cells"`
	At        float64 `toml:"at" doc:"place on the section, 0 to 1; default: 0.5. Compartmental cells"`
	Cells     []int   `toml:"cells" doc:"cells that get it, from 0; default: all"`
	Start     float64 `toml:"start" unit:"ms" grid:"dt" doc:"begin of the current"`
	Stop      float64 `toml:"stop" unit:"ms" grid:"dt" doc:"end of the current; default: the end of the run"`
	Amplitude float64 `toml:"amplitude" unit:"pA" doc:"current while it flows, added to I_e and to other currents; positive depolarises"`
}

// DefaultCurrent returns the defaults: the middle of the first section, the whole run.
func DefaultCurrent() CurrentParams { return CurrentParams{At: math.NaN(), Stop: math.Inf(1)} }

// check reports what is wrong with a step of current into p.
func (c *CurrentParams) check(p *Population, bad func(key, rule string, args ...any)) {
	if p.Kind == SDR {
		bad("population", "is a population of input cells; a current needs neurons")
		return
	}
	var sections []string
	if p.Trees != nil {
		for _, s := range p.Trees.Sections {
			sections = append(sections, s.Name)
		}
	}
	switch {
	case p.Trees == nil && c.Section != "":
		bad("section", "cells of kind %q have no sections", p.Kind)
	case c.Section != "" && len(sections) > 0 && !slices.Contains(sections, c.Section):
		bad("section", "there is no section %q", c.Section)
	}
	if c.At < 0 || c.At > 1 {
		bad("at", "must be from 0 to 1")
	}
	for _, cell := range c.Cells {
		if cell < 0 || cell >= p.Size() {
			bad("cells", "names cell %d; cells are 0 to %d", cell, p.Size()-1)
			break
		}
	}
	if c.Start < 0 {
		bad("start", "must not be negative")
	}
	if !(c.Stop > c.Start) {
		bad("stop", "must be after start (%g ms)", c.Start)
	}
	if math.IsNaN(c.Amplitude) || math.IsInf(c.Amplitude, 0) {
		bad("amplitude", "must be finite")
	}
}

// node returns the compartment that the current flows into.
func (c *CurrentParams) node(t *neuron.Tree) int {
	section, at := 0, c.At
	if c.Section != "" {
		section = t.SectionNamed(c.Section)
	}
	if math.IsNaN(at) {
		at = 0.5
	}
	return t.At(section, at)
}

// A currentStep is a step of current into the cells of a shard.
type currentStep struct {
	start, stop int64
	pA          float64
	input       int    // of the model of trees
	on          []bool // [hi-lo]; nil: all cells
}

// currents returns the steps of current into a population, in the order of the inputs.
func (s *Spec) currents(population string) (list []*CurrentParams) {
	for i := range s.Inputs {
		if in := &s.Inputs[i]; in.Population == population && in.Current != nil {
			list = append(list, in.Current)
		}
	}
	return list
}

// clamps lowers them to the cells lo..hi-1.
func (n *Network) clamps(population string, lo, hi int32) (list []currentStep) {
	for i, in := range n.spec.currents(population) {
		k := currentStep{start: grid.Steps(in.Start, n.spec.Dt), stop: math.MaxInt64, pA: in.Amplitude, input: 1 + i}
		if !math.IsInf(in.Stop, 1) {
			k.stop = grid.Steps(in.Stop, n.spec.Dt)
		}
		if len(in.Cells) > 0 {
			k.on = make([]bool, hi-lo)
			for _, cell := range in.Cells {
				if int32(cell) >= lo && int32(cell) < hi {
					k.on[int32(cell)-lo] = true
				}
			}
		}
		list = append(list, k)
	}
	return list
}

// clampsChange tells whether a step of current begins or ends in step k.
func (p *portion) clampsChange(k int64) bool {
	for i := range p.clamps {
		if p.clamps[i].start == k || p.clamps[i].stop == k {
			return true
		}
	}
	return false
}

// at returns the current that flows in step k (pA).
func (c *currentStep) at(k int64) float64 {
	if k >= c.start && k < c.stop {
		return c.pA
	}
	return 0
}

// into tells whether it flows into a cell.
func (c *currentStep) into(cell int) bool { return c.on == nil || c.on[cell] }

// setClamps sets the currents that flow in step k. They follow from the step alone, and
// not from those before, so a resumed run has the same.
func (c *somata) setClamps(k int64) {
	clear(c.clamped)
	for i := range c.clamps {
		x := &c.clamps[i]
		for cell := range c.clamped {
			if x.into(cell) {
				c.clamped[cell] += x.at(k)
			}
		}
	}
	for cell := range c.clamped {
		c.setCurrent(cell)
	}
}

func (t *trees) setClamps(k int64) {
	for i := range t.clamps {
		x := &t.clamps[i]
		for cell := range int(t.hi - t.lo) {
			if x.into(cell) {
				t.batches[cell/t.batch].Inject(x.input, cell%t.batch, x.at(k))
			}
		}
	}
}
