package thresholds

import (
	"fmt"
	"math"

	"neurosim/internal/fpmath"
	"neurosim/literature"
	"neurosim/stimulus"
	"neurosim/theory"
	"neurosim/theory/quantities"
)

// A Case is a neuron whose best NMDA threshold θ is asked for: each of
// its segments has s synapses on one stored pattern.
type Case struct {
	N        int     `json:"n"`        // presynaptic cells
	A        int     `json:"a"`        // active in a pattern
	S        int     `json:"s"`        // synapses of a segment
	Noise    float64 `json:"noise"`    // fraction of the active cells that a shown pattern has lost
	Readd    bool    `json:"readd"`    // the lost cells may come back, as in the authors' later experiments
	Segments int     `json:"segments"` // whose false positives count
	Factor   float64 `json:"factor"`   // how much worse than the best a θ may be
	Theta    int     `json:"theta"`    // in use; 0: none is named
}

// DefaultCase is the example of Ahmad & Hawkins (2016), section 3.1:
// segments of 30 synapses among 10,000 cells of which 300 are active and a fifth
// is lost; a neuron has over 100 such segments (section 1).
func DefaultCase() Case {
	return Case{N: 10000, A: 300, S: 30, Noise: 0.2, Segments: 100, Factor: 10}
}

// lost returns the number of active cells that a shown pattern has lost.
func (c Case) lost() int { return stimulus.Count(c.Noise, c.A) }

// maxSynapses bounds s, and with it the thresholds that are compared.
const maxSynapses = 1000

// Check returns what is wrong with a case, all at once, nil if nothing is.
func (c Case) Check() (bad []*quantities.ArgumentError) {
	must := func(ok bool, name string, value float64, rule string, args ...any) {
		if !ok {
			bad = append(bad, &quantities.ArgumentError{Param: quantities.Param{Name: name}, Value: value, Rule: fmt.Sprintf(rule, args...)})
		}
	}
	n, a, s := float64(c.N), float64(c.A), float64(c.S)
	must(c.N >= 1 && n <= quantities.MaxCount, "n", n, "must be from 1 to %.0f", quantities.MaxCount)
	must(c.A >= 1 && c.A <= c.N, "a", a, "must be from 1 to n (n = %d)", c.N)
	must(c.S >= 1 && c.S <= c.A && c.S <= maxSynapses, "s", s, "must be from 1 to a, since synapses are on cells of the pattern (a = %d), and at most %d", c.A, maxSynapses)
	must(c.Noise >= 0 && c.Noise <= 1, "noise", c.Noise, "must be a fraction of the active cells, from 0 to 1")
	must(c.Segments >= 1 && float64(c.Segments) <= quantities.MaxCount, "segments", float64(c.Segments), "must be from 1 to %.0f", quantities.MaxCount)
	must(c.Factor >= 1 && c.Factor <= math.MaxFloat64, "factor", c.Factor, "must be finite and at least 1")
	must(c.Theta >= 0 && c.Theta <= max(c.S, 0), "theta", float64(c.Theta), "must be from 1 to s (s = %d)", c.S)
	return bad
}

// A errorAt is how often a neuron errs at one θ:
//
//	P_FP   1 - (1-P_FP(n,a,s,θ))^segments: a random pattern fires it, equation (8)
//	P_FN   P_FN(a,s,v,θ): the segment of a stored pattern misses it, equation (6),
//	       or its form for noise that re-adds cells
//	total  P_FP + P_FN
//
// The sum weighs one random pattern like one stored one.
type errorAt struct {
	Theta     int      `json:"theta"`
	FP        float64  `json:"fp"`
	Log10FP   float64  `json:"log10_fp"`
	FN        float64  `json:"fn"`
	Log10FN   *float64 `json:"log10_fn"` // nil: exactly 0
	Total     float64  `json:"total"`
	Log10     float64  `json:"log10_total"`
	Tolerance int      `json:"tolerance"` // active synapses that may be lost, s-θ
	Within    bool     `json:"within"`    // of the interval around the best
}

// A comparison compares the best threshold of a case with published ones.
type comparison struct {
	Case    Case                `json:"case"`
	V       int                 `json:"v"`
	Errors  []errorAt           `json:"rows"` // θ from 1 to s
	Best    int                 `json:"best_theta"`
	Lo      int                 `json:"interval_low"` // total error within Factor of the best from Lo to Hi
	Hi      int                 `json:"interval_high"`
	Records []literature.Record `json:"records"`
}

// compare finds the best θ of a case that Check accepts, the interval around
// it in which the total error is within Factor of its best, and where published
// thresholds lie against that interval.
func compare(c Case, published []literature.Threshold) comparison {
	r := comparison{Case: c, V: c.lost()}
	best := math.Inf(1)
	for theta := 1; theta <= c.S; theta++ {
		e := c.errorAt(theta)
		if e.Log10 < best {
			best, r.Best = e.Log10, theta
		}
		r.Errors = append(r.Errors, e)
	}
	limit := best + fpmath.LogAll(c.Factor)/math.Ln10 + 1e-12 // equal but for rounding is within
	within := func(theta int) bool {
		return theta >= 1 && theta <= c.S && r.Errors[theta-1].Log10 <= limit
	}
	for r.Lo = r.Best; within(r.Lo - 1); r.Lo-- {
	}
	for r.Hi = r.Best; within(r.Hi + 1); r.Hi++ {
	}
	for theta := r.Lo; theta <= r.Hi; theta++ {
		r.Errors[theta-1].Within = true
	}
	r.Records = literature.Compare(published, float64(r.Lo), float64(r.Hi))
	return r
}

// errorAt evaluates the theory at one θ.
func (c Case) errorAt(theta int) errorAt {
	fp := theory.SetFalsePositive(c.N, c.A, c.S, theta, c.Segments)
	fn := theory.FalseNegative(c.A, c.S, c.lost(), theta)
	if c.Readd {
		fn = theory.FalseNegativeReadd(c.N, c.A, c.S, c.lost(), theta)
	}
	e := errorAt{Theta: theta, FP: fp.Value(), Log10FP: fp.Log10(), FN: fn.Value(),
		Total: fp.Value() + fn.Value(), Log10: log10Sum(fp.Log10(), fn.Log10()), Tolerance: theory.Tolerance(c.S, theta)}
	if l := fn.Log10(); !math.IsInf(l, -1) {
		e.Log10FN = &l
	}
	return e
}

// strings writes the three errors for a table.
func (e errorAt) strings() (fp, fn, total string) {
	log10FN := math.Inf(-1)
	if e.Log10FN != nil {
		log10FN = *e.Log10FN
	}
	return scientific(e.FP, e.Log10FP), scientific(e.FN, log10FN), scientific(e.Total, e.Log10)
}

// log10Sum returns log10(10^x + 10^y), also where the powers underflow.
func log10Sum(x, y float64) float64 {
	hi, lo := max(x, y), min(x, y)
	if math.IsInf(lo, -1) {
		return hi
	}
	return hi + fpmath.Log1p(fpmath.Pow10(lo-hi))/math.Ln10
}
