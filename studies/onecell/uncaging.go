package onecell

import (
	"context"
	"math"
	"slices"

	"neurosim/cable"
	"neurosim/dendrite"
	"neurosim/grammar"
	"neurosim/network"
	"neurosim/study"
)

// A response is what a cell does when K synapses are active.
type response struct {
	Soma, Dendrite       float64 // highest potential above that at the beginning (mV)
	SumSoma, SumDendrite float64 // of the sum of what each of the synapses does alone (mV)
	Above                float64 // time that the dendrite spends at or above the criterion's level (ms)
	Longest              float64 // the longest time on end of it, crossings between steps counted (ms)
	Spike                bool    // the dendrite meets the criterion of an NMDA spike

	Places []float64 // as Soma, at the places of Uncaging.Places (mV)
}

// supralinearity returns the peak at the soma over the arithmetic sum, 1 for
// synapses that add; NaN without synapses.
func (r response) supralinearity() float64 { return r.Soma / r.SumSoma }

// A trace is a response in time: the potentials after each step, item k after step k.
type trace struct {
	K              int
	Soma, Dendrite []float64 // (mV)
	Highest        []float64 // by node of the tree, over the whole time (mV)
}

// An uncagingResult is what one point of an uncaging study gave.
type uncagingResult struct {
	K         map[Criterion]crossing // where the threshold is
	Point     grammar.Point
	Distance  float64 // path from the soma to the middle of the cluster (µm)
	Rest      float64 // potential of the soma at the beginning (mV)
	RestDend  float64 // that of the dendrite
	Responses []response
	Traces    []trace
	Cut       int       // responses still above the level at the end, and not yet a spike
	Nodes     []int     // compartments of the synapses, in the order of their activation
	Paths     []float64 // their distances from the soma (µm)
}

// threshold returns K*, the smallest K whose dendrite meets the criterion; -1 if
// none does.
func (r *uncagingResult) threshold() int {
	return slices.IndexFunc(r.Responses, func(x response) bool { return x.Spike })
}

// steepest returns the K with the largest step of the peak at the soma from K-1, and
// the K with the largest supralinearity there: other criteria for a threshold.
func (r *uncagingResult) steepest() (step, supralinear int) {
	step, supralinear = 1, 1
	for k := 2; k < len(r.Responses); k++ {
		if r.Responses[k].Soma-r.Responses[k-1].Soma > r.Responses[step].Soma-r.Responses[step-1].Soma {
			step = k
		}
		if r.Responses[k].supralinearity() > r.Responses[supralinear].supralinearity() {
			supralinear = k
		}
	}
	return step, supralinear
}

// runUncaging runs an uncaging study at every point of its sweep, points in parallel;
// without a sweep at one. The traces of the counts in keep are kept.
func runUncaging(ctx context.Context, x *Study, w *study.Work, keep []int) ([]uncagingResult, error) {
	n := max(1, len(x.Points()))
	of := study.Stage{Name: "study", Label: "  study", Unit: "parts", Total: float64(n)} // told within them too
	return study.Parts(ctx, w, of, n, func(ctx context.Context, part *study.Part) (uncagingResult, error) {
		y, p, err := x.Point(part.Index)
		if err != nil {
			return uncagingResult{}, err
		}
		r, err := uncage(ctx, y, keep, part.Advance)
		r.Point = p
		return r, study.AtPoint(x.Configuration, p, err)
	})
}

// Point returns the study of point i of the sweep; without a sweep x itself.
func (x *Study) Point(i int) (*Study, grammar.Point, error) {
	if x.Sweep == nil {
		return x, grammar.Point{}, nil
	}
	p := x.Configuration.Point(i)
	y, err := x.At(p)
	return y, p, err
}

// uncage activates K = 0, 1, ... synapses, each K in a copy of the cell, and in
// further copies each place alone, for the arithmetic sum: the highest point of the
// summed single responses, each shifted to the time of its synapse. Inhibition and
// bias are not given to the single ones. advance is told what part is done.
func uncage(ctx context.Context, x *Study, keep []int, advance func(part float64)) (uncagingResult, error) {
	u := x.Uncaging
	d, err := newPreparation(x, u.Population)
	if err != nil {
		return uncagingResult{}, err
	}
	t := d.sites(u)
	interval, copies := d.step(u.Interval), u.Synapses+1
	look := d.middle(&u.Cluster)
	place, _ := d.section(&u.Cluster)
	detector := dendrite.NewDetector(copies, []dendrite.DetectorParams{place.Detect}, d.dt)
	r := uncagingResult{Distance: d.distance(&u.Cluster), Nodes: t.nodes, Paths: t.paths, Responses: make([]response, copies)}
	watched := make([]int, len(u.Places)) // compartments
	for i, at := range u.Places {
		watched[i] = d.Tree.At(d.Tree.SectionNamed(at.Section), at.X)
	}
	begin := d.Model.NewCells(1)
	r.Rest, r.RestDend = begin.V(0)[0], begin.V(look)[0]
	for _, k := range keep {
		if k >= copies { // this point of a sweep has fewer synapses
			continue
		}
		highest := make([]float64, d.Tree.Len())
		for node := range highest {
			highest[node] = begin.V(node)[0]
		}
		r.Traces = append(r.Traces, trace{K: k, Highest: highest})
	}
	for k := range r.Responses {
		r.Responses[k].Soma, r.Responses[k].Dendrite = math.Inf(-1), math.Inf(-1)
		r.Responses[k].Places = slices.Repeat([]float64{math.Inf(-1)}, len(watched))
	}
	above := make([]int, copies) // steps
	spells := make([]spell, copies)
	for k := range spells {
		spells[k].before = r.RestDend
	}
	alone := make([][2][]float64, len(t.places))
	var found, ended []dendrite.Spike
	err = d.run(copies+len(t.places), d.uncaged(u, t), func(step int, c *cable.Cells) error {
		soma, dend := c.V(0), c.V(look)
		found, ended = detector.Observe(int64(step), 0, dend[:copies], found[:0], ended[:0])
		for _, spike := range found {
			r.Responses[spike.Cell].Spike = true
		}
		for k := range r.Responses {
			q := &r.Responses[k]
			q.Soma, q.Dendrite = max(q.Soma, soma[k]-r.Rest), max(q.Dendrite, dend[k]-r.RestDend)
			if dend[k] >= place.Detect.Level {
				above[k]++
			}
			spells[k].observe(float64(float64(step)*d.dt), d.dt, dend[k], place.Detect.Level)
			for i, node := range watched {
				q.Places[i] = max(q.Places[i], c.V(node)[k]-begin.V(node)[0])
			}
		}
		for i := range r.Traces {
			kept := &r.Traces[i]
			kept.Soma, kept.Dendrite = append(kept.Soma, soma[kept.K]), append(kept.Dendrite, dend[kept.K])
			for node := range kept.Highest {
				kept.Highest[node] = max(kept.Highest[node], c.V(node)[kept.K])
			}
		}
		for i := range alone {
			alone[i][0] = append(alone[i][0], soma[copies+i]-r.Rest)
			alone[i][1] = append(alone[i][1], dend[copies+i]-r.RestDend)
		}
		if step == d.steps-1 {
			r.Cut = detector.Undecided(0)
		}
		if step%lookEvery == lookEvery-1 || step == d.steps-1 {
			advance(float64(step%lookEvery+1) / float64(d.steps))
			if err := ctx.Err(); err != nil {
				return err
			}
			return d.finite(step, soma)
		}
		return nil
	})
	for k, n := range above {
		r.Responses[k].Above = d.clock.Ms(int64(n))
		r.Responses[k].Longest = spells[k].end(float64(float64(d.steps) * d.dt))
	}
	r.add(alone, t.of, interval)
	r.K = r.crossings(x)
	return r, err
}

// lookEvery is the number of steps after which a study of one cell looks whether it is to stop.
const lookEvery = 200

// A spell is the time that a potential is at or above a level without a break, from crossing
// to crossing on straight lines between the ends of steps.
type spell struct {
	before, begin, longest float64
	on                     bool
}

// observe takes the potential at the end of a step that begins at ms.
func (s *spell) observe(ms, dt, v, level float64) {
	if now := v >= level; now != s.on {
		at := ms + float64(dt*(level-s.before)/(v-s.before))
		if s.on = now; now {
			s.begin = at
		} else {
			s.longest = max(s.longest, at-s.begin)
		}
	}
	s.before = v
}

// end returns the longest time, of a run that ends at ms.
func (s *spell) end(ms float64) float64 {
	if s.on {
		return max(s.longest, ms-s.begin)
	}
	return s.longest
}

// uncagingSites is where the synapses of an uncaging study are.
type uncagingSites struct {
	nodes  []int     // [synapse] compartment
	paths  []float64 // [synapse] distance from the soma (µm)
	places []int     // the compartments, each once
	of     []int     // [synapse] which of the places it is at
}

// sites places the synapses of an uncaging study.
func (d *preparation) sites(u *Uncaging) uncagingSites {
	t := uncagingSites{of: make([]int, u.Synapses)}
	clusters := []Cluster{u.Cluster}
	for i, segment := range u.Over {
		c := u.Cluster
		c.Segment = segment
		clusters = append(clusters[:i], c)
	}
	for j, at := range d.places(&u.Cluster, u.Synapses) {
		c := &clusters[j%len(clusters)]
		if len(clusters) > 1 { // each has the sequence of one alone
			at = d.places(c, j/len(clusters)+1)[j/len(clusters)]
		}
		node := d.node(c, at)
		t.of[j] = slices.Index(t.places, node)
		if t.of[j] < 0 {
			t.of[j] = len(t.places)
			t.places = append(t.places, node)
		}
		t.nodes, t.paths = append(t.nodes, node), append(t.paths, d.path(c, at))
	}
	return t
}

// uncaged returns the events of an uncaging study: of the copies with K synapses, then
// of those with one place alone.
func (d *preparation) uncaged(u *Uncaging, t uncagingSites) []event {
	start, interval, copies := d.step(u.Time), d.step(u.Interval), u.Synapses+1
	var events []event
	excite := func(node int) []int { return d.Excite(d.pop, u.Group, node) }
	for p := range u.Pulses {
		at := start + p*d.step(u.Period)
		for k := range copies {
			events = d.activate(events, k, t.nodes[:k], 0, at, interval, excite)
		}
		for i, node := range t.places {
			events = d.activate(events, copies+i, []int{node}, 0, at, 0, excite)
		}
	}
	events = d.companions(events, copies, u.Synapses, &u.Bias, d.Excite)
	return d.companions(events, copies, u.Synapses+u.Bias.Count, &u.Inhibition, d.Inhibit)
}

// companions appends the events of bias or inhibition to all copies, synapses numbered
// from first on.
func (d *preparation) companions(events []event, copies, first int, c *Companions, sites func(p *network.Population, g, node int) []int) []event {
	if c.Count == 0 {
		return events
	}
	var nodes []int
	for _, at := range d.places(&c.Cluster, c.Count) {
		nodes = append(nodes, d.node(&c.Cluster, at))
	}
	for k := range copies {
		events = d.activate(events, k, nodes, first, d.step(c.Time), d.step(c.Interval), func(node int) []int { return sites(d.pop, c.Group, node) })
	}
	return events
}

// add makes the arithmetic sums from the responses to each place alone.
func (r *uncagingResult) add(alone [][2][]float64, of []int, interval int) {
	for place, sums := range [2]func(*response) *float64{
		func(q *response) *float64 { return &q.SumSoma },
		func(q *response) *float64 { return &q.SumDendrite },
	} {
		sum := make([]float64, len(alone[0][place]))
		for j, i := range of {
			peak := 0.0
			for t := range sum {
				if from := t - j*interval; from >= 0 {
					sum[t] += alone[i][place][from]
				}
				peak = max(peak, sum[t])
			}
			*sums(&r.Responses[j+1]) = peak
		}
	}
}
