package dendrite

import (
	"math"
	"testing"
)

// Weights of saturating synapses are those of the bound fraction in closed form: a pair
// after Δ opens 1 - b e^(-Δ/τ) of a first event, and a long train of period T the fixed
// point w = (1 - e^(-T/τ))/(1 - (1-b) e^(-T/τ)). Rounding is below 1e-14 an event.
func TestSaturationClosedForm(t *testing.T) {
	const dt, tau = 0.1, 40.0
	for _, b := range []float64{0.1, 0.5, 1} {
		p := []ReceptorParams{{TauDecay: 2}, {TauDecay: tau, Bound: b}}
		s := NewSaturation(3, p, dt)
		if w := s.Release(1, 1, 7); w[0] != 1 || w[1] != 1 {
			t.Errorf("b = %g: a first release has the weights %v", b, w)
		}
		if w, want := s.Release(1, 1, 207)[1], 1-b*math.Exp(-20/tau); math.Abs(w-want) > 1e-14 {
			t.Errorf("b = %g: %.15f after 20 ms, want %.15f", b, w, want)
		}
		if w := s.Release(2, 1, 208); w[1] != 1 {
			t.Errorf("b = %g: a release at another synapse has the weight %g", b, w[1])
		}
		for range 3000 {
			s.Release(0, 1, s.last[0]+100)
		}
		x := math.Exp(-10 / tau)
		if w, want := s.Release(0, 1, s.last[0]+100)[1], (1-x)/(1-(1-b)*x); math.Abs(w-want) > 1e-12 {
			t.Errorf("b = %g: %.15f in a long train, want %.15f", b, w, want)
		}
	}
	if NewSaturation(3, []ReceptorParams{{TauDecay: 2}}, dt) != nil {
		t.Error("receptors without a bound part saturate")
	}
}

// Releases at once open 1, 1-b, (1-b)² ..., together no more than 1/b; amounts bind in
// proportion up to all that is free.
func TestSaturationAtOnce(t *testing.T) {
	const b = 0.3
	s := NewSaturation(2, []ReceptorParams{{TauDecay: 50, Bound: b}}, 0.1)
	sum, want := 0.0, 1.0
	for n := range 40 {
		w := s.Release(0, 1, 5)[0]
		if math.Abs(w-want) > 1e-14 {
			t.Errorf("release %d has the weight %g, want %g", n, w, want)
		}
		sum, want = sum+w, want*(1-b)
	}
	if d := sum - (1-math.Pow(1-b, 40))/b; math.Abs(d) > 1e-12 {
		t.Errorf("40 releases open %g, off by %g", sum, d)
	}
	for _, c := range [][2]float64{{0.5, 0.5}, {2, 2}, {5, 1 / b}} {
		fresh := NewSaturation(1, []ReceptorParams{{TauDecay: 50, Bound: b}}, 0.1)
		if w := fresh.Release(0, c[0], 5)[0]; math.Abs(w-c[1]) > 1e-14 {
			t.Errorf("an amount of %g has the weight %g, want %g", c[0], w, c[1])
		}
	}
}

// A conductance of one exponential is g_max r/b at all times, r integrated here in steps of
// its equation, dr/dt = -r/τ with jumps of b (1-r); rounding is below 1e-12. One with a
// rise is it from 15 τ_rise after the last release on, except for the norm of the course and
// e^-15 (3e-7) of it.
func TestSaturatedConductance(t *testing.T) {
	const dt, b = 0.05, 0.4
	releases := map[int]bool{0: true, 40: true, 90: true, 91: true, 400: true}
	for _, rise := range []float64{0, 2} {
		p := ReceptorParams{GMax: 1.5, TauRise: rise, TauDecay: 50, Bound: b, Block: BlockParams{Law: NoBlock}}
		norm, tol := 1.0, 1e-12
		if rise > 0 {
			peak := math.Log(50/rise) * 50 * rise / (50 - rise)
			norm, tol = 1/(math.Exp(-peak/50)-math.Exp(-peak/rise)), 5*1.5*3.1e-7*2
		}
		c, s := NewConductances(NewReceptor(p, dt, 0), 1, []float64{1}), NewSaturation(1, []ReceptorParams{p}, dt)
		r, compared := 0.0, 0
		for k := range 1500 {
			if releases[k] {
				r += b * (1 - r)
				c.Excite(0, 0, s.Release(0, 1, int64(k))[0])
			}
			if want := p.GMax * norm * r / b; rise == 0 || k >= 400+600 {
				compared++
				if got := c.Conductance(0, 0); math.Abs(got-want) > tol {
					t.Fatalf("rise %g ms, step %d: %.12f nS, want %.12f", rise, k, got, want)
				}
			}
			r *= math.Exp(-dt / 50)
			c.Advance()
		}
		if compared < 400 {
			t.Errorf("rise %g ms: only %d steps are compared", rise, compared)
		}
	}
}

// The probability of release is u x, and the weight that over U: the same state serves
// both. A pair of a depressing synapse after Δ: x = 1 - U e^(-Δ/τ_rec).
func TestReleaseOfShortTerm(t *testing.T) {
	p := ShortTermParams{U: 0.4, TauRec: 300, TauFacil: 80}
	a, b := NewShortTerm(1, p, 0.1), NewShortTerm(1, p, 0.1)
	for _, step := range []int64{0, 50, 60, 60, 900, 5000} {
		if w, r := a.Spike(0, step), b.Release(0, step); w != r/p.U {
			t.Errorf("step %d: weight %g, release %g", step, w, r)
		}
	}
	c := NewShortTerm(1, ShortTermParams{U: 0.4, TauRec: 300}, 0.1)
	first, second := c.Release(0, 10), c.Release(0, 210)
	if want := 0.4 * (1 - 0.4*math.Exp(-20.0/300)); first != 0.4 || math.Abs(second-want) > 1e-15 {
		t.Errorf("releases with %g, then %g; want 0.4, %g", first, second, want)
	}
}
