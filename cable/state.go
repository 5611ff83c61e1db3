package cable

// State returns what the cells hold, for a checkpoint: rows by cell, and the
// scale of the conductances, which is the same for all cells and depends on the
// number of steps alone. The slices are the cells' own; writing to rows and hold,
// and SetScale, restore them.
func (c *Cells) State() (rows [][]float64, hold []int32, scale []float64) {
	for i := range c.spec.Tree.Len() {
		rows = append(rows, c.cable.V(i))
	}
	for _, s := range c.synapses {
		rows = append(rows, s.Rows()...)
		scale = append(scale, s.Scale()...)
	}
	for i, g := range c.gates {
		m, h := g.State()
		for place := range c.spec.Channels[i].Nodes {
			rows = append(rows, m[place*c.n:(place+1)*c.n])
			if h != nil {
				rows = append(rows, h[place*c.n:(place+1)*c.n])
			}
		}
	}
	if c.firing != nil {
		hold = c.firing.Hold()
	}
	return rows, hold, scale
}

// SetScale restores the scale that State gave, after rows and hold.
func (c *Cells) SetScale(scale []float64) {
	for i := range c.above {
		c.above[i] = c.V(0)[i] >= *c.spec.Level
	}
	for _, s := range c.synapses {
		n := len(s.Scale())
		s.SetScale(scale[:n])
		scale = scale[n:]
	}
}

// Bytes returns the memory of the state.
func (c *Cells) Bytes() int {
	rows, hold, _ := c.State()
	total := 4 * len(hold)
	for _, r := range rows {
		total += 8 * len(r)
	}
	return total
}
