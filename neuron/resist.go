package neuron

// conductances returns the diagonal of the matrix of steady currents: the leak
// of each node and the axial conductances at it (nS).
func (t *Tree) conductances() []float64 {
	d := make([]float64, t.Len())
	for i, p := range t.parent {
		d[i] += t.Leak[i]
		if p >= 0 {
			d[i] += t.Axial[i]
			d[p] += t.Axial[i]
		}
	}
	return d
}

// solve returns v with  d_i v_i - Σ g_axial v_neighbour = b_i, by elimination
// from the ends to node 0 and back (Hines 1984, Int. J. Bio-Med. Comput. 15:69).
// It overwrites d and b.
func (t *Tree) solve(d, b []float64) []float64 {
	for i := t.Len() - 1; i > 0; i-- {
		p, g := t.parent[i], t.Axial[i]
		f := g / d[i]
		d[p] -= float64(f * g)
		b[p] += float64(f * b[i])
	}
	b[0] /= d[0]
	for i := 1; i < t.Len(); i++ {
		b[i] = (b[i] + float64(t.Axial[i]*b[t.parent[i]])) / d[i]
	}
	return b
}

// InputResistance returns the steady change of the voltage at a node per
// current into it (MΩ), the membrane at rest being its leak.
func (t *Tree) InputResistance(node int) float64 {
	return t.transfer(node)[node]
}

// transfer returns the steady change of every node's voltage per current into
// one of them (MΩ): the column of the resistance matrix. Its ratio to the
// input resistance is the attenuation.
func (t *Tree) transfer(node int) []float64 {
	b := make([]float64, t.Len())
	b[node] = 1000 // 1 nA is 1000 pA: nS mV = pA
	return t.solve(t.conductances(), b)
}

// Rest returns the steady voltages without input (mV), which differ from E_L
// where E_L is not the same everywhere.
func (t *Tree) Rest() []float64 {
	b := make([]float64, t.Len())
	for i := range b {
		b[i] = float64(t.Leak[i] * t.el[i])
	}
	return t.solve(t.conductances(), b)
}
