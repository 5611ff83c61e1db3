package cable

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"neurosim/channel"
	"neurosim/dendrite"
	"neurosim/internal/fixture"
	"neurosim/neuron"
)

const hhSoma = "../testdata/reference/hh_soma"

// hhRun is what a run of the reference gives: spike times by linear interpolation between
// steps, and the potentials of the recorded places after every step.
type hhRun struct {
	times   []float64
	spikes  int         // of Step
	voltage [][]float64 // [place][step]
}

// runHH steps run i of the reference.
func runHH(t testing.TB, s spec, i int, dt float64, m neuron.Method) hhRun {
	t.Helper()
	tree := s.tree(t)
	hh := s.Sections[0].HH
	spec := Spec{
		Tree: tree, Dt: dt, Method: m, Inputs: []int{0}, Level: &s.Level, VInit: &s.Membrane.VInit,
		Channels:  []channel.Placed{on(t, tree, "hh/na", hh.GNa, hh.ENa, 0), on(t, tree, "hh/kdr", hh.GK, hh.EK, 0)},
		Receptors: []dendrite.ReceptorParams{s.Synapses["ampa"].receptor(nil), s.Synapses["nmda"].receptor(s.Law)},
	}
	for _, k := range s.Site {
		node := tree.Node(tree.SectionNamed(s.Branch), k)
		spec.Sites = append(spec.Sites, Site{0, node}, Site{1, node})
	}
	model, err := NewModel(spec)
	if err != nil {
		t.Fatal(err)
	}
	c := model.NewCells(1)
	run := s.Runs[i]
	var places []int
	for _, p := range []fixture.Place{{Section: "soma", K: 0}, {Section: "trunk", K: 7}, {Section: "tuft", K: 7}, {Section: "basal", K: 7}} {
		places = append(places, tree.Node(tree.SectionNamed(p.Section), p.K))
	}
	out := hhRun{voltage: make([][]float64, len(places))}
	at := func(ms float64) int { return int(math.Round(ms / dt)) }
	for k := 0; ; k++ {
		for j, node := range places {
			out.voltage[j] = append(out.voltage[j], c.V(node)[0])
		}
		if k == at(run.Duration) {
			return out
		}
		for _, step := range run.Steps {
			if k == at(step.Start) {
				c.Inject(0, 0, 1000*step.Amplitude)
			}
			if k == at(step.Start+step.Duration) {
				c.Inject(0, 0, 0)
			}
		}
		if k == at(s.Onset) {
			for j := range run.K {
				c.Excite(2*(j%4), 0, 1)
				c.Excite(2*(j%4)+1, 0, 1)
			}
		}
		before := c.V(0)[0]
		out.spikes += len(c.Step(nil))
		if after := c.V(0)[0]; before < s.Level && after >= s.Level {
			out.times = append(out.times, (float64(k)+(s.Level-before)/(after-before))*dt)
		}
	}
}

// hhTable reads spikes.csv: times by run and time step.
func hhTable(t testing.TB) map[string][]float64 {
	t.Helper()
	rows := fixture.CSV(t, filepath.Join(hhSoma, "spikes.csv"))
	out := map[string][]float64{}
	for _, r := range rows[1:] {
		x, err := strconv.ParseFloat(r[3], 64)
		if err != nil {
			t.Fatal(err)
		}
		out[r[0]+" "+r[1]] = append(out[r[0]+" "+r[1]], x)
	}
	return out
}

// Current steps, a backpropagating spike and synapses on the cell with a
// Hodgkin-Huxley soma: at NEURON's step and method every spike comes in
// the same step and within 2e-4 ms, and every trace is NEURON's within 5e-3 mV: the rates are
// tabulated to 1e-6, and the flank of a spike rises 400 mV/ms.
func TestHodgkinHuxleyAgainstReference(t *testing.T) {
	s := readSpec(t, hhSoma)
	table := hhTable(t)
	for _, dt := range []float64{0.025, 0.0025} {
		if dt < 0.025 && testing.Short() {
			continue
		}
		for i, run := range s.Runs {
			got := runHH(t, s, i, dt, neuron.BackwardEuler)
			want := table[fmt.Sprintf("%s dt%g", run.Name, dt)]
			if len(got.times) != len(want) || got.spikes != len(want) {
				t.Errorf("%s dt %g: %d spikes, want %d", run.Name, dt, got.spikes, len(want))
				continue
			}
			late := 0.0
			for j, x := range got.times {
				late = max(late, math.Abs(x-want[j]))
			}
			worst, traced := 0.0, "no trace"
			file := filepath.Join(hhSoma, fmt.Sprintf("traces_%s_dt%g.csv", run.Name, dt))
			if _, err := os.Stat(file); err == nil {
				trace := fixture.Columns(t, file)
				for j, name := range []string{"soma_0_mV", "trunk_7_mV", "tuft_7_mV", "basal_7_mV"} {
					for k, x := range trace[name] {
						worst = max(worst, math.Abs(x-got.voltage[j][4*k])) // 4 steps a sample
					}
				}
			}
			if worst > 0 {
				traced = fmt.Sprintf("traces within %.2g mV", worst)
			}
			t.Logf("%-11s dt %g: %2d spikes, times within %.1g ms, %s", run.Name, dt, len(want), late, traced)
			if !(late <= 2e-4) {
				t.Errorf("%s dt %g: a spike differs by %.3g ms", run.Name, dt, late)
			}
			if !(worst <= 5e-3) {
				t.Errorf("%s dt %g: differs from NEURON by %.3g mV", run.Name, dt, worst)
			}
		}
	}
}

// Spike times and peaks converge to those of the variable step (exact), of
// first order by backward Euler and of second by the two stages. The last of 13
// spikes is where errors have added up; exact gives it by linear interpolation
// over 0.025 ms, good to 3e-3 ms.
func TestOrderOfConvergenceHodgkinHuxley(t *testing.T) {
	s := readSpec(t, hhSoma)
	const medium = 1
	exact := hhTable(t)[s.Runs[medium].Name+" exact"]
	last := func(dt float64, m neuron.Method) float64 {
		times := runHH(t, s, medium, dt, m).times
		if len(times) != len(exact) {
			t.Fatalf("%s dt %g: %d spikes, want %d", m, dt, len(times), len(exact))
		}
		return times[len(times)-1]
	}
	finest := last(0.1/128, neuron.SecondOrder)
	if d := math.Abs(finest - exact[len(exact)-1]); !(d <= 5e-3) {
		t.Errorf("converges to %.5f ms, exact %.5f", finest, exact[len(exact)-1])
	}
	for _, c := range []struct {
		m     neuron.Method
		order float64
	}{{neuron.BackwardEuler, 1}, {neuron.SecondOrder, 2}} {
		a, b := last(0.025, c.m)-finest, last(0.0125, c.m)-finest
		order := math.Log2(a / b)
		t.Logf("%s: last spike late by %.2g and %.2g ms at dt 0.025, 0.0125: order %.2f", c.m, a, b, order)
		if math.Abs(order-c.order) > 0.15 {
			t.Errorf("%s converges with order %.2f", c.m, order)
		}
	}
}

// Sodium and potassium channels on the dendrites carry the backpropagating spike
// that without them dies out (-29.4 mV at the tuft in the reference), and a dendritic calcium
// conductance prolongs the depolarisation of the apical tree.
func TestDendriticChannels(t *testing.T) {
	s := readSpec(t, hhSoma)
	tree := s.tree(t)
	none := math.NaN()
	run := func(dendritic ...channel.Placed) (peak float64, above int) {
		channels := []channel.Placed{on(t, tree, "hh/na", 0.12, none, 0), on(t, tree, "hh/kdr", 0.036, none, 0)}
		model, err := NewModel(Spec{
			Tree: tree, Dt: 0.025, Method: neuron.BackwardEuler, Inputs: []int{0}, VInit: &s.Membrane.VInit,
			Channels: append(channels, dendritic...),
		})
		if err != nil {
			t.Fatal(err)
		}
		c := model.NewCells(1)
		tuft := tree.Node(tree.SectionNamed("tuft"), 7)
		peak = -100
		for k := range 2400 {
			switch k {
			case 800:
				c.Inject(0, 0, 2000)
			case 840:
				c.Inject(0, 0, 0)
			}
			c.Step(nil)
			peak = max(peak, c.V(tuft)[0])
			if c.V(tuft)[0] > -40 {
				above++
			}
		}
		return peak, above
	}
	var dendrites []int
	for i := range tree.Len() {
		if i > 0 && tree.Index[i] >= 0 {
			dendrites = append(dendrites, i)
		}
	}
	passive, t0 := run()
	if math.Abs(passive - -29.5378) > 1e-3 { // peaks.csv of the reference, bap
		t.Errorf("passive dendrites: %.4f mV at the tuft, want NEURON's -29.5378", passive)
	}
	active, _ := run(on(t, tree, "hh/na", 0.12, none, dendrites...), on(t, tree, "hh/kdr", 0.036, none, dendrites...))
	_, t1 := run(on(t, tree, "hay/Ca_HVA", 1e-3, 120, dendrites...))
	t.Logf("spike at the tuft: %.1f mV passive, %.1f mV active; above -40 mV for %d steps, with calcium %d", passive, active, t0, t1)
	if active < 0 {
		t.Errorf("an active dendrite carries the spike only to %.1f mV", active)
	}
	if t1 < 2*t0 {
		t.Errorf("with calcium channels the tuft stays depolarised for %d steps, without for %d", t1, t0)
	}
}
