package cable

// State returns what the cells hold, for a checkpoint: rows of one number for each
// cell, in a fixed order. Copying into them, and SetStep, restore it. With the number of steps done they are all that a cell is, so the
// rows of cells that were stepped apart may be joined and divided again. Injected
// currents, which the user sets, are not among them.
func (c *Cells) State() (floats [][]float64, ints [][]int32) {
	floats = split(floats, c.cable.Potentials(), c.n)
	for _, s := range c.synapses {
		x, y := s.State()
		floats = split(split(floats, x, c.n), y, c.n)
	}
	if c.membrane != nil {
		c.saved = c.membrane.Save()
		floats = split(floats, c.saved, c.n)
	}
	if c.firing != nil {
		ints = split(ints, c.firing.Refractory(), c.n)
	}
	ints = split(ints, c.above, c.n)
	if c.detector != nil {
		above, since, peak := c.detector.State()
		floats, ints = split(floats, peak, c.n), split(split(ints, above, c.n), since, c.n)
	}
	return floats, ints
}

// split appends to rows those of an array [rows][n]; an array of no cells has none.
func split[T any](rows [][]T, a []T, n int) [][]T {
	for i := 0; n > 0 && i < len(a); i += n {
		rows = append(rows, a[i:i+n:i+n])
	}
	return rows
}

// SetStep sets the number of steps done, to which the rows of State belong.
func (c *Cells) SetStep(step int64) {
	c.step = step
	if c.saved != nil {
		c.membrane.Restore(c.saved)
	}
	for _, s := range c.synapses {
		s.SetAge(int(step))
	}
}

// NonFinite returns the first cell of which a potential is not a finite number
// and the node, or -1.
func (c *Cells) NonFinite() (cell, node int) { return c.cable.NonFinite() }
