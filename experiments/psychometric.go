package experiments

import (
	"context"
	"math"

	"neurosim/analysis"
	"neurosim/cable"
	"neurosim/configs"
	"neurosim/dendrite"
	"neurosim/internal/rng"
	"neurosim/network"
	"neurosim/sweep"
	"neurosim/theory"
)

// A PsychometricResult is what one point of a psychometric study gave: how many
// trials found which threshold.
//
// In one trial all s synapses of the segment have an order, places, times and
// conductances. More conductance of synapses that depolarise never lowers a
// potential, so the segment spikes from some number θ of the first synapses on and
// P(spike | b) is the share of trials with θ ≤ b.
type PsychometricResult struct {
	Point  configs.Point
	Counts []int64 // [s+2] trials by θ from 0 to s; the last: no spike with all s
	Never  int     // no arrangement of so many synapses makes a spike, by the bound of the trials' ranges
	Fit    analysis.Psychometric
	Tail   map[int]Rate // P(spike | b) from weighted trials, where trials are too few
}

// Trials returns the number of trials.
func (r *PsychometricResult) Trials() (n int64) {
	for _, c := range r.Counts {
		n += c
	}
	return n
}

// Spikes returns the trials that spike when b synapses are active.
func (r *PsychometricResult) Spikes(b int) analysis.Proportion {
	p := analysis.Proportion{Trials: r.Trials()}
	for theta := 0; theta <= b; theta++ {
		p.Hits += r.Counts[theta]
	}
	return p
}

// At returns P(spike | b) with its 95 % interval: from the trials, exact; where they
// are too few, from weighted trials; nothing where no spike can be. P rises with b, so
// no upper limit is above that of the next b.
func (r *PsychometricResult) At(b int) Rate {
	if b <= r.Never {
		return Rate{}
	}
	p := r.Spikes(b)
	q := Rate{P: p.Rate()}
	q.Lo, q.Hi = p.ClopperPearson(0.95)
	if tail, ok := r.Tail[b]; ok {
		q.P, q.Lo, q.Hi = tail.P, tail.Lo, min(q.Hi, tail.Hi)
		if b+1 < len(r.Counts)-1 {
			q.Hi = min(q.Hi, r.At(b+1).Hi)
		}
		q.P = min(q.P, q.Hi)
	}
	return q
}

// A Rate is a probability with its 95 % interval.
type Rate struct{ P, Lo, Hi float64 }

// mixed averages P(spike | b) over a law of b. The trials are the same for every b,
// so the estimates rise and fall together, and the limits are averaged as they are:
// the sum rule of Stratified for full correlation.
func (r *PsychometricResult) mixed(law func(b int) float64) (q Rate) {
	for b := 0; b <= len(r.Counts)-2; b++ {
		w, p := law(b), r.At(b)
		q.P += float64(w * p.P)
		q.Lo += float64(w * p.Lo)
		q.Hi += float64(w * p.Hi)
	}
	return q
}

// FalsePositive returns the probability that the segment spikes for a random
// pattern of a among n cells,
//
//	P = Σ_b C(s,b) C(n-s,a-b)/C(n,a) · P(spike | b) ,
//
// which is equation (4) of Ahmad & Hawkins (2016), averaged over the thresholds that
// the trials found.
func (r *PsychometricResult) FalsePositive(n, a int) Rate {
	s := len(r.Counts) - 2
	return r.mixed(func(b int) float64 { return theory.Overlap(n, a, s, b).Value() })
}

// fitted returns FalsePositive with the fitted law in place of the trials, also below
// what they resolve.
func (r *PsychometricResult) fitted(n, a int) (p float64) {
	s := len(r.Counts) - 2
	for b := max(0, r.Never+1); b <= s; b++ {
		p += float64(theory.Overlap(n, a, s, b).Value() * r.Fit.At(float64(b)))
	}
	return p
}

// FalseNegative returns the probability that the segment does not spike for its own
// pattern of a cells of which v are silent: equation (6), averaged alike.
func (r *PsychometricResult) FalseNegative(a, v int) Rate {
	s := len(r.Counts) - 2
	q := r.mixed(func(b int) float64 { return theory.Overlap(a, v, s, s-b).Value() })
	return Rate{max(0, 1-q.P), max(0, 1-q.Hi), 1 - q.Lo}
}

// trialsPerChunk are stepped together.
const trialsPerChunk = 128

func trialChunks(trials int) int { return (trials + trialsPerChunk - 1) / trialsPerChunk }

// PsychometricSweep runs a psychometric study at every point of its sweep, chunks of
// trials in parallel.
func PsychometricSweep(ctx context.Context, x *configs.Experiment, workers int, progress func()) ([]PsychometricResult, error) {
	n := max(1, len(x.Points()))
	results := make([]PsychometricResult, n)
	cells := make([]*trials, n)
	for i := range results {
		y, p, err := studied(x, i)
		if err != nil {
			return nil, err
		}
		if cells[i], err = newTrials(y); err != nil {
			return nil, err
		}
		results[i] = PsychometricResult{Point: p, Counts: make([]int64, y.Psychometric.Synapses+2)}
	}
	chunks := trialChunks(x.Psychometric.Trials)
	found, _, err := sweep.Map(ctx, workers, n*chunks, func(i int) ([]int, error) {
		thetas, err := cells[i/chunks].thresholds(ctx, i%chunks*trialsPerChunk)
		if err == nil && progress != nil {
			progress()
		}
		return thetas, err
	})
	if err != nil {
		return nil, err
	}
	for i, thetas := range found {
		for _, theta := range thetas {
			results[i/chunks].Counts[theta]++
		}
	}
	never, _, err := sweep.Map(ctx, workers, n, func(i int) (int, error) { return cells[i].never(ctx) })
	if err != nil {
		return nil, err
	}
	for i := range results {
		results[i].Never = never[i]
		results[i].Fit = analysis.FitPsychometric(results[i].Counts)
	}
	return results, rareSpikes(ctx, workers, results, cells)
}

// rareSpikes fills in the tails. With background synapses there is no number that
// nothing spikes below, and the tail is that of the background.
func rareSpikes(ctx context.Context, workers int, results []PsychometricResult, cells []*trials) error {
	type job struct{ i, b int }
	var jobs []job
	for i := range results {
		r := &results[i]
		r.Tail = map[int]Rate{}
		if math.IsNaN(r.Fit.Mid) || cells[i].of.Background > 0 || cells[i].of.Weighted == 0 {
			continue
		}
		for b := r.Never + 1; b < len(r.Counts)-1 && r.Spikes(b).Hits < enoughHits; b++ {
			jobs = append(jobs, job{i, b})
		}
	}
	tails, _, err := sweep.Map(ctx, workers, len(jobs), func(k int) (Rate, error) {
		j := jobs[k]
		return cells[j.i].tail(ctx, j.b, results[j.i].Fit.Mid)
	})
	for k, j := range jobs {
		if err == nil {
			results[j.i].Tail[j.b] = tails[k]
		}
	}
	return err
}

// trials are the cells of one point.
type trials struct {
	*dish
	of    *configs.Psychometric
	look  int
	sigma float64 // of the logarithm of a conductance
}

func newTrials(x *configs.Experiment) (*trials, error) {
	p := x.Psychometric
	d, err := newDish(x, p.Population)
	if err != nil {
		return nil, err
	}
	return &trials{d, p, d.middle(&p.Cluster), math.Sqrt(math.Log1p(p.Variability * p.Variability))}, nil
}

// maxDeviation bounds the logarithm of a conductance, in standard deviations.
const maxDeviation = 2

// weight returns the conductance of a synapse, in g_max, whose logarithm lies z
// standard deviations off. Its mean is 1 but for the bound.
func (t *trials) weight(z float64) float64 {
	return math.Exp(float64(t.sigma*z) - float64(t.sigma*t.sigma/2))
}

// synapses draws the synapses of a trial in their order: the events of each, cell 0.
func (t *trials) synapses(trial int) (of [][]event, background []event) {
	s := t.of.Synapses
	place, _ := t.section(&t.of.Cluster)
	r := rng.New(t.seed, rng.ThresholdTrial, rng.Name(t.of.Target), uint64(trial))
	order := make([]int, s)
	for i := range order { // a random order of the even places
		j := r.IntN(i + 1)
		order[i], order[j] = order[j], i
	}
	of = make([][]event, s)
	back := rng.New(t.seed, rng.TrialBackground, rng.Name(t.of.Target), uint64(trial))
	start, spread := t.step(t.of.Time), t.step(t.of.Spread)
	for j := range of {
		at := (float64(order[j]) + 0.5) / float64(s)
		if u := r.Float64(); place.Placement == network.Random {
			at = u
		}
		step := start + int(r.Float64()*float64(spread+1))
		z := r.Normal()
		for math.Abs(z) > maxDeviation {
			z = r.Normal()
		}
		sites := t.Excite(t.pop, t.of.Group, t.node(&t.of.Cluster, at))
		for _, site := range sites {
			of[j] = append(of[j], event{step, 0, site, t.weight(z)})
		}
		if t.of.Background == 0 {
			continue
		}
		perStep := t.of.Background * t.dt / 1000
		for at := 0.0; ; {
			at -= math.Log(back.Float64()) / perStep
			if at >= float64(t.steps) {
				break
			}
			for _, site := range sites {
				background = append(background, event{int(at), 0, site, t.weight(z)})
			}
		}
	}
	return of, background
}

// thresholds returns the θ of a chunk of trials from first on, by bisection.
func (t *trials) thresholds(ctx context.Context, first int) ([]int, error) {
	n := min(trialsPerChunk, t.of.Trials-first)
	synapses, background := make([][][]event, n), make([][]event, n)
	lo, hi := make([]int, n), make([]int, n) // no spike with lo, a spike with hi
	for i := range n {
		synapses[i], background[i] = t.synapses(first + i)
		lo[i], hi[i] = -1, t.of.Synapses+1
		if t.of.Background == 0 {
			lo[i] = 0
		}
	}
	for {
		var events []event
		var open []int
		for i := range n {
			if hi[i]-lo[i] == 1 {
				continue
			}
			events = append(events, asCell(background[i], len(open))...)
			for _, of := range synapses[i][:(lo[i]+hi[i])/2] {
				events = append(events, asCell(of, len(open))...)
			}
			open = append(open, i)
		}
		if len(open) == 0 {
			return hi, nil
		}
		spiked, err := t.spikes(ctx, len(open), events)
		if err != nil {
			return nil, err
		}
		for c, i := range open {
			if mid := (lo[i] + hi[i]) / 2; spiked[c] {
				hi[i] = mid
			} else {
				lo[i] = mid
			}
		}
	}
}

// asCell returns the events as those of another copy.
func asCell(events []event, cell int) []event {
	out := make([]event, len(events))
	for i, e := range events {
		e.cell = cell
		out[i] = e
	}
	return out
}

// spikes runs n copies and returns which of them had an NMDA spike.
func (t *trials) spikes(ctx context.Context, n int, events []event) ([]bool, error) {
	place, _ := t.section(&t.of.Cluster)
	detector := dendrite.NewDetector(n, []dendrite.DetectorParams{place.Detect}, t.dt)
	spiked := make([]bool, n)
	var found, ended []dendrite.Spike
	err := t.run(n, events, func(step int, c *cable.Cells) error {
		found, ended = detector.Observe(int64(step), 0, c.V(t.look), found[:0], ended[:0])
		for _, spike := range found {
			spiked[spike.Cell] = true
		}
		if step%500 == 499 || step == t.steps-1 {
			if err := ctx.Err(); err != nil {
				return err
			}
			return t.finite(step, c.V(t.look))
		}
		return nil
	})
	return spiked, err
}

// maxArrangements bounds the cells of one proof.
const maxArrangements = 4000

// never returns the largest b of which no arrangement spikes: none of all multisets
// of compartments, with every synapse as strong as the bound allows and its course
// the envelope of all that it can have. -1 where background leaves nothing out.
func (t *trials) never(ctx context.Context) (int, error) {
	if t.of.Background > 0 {
		return -1, nil
	}
	first, last := t.node(&t.of.Cluster, 0), t.node(&t.of.Cluster, 1)
	receptors := t.pop.Segments[t.of.Group].Place.Receptors
	var courses [][]event
	for _, p := range []dendrite.ReceptorParams{receptors.AMPA, receptors.NMDA} {
		if p.GMax > 0 {
			courses = append(courses, t.envelope(p))
		}
	}
	for b := 1; b <= t.of.Synapses; b++ {
		all := multisets(last-first+1, b, maxArrangements)
		if all == nil {
			return b - 1, nil
		}
		var events []event
		for c, arrangement := range all {
			for _, i := range arrangement {
				for k, site := range t.Excite(t.pop, t.of.Group, first+i) {
					for _, e := range courses[k] {
						events = append(events, event{t.step(t.of.Time) + e.step, c, site, e.weight})
					}
				}
			}
		}
		spiked, err := t.spikes(ctx, len(all), events)
		if err != nil {
			return 0, err
		}
		for _, s := range spiked {
			if s {
				return b - 1, nil
			}
		}
	}
	return t.of.Synapses, nil
}

// envelope returns events of one synapse whose conductance is at no step below that
// of a synapse of the largest weight, whenever within the spread that is active: the
// first at once, more to hold the peak until the last could come.
func (t *trials) envelope(p dendrite.ReceptorParams) []event {
	spread := t.step(t.of.Spread)
	g := make([]float64, t.steps)
	peak := 0
	for k := range g {
		g[k] = p.Course(float64(k) * t.dt)
		if g[k] > g[peak] {
			peak = k
		}
	}
	sum := make([]float64, len(g))
	var events []event
	give := func(step int, weight float64) {
		events = append(events, event{step: step, weight: weight})
		for k := step; k < len(g); k++ {
			sum[k] += float64(weight * g[k-step])
		}
	}
	give(0, 1)
	for k := peak; k <= peak+spread && k < len(g); k++ {
		if sum[k] < g[peak] {
			give(k-peak, (g[peak]-sum[k])/g[peak])
		}
	}
	scale := 1.0
	for k := range g {
		highest := g[max(0, k-spread)]
		switch {
		case k <= peak:
			highest = g[k]
		case k <= peak+spread:
			highest = g[peak]
		}
		if sum[k] > 0 {
			scale = max(scale, highest/sum[k])
		}
	}
	for i := range events {
		events[i].weight *= float64(scale * t.weight(maxDeviation))
	}
	return events
}

// multisets returns all ways to choose b of m things with repetition, in ascending
// order, nil if there are more than most.
func multisets(m, b, most int) (all [][]int) {
	chosen := make([]int, b)
	for {
		if len(all) == most {
			return nil
		}
		all = append(all, append([]int(nil), chosen...))
		i := b - 1
		for i >= 0 && chosen[i] == m-1 {
			i--
		}
		if i < 0 {
			return all
		}
		next := chosen[i] + 1
		for ; i < b; i++ {
			chosen[i] = next
		}
	}
}
