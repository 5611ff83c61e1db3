package channel

import (
	"fmt"
	"math"
	"slices"

	"neurosim/internal/dotted"
	"neurosim/internal/formula"
)

// The range in which formulas are checked and tabulated: potentials (mV), and
// concentrations of calcium (mM) by octaves. Beyond it formulas are evaluated as they
// stand, in every step.
const (
	lowV, highV = -128.0, 128.0
	lowOctave   = -20 // 2^-20 mM = 1 nM
	octaves     = 24  // to 16 mM
)

// singularity is a place where a formula of a gate is 0/0 and has a limit.
type singularity struct {
	at   float64 // mV, or mM
	near float64 // where the formula has lost its digits
}

// value returns steady state and rate next to a removable singularity: the straight
// line through two points on either side, whose error is of second order in near.
func (s *singularity) value(g *gate, v, c float64) (inf, rate float64) {
	u := v
	lo, hi := s.at-float64(2*s.near), s.at+float64(2*s.near)
	eval := func(x float64) (float64, float64) { return g.raw(x, c) }
	if g.reads == readsCa {
		u = c
		eval = func(x float64) (float64, float64) { return g.raw(v, x) }
	}
	i0, r0 := eval(lo)
	i1, r1 := eval(hi)
	f := (u - lo) / (hi - lo)
	if g.instantaneous() {
		return i0 + float64(f*(i1-i0)), r0
	}
	return i0 + float64(f*(i1-i0)), r0 + float64(f*(r1-r0))
}

// check holds a gate to the rules that its values must keep over the range. A gate with a pole
// has its values not checked: they would say it again.
func (g *gate) check(limits *[]limit, bad Report) {
	if !g.findSingularities(limits, bad) {
		return
	}
	at := dotted.Join("gates", g.name)
	seen := map[string]bool{}
	fail := func(key, rule string, args ...any) {
		if !seen[key] {
			seen[key] = true
			bad(at+"."+key, rule, args...)
		}
	}
	for v, c := range g.places() {
		if g.alpha != nil {
			g.checkRates(v, c, fail)
			continue
		}
		inf, rate := g.at(v, c)
		switch {
		case math.IsNaN(inf) || math.IsInf(inf, 0):
			fail("inf", "the steady state is %s at %s; it must be from 0 to 1", withUnit(inf, ""), g.place(v, c))
		case inf < -1e-9 || inf > 1+1e-9:
			fail("inf", "the steady state is %s at %s; it must be from 0 to 1", withUnit(inf, ""), g.place(v, c))
		}
		if !g.instantaneous() && !(rate > 0 && !math.IsInf(rate, 0)) {
			fail("tau", "the time constant is %s at %s; it must be positive and finite", withUnit(g.q/rate, " ms"), g.place(v, c))
		}
	}
}

// checkRates holds opening and closing rates to their rules. What is 0/0 has been found before,
// and is continued.
func (g *gate) checkRates(v, c float64, fail func(key, rule string, args ...any)) {
	inf, rate := g.at(v, c)
	alpha := float64(inf * rate / g.q)
	for _, r := range []struct {
		key   string
		value float64
	}{{"alpha", alpha}, {"beta", rate/g.q - alpha}} {
		value := r.value
		if math.IsNaN(value) || math.IsInf(value, 0) || rate == 0 { // which of them it is
			value = map[string]*formula.Formula{"alpha": g.alpha, "beta": g.beta}[r.key].Eval([]float64{v, c, g.celsius})
		}
		if math.IsNaN(value) || math.IsInf(value, 0) || value < -1e-9*math.Abs(rate/g.q) {
			fail(r.key, "the rate is %s at %s; it must be finite and not negative", withUnit(value, " /ms"), g.place(v, c))
			return
		}
	}
	if !(rate > 0) {
		fail("alpha", "alpha + beta is %s at %s; one of them must be positive", withUnit(rate/g.q, " /ms"), g.place(v, c))
	}
}

// withUnit writes a value in a message.
func withUnit(x float64, unit string) string {
	switch {
	case math.IsNaN(x):
		return "not a number"
	case math.IsInf(x, 1):
		return "infinite"
	case math.IsInf(x, -1):
		return "minus infinity"
	}
	return fmt.Sprintf("%.6g%s", x, unit)
}

// place names a potential and concentration in a message.
func (g *gate) place(v, c float64) string {
	switch g.reads {
	case readsCa:
		return fmt.Sprintf("ca = %.4g mM", c)
	case readsBoth:
		return fmt.Sprintf("V = %.6g mV, ca = %.4g mM", v, c)
	}
	return fmt.Sprintf("V = %.6g mV", v)
}

// places goes through the potentials and concentrations at which a gate is checked.
func (g *gate) places() func(yield func(v, c float64) bool) {
	vs, cs := []float64{0}, []float64{rest}
	if g.reads != readsCa {
		vs = grid(lowV, highV, 8*int(highV-lowV))
	}
	if g.reads != readsV {
		cs = cs[:0]
		for o := range octaves * 8 {
			cs = append(cs, math.Ldexp(1+float64(float64(o%8)/8), lowOctave+o/8))
		}
	}
	if g.reads == readsBoth {
		vs = grid(lowV, highV, int(highV-lowV))
	}
	return func(yield func(v, c float64) bool) {
		for _, c := range cs {
			for _, v := range vs {
				if !yield(v, c) {
					return
				}
			}
		}
	}
}

// rest is a concentration of calcium at rest (mM), for gates that do not read it.
const rest = 1e-4

// grid returns n+1 numbers from lo to hi.
func grid(lo, hi float64, n int) []float64 {
	out := make([]float64, n+1)
	for i := range out {
		out[i] = lo + float64(float64(i)/float64(n)*(hi-lo))
	}
	return out
}

// findSingularities looks for zeros of the denominators in the formulas of a gate. One at
// which steady state and rate have limits is noted; at another they have a pole, which is
// reported.
func (g *gate) findSingularities(limits *[]limit, bad Report) (ok bool) {
	if g.reads == readsBoth {
		return true // evaluated in every step; what is not finite there is reported by check
	}
	variable, points := varV, grid(lowV, highV, 8*int(highV-lowV))
	if g.reads == readsCa {
		variable, points = varCa, nil
		for _, c := range g.places() {
			points = append(points, c)
		}
	}
	x := []float64{0, rest, g.celsius}
	keys, fs := g.formulas()
	for i, f := range fs {
		for _, d := range f.Divisions() {
			eval := func(u float64) float64 {
				x[variable] = u
				return d.Denominator(x)
			}
			for _, u := range zeros(eval, points) {
				known := slices.ContainsFunc(g.singularities, func(s singularity) bool { return math.Abs(u-s.at) <= s.near })
				if known || g.smooth(u) {
					continue
				}
				s := singularity{u, nearness(variable, u)}
				where := fmt.Sprintf("V = %.6g mV", u)
				if variable == varCa {
					where = fmt.Sprintf("ca = %.4g mM", u)
				}
				if !g.removable(s) {
					bad(dotted.Join("gates", g.name, keys[i]), "division by zero at %s: %s is 0, at character %d", where, d.Of, d.Column)
					return false
				}
				g.singularities = append(g.singularities, s)
				*limits = append(*limits, limit{dotted.Join("gates", g.name, keys[i]), where})
			}
		}
	}
	return true
}

// nearness returns how near a singularity formulas lose their digits: at 1e-4 mV the
// difference of an exponential from 1 keeps 11 of 16.
func nearness(variable int, u float64) float64 {
	if variable == varCa {
		return 1e-5 * u
	}
	return 1e-4
}

// zeros returns where f is 0: at a point, or between two where its sign changes.
func zeros(f func(float64) float64, points []float64) (out []float64) {
	last := math.NaN()
	for i, u := range points {
		y := f(u)
		switch {
		case y == 0:
			out = append(out, u)
		case i > 0 && last < 0 && y > 0 || i > 0 && last > 0 && y < 0:
			lo, hi := points[i-1], u
			for range 80 {
				mid := lo + float64((hi-lo)/2)
				if (f(mid) < 0) == (last < 0) {
					lo = mid
				} else {
					hi = mid
				}
			}
			out = append(out, hi)
		}
		last = y
	}
	return out
}

// around returns steady state and rate at some distance from a place.
func (g *gate) around(u float64) (inf, rate float64) {
	if g.reads == readsCa {
		return g.raw(0, u)
	}
	return g.raw(u, rest)
}

// smooth tells whether the gate has a value at a zero of a denominator that fits those
// around it: the formula has treated the case.
func (g *gate) smooth(u float64) bool {
	near := nearness(varV, u)
	if g.reads == readsCa {
		near = nearness(varCa, u)
	}
	i, r := g.around(u)
	i0, r0 := g.around(u - near)
	i1, r1 := g.around(u + near)
	between := func(x, a, b float64) bool {
		if math.IsInf(x, 1) && math.IsInf(a, 1) {
			return true
		}
		slack := float64(1e-6 * (math.Abs(a) + math.Abs(b)))
		return x >= min(a, b)-slack && x <= max(a, b)+slack
	}
	return between(i, i0, i1) && between(r, r0, r1) && math.Abs(i1-i0) < 1e-3 && (g.instantaneous() || math.Abs(r1-r0) < 1e-3*(r0+r1))
}

// removable tells whether steady state and rate go to one limit from both sides. On the way
// there they hardly change: near a pole they would.
func (g *gate) removable(s singularity) bool {
	far, near := 4*s.near, 2*s.near
	within := func(a, b, part float64) bool {
		return math.Abs(a-b) <= part*(math.Abs(a)+math.Abs(b)) && !math.IsInf(a, 0)
	}
	flat := true
	limit := func(sign float64) (inf, rate float64) {
		i0, r0 := g.around(s.at + float64(sign*near))
		i1, r1 := g.around(s.at + float64(sign*far))
		flat = flat && within(i0, i1, 1e-3) && (g.instantaneous() || within(r0, r1, 1e-3))
		return float64(2*i0) - i1, float64(2*r0) - r1
	}
	i0, r0 := limit(-1)
	i1, r1 := limit(1)
	return flat && within(i0, i1, 1e-5) && (g.instantaneous() || within(r0, r1, 1e-5))
}
