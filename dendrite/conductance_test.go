package dendrite

import (
	"math"
	"path/filepath"
	"strconv"
	"testing"

	"neurosim/internal/fixture"
)

const singleSynapses = "../testdata/reference/single_synapses"

// The peak currents of AMPA, NMDA (three laws) and GABA_A in voltage clamp,
// NEURON's in steps of 0.005 ms, printed to 5e-7 pA. The block's table adds at
// most 3e-6 mV times 1 nS.
func TestVoltageClampAgainstReference(t *testing.T) {
	var spec struct {
		Laws map[string]struct {
			Eta   float64 `json:"eta_per_mM"`
			Gamma float64 `json:"gamma_per_mV"`
			Mg    float64 `json:"mg_mM"`
		} `json:"mg_block_laws"`
		Synapses map[string]struct {
			TauRise  float64 `json:"tau_rise_ms"`
			TauDecay float64 `json:"tau_decay_ms"`
			E        float64 `json:"e_mV"`
			GMax     float64 `json:"gmax_nS"`
		} `json:"synapses"`
	}
	fixture.ReadJSON(t, filepath.Join(singleSynapses, "spec.json"), &spec)
	rows := fixture.CSV(t, filepath.Join(singleSynapses, "voltage_clamp_iv.csv"))
	worst := 0.0
	for _, r := range rows[1:] {
		p := ReceptorParams{Block: BlockParams{Law: NoBlock}}
		if l, blocked := spec.Laws[r[1]]; blocked {
			p.Block = BlockParams{Law: customLaw, Eta: l.Eta, Gamma: l.Gamma, Mg: l.Mg}
		}
		s := spec.Synapses[r[0]]
		p.GMax, p.TauRise, p.TauDecay, p.E = s.GMax, s.TauRise, s.TauDecay, s.E
		v, _ := strconv.ParseFloat(r[2], 64)
		want, _ := strconv.ParseFloat(r[3], 64)
		c := NewConductances(NewReceptor(p, 0.005, 0), 1, []float64{1})
		c.Excite(0, 0, 1)
		peak := 0.0
		for range 4000 {
			// NEURON's sign: outward is positive
			if i := -c.Current(0, 0, v); math.Abs(i) > math.Abs(peak) {
				peak = i
			}
			c.Advance()
		}
		worst = max(worst, math.Abs(peak-want))
	}
	t.Logf("%d peak currents: largest difference %.2g pA", len(rows)-1, worst)
	if !(worst <= 5e-6) {
		t.Errorf("differs by %.3g pA", worst)
	}
}

// The table of the driving force misses B(V) (V - E) by no more than its comment
// says, anywhere in its range, for every law.
func TestDriveTableAccuracy(t *testing.T) {
	for _, l := range laws {
		p := BlockParams{Law: l.name, Mg: 1}
		d := newDrive(p, 0)
		f := func(v float64) float64 { return v / (1 + l.eta*math.Exp(-l.gamma*v)) }
		worst, slope, steepest := 0.0, 0.0, 0.0
		for i := range 200000 {
			v := -127.9 + 255.8*float64(i)/200000
			c := d.at(v)
			worst = max(worst, math.Abs(c.a+c.b*v-f(v)))
			slope = max(slope, math.Abs(c.b-(f(v+1e-4)-f(v-1e-4))/2e-4))
			steepest = min(steepest, c.b)
		}
		t.Logf("%s: current %.2g mV, slope %.2g; slope down to %.3f", l.name, worst, slope, steepest)
		if !(worst <= 2e-6) || !(slope <= 5e-4) {
			t.Errorf("%s: table misses by %.3g mV, its slope by %.3g", l.name, worst, slope)
		}
	}
}

// Courses equal their closed forms at every step, whatever the shape, with
// events at different times (so in different scales), up to rounding: 1e-12 of
// the peak, and 1e-10 where the time constants differ by only 1e-5.
func TestCoursesAreExact(t *testing.T) {
	for _, tau := range [][2]float64{{0, 3}, {0.2, 2}, {2, 50}, {5, 5}, {5, 5.00005}, {5, 5.000000001}, {0.01, 100}} {
		for _, fraction := range []float64{0, 0.5} {
			const dt, gmax = 0.1, 0.7
			p := ReceptorParams{GMax: gmax, TauRise: tau[0], TauDecay: tau[1], Block: BlockParams{Law: NoBlock}}
			c := NewConductances(NewReceptor(p, dt, fraction), 2, []float64{1, 1})
			events := map[int]float64{0: 1, 7: 2, 400: 0.5, 1200: 3, 1201: 1}
			course := func(x float64) float64 {
				r, d := tau[0], tau[1]
				switch {
				case x < 0:
					return 0
				case r == 0:
					return math.Exp(-x / d)
				case d-r < 1e-6*d:
					return x / d * math.Exp(1-x/d)
				}
				at := math.Log(d/r) * d * r / (d - r)
				return (math.Exp(-x/d) - math.Exp(-x/r)) / (math.Exp(-at/d) - math.Exp(-at/r))
			}
			tol := 7 * gmax * 1e-12
			if tau[0] != tau[1] && tau[1]-tau[0] < 1e-3 {
				tol = 7 * gmax * 1e-10
			}
			for k := range 3000 {
				if w := events[k]; w > 0 {
					c.Excite(1, 1, w)
				}
				want := 0.0
				for j, w := range events {
					if j <= k {
						want += w * gmax * course((float64(k-j)+fraction)*dt)
					}
				}
				if got := c.Conductance(1, 1); math.Abs(got-want) > tol {
					t.Fatalf("τ %v, fraction %g, step %d: g = %.15g, want %.15g", tau, fraction, k, got, want)
				}
				if c.Conductance(0, 1) != 0 || c.Conductance(1, 0) != 0 {
					t.Fatal("an event reached another site or cell")
				}
				c.Advance()
			}
		}
	}
}

// Course is what a conductance with one event does, stepped, over g_max.
func TestCourseIsTheSteppedConductance(t *testing.T) {
	const dt = 0.05
	for _, p := range []ReceptorParams{
		{GMax: 2, TauRise: 0.2, TauDecay: 2, Block: BlockParams{Law: NoBlock}},
		{GMax: 2, TauRise: 2, TauDecay: 50, Block: BlockParams{Law: NoBlock}},
		{GMax: 2, TauRise: 0, TauDecay: 5, Block: BlockParams{Law: NoBlock}},
		{GMax: 2, TauRise: 3, TauDecay: 3, Block: BlockParams{Law: NoBlock}},
	} {
		c := NewConductances(NewReceptor(p, dt, 0), 1, []float64{0})
		c.Excite(0, 0, 1)
		for k := range 1000 {
			diag, right := []float64{0}, []float64{0}
			c.Add(0, []float64{0}, diag, right)
			if want := p.GMax * p.Course(float64(k)*dt); math.Abs(diag[0]-want) > 1e-9*p.GMax {
				t.Fatalf("%+v: %v nS at %g ms, want %v", p, diag[0], float64(k)*dt, want)
			}
			c.Advance()
		}
		if late := p.Course(1e5); late != 0 {
			t.Errorf("%+v: %v after 100 s", p, late)
		}
	}
}
