package onecell

import (
	"context"
	"math"

	"neurosim/analysis"
	"neurosim/grammar"
	"neurosim/study"
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
	Point  grammar.Point
	Of     *Psychometric // of the point
	Counts []int64       // [s+2] trials by θ from 0 to s; the last: no spike with all s
	Never  int           // no arrangement of so many synapses makes a spike, by the bound of the trials' ranges
	Fit    analysis.Psychometric
	Cut    int          // runs of the bisection that ended while the dendrite was above the level, for too short a time
	Tail   map[int]Rate // P(spike | b) from weighted trials, where trials are too few
}

// Trials returns the number of trials.
func (r *PsychometricResult) Trials() (n int64) {
	for _, c := range r.Counts {
		n += c
	}
	return n
}

// spikes returns the trials that spike when b synapses are active.
func (r *PsychometricResult) spikes(b int) analysis.Proportion {
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
	p := r.spikes(b)
	q := Rate{P: p.Rate()}
	q.Lo, q.Hi = p.ClopperPearson(0.95)
	q.Lo, q.Hi = rounded(q.Lo), rounded(q.Hi)
	if tail, ok := r.Tail[b]; ok {
		q.P, q.Lo, q.Hi = tail.P, tail.Lo, min(q.Hi, tail.Hi)
		if b+1 < len(r.Counts)-1 {
			q.Hi = min(q.Hi, r.At(b+1).Hi)
		}
		q.P = min(q.P, q.Hi)
	}
	return q
}

// rounded returns x with six significant digits, more than trials can tell.
func rounded(x float64) float64 { return study.Significant(x, 6) }

// A Rate is a probability with its 95 % interval.
type Rate struct{ P, Lo, Hi float64 }

// mixed averages P(spike | b) over a distribution of b. The trials are the same for every b,
// so the estimates rise and fall together, and the limits are averaged as they are:
// the sum rule of Stratified for full correlation.
func (r *PsychometricResult) mixed(dist func(b int) float64) (q Rate) {
	for b := 0; b <= len(r.Counts)-2; b++ {
		w, p := dist(b), r.At(b)
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

// fitted returns FalsePositive with the fitted distribution in place of the trials, also below
// what they resolve.
func (r *PsychometricResult) fitted(n, a int) (p float64) {
	s := len(r.Counts) - 2
	for b := max(0, r.Never+1); b <= s; b++ {
		p += float64(theory.Overlap(n, a, s, b).Value() * rounded(r.Fit.At(float64(b))))
	}
	return p
}

// falseNegative returns the probability that the segment does not spike for its own
// pattern of a cells of which v are silent: equation (6), averaged alike.
func (r *PsychometricResult) falseNegative(a, v int) Rate {
	s := len(r.Counts) - 2
	q := r.mixed(func(b int) float64 { return theory.Overlap(a, v, s, s-b).Value() })
	return Rate{max(0, 1-q.P), max(0, 1-q.Hi), 1 - q.Lo}
}

// trialsPerChunk are stepped together.
const trialsPerChunk = 128

func trialChunks(trials int) int { return (trials + trialsPerChunk - 1) / trialsPerChunk }

// RunPsychometric runs a psychometric study at every point of its sweep, chunks of
// trials in parallel.
func RunPsychometric(ctx context.Context, x *Study, w *study.Work) ([]PsychometricResult, error) {
	type chunk struct{ of, first int }
	var chunks []chunk
	n := max(1, len(x.Points()))
	results, cells := make([]PsychometricResult, n), make([]*trials, n)
	for i := range results {
		y, p, err := x.Point(i)
		if err != nil {
			return nil, err
		}
		if cells[i], err = newTrials(y); err != nil {
			return nil, err
		}
		results[i] = PsychometricResult{Point: p, Of: y.Psychometric, Counts: make([]int64, y.Psychometric.Synapses+2)}
		for k := range trialChunks(y.Psychometric.Trials) {
			chunks = append(chunks, chunk{i, k * trialsPerChunk})
		}
	}
	found, err := study.Parts(ctx, w, study.Stage{Name: "study", Label: "  study", Unit: "parts"}, len(chunks), func(ctx context.Context, p *study.Part) (foundThresholds, error) {
		c := chunks[p.Index]
		r, err := cells[c.of].thresholds(ctx, c.first)
		return r, study.AtPoint(x.Configuration, results[c.of].Point, err)
	})
	if err != nil {
		return nil, err
	}
	for i, f := range found {
		r := &results[chunks[i].of]
		r.Cut += f.Cut
		for _, theta := range f.Theta {
			r.Counts[theta]++
		}
	}
	never, err := study.Parts(ctx, w, study.Stage{Name: "least synapses", Quick: true}, n, func(ctx context.Context, p *study.Part) (int, error) {
		n, err := cells[p.Index].never(ctx)
		return n, study.AtPoint(x.Configuration, results[p.Index].Point, err)
	})
	if err != nil {
		return nil, err
	}
	for i := range results {
		results[i].Never = never[i]
		f := analysis.FitPsychometric(results[i].Counts)
		for _, x := range []*float64{&f.Mid, &f.MidLo, &f.MidHi, &f.Width, &f.WidthLo, &f.WidthHi} {
			*x = rounded(*x)
		}
		results[i].Fit = f
	}
	return results, rareSpikes(ctx, w, results, cells)
}

// rareSpikes fills in the tails. With background synapses there is no number that
// nothing spikes below, and the tail is that of the background.
func rareSpikes(ctx context.Context, w *study.Work, results []PsychometricResult, cells []*trials) error {
	type job struct{ i, b int }
	var jobs []job
	for i := range results {
		r := &results[i]
		r.Tail = map[int]Rate{}
		if math.IsNaN(r.Fit.Mid) || r.Of.Background > 0 || r.Of.Weighted == 0 {
			continue
		}
		for b := r.Never + 1; b < len(r.Counts)-1 && r.spikes(b).Hits < enoughHits; b++ {
			jobs = append(jobs, job{i, b})
		}
	}
	tails, err := study.Parts(ctx, w, study.Stage{Name: "rare spikes", Label: "  rare spikes", Unit: "parts"}, len(jobs), func(ctx context.Context, p *study.Part) (Rate, error) {
		j := jobs[p.Index]
		return cells[j.i].tail(ctx, j.b, results[j.i].Fit.Mid)
	})
	for k := range tails {
		results[jobs[k].i].Tail[jobs[k].b] = tails[k]
	}
	return err
}
