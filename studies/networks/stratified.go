package networks

import (
	"context"
	"fmt"
	"math"

	"neurosim/analysis"
	"neurosim/internal/dictionary"
	"neurosim/internal/fpmath"
	"neurosim/internal/rng"
	"neurosim/study"
	"neurosim/theory"
)

// An Estimate is a probability put together from trials in strata,
//
//	P = 10^Log10Scale · Σ_b w_b · P(response | stratum b),
//
// so that it can be smaller than any count of trials, and than a float64.
type Estimate struct {
	Log10Scale float64 // log10 of the probability of all strata together; -Inf: a response is impossible
	Strata     []stratumCount
	Rest       float64 // share of Scale of the strata that were not tried
}

// A stratumCount is what the trials of one stratum gave.
type stratumCount struct {
	Overlap      int     // synapses whose cells the pattern makes active, b
	Weight       float64 // probability of the stratum / 10^Log10Scale, w_b
	Hits, Trials int64
}

// shares returns the rate and its 95 % interval as shares of 10^Log10Scale; the
// method is that of analysis.Stratified.
func (e Estimate) shares() (rate, lo, hi float64) {
	strata := make([]analysis.Stratum, len(e.Strata))
	for i, s := range e.Strata {
		strata[i] = analysis.Stratum{Weight: s.Weight, Count: analysis.Proportion{Hits: s.Hits, Trials: s.Trials}}
	}
	return analysis.Stratified(strata, e.Rest, 0.95)
}

// Probability returns the rate and its 95 % interval; what is below 5e-324 is 0.
// Ten digits of the rate and eight of the limits are given, these moved outwards by
// 1e-8: those after them differ between builds, for the library's logarithms and
// beta functions do.
func (e Estimate) Probability() (rate, lo, hi float64) {
	rate, lo, hi = e.shares()
	scale := fpmath.Pow10(e.Log10Scale)
	return study.Significant(rate*scale, 10), study.Significant(lo*scale*(1-1e-8), 9), study.Significant(hi*scale*(1+1e-8), 9)
}

// log10 returns log10 of the rate to ten decimals, -Inf for 0.
func (e Estimate) log10() float64 {
	rate, _, _ := e.shares()
	log := e.Log10Scale + float64(fpmath.Log10(rate)) // a product within: ln x · log10 e
	return math.Round(float64(log*1e10)) / 1e10
}

// trials returns the trials of all strata.
func (e Estimate) trials() (total int64) {
	for _, s := range e.Strata {
		total += s.Trials
	}
	return total
}

// EstimateColumns are the columns of Row.
func EstimateColumns() []dictionary.Column {
	return study.Columns([][3]string{
		{"false_positive", "", "probability of a false positive, the stratified estimate"},
		{"lo95", "", "lower end of its 95 % interval"},
		{"hi95", "", "upper end of its 95 % interval"},
		{"log10_false_positive", "", "decimal logarithm of the estimate"},
		{"strata", "", "overlaps of pattern and segment that were tried apart"},
		{"trials", "", "trials of all strata"},
		{"hits", "", "trials with an NMDA spike"},
	})
}

// Row writes e as cells of a table.
func (e Estimate) Row() []string {
	rate, lo, hi := e.Probability()
	hits := int64(0)
	for _, s := range e.Strata {
		hits += s.Hits
	}
	return []string{study.Exactly(rate), study.Exactly(lo), study.Exactly(hi), study.Exactly(e.log10()), fmt.Sprint(len(e.Strata)), fmt.Sprint(e.trials()), fmt.Sprint(hits)}
}

// plus pools two estimates of the same strata.
func (e Estimate) plus(x Estimate) Estimate {
	if len(e.Strata) == 0 {
		return x
	}
	out := e
	out.Strata = append([]stratumCount(nil), e.Strata...)
	for i, s := range x.Strata {
		out.Strata[i].Hits += s.Hits
		out.Strata[i].Trials += s.Trials
	}
	return out
}

const (
	// Negligible is the share of the strata's probability below which one is not
	// tried. All that are not count in the interval as if each case were a hit.
	Negligible = 1e-9
	// pilotTrials is how often each stratum is tried to find out how to divide
	// the others. The pilot is not used again, so the counts of the estimate are
	// binomial with numbers of trials that do not depend on them.
	pilotTrials = 512
	// leastShare of all trials is what a stratum gets at least.
	leastShare = 1.0 / 200
)

// estimateFalsePositives estimates how often a segment responds to a pattern that
// is not stored, for a detection with estimator = "stratified". The pattern is
// shown as the input shows stored ones: with its noise and its jitter, among the
// background. Strata are the overlaps b of the cells that spike with the source
// cells of the segment, after the noise: whatever noise does to a random pattern,
// each set of the a' cells that are left is as likely as any other, so
//
//	P(b) = Hyp(b; n, a', s),   a' = a - drop + add ,
//
// [AH16, Eq. 2]. The response given b is simulated (package comment of
// stimulus, network and dendrite), not assumed, with one rule of the engine: no
// NMDA spike starts unless the cells of θ synapses spike within the coincidence
// window and what drawn delays add to it. So of a stratum b < θ only trials are
// made in which the background supplies, somewhere, what the pattern lacks, and
//
//	w_b ∝ Hyp(b; n, a', s) · Σ_j P(window j is open)
//
// (see windows and chance for the sum and how such trials are drawn). Without
// background that
// is 0 for b < θ. A pilot divides the trials by analysis.Neyman. Results do not
// depend on threads.
func estimateFalsePositives(ctx context.Context, x *Study, w *study.Work) (Estimate, error) {
	t := newTrial(x)
	out := t.strata()
	if len(out.Strata) == 0 {
		return out, nil
	}
	if err := t.count(ctx, w, study.Stage{Name: "pilot"}, out.Strata, equal(len(out.Strata), pilotTrials), 0); err != nil {
		return out, err
	}
	pilot := make([]analysis.Stratum, len(out.Strata))
	for i, s := range out.Strata {
		pilot[i] = analysis.Stratum{Weight: s.Weight, Count: analysis.Proportion{Hits: s.Hits, Trials: s.Trials}}
		out.Strata[i].Hits, out.Strata[i].Trials = 0, 0
	}
	total := int64(x.Detection.Trials)
	least := max(1, int64(float64(total)*leastShare))
	err := t.count(ctx, w, study.Stage{Name: estimation, Label: "  estimating", Unit: "batches"}, out.Strata, analysis.Neyman(pilot, total, least), 1)
	return out, err
}

func equal(n int, each int64) []int64 {
	out := make([]int64, n)
	for i := range out {
		out[i] = each
	}
	return out
}

// strata returns the strata that are to be tried, in order of the overlap,
// without trials.
func (t *trial) strata() Estimate {
	type possible struct {
		b   int
		log float64 // of the weight
	}
	var all []possible
	most := math.Inf(-1)
	for b := max(0, t.active+t.s-t.n); b <= min(t.active, t.s); b++ {
		_, log := t.windows(b)
		if log += theory.Overlap(t.n, t.active, t.s, b).Log(); !math.IsInf(log, -1) {
			all = append(all, possible{b, log})
			most = max(most, log)
		}
	}
	sum := 0.0
	for _, p := range all {
		sum += fpmath.ExpAll(p.log - most)
	}
	e := Estimate{Log10Scale: (most + fpmath.LogAll(sum)) / math.Ln10}
	for _, p := range all {
		// Rounded, so that trials are divided alike in every build.
		if w := study.Significant(fpmath.ExpAll(p.log-most)/sum, 12); w >= Negligible {
			e.Strata = append(e.Strata, stratumCount{Overlap: p.b, Weight: w})
		} else {
			e.Rest += w
		}
	}
	return e
}

// Sizes of a batch, which is one network: segments that are tried side by side,
// and presentations one after another.
const (
	batchSegments      = 512
	batchPresentations = 16
)

// count adds trials to strata: batches are the parts of a stage, added in order. phase
// keys the draws of the pilot and of the estimate.
func (t *trial) count(ctx context.Context, w *study.Work, of study.Stage, strata []stratumCount, trials []int64, phase uint64) error {
	type batch struct{ stratum, segments, presentations, index int }
	var batches []batch
	for i, n := range trials {
		segments := min(n, batchSegments)
		left := int((n + segments - 1) / segments)
		for index := 0; left > 0; index++ {
			batches = append(batches, batch{i, int(segments), min(left, batchPresentations), index})
			left -= batchPresentations
		}
	}
	hits, err := study.Parts(ctx, w, of, len(batches), func(ctx context.Context, p *study.Part) (int64, error) {
		b := batches[p.Index]
		overlap := strata[b.stratum].Overlap
		r := rng.New(t.seed, rng.Stratum, uint64(overlap), uint64(b.index)<<1|phase)
		return t.run(ctx, r.Uint64()>>2, overlap, b.segments, b.presentations)
	})
	if err != nil {
		return err
	}
	for i, b := range batches {
		strata[b.stratum].Hits += hits[i]
		strata[b.stratum].Trials += int64(b.segments * b.presentations)
	}
	return nil
}
