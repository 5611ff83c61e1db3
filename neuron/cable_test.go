package neuron

import (
	"fmt"
	"math"
	"path/filepath"
	"testing"

	"neurosim/internal/fixture"
)

const passiveCable = "../testdata/reference/passive_cable"

var passiveCases = []string{"a_soma_one_cylinder", "b_soma_three_cylinders"}

// run steps one cell with the stimulus of a case and returns the voltages of
// the recorded places every 0.1 ms, [place][sample].
func run(t testing.TB, s spec, stimulus, multiply int, dt float64, m Method) [][]float64 {
	t.Helper()
	tree := s.tree(t, multiply)
	stim := s.Stimuli[stimulus]
	at := tree.referenceNode(stim.At, multiply)
	c := NewCable(NewPlan(tree, dt, m, []int{at}), 1, tree.Rest())
	out := make([][]float64, len(s.Record))
	every := int(math.Round(0.1 / dt))
	steps := int(math.Round(s.Duration / dt))
	for k := 0; ; k++ {
		if k%every == 0 {
			for j, p := range s.Record {
				out[j] = append(out[j], c.V(tree.referenceNode(p, multiply))[0])
			}
		}
		if k == steps {
			return out
		}
		c.Begin()
		for _, i := range c.Live() {
			c.Load(int(i))
		}
		if from := int(math.Round(stim.Start / dt)); k >= from && k < from+int(math.Round(stim.Duration/dt)) {
			c.Right(at)[0] += 1000 * stim.Amplitude
		}
		c.Split()
		c.Solve(nil)
	}
}

// At the time step and compartments of NEURON's default method, every voltage
// is NEURON's, within the 5e-5 mV to which the traces are printed and the
// rounding of its own arithmetic.
func TestPassiveCableAgainstReference(t *testing.T) {
	for _, name := range passiveCases {
		dir := filepath.Join(passiveCable, name)
		s := readSpec(t, dir)
		for i, stim := range s.Stimuli {
			want := fixture.Columns(t, filepath.Join(dir, "traces_"+stim.Name+".csv"))
			worst := 0.0
			for _, dt := range []float64{0.025, 0.0025} {
				got := run(t, s, i, 1, dt, BackwardEuler)
				for j, p := range s.Record {
					column := fmt.Sprintf("%s_%d_x1_dt%g_mV", p.Section, p.K, dt)
					if len(want[column]) != len(got[j]) {
						t.Fatalf("%s: %d samples, want %d", column, len(got[j]), len(want[column]))
					}
					for k, x := range got[j] {
						worst = max(worst, math.Abs(x-want[column][k]))
					}
				}
			}
			t.Logf("%s %s: largest difference %.2g mV", name, stim.Name, worst)
			if !(worst <= 1e-4) {
				t.Errorf("%s %s: differs from NEURON by %.3g mV", name, stim.Name, worst)
			}
		}
	}
}

// gInf and lambda are those of a semi-infinite cable (nS, µm).
func gInf(d float64, m MembraneParams) float64 {
	return math.Pi / 2 * math.Pow(d*1e-4, 1.5) / math.Sqrt(m.Ra/m.leak()) * 1e9
}

func lambda(d float64, m MembraneParams) float64 {
	return math.Sqrt(d*1e-4/(4*m.Ra*m.leak())) * 1e4
}

// seen is the conductance of a cylinder of length l with load at its other end.
func seen(l, d, load float64, m MembraneParams) float64 {
	g, th := gInf(d, m), math.Tanh(l/lambda(d, m))
	return g * (load + g*th) / (g + load*th)
}

// Input resistances converge to those of the exact cable with the square of
// the compartment's length: nine times nearer with three times the compartments.
func TestInputResistanceConvergesToCable(t *testing.T) {
	for _, name := range passiveCases {
		dir := filepath.Join(passiveCable, name)
		s := readSpec(t, dir)
		table := fixture.Columns(t, filepath.Join(dir, "input_resistance.csv"))
		m := MembraneParams{Cm: s.Membrane.Cm, Ra: s.Membrane.Ra, GL: s.Membrane.GPas, EL: s.Membrane.EPas}
		for i, stim := range s.Stimuli {
			exact := table["exact_cable_Mohm"][i]
			if name == passiveCases[0] && i == 0 {
				// the soma with one cylinder, from the formula
				soma, dend := s.Sections[0], s.Sections[1]
				g := m.leak()*1e9*math.Pi*soma.Diam*soma.Length*1e-8 + seen(dend.Length, dend.Diam, 0, m)
				if r := 1000 / g; math.Abs(r-exact) > 1e-7*exact {
					t.Fatalf("formula gives %.9f, the table %.9f", r, exact)
				}
			}
			var last float64
			for _, multiply := range []int{1, 3, 9, 27} {
				tree := s.tree(t, multiply)
				// x = 0.98 and the like: centres for every odd multiple
				got := tree.InputResistance(tree.referenceNode(stim.At, multiply))
				want := table[fmt.Sprintf("compartments_x%d_Mohm", multiply)][i]
				if math.Abs(got-want) > 1e-7*want {
					t.Errorf("%s %s x%d: %.9f MΩ, NEURON's system %.9f", name, stim.Name, multiply, got, want)
				}
				miss := math.Abs(got - exact)
				// The table prints the exact value to 5e-9: no more than 1e-4 of the last error.
				if multiply > 1 && math.Abs(last/miss-9) > 0.1 {
					t.Errorf("%s %s x%d: error %.3g after %.3g, want a ninth", name, stim.Name, multiply, miss, last)
				}
				last = miss
			}
		}
	}
}

// The steady voltage along a sealed cylinder with a soma falls as
// cosh((L-x)/λ)/cosh(L/λ). At 1 µm a compartment the error of second order is
// (Δx/λ)²/12 of the voltage's exponent, under 1e-6.
func TestSteadyAttenuationIsCosh(t *testing.T) {
	s := readSpec(t, filepath.Join(passiveCable, passiveCases[0]))
	m := MembraneParams{Cm: 1, Ra: s.Membrane.Ra, GL: s.Membrane.GPas, EL: s.Membrane.EPas}
	const multiply = 27
	tree := s.tree(t, multiply)
	v := tree.transfer(0)
	dend := s.Sections[1]
	l := dend.Length / lambda(dend.Diam, m)
	n := dend.Compartments * multiply
	for k := range n {
		x := (float64(k) + 0.5) / float64(n)
		want := math.Cosh(l*(1-x)) / math.Cosh(l)
		if got := v[tree.Node(1, k)] / v[0]; math.Abs(got-want) > 2e-6 {
			t.Fatalf("attenuation at x = %.4f: %.8f, want %.8f", x, got, want)
		}
	}
}

// The last stage of the decay after a step goes with the membrane's own time
// constant: for a passive cell with one R_m, the slowest mode is uniform, and
// exactly so in compartments. Backward Euler has (1 + dt/τ)^-1 per step, the two
// stages of second order (1 - (1-2γ) dt/τ)/(1 + γ dt/τ)², γ = 1 - 1/√2.
func TestSlowestDecayIsMembranes(t *testing.T) {
	s := readSpec(t, filepath.Join(passiveCable, passiveCases[1]))
	tree := s.tree(t, 1)
	tau := s.Membrane.Cm / s.Membrane.GPas * 1e-3 // ms: µF/S
	for _, m := range []Method{BackwardEuler, SecondOrder} {
		const dt = 0.1
		v := tree.Rest()
		v[tree.Node(2, 14)] += 30
		c := NewCable(NewPlan(tree, dt, m, nil), 1, v)
		step := func(times int) (last, now float64) {
			for range times {
				last = c.V(0)[0]
				c.Begin()
				c.Split()
				c.Solve(nil)
			}
			return last - s.Membrane.EPas, c.V(0)[0] - s.Membrane.EPas
		}
		last, now := step(900) // 6 τ: the next mode, over 5 times as fast, is down by e^-24
		want := 1 / (1 + dt/tau)
		if m == SecondOrder {
			const gamma = 1 - math.Sqrt2/2
			want = (1 - (1-2*gamma)*dt/tau) / math.Pow(1+gamma*dt/tau, 2)
		}
		if got := now / last; math.Abs(got-want) > 1e-9 {
			t.Errorf("%s: ratio of the last steps %.9f, want %.9f", m, got, want)
		}
	}
}

// Errors in time shrink with dt (backward Euler) or its square
// (second order), against a solution whose own error is smaller by far: the
// same compartments in steps of 1/1600 ms of second order.
func TestOrderOfConvergence(t *testing.T) {
	s := readSpec(t, filepath.Join(passiveCable, passiveCases[1]))
	fine := run(t, s, 0, 1, 0.1/160, SecondOrder)
	worst := func(dt float64, m Method) float64 {
		w := 0.0
		for j, trace := range run(t, s, 0, 1, dt, m) {
			for k, x := range trace {
				if at := 0.1 * float64(k); at < 10 || at > 44 && at < 50 {
					continue // after the first 5 ms from each edge of the step
				}
				w = max(w, math.Abs(x-fine[j][k]))
			}
		}
		return w
	}
	for _, c := range []struct {
		m     Method
		order float64
	}{{BackwardEuler, 1}, {SecondOrder, 2}} {
		a, b := worst(0.05, c.m), worst(0.025, c.m)
		order := math.Log2(a / b)
		t.Logf("%s: error %.2g, %.2g mV at dt 0.05, 0.025 ms: order %.2f", c.m, a, b, order)
		if !(math.Abs(order-c.order) <= 0.1) {
			t.Errorf("%s converges with order %.2f", c.m, order)
		}
	}
}

// Stepped long enough, a cell with a constant current is where the steady
// equations say, to 1e-6 mV, by either method.
func TestSteadyStateOfSteps(t *testing.T) {
	s := readSpec(t, passiveCable+"/"+passiveCases[1])
	tree := s.tree(t, 1)
	at := tree.Node(2, 7)
	want, rest := tree.transfer(at), tree.Rest()
	for _, m := range []Method{BackwardEuler, SecondOrder} {
		c := NewCable(NewPlan(tree, 0.1, m, []int{at}), 1, rest)
		for range 5000 {
			c.Begin()
			for _, i := range c.Live() {
				c.Load(int(i))
			}
			c.Right(at)[0] += 50
			c.Split()
			c.Solve(nil)
		}
		for i := range want {
			if d := c.V(i)[0] - rest[i] - 0.05*want[i]; !(math.Abs(d) <= 1e-6) {
				t.Fatalf("%s: node %d is %.2g mV from its steady state", m, i, d)
			}
		}
	}
}
