package experiments

import (
	"math"
	"slices"

	"neurosim/internal/fpmath"
	"neurosim/internal/rng"
	"neurosim/stimulus"
	"neurosim/theory"
)

// A window is a stretch of a trial in which an NMDA spike could arise, steps from …
// to-1 of the background. It is open if the background makes at least need of some
// cells of the segment spike in it: of those that are not in the pattern, where the
// pattern can reach the window, else of all.
type window struct {
	from, to int64
	shown    bool // the pattern can spike in it, which is counted as if it did
	need     int
	log      float64      // logarithm of the probability that it is open
	touched  distribution // of the number of cells that spike, given that it is
}

// windowParts is the number of parts of a coincidence window by which one window
// begins after another. More of them fit more tightly around a coincidence, and
// more of them are open at once.
const windowParts = 4

// windows returns the windows of a trial with overlap b < θ, and the logarithm of
// the sum of their probabilities. An NMDA spike in step k needs θ synapses with an
// arrival in its last W steps, so θ cells that spike within some
// L = W + longest - shortest delay steps; one of the windows, which begin every
// L/4 and are as long as it takes, holds those L steps. If no window is open a
// response is impossible. nil, 0 if nothing is to be gained: b ≥ θ, or background
// so strong that the sum is 1.
func (t *trial) windows(b int) ([]window, float64) {
	if b >= t.theta {
		return nil, 0
	}
	least, most := t.delays()
	active := t.steps(t.group.Window)
	span := active + most - least
	part := max(1, span/windowParts)
	length := ((span-2)/part + 2) * part // whatever step of the first part L steps begin in
	var all []window
	for from := t.before - active - most + 1; from <= t.before+t.length-active-most; from += part {
		w := window{from: max(0, from), to: min(from+length, t.background()), need: t.theta}
		of := t.s
		if w.from <= t.before+t.late-t.early && w.to > t.before {
			w.shown, w.need, of = true, t.theta-b, t.s-b
		}
		w.log = theory.BackgroundOverlap(of, w.need, t.rate, float64(w.to-w.from)).Log()
		if !math.IsInf(w.log, -1) {
			w.touched = t.touched(of, w.need, w.to-w.from)
			all = append(all, w)
		}
	}
	sum := math.Inf(-1)
	for _, w := range all {
		sum = addLogs(sum, w.log)
	}
	if sum >= 0 {
		return nil, 0
	}
	return all, sum
}

// addLogs returns ln(e^x + e^y).
func addLogs(x, y float64) float64 {
	if x < y {
		x, y = y, x
	}
	if math.IsInf(y, -1) {
		return x
	}
	return x + fpmath.Log1p(fpmath.ExpAll(y-x))
}

// A distribution is one of whole numbers from least on.
type distribution struct {
	least int
	upTo  []float64 // P(X ≤ least+i)
}

// newDistribution makes one of relative probabilities, given as logarithms.
func newDistribution(least int, logs []float64) distribution {
	d := distribution{least: least}
	most, sum := slices.Max(logs), 0.0
	for _, x := range logs {
		sum += fpmath.Exp(max(x-most, -700))
		d.upTo = append(d.upTo, sum)
	}
	for i := range d.upTo {
		d.upTo[i] /= sum
	}
	return d
}

// draw returns a number, by inversion.
func (d distribution) draw(r *rng.Stream) int {
	i, _ := slices.BinarySearch(d.upTo, r.Float64())
	return d.least + min(i, len(d.upTo)-1)
}

// touched is the distribution of the number of cells that the background makes spike within
// some steps, given that it is at least need: binomial, of so many cells with
// probability p = 1 - e^{-r·steps}. Terms follow from their ratio,
// p/(1-p)·(of-c)/(c+1), as logarithms.
func (t *trial) touched(of, need int, steps int64) distribution {
	exposure := float64(t.rate * float64(steps))
	odds := exposure + fpmath.Log(1-fpmath.Exp(-exposure))
	logs := []float64{0}
	for c := need; c < of; c++ {
		logs = append(logs, logs[c-need]+odds+fpmath.Log(float64(of-c)/float64(c+1)))
	}
	return newDistribution(need, logs)
}

// chance draws the background of one segment in one trial after another: in each
// step each cell spikes with probability 1 - e^{-r}, as by stimulus.Poisson. With
// windows, one of them is chosen with its share of the sum of their probabilities
// and drawn as it is when open; the rest of the trial is as ever. That favours
// trials in which m windows are open m times over, so of those all but 1/m are
// given no background at all, and cannot respond (R. M. Karp & M. Luby, FOCS 1983,
// on the probability of a union). Thus
//
//	P(response) = Σ_j P(window j is open) · P(response in a trial so drawn).
type chance struct {
	*trial
	windows []window
	choice  distribution
	sampler *stimulus.Sampler

	silent, chosen []int32
	steps          []int64 // spikes of the trial being drawn, from its beginning
	cells          []int32
	open           []int // [window] its cells that spike
}

func (t *trial) newChance(b int) *chance {
	c := &chance{trial: t, sampler: stimulus.NewSampler(t.s)}
	c.windows, _ = t.windows(b)
	c.open = make([]int, len(c.windows))
	var logs []float64
	for _, w := range c.windows {
		logs = append(logs, w.log)
	}
	if logs != nil {
		c.choice = newDistribution(0, logs)
	}
	return c
}

// draw fills steps and cells with the background of a segment whose cells are
// first … first+s-1, own of them in the pattern.
func (c *chance) draw(r *rng.Stream, first int32, own []int32) {
	c.steps, c.cells = c.steps[:0], c.cells[:0]
	c.silent = c.silent[:0]
	for cell := first; cell < first+int32(c.s); cell++ {
		if !slices.Contains(own, cell) {
			c.silent = append(c.silent, cell)
		}
	}
	if c.windows == nil {
		for _, cell := range own {
			c.spikes(r, cell, 0, c.background())
		}
		for _, cell := range c.silent {
			c.spikes(r, cell, 0, c.background())
		}
		return
	}
	clear(c.open)
	w := c.windows[c.choice.draw(r)]
	if w.shown {
		for _, cell := range own {
			c.spikes(r, cell, 0, c.background())
		}
	} else {
		c.silent = append(c.silent, own...)
		slices.Sort(c.silent)
	}
	c.chosen = c.sampler.Subset(r, w.touched.draw(r), c.silent, c.chosen[:0])
	for _, cell := range c.silent {
		from := len(c.steps)
		c.spikes(r, cell, 0, w.from)
		if _, is := slices.BinarySearch(c.chosen, cell); is {
			at := w.from + c.first(r, w.to-w.from)
			c.steps, c.cells = append(c.steps, at), append(c.cells, cell)
			c.spikes(r, cell, at+1, w.to)
		}
		c.spikes(r, cell, w.to, c.background())
		c.count(c.steps[from:], !w.shown && slices.Contains(own, cell))
	}
	if w.shown {
		for _, cell := range own {
			c.count(c.spikesOf(cell), true)
		}
	}
	open := 0
	for i, n := range c.open {
		if n >= c.windows[i].need {
			open++
		}
	}
	if r.Float64()*float64(open) > 1 {
		c.steps, c.cells = c.steps[:0], c.cells[:0]
	}
}

// spikesOf returns the steps of the spikes of a cell, ascending.
func (c *chance) spikesOf(cell int32) (steps []int64) {
	for i, x := range c.cells {
		if x == cell {
			steps = append(steps, c.steps[i])
		}
	}
	return steps
}

// count adds a cell to the windows in which it spikes; inPattern tells that it
// counts only where the pattern cannot reach.
func (c *chance) count(steps []int64, inPattern bool) {
	for i := range c.windows {
		w := &c.windows[i]
		if inPattern && w.shown {
			continue
		}
		for _, at := range steps {
			if at >= w.from && at < w.to {
				c.open[i]++
				break
			}
		}
	}
}

// spikes adds the spikes of a cell in steps from … to-1.
func (c *chance) spikes(r *rng.Stream, cell int32, from, to int64) {
	if from >= to {
		return
	}
	for at := from + int64(r.Skip(-c.rate)); at < to; at += 1 + int64(r.Skip(-c.rate)) {
		c.steps, c.cells = append(c.steps, at), append(c.cells, cell)
	}
}

// first draws the step of a cell's first spike in a number of steps, given that
// there is one, by inversion:
//
//	P(first ≥ k) = (e^{-rk} - e^{-rT}) / (1 - e^{-rT})
func (c *chance) first(r *rng.Stream, steps int64) int64 {
	all := 1 - fpmath.Exp(-c.rate*float64(steps))
	k := int64(-fpmath.Log(1-float64(r.Float64()*all)) / c.rate)
	return min(k, steps-1)
}
