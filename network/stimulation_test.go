package network

import (
	"context"
	"math"
	"testing"

	"neurosim/neuron"
	"neurosim/stimulus"
)

// probed collects what probes read.
type probed struct{ samples [][]float64 }

func (p *probed) Record(b *Block) error {
	for i := range p.samples {
		for k := range b.Steps {
			p.samples[i] = append(p.samples[i], b.Sample(i, k))
		}
	}
	return nil
}

// probe runs a network and returns what probes read.
func probe(t *testing.T, s *Spec, probes ...Probe) [][]float64 {
	t.Helper()
	s.Index()
	s.Check(func(key, rule string, args ...any) { t.Fatalf(key+": "+rule, args...) })
	n, err := Build(s, 1)
	if err != nil {
		t.Fatal(err)
	}
	n.Watch(probes)
	p := &probed{make([][]float64, len(probes))}
	if err := n.Run(context.Background(), s.Steps, p); err != nil {
		t.Fatal(err)
	}
	return p.samples
}

// Noise has its mean, standard deviation and correlation e^(-Δt/τ), each cell its own, and
// one for all where it is shared. n correlated samples are worth n dt/2τ: five
// standard errors of the mean are 5 σ √(2τ/T), of the variance about 5 σ² √(2·τ/T).
func TestNoiseIsOrnsteinUhlenbeck(t *testing.T) {
	const mean, sd, tau, dt, steps = 30.0, 12.0, 4.0, 0.1, 400_000
	p := Population{Name: "P", Kind: Pyramidal, Cells: Cells{Count: 2, Soma: neuron.DefaultLIF(), V0: Const(-70), Ie: Const(0)}}
	p.Soma.Vth = 150 // it does not fire
	s := &Spec{Seed: 7, Dt: dt, Steps: steps, Populations: []Population{p}, Stimulations: []Stimulation{
		{Name: "own", Population: "P", Noise: &stimulus.NoiseParams{Mean: mean, SD: sd, Tau: tau, Duration: math.Inf(1)}},
		{Name: "shared", Population: "P", Noise: &stimulus.NoiseParams{SD: 1, Tau: tau, Start: 5, Duration: 20, Shared: true}},
	}}
	x := probe(t, s, Probe{Variable: Electrode, Population: "P", Cell: 0, Electrode: "own"}, Probe{Variable: Electrode, Population: "P", Cell: 1, Electrode: "own"},
		Probe{Variable: Electrode, Population: "P", Cell: 0, Electrode: "shared"}, Probe{Variable: Electrode, Population: "P", Cell: 1, Electrode: "shared"})
	se := math.Sqrt(2 * tau / (steps * dt))
	average := func(f func(k int) float64) float64 {
		sum := 0.0
		for k := range steps - 100 {
			sum += f(k)
		}
		return sum / (steps - 100)
	}
	a, b := x[0], x[1]
	if m := average(func(k int) float64 { return a[k] }); !(math.Abs(m-mean) <= 5*sd*se) {
		t.Errorf("the mean is %g pA, want %g", m, mean)
	}
	if v := average(func(k int) float64 { return (a[k] - mean) * (a[k] - mean) }); !(math.Abs(v-sd*sd) <= 5*sd*sd*se) {
		t.Errorf("the variance is %g pA², want %g", v, sd*sd)
	}
	if r := average(func(k int) float64 { return (a[k] - mean) * (a[k+40] - mean) }) / (sd * sd); !(math.Abs(r-math.Exp(-1)) <= 5*se) {
		t.Errorf("the correlation after τ is %g, want 1/e", r)
	}
	if r := average(func(k int) float64 { return (a[k] - mean) * (b[k] - mean) }) / (sd * sd); !(math.Abs(r) <= 5*se) {
		t.Errorf("the noises of two cells are correlated: %g", r)
	}
	for k, y := range x[2][:400] {
		if y != x[3][k] || (y != 0) != (k >= 50 && k < 250) {
			t.Fatalf("step %d: shared noise is %g and %g pA", k, y, x[3][k])
		}
	}
}

// A voltage clamp of a passive cell carries (V_command - E_L)/(R_s + R_in), once the cell has
// settled, and the potential is the command less the drop over R_s.
func TestVoltageClampOfPassiveCell(t *testing.T) {
	for _, method := range []neuron.Method{neuron.BackwardEuler, neuron.SecondOrder} {
		sections := branched(t)
		tree, err := neuron.NewTree(sections)
		if err != nil {
			t.Fatal(err)
		}
		const rs, command = 20.0, -30.0
		s := &Spec{Seed: 1, Dt: 0.1, Steps: 20000, Populations: []Population{{Name: "E", Kind: Compartmental, Cells: Cells{Count: 3, Ie: Const(0)},
			Trees: &Trees{Sections: sections, Method: method}}},
			Stimulations: []Stimulation{{Name: "clamp", Population: "E", Section: "left", X: 0.5, Cells: []int{1}, Rs: rs,
				Waveform: &stimulus.CommandParams{Hold: -70, Level: command, Start: 100, Duration: math.Inf(1)}}}}
		x := probe(t, s, Probe{Variable: Electrode, Population: "E", Cell: 1, Electrode: "clamp"}, Probe{Variable: V, Population: "E", Cell: 1, Section: "left", At: 0.5},
			Probe{Variable: V, Population: "E", Cell: 0, Section: "left", At: 0.5})
		e := sections[0].Membrane.EL
		want := 1000 * (command - e) / (rs + tree.InputResistance(tree.At(tree.SectionNamed("left"), 0.5)))
		last := len(x[0]) - 1
		if !(math.Abs(x[0][last]-want) <= 1e-6*math.Abs(want)) {
			t.Errorf("%s: the clamp carries %.9g pA, want %.9g", method, x[0][last], want)
		}
		if v := command - x[0][last]*rs/1000; !(math.Abs(x[1][last]-v) <= 1e-9) {
			t.Errorf("%s: the cell is at %g mV, want %g", method, x[1][last], v)
		}
		if !(math.Abs(x[2][last]-e) <= 1e-9) {
			t.Errorf("%s: a cell without an electrode is at %g mV", method, x[2][last])
		}
	}
}
