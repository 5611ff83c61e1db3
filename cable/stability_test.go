package cable

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"

	"neurosim/channel"
	"neurosim/dendrite"
	"neurosim/neuron"
)

// volley steps the cell with a tuft with K synapses of an AMPA and an NMDA receptor
// spread over x = 0.4 to 0.8 of tuft 0, or all on its last compartment, and
// returns the largest and smallest potential of any node, and the potential of
// the dendrite 20 ms after the volley.
func volley(t *testing.T, k int, together bool, ampa, nmda dendrite.ReceptorParams, dt float64, m neuron.Method) (high, low, late float64) {
	t.Helper()
	tree := tuftTree(t, 1)
	s := Spec{Tree: tree, Dt: dt, Method: m, Receptors: []dendrite.ReceptorParams{ampa, nmda}}
	for i := range 7 {
		node := tree.At(2, 0.4) + i
		if together {
			node = tree.At(2, 1)
		}
		if !together || i == 0 {
			s.Sites = append(s.Sites, Site{0, node}, Site{1, node})
		}
	}
	model, err := NewModel(s)
	if err != nil {
		t.Fatal(err)
	}
	c := model.NewCells(1)
	high, low = -1000, 1000
	for step := range int(math.Round(150 / dt)) {
		if step == int(math.Round(5/dt)) {
			for j := range k {
				c.Excite(2*j%len(s.Sites), 0, 1)
				c.Excite((2*j+1)%len(s.Sites), 0, 1)
			}
		}
		c.Step(nil)
		for _, v := range c.cable.Potentials() {
			if math.IsNaN(v) {
				t.Fatalf("NaN after step %d", step)
			}
			high, low = max(high, v), min(low, v)
		}
		if step == int(math.Round(25/dt)) {
			late = c.V(s.Sites[0].Node)[0]
		}
	}
	return high, low, late
}

// However many synapses and whatever the block, steps of 0.1 ms stay between the
// reversal potentials, -70 and 0 mV, and are right once the flank is over: within
// 0.2 mV of steps of 1/400 ms on the plateau. Backward Euler is monotone in its
// linear part; half a millivolt is for the linearisation of the block.
// The method of second order overshoots on a flank of 70 mV within the step by up to 15 mV,
// once: its factor for what relaxes within a step is above -0.21.
func TestStableWhateverTheSynapses(t *testing.T) {
	if testing.Short() {
		t.Skip("steps cells for 15 s: run without -short")
	}
	for _, law := range []string{"jahr-stevens", "larkum2009", "eyal2018", "steep"} {
		for _, k := range []int{1, 20, 200, 2000} {
			for _, together := range []bool{false, true} {
				ampa, nmda := dendrite.DefaultAMPA(), dendrite.DefaultNMDA()
				nmda.Block.Law = law
				_, _, want := volley(t, k, together, ampa, nmda, 1./400, neuron.BackwardEuler)
				for _, m := range []neuron.Method{neuron.BackwardEuler, neuron.SecondOrder} {
					high, low, got := volley(t, k, together, ampa, nmda, 0.1, m)
					room := 0.5
					if m == neuron.SecondOrder {
						room = 20
					}
					if high > room || low < -70-room {
						t.Errorf("%s, %d synapses, together %t, %s: from %.2f to %.2f mV", law, k, together, m, low, high)
					}
					if math.Abs(got-want) > 0.2 {
						t.Errorf("%s, %d synapses, together %t, %s: %.3f mV on the plateau, want %.3f", law, k, together, m, got, want)
					}
				}
			}
		}
	}
}

// Without magnesium a receptor with a block is one without, whatever its law.
func TestNoMagnesiumNoBlock(t *testing.T) {
	ampa, nmda := dendrite.DefaultAMPA(), dendrite.DefaultNMDA()
	plain := nmda
	plain.Block = dendrite.BlockParams{Law: "none"}
	nmda.Block = dendrite.BlockParams{Law: "steep"}
	for _, dt := range []float64{0.025, 0.1} {
		h1, l1, v1 := volley(t, 20, false, ampa, nmda, dt, neuron.BackwardEuler)
		h2, l2, v2 := volley(t, 20, false, ampa, plain, dt, neuron.BackwardEuler)
		if d := math.Abs(h1-h2) + math.Abs(l1-l2) + math.Abs(v1-v2); !(d <= 1e-9) {
			t.Errorf("dt %g: differ by %.3g mV", dt, d)
		}
	}
}

// Time constants that are equal are the limit of ones that differ: between those
// a little apart on either side, to the square of the difference.
func TestEqualTimeConstants(t *testing.T) {
	peak := func(rise float64) float64 {
		ampa, nmda := dendrite.DefaultAMPA(), dendrite.DefaultNMDA()
		nmda.Block.Law = "jahr-stevens"
		ampa.TauRise, ampa.TauDecay = rise, 2
		high, _, _ := volley(t, 6, false, ampa, nmda, 0.025, neuron.BackwardEuler)
		return high
	}
	equal, near, far := peak(2), peak(1.9999), peak(1.9998)
	if slope := (near - far) / 1e-4; math.Abs(equal-near-1e-4*slope) > 1e-6 {
		t.Errorf("peak %.9f mV, from below %.9f", equal, near+1e-4*slope)
	}
}

// Specs that make no sense are refused.
func TestBadCellsRefused(t *testing.T) {
	base, law := neuron.DefaultMembrane(), neuron.DefaultDiscretisation()
	refuse := func(want string, p neuron.SectionParams) {
		t.Helper()
		var got []string
		neuron.Sections([]neuron.SectionParams{{Name: "soma", At: -1, Length: 20, Diameter: 20}, p}, base, nil, law,
			func(i int, key, rule string, args ...any) {
				got = append(got, fmt.Sprintf("%d %s: %s", i, key, fmt.Sprintf(rule, args...)))
			})
		if s := strings.Join(got, "; "); s != want {
			t.Errorf("got %q, want %q", s, want)
		}
	}
	refuse("1 length: must be positive", neuron.SectionParams{Name: "a", Parent: "soma", At: -1, Diameter: 1})
	refuse("1 diameter: must be positive", neuron.SectionParams{Name: "a", Parent: "soma", At: -1, Length: 10, Diameter: math.Inf(1)})
	refuse("1 parent: no section above has this name", neuron.SectionParams{Name: "a", Parent: "b", At: -1, Length: 10, Diameter: 1})
	refuse("1 parent: a section cannot begin on itself", neuron.SectionParams{Name: "a", Parent: "a", At: -1, Length: 10, Diameter: 1})
	refuse("1 at: must be from 0 to 1", neuron.SectionParams{Name: "a", Parent: "soma", At: 1.5, Length: 10, Diameter: 1})
	refuse("1 length: needs more than 10000 compartments", neuron.SectionParams{Name: "a", Parent: "soma", At: -1, Length: 1e7, Diameter: 1})
	refuse("1 region: no region has this name", neuron.SectionParams{Name: "a", Parent: "soma", At: -1, Length: 10, Diameter: 1, Region: "tuft"})

	flat := neuron.Section{Name: "flat", Parent: -1, Profile: []neuron.Point{{Path: 0, Radius: 1}, {Path: 0, Radius: 1}}, Compartments: 1, Membrane: base}
	if _, err := neuron.NewTree([]neuron.Section{flat}); err == nil {
		t.Error("a section without length was taken")
	}
}

// drive runs random events on cells of the kind of the uncaging case from step from to step to,
// the same for a cell whatever chunk it is in, and returns its spikes.
func drive(c *Cells, first, from, to int, detected *int) []byte {
	var spikes []byte
	for k := from; k < to; k++ {
		for cell := range c.Len() {
			x := uint64(first+cell)*0x9E3779B97F4A7C15 + uint64(k)*0xD2B74407B1CE6E93
			x ^= x >> 29
			x *= 0xBF58476D1CE4E5B9
			if x>>60 == 0 {
				c.Excite(int(x>>32)%len(c.spec.Sites), cell, 1)
			}
			if k%500 == 100 {
				c.Inject(0, cell, float64(100+first+cell))
			}
		}
		for _, i := range c.Step(nil) {
			spikes = binary.LittleEndian.AppendUint64(spikes, uint64(k)<<32|uint64(first+int(i)))
		}
		found, _ := c.Detected()
		*detected += len(found)
	}
	return spikes
}

// mixed is a model with all that a cell may have.
func mixed(t *testing.T) *Model {
	t.Helper()
	tree := tuftTree(t, 1)
	nmda := dendrite.DefaultNMDA()
	nmda.Block.Law = "larkum2009"
	gaba := dendrite.DefaultGABAA()
	gaba.TauRise = gaba.TauDecay
	level, detector := -20.0, dendrite.DetectorParams{Enabled: true, Level: -55, Duration: 2}
	s := Spec{
		Tree: tree, Dt: 0.05, Method: neuron.SecondOrder, Inputs: []int{0}, Level: &level,
		Receptors: []dendrite.ReceptorParams{dendrite.DefaultAMPA(), nmda, gaba},
		Segments:  []Segment{{[]int{tree.At(2, 0.5), tree.At(2, 0.6)}, detector}, {[]int{tree.At(3, 0.9)}, detector}},
	}
	for i := range 6 {
		node := tree.At(2+i%2, 0.2+0.1*float64(i))
		s.Sites = append(s.Sites, Site{0, node}, Site{1, node}, Site{2, node})
	}
	s.Channels = append(s.Channels, on(t, tree, "hh/na", 0.12, math.NaN(), 0), on(t, tree, "hh/kdr", 0.036, math.NaN(), 0))
	for _, name := range []string{"hay/Ca_HVA", "hay/Im", "hay/SK_E2"} {
		s.Channels = append(s.Channels, on(t, tree, name, 1e-4, math.NaN(), tree.At(1, 0.9), tree.At(3, 0.5)))
	}
	s.Celsius, s.Pools = 34, make([]*channel.PoolParams, tree.Len())
	pool := channel.DefaultPool()
	s.Pools[tree.At(1, 0.9)], s.Pools[tree.At(3, 0.5)] = &pool, &pool
	m, err := NewModel(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// The same bits for cells divided into chunks of any size, on any number of
// threads, and after a save and a resume.
func TestSameBitsHoweverDivided(t *testing.T) {
	m := mixed(t)
	const cells, steps = 20, 1500
	// one cell at a time, without interruption
	alone := make([]*Cells, cells)
	spikes := 0
	detected := 0
	for i := range alone {
		alone[i] = m.NewCells(1)
		spikes += len(drive(alone[i], i, 0, steps, &detected))
		if cell, node := alone[i].NonFinite(); cell >= 0 {
			t.Fatalf("cell %d: not finite at node %d", i, node)
		}
	}
	if spikes == 0 || detected == 0 {
		t.Fatalf("%d bytes of spikes, %d NMDA spikes: nothing to compare", spikes, detected)
	}
	for _, size := range []int{3, 20} {
		var wg sync.WaitGroup
		for lo := 0; lo < cells; lo += size {
			wg.Add(1)
			go func() {
				defer wg.Done()
				n := min(size, cells-lo)
				var found int
				c := m.NewCells(n)
				drive(c, lo, 0, 700, &found)
				again := m.NewCells(n)
				floats, ints := c.State()
				toFloats, toInts := again.State()
				for i := range floats {
					copy(toFloats[i], floats[i])
				}
				for i := range ints {
					copy(toInts[i], ints[i])
				}
				again.SetStep(700)
				again.injected, again.injecting = c.injected, c.injecting
				drive(c, lo, 700, steps, &found)
				drive(again, lo, 700, steps, &found)
				for j := range n {
					for what, other := range map[string]*Cells{"in a chunk": c, "resumed": again} {
						if difference := differ(alone[lo+j], 0, other, j); difference != "" {
							t.Errorf("cell %d %s of %d: %s", lo+j, what, n, difference)
						}
					}
				}
			}()
		}
		wg.Wait()
	}
}

// differ says where cell i of a and cell j of b do not have the same state.
func differ(a *Cells, i int, b *Cells, j int) string {
	af, ai := a.State()
	bf, bi := b.State()
	if len(af) != len(bf) || len(ai) != len(bi) {
		return "another number of rows"
	}
	for row := range af {
		if x, y := af[row][i], bf[row][j]; math.Float64bits(x) != math.Float64bits(y) {
			return fmt.Sprintf("row %d is %v and %v", row, x, y)
		}
	}
	for row := range ai {
		if ai[row][i] != bi[row][j] {
			return fmt.Sprintf("row %d of integers is %d and %d", row, ai[row][i], bi[row][j])
		}
	}
	return ""
}
