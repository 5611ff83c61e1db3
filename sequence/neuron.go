package sequence

import (
	"slices"

	"neurosim/internal/rng"
)

// NeuronParams are the parameters of the neuron that Ahmad & Hawkins's later
// experiments train for the classification of Poirazi & Mel (2001): N cells are
// seen by Segments segments of Synapses synapses, whose outputs a nonlinearity g
// makes from overlaps and the neuron adds up.
type NeuronParams struct {
	N, Segments, Synapses int
	Initial               float64 // permanence of a new synapse; published: 0.5
	Prune                 float64 // below it a synapse is replaced; published: 0.15
	Increment             float64 // published: 0.02
	Decrement             float64 // published: 0.0125
	// MedianOfAll takes the published program at its word: before a silent neuron
	// re-seeds a segment it asks whether the segment's median permanence is below
	// Prune, but takes the median over all N cells, nearly all of which have none.
	// The answer is always yes for fewer than N/2 synapses, so that a segment is
	// wiped whatever it has learned. Without it the median is over the segment's
	// synapses, as the rule is described.
	MedianOfAll bool
}

// Neuron is a neuron whose segments are seeded with patterns and trained by the
// rule of NeuronParams. A pattern is its active cells, ascending.
type Neuron struct {
	p          NeuronParams
	g          func(overlap int) float64
	cell       []uint32  // [Segments·Synapses]
	permanence []float64 // the same
	filled     []int     // [Segments] synapses
	draw       rng.Stream
}

// NewNeuron makes a neuron without synapses. g is the nonlinearity of a segment.
func NewNeuron(p NeuronParams, g func(overlap int) float64, seed uint64) *Neuron {
	return &Neuron{p: p, g: g, cell: make([]uint32, p.Segments*p.Synapses), permanence: make([]float64, p.Segments*p.Synapses),
		filled: make([]int, p.Segments), draw: rng.New(seed, rng.NeuronTraining, 0, 0)}
}

// Threshold is the nonlinearity that keeps overlaps of at least theta and makes
// others 0.
func Threshold(theta int) func(int) float64 {
	return func(overlap int) float64 {
		if overlap < theta {
			return 0
		}
		return float64(overlap)
	}
}

// Power is the nonlinearity overlap^p.
func Power(p int) func(int) float64 {
	return func(overlap int) float64 {
		x := 1.0
		for range p {
			x *= float64(overlap)
		}
		return x
	}
}

// SeedSegment gives segment k up to Synapses random cells of a pattern at the
// initial permanence, in place of what it has.
func (n *Neuron) SeedSegment(k int, pattern []uint32) {
	cells := slices.Clone(pattern)
	m := min(n.p.Synapses, len(cells))
	shuffle(cells, m, &n.draw)
	n.filled[k] = m
	for i, c := range cells[:m] {
		n.cell[k*n.p.Synapses+i], n.permanence[k*n.p.Synapses+i] = c, n.p.Initial
	}
}

// Segment returns the synapses of segment k.
func (n *Neuron) Segment(k int) ([]uint32, []float64) {
	lo := k * n.p.Synapses
	hi := lo + n.filled[k]
	return n.cell[lo:hi:hi], n.permanence[lo:hi:hi]
}

// Output is Σ g(overlap) over the segments, and which overlap is largest, the
// first of equals.
func (n *Neuron) Output(pattern []uint32) (sum float64, strongest int) {
	most := -1
	for k := range n.filled {
		cells, _ := n.Segment(k)
		overlap := 0
		for _, c := range cells {
			if _, on := slices.BinarySearch(pattern, c); on {
				overlap++
			}
		}
		sum += n.g(overlap)
		if overlap > most {
			most, strongest = overlap, k
		}
	}
	return sum, strongest
}

// Train shows one example. A neuron fires if its output is positive.
//
//   - It should fire and does: on the strongest segment active synapses gain and
//     the others lose; synapses below Prune are replaced by random active cells.
//   - It should not and does: on the strongest segment active synapses lose.
//   - It should and does not: the segment with the smallest total permanence is
//     seeded anew with the pattern if its median permanence is below Prune.
func (n *Neuron) Train(pattern []uint32, should bool) {
	out, k := n.Output(pattern)
	switch fires := out > 0; {
	case should && fires:
		n.shift(k, pattern, n.p.Increment, n.p.Decrement)
		n.replace(k, pattern)
	case fires:
		n.shift(k, pattern, -n.p.Decrement, 0)
	case should:
		if k := n.weakest(); n.median(k) < n.p.Prune {
			n.SeedSegment(k, pattern)
		}
	}
}

// shift adds up to active synapses of segment k and takes down from the others.
func (n *Neuron) shift(k int, pattern []uint32, up, down float64) {
	cells, permanence := n.Segment(k)
	for i, c := range cells {
		change := -down
		if _, on := slices.BinarySearch(pattern, c); on {
			change = up
		}
		permanence[i] = min(max(permanence[i]+change, 0), 1)
	}
}

// replace moves synapses below Prune to active cells that the segment lacks.
func (n *Neuron) replace(k int, pattern []uint32) {
	cells, permanence := n.Segment(k)
	var free []uint32
	for _, c := range pattern {
		if !slices.Contains(cells, c) {
			free = append(free, c)
		}
	}
	shuffle(free, len(free), &n.draw)
	for i := range cells {
		if permanence[i] < n.p.Prune && len(free) > 0 {
			cells[i], permanence[i] = free[0], n.p.Initial
			free = free[1:]
		}
	}
}

// weakest is the segment with the smallest total permanence, the first of
// equals.
func (n *Neuron) weakest() int {
	best, least := 0, 0.0
	for k := range n.filled {
		_, permanence := n.Segment(k)
		total := 0.0
		for _, p := range permanence {
			total += p
		}
		if k == 0 || total < least {
			best, least = k, total
		}
	}
	return best
}

// median is that of a segment's permanences, the mean of the middle two for an
// even number; 0 for a segment without synapses.
func (n *Neuron) median(k int) float64 {
	_, permanence := n.Segment(k)
	values := slices.Clone(permanence)
	if n.p.MedianOfAll {
		values = append(values, make([]float64, n.p.N-len(values))...)
	}
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	return (values[(len(values)-1)/2] + values[len(values)/2]) / 2
}
