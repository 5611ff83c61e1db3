package neuron

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"testing"

	"neurosim/internal/fixture"
)

// psp is the closed form of u at time t after one input of weight j (pA) to a
// cell at rest, written from the textbook solution and not from the propagator.
func psp(p LIFParams, tau, j, t float64) float64 {
	m := p.TauM
	switch {
	case p.Kernel == Exponential && tau == m:
		return j / p.Cm * t * math.Exp(-t/m)
	case p.Kernel == Exponential:
		return j / p.Cm * m * tau / (m - tau) * (math.Exp(-t/m) - math.Exp(-t/tau))
	case tau == m:
		return j * math.E / tau / p.Cm * t * t / 2 * math.Exp(-t/m)
	default:
		// ∫ e^(-(t-s)/m) (e/τ) s e^(-s/τ) ds / C with k = 1/τ - 1/m
		k := 1/tau - 1/m
		return j * math.E / tau / p.Cm * math.Exp(-t/m) * (1 - math.Exp(-k*t)*(1+k*t)) / (k * k)
	}
}

// A response to one spike equals the closed form at every step, whatever dt and
// whether the time constants are equal, nearly equal or far apart. The closed
// form itself loses |m/(m-τ)| × 2e-16 (squared for alpha) to cancellation.
func TestResponseIsExact(t *testing.T) {
	for _, kernel := range []Kernel{Exponential, Alpha} {
		for _, tau := range []float64{0.5, 2, 9, 9.99, 10, 10.3, 40} {
			for _, dt := range []float64{0.01, 0.1, 0.5, 2} {
				p := DefaultLIF()
				p.Kernel, p.TauEx, p.Vth = kernel, tau, 1e9
				l := NewLIF(1, p, dt, true, false)
				const j = 300
				l.Excite([]uint32{0}, j)
				cancel := 1.0
				if tau != p.TauM {
					cancel = math.Abs(p.TauM / (p.TauM - tau))
					if kernel == Alpha {
						cancel *= cancel
					}
				}
				for k := 1; float64(k)*dt <= 60; k++ {
					l.Step(nil)
					want := psp(p, tau, j, float64(k)*dt)
					// k roundings of the propagated state, relative to a peak of some mV
					tol := 1e-15*float64(k)*20 + 1e-14*cancel
					if got := l.V(0) - p.EL; math.Abs(got-want) > tol {
						t.Fatalf("%s τ = %g dt = %g: u(%g) = %.15g, want %.15g ± %.1g", kernel, tau, dt, float64(k)*dt, got, want, tol)
					}
				}
			}
		}
	}
}

// A constant current gives V = E_L + (I τ/C)(1 - e^(-t/τ)) and, above the
// rheobase, a first spike in the step that contains
// t = -τ ln(1 - (V_th - E_L) C/(I τ)) [dt 0.001 to 1 ms].
func TestConstantCurrent(t *testing.T) {
	p := DefaultLIF()
	for _, dt := range []float64{0.001, 0.01, 0.1, 0.25, 1} {
		l := NewLIF(1, p, dt, false, false)
		l.SetCurrent(0, 500)
		first := -p.TauM * math.Log(1-(p.Vth-p.EL)*p.Cm/(500*p.TauM))
		var spikes []int32
		k := 0
		for ; len(spikes) == 0 && k < 20000; k++ {
			spikes = l.Step(spikes)
			if len(spikes) == 0 {
				at := float64(k+1) * dt
				want := p.EL + 500*p.TauM/p.Cm*(1-math.Exp(-at/p.TauM))
				if math.Abs(l.V(0)-want) > 1e-11 {
					t.Fatalf("dt %g: V(%g) = %.15g, want %.15g", dt, at, l.V(0), want)
				}
			}
		}
		if lo, hi := float64(k-1)*dt, float64(k)*dt; first <= lo || first > hi {
			t.Errorf("dt %g: first spike in (%g, %g], closed form %g", dt, lo, hi, first)
		}
	}
}

// The response is smooth in τ at τ = τ_m: neighbours differ by the derivative.
func TestNoSingularityAtEqualTimeConstants(t *testing.T) {
	at := func(kernel Kernel, tau float64) float64 {
		p := DefaultLIF()
		p.Kernel, p.TauEx, p.Vth = kernel, tau, 1e9
		l := NewLIF(1, p, 0.1, true, false)
		l.Excite([]uint32{0}, 100)
		for range 100 {
			l.Step(nil)
		}
		return l.V(0) - p.EL
	}
	for _, kernel := range []Kernel{Exponential, Alpha} {
		mid := at(kernel, 10)
		for _, e := range []float64{1e-12, 1e-9, 1e-6, 1e-4} {
			// second difference: u'' ε², plus the rounding of four values of V
			// near -70 mV, 2^-47 each
			if d := at(kernel, 10+e) + at(kernel, 10-e) - 2*mid; math.Abs(d) > math.Abs(mid)*e*e+4*0x1p-47 {
				t.Errorf("%s: second difference %g at ε = %g", kernel, d, e)
			}
		}
	}
}

func TestAdaptationSlowsFiring(t *testing.T) {
	p := DefaultLIF()
	p.B, p.TauW = 40, 200
	l := NewLIF(1, p, 0.1, false, false)
	l.SetCurrent(0, 600)
	var at []int
	for k := range 10_000 {
		if len(l.Step(nil)) > 0 {
			at = append(at, k)
		}
	}
	if len(at) < 5 {
		t.Fatalf("%d spikes", len(at))
	}
	first, last := at[1]-at[0], at[len(at)-1]-at[len(at)-2]
	if last < 2*first {
		t.Errorf("intervals go from %d to %d steps; adaptation should at least double them", first, last)
	}
	// In the steady state the mean adaptation is b·τ_w·rate, and the mean drive
	// must lie between rheobase and the current without adaptation.
	rate := 1 / (float64(last) * 0.1)
	if mean := 600 - p.B*p.TauW*rate; mean < p.Rheobase()*0.95 || mean > 600 {
		t.Errorf("mean drive %g pA", mean)
	}
}

// lifCase is one case of testdata/reference/lif/spec.json.
type lifCase struct {
	TauM     float64      `json:"tau_m_ms"`
	Cm       float64      `json:"c_m_pF"`
	EL       float64      `json:"e_l_mV"`
	Vth      float64      `json:"v_th_mV"`
	Vreset   float64      `json:"v_reset_mV"`
	TRef     float64      `json:"t_ref_ms"`
	I        float64      `json:"i_const_pA"`
	V0       float64      `json:"v_0_mV"`
	Duration float64      `json:"duration_ms"`
	TauSyn   float64      `json:"tau_syn_ms"`
	Input    [][2]float64 `json:"input_ms_pA"`
}

// Every spike in the step of the independent grid solution, one step earlier by
// its way of counting, and every voltage to the printed digits (10 decimals).
func TestLIFAgainstReference(t *testing.T) {
	const dir, dt = "../testdata/reference/lif/", 0.1
	var spec struct{ Cases map[string]lifCase }
	fixture.ReadJSON(t, dir+"spec.json", &spec)
	wantSpikes := map[string][]int{}
	for _, row := range fixture.CSV(t, dir+"spikes_grid.csv")[1:] {
		k, _ := strconv.Atoi(row[2])
		wantSpikes[row[0]] = append(wantSpikes[row[0]], k-1)
	}
	volts := fixture.CSV(t, dir+"voltage_grid.csv")
	compared := 0
	for name, c := range spec.Cases {
		p := DefaultLIF()
		p.TauM, p.Cm, p.EL, p.Vth, p.Vreset, p.TRef = c.TauM, c.Cm, c.EL, c.Vth, c.Vreset, c.TRef
		if c.TauSyn > 0 {
			p.TauEx, p.TauIn = c.TauSyn, c.TauSyn
		}
		l := NewLIF(1, p, dt, true, true)
		l.SetCurrent(0, c.I)
		l.SetV(0, c.V0)
		column := slices.Index(volts[0], name+"_mV")
		worst := 0.0
		var got []int
		input := c.Input
		for k := range int(math.Round(c.Duration / dt)) {
			if column >= 0 && k+1 < len(volts) {
				want, _ := strconv.ParseFloat(volts[k+1][column], 64)
				worst = max(worst, math.Abs(l.V(0)-want))
				compared++
			}
			for len(input) > 0 && int(math.Round(input[0][0]/dt)) == k {
				if w := input[0][1]; w > 0 {
					l.Excite([]uint32{0}, w)
				} else {
					l.Inhibit([]uint32{0}, -w)
				}
				input = input[1:]
			}
			if len(l.Step(nil)) > 0 {
				got = append(got, k)
			}
		}
		if !slices.Equal(got, wantSpikes[name]) {
			t.Errorf("%s: spikes in steps %v, want %v", name, got, wantSpikes[name])
		}
		if !(worst <= 1e-9) {
			t.Errorf("%s: V off by up to %.2g mV", name, worst)
		}
	}
	if compared < 9*2000 {
		t.Errorf("compared only %d voltages", compared)
	}
}

func TestStepDoesNotAllocate(t *testing.T) {
	p := DefaultLIF()
	p.B = 10
	l := NewLIF(100, p, 0.1, true, true)
	spikes := make([]int32, 0, 100)
	targets := []uint32{1, 5, 99}
	if n := testing.AllocsPerRun(200, func() {
		l.Excite(targets, 500)
		l.Inhibit(targets, 10)
		spikes = l.Step(spikes[:0])
	}); n > 0 {
		t.Errorf("%.1f allocations per step", n)
	}
}

func TestLIFParamsCheck(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*LIFParams)
		key    string
	}{
		"good":            {func(p *LIFParams) {}, ""},
		"tau_m 0":         {func(p *LIFParams) { p.TauM = 0 }, "tau_m"},
		"C_m NaN":         {func(p *LIFParams) { p.Cm = math.NaN() }, "C_m"},
		"tau tiny":        {func(p *LIFParams) { p.TauEx = 1e-4 }, "tau_syn_ex"},
		"V_th at rest":    {func(p *LIFParams) { p.Vth, p.Vreset = p.EL, p.EL-5 }, "V_th"},
		"V_reset at V_th": {func(p *LIFParams) { p.Vreset = p.Vth }, "V_reset"},
		"t_ref 0":         {func(p *LIFParams) { p.TRef = 0 }, ""},
		"t_ref negative":  {func(p *LIFParams) { p.TRef = -0.1 }, "t_ref"},
		"kernel":          {func(p *LIFParams) { p.Kernel = "gauss" }, "kernel"},
	} {
		p := DefaultLIF()
		c.change(&p)
		var keys []string
		p.Check(0.1, func(key, rule string, args ...any) { keys = append(keys, key) })
		if fmt.Sprint(keys) != fmt.Sprint(slices.DeleteFunc([]string{c.key}, func(s string) bool { return s == "" })) {
			t.Errorf("%s: complaints about %q, want %q", name, keys, c.key)
		}
	}
}

func BenchmarkLIF10k(b *testing.B) {
	for _, c := range []struct {
		name   string
		ex, in bool
	}{{"no synaptic current", false, false}, {"two exponential currents", true, true}} {
		b.Run(c.name, func(b *testing.B) {
			l := NewLIF(10_000, DefaultLIF(), 0.1, c.ex, c.in)
			for i := range int32(10_000) {
				l.SetCurrent(i, 200+float64(i)/50)
			}
			var spikes []int32
			for b.Loop() {
				spikes = l.Step(spikes[:0])
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/10_000, "ns/cell")
		})
	}
}
