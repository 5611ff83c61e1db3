package neuron

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// Few cells, whose nodes go in an order of their own, have the bits of many: random trees,
// with nodes of all kinds, of both methods, and somata that keep their potential.
func TestFewCellsHaveTheBitsOfMany(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for trial := range 60 {
		ps := []SectionParams{{Name: "soma", At: -1, Length: 20, Diameter: 20, Compartments: 1}}
		for i := range 1 + r.IntN(30) {
			parent, at := "soma", -1.0
			if i > 0 && r.IntN(3) > 0 {
				parent, at = fmt.Sprint("d", r.IntN(i)), []float64{-1, 1, 0.3}[r.IntN(3)]
			}
			ps = append(ps, SectionParams{Name: fmt.Sprint("d", i), Parent: parent, At: at, Length: 20 + 100*r.Float64(), Diameter: 0.5 + r.Float64(), Compartments: 1 + r.IntN(9)})
		}
		tree, err := NewTree(Sections(ps, DefaultMembrane(), nil, DefaultDiscretisation(), func(i int, key, rule string, args ...any) {
			t.Fatalf("section %d: %s: "+rule, append([]any{i, key}, args...)...)
		}))
		if err != nil {
			t.Fatal(err)
		}
		var changing []int
		for i := range tree.Len() {
			if r.IntN(1+trial%6) == 0 && trial%6 < 5 {
				changing = append(changing, i)
			}
		}
		method := []Method{BackwardEuler, SecondOrder}[trial%2]
		p := NewPlan(tree, 0.025, method, changing)
		loads := p.Loads(p.Live())
		const cells = 7
		many := NewCable(p, cells, tree.Rest())
		step := func(c *Cable, first int, drive []float64) {
			c.Begin()
			c.LoadEach(loads)
			refractory := make([]int32, c.n)
			for j := range c.n {
				for k, i := range p.Live() {
					x := drive[(int(k)+first+j)%len(drive)]
					c.Diag(int(i))[j] += math.Abs(x)
					c.Right(int(i))[j] += 30 * x
				}
				if drive[first+j] > 1 {
					refractory[j] = 1
				}
			}
			if c.twice {
				c.Split()
			}
			c.Solve(refractory)
		}
		var fews []*Cable
		for _, n := range []int{1, 2, 3, 1} {
			fews = append(fews, NewCable(p, n, tree.Rest()))
		}
		for range 20 {
			drive := make([]float64, 97)
			for i := range drive {
				drive[i] = r.NormFloat64()
			}
			step(many, 0, drive)
			first := 0
			for _, c := range fews {
				step(c, first, drive)
				for i := range tree.Len() {
					for j, v := range c.V(i) {
						if w := many.V(i)[first+j]; math.Float64bits(v) != math.Float64bits(w) {
							t.Fatalf("tree %d, %s, node %d, cell %d of %d: %v, of many %v", trial, method, i, j, c.n, v, w)
						}
					}
				}
				first += c.n
			}
		}
	}
}
