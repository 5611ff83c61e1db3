package thresholds

import (
	"fmt"
	"math"
	"strings"

	"neurosim/grammar"
	"neurosim/internal/fpmath"
)

// lines says in words what the comparison shows and what the record supports:
// the predicted interval, each cited and reviewed range, and whether anybody
// measured an NMDA-spike threshold in synapses.
func (r comparison) lines() []string {
	c := r.Case
	best := r.Errors[r.Best-1]
	noise := "replaced by others"
	if c.Readd {
		noise = "cleared and drawn again"
	}
	lines := []string{
		fmt.Sprintf("Prediction: with n = %d, a = %d, s = %d, %d of the %d active cells %s and %s, the total error is least at θ = %d (%s) and within a factor of %g of that for θ = %s.",
			c.N, c.A, c.S, r.V, c.A, noise, segments(c.Segments), r.Best, scientific(best.Total, best.Log10), c.Factor, interval(r.Lo, r.Hi)),
		fmt.Sprintf("A higher θ costs tolerance: of %d active synapses, s - θ may be lost without a miss, %d at θ = %d and none at θ = %d. Figure 6 of Ahmad & Hawkins (2016) counts false positives alone, by which the highest θ would be the best.",
			c.S, best.Tolerance, r.Best, c.S),
	}
	if best.Total >= 0.5 {
		lines = append(lines, "No θ is of use: the neuron has an error on every second pattern or more.")
	}
	if c.Theta > 0 {
		e := r.Errors[c.Theta-1]
		lines = append(lines, fmt.Sprintf("The θ = %d in use has a total error of %s, %s that of the best.", c.Theta, scientific(e.Total, e.Log10), times(fpmath.Pow10(e.Log10-best.Log10))))
	}
	var measured []string
	for _, x := range r.Records {
		switch {
		case !x.Drawn() || !x.IsNMDA():
		case x.Kind == "cited":
			lines = append(lines, fmt.Sprintf("Cited: %s by %s as measured by others, second-hand (grade %s); the predicted interval: %s.", x.Stated(), x.Name(), x.Grade, x.Verdict))
		case x.Kind == "review":
			lines = append(lines, fmt.Sprintf("Reviewed: %s by %s (grade %s); the predicted interval: %s.", x.Stated(), x.Name(), x.Grade, x.Verdict))
		case x.Kind == "measurement":
			measured = append(measured, fmt.Sprintf("%s by %s (grade %s; %s:%d): %s", x.Stated(), x.Name(), x.Grade, x.File, x.Line, x.Verdict))
		}
	}
	if measured != nil {
		return append(lines, "Measured in synapses or spines: "+strings.Join(measured, "; ")+".")
	}
	return append(lines, "Measured: no primary measurement of an NMDA-spike threshold in synapses or spines was found. Experiments state glutamate dose, stimulus strength, current or voltage; counts come from citations, reviews and models.")
}

// segments writes a number of segments in words.
func segments(n int) string {
	if n == 1 {
		return "1 segment"
	}
	return fmt.Sprintf("%d segments", n)
}

// scientific writes a probability with three digits, also where a float64 of it
// is 0.
func scientific(p, log10 float64) string {
	if p > 1e-300 || math.IsInf(log10, -1) {
		return fmt.Sprintf("%.3g", p)
	}
	e := math.Floor(log10)
	return fmt.Sprintf("%.2fe%+d", fpmath.Pow10(log10-e), int(e))
}

func interval(lo, hi int) string {
	if lo == hi {
		return fmt.Sprint(lo)
	}
	return fmt.Sprintf("%d-%d", lo, hi)
}

// times writes how many times one error is another: in words of powers where large.
func times(ratio float64) string {
	switch {
	case ratio < 1.005:
		return "1 times"
	case ratio < 1000:
		return fmt.Sprintf("%.3g times", ratio)
	case ratio < 1e9:
		return grammar.Grouped(ratio) + " times"
	}
	return fmt.Sprintf("10^%.0f times", math.Log10(ratio))
}
