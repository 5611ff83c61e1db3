package dendrite

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// The detector finds what its definition says, on random voltages looked at as
// a whole: every run of at least D steps at or above the level, with its peak.
func TestDetectorMatchesDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const steps, n, segments = 400, 3, 2
	p := DetectorParams{Enabled: true, Level: -40, Duration: 0.5}
	total := 0
	for range 50 {
		v := make([][segments][]float64, steps)
		x := make([]float64, n*segments)
		for k := range v {
			for s := range segments {
				v[k][s] = make([]float64, n)
				for j := range n {
					y := &x[s*n+j]
					*y += 3*r.NormFloat64() - 0.1**y
					v[k][s][j] = -40 + *y
				}
			}
		}
		d := NewDetector(n, []DetectorParams{p, p}, 0.1)
		var found, ended []Spike
		for k := range v {
			for s := range segments {
				found, ended = d.Observe(int64(k), s, v[k][s], found, ended)
			}
		}
		certain := len(found)
		ended = d.open(steps-1, ended)

		var want []Spike
		for s := range segments {
			for j := range n {
				for k := 0; k < steps; k++ {
					w := Spike{Cell: int32(j), Segment: int32(s), Start: int64(k), Peak: math.Inf(-1)}
					for ; k < steps && v[k][s][j] >= -40; k++ {
						if v[k][s][j] > w.Peak {
							w.Peak, w.PeakStep = v[k][s][j], int64(k)
						}
					}
					if w.End = int64(k); w.End-w.Start >= 5 {
						want = append(want, w)
					}
				}
			}
		}
		order := func(a, b Spike) int {
			if a.Segment != b.Segment {
				return int(a.Segment - b.Segment)
			}
			if a.Cell != b.Cell {
				return int(a.Cell - b.Cell)
			}
			return int(a.Start - b.Start)
		}
		slices.SortFunc(ended, order)
		if !slices.Equal(ended, want) || certain != len(want) {
			t.Fatalf("found\n%v\nwant\n%v", ended, want)
		}
		total += len(want)
	}
	if total < 100 {
		t.Fatalf("only %d spikes to find", total)
	}
}

// A regular train of spikes comes to the steady state that the recursion has in
// closed form: u = U/(1 - (1-U) e^(-Δ/τ_f)), x = (1 - e^(-Δ/τ_r))/(1 - (1-u) e^(-Δ/τ_r)),
// and the first two spikes have the weights that follow by hand.
func TestShortTermSteadyState(t *testing.T) {
	for _, p := range []ShortTermParams{{0.5, 800, 0}, {0.15, 130, 530}, {1, 50, 0}, {0.02, 100, 1000}} {
		for _, every := range []int64{50, 500, 5000} {
			const dt = 0.1
			s := NewShortTerm(2, p, dt)
			delta := float64(every) * dt
			keep, lost := math.Exp(-delta/p.TauFacil), math.Exp(-delta/p.TauRec)
			if p.TauFacil == 0 {
				keep = 0
			}
			near := func(what string, got, want float64) {
				if math.Abs(got-want) > 1e-12 {
					t.Errorf("%+v every %g ms: %s = %.15g, want %.15g", p, delta, what, got, want)
				}
			}
			near("first weight", s.Spike(1, every), 1)
			u2 := p.U*keep + p.U*(1-p.U*keep)
			near("second weight", s.Spike(1, 2*every), u2*(1-p.U*lost)/p.U)
			var w float64
			for k := int64(3); k < 3000; k++ {
				w = s.Spike(1, k*every)
			}
			u := p.U / (1 - (1-p.U)*keep)
			x := (1 - lost) / (1 - (1-u)*lost)
			near("steady weight", w, u*x/p.U)
			near("weight of another synapse", s.Spike(0, 3000*every), 1)
		}
	}
}

// open appends the spikes that go on after step, the last of a run.
func (d *Detector) open(step int64, spikes []Spike) []Spike {
	for i, a := range d.above {
		if a >= d.need[i/d.n] {
			spikes = append(spikes, d.spike(step, i/d.n, i%d.n))
		}
	}
	return spikes
}
