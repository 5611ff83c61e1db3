package protocols_test

import (
	"context"
	"fmt"
	"io/fs"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"neurosim/configs"
	"neurosim/grammar"
	"neurosim/internal/fixture"
	"neurosim/neuron"
	"neurosim/studies"
	"neurosim/studies/protocols"
	"neurosim/study"
)

// done is what a configuration of protocols gave: its tables by column, and its metrics.
type done struct {
	t       *testing.T
	tables  map[string]map[string][]string
	metrics map[string]any
	said    string // lines and warnings
}

// do runs a configuration of protocols.
func do(t *testing.T, text string, threads int) *done {
	t.Helper()
	c, err := configs.Load(studies.All(), "test.toml", grammar.Options{Read: func(name string) ([]byte, error) {
		if name == "test.toml" {
			return []byte(text), nil
		}
		return nil, fs.ErrNotExist // a shipped file, by its name
	}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Study.(*protocols.Study).Do(context.Background(), study.New(study.Options{Threads: threads}))
	if err != nil {
		t.Fatal(err)
	}
	d := &done{t: t, tables: map[string]map[string][]string{}, metrics: r.Explained(), said: strings.Join(append(r.Lines, r.Warnings...), "\n")}
	for _, table := range r.Tables {
		columns := map[string][]string{}
		for i, name := range table.Header() {
			for _, row := range table.Rows {
				columns[name] = append(columns[name], row[i])
			}
		}
		d.tables[table.Name] = columns
	}
	return d
}

// column returns numbers of a table.
func (d *done) column(table, name string) (list []float64) {
	d.t.Helper()
	cells := d.tables[table][name]
	if cells == nil {
		d.t.Fatalf("table %s has no column %s", table, name)
	}
	for _, cell := range cells {
		x := math.NaN()
		if cell != "" {
			x = fixture.Float(d.t, cell)
		}
		list = append(list, x)
	}
	return list
}

// metric returns a metric.
func (d *done) metric(name string) float64 {
	d.t.Helper()
	x, ok := d.metrics[name].(float64)
	if !ok {
		d.t.Fatalf("metric %s is %v (%v)", name, d.metrics[name], d.metrics[name+".why"])
	}
	return x
}

// near holds a number to another.
func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %.9g, want %.9g within %.3g", what, got, want, tolerance)
	}
}

// l5 is the synthetic layer-5 cell as the reference steps it: from -80 mV, pulses from 95 ms
// and steps from 100 ms on.
func l5(method string, settle float64) string {
	return fmt.Sprintf(`
include = ["configs/cells/l5-synthetic.toml"]
[run]
dt = "0.025 ms"
[populations.L5]
method = %q
[protocols]
population = "L5"
settle = "%g ms"
delay = "20 ms"
`, method, settle)
}

// referencePeaks returns the peak (mV) and the area above -55 mV (mV ms) of the runs of the
// reference at the place of the EPSC, by run and time step.
func referencePeaks(t *testing.T) map[string][2]float64 {
	out := map[string][2]float64{}
	for _, r := range fixture.CSV(t, filepath.Join(reference, "peaks.csv"))[1:] {
		if r[2] == "trunk_far" {
			out[r[0]+" "+r[1]] = [2]float64{fixture.Float(t, r[3]), fixture.Float(t, r[5])}
		}
	}
	return out
}

// referenceSpikes returns the spikes of the runs of the reference (ms).
func referenceSpikes(t *testing.T) map[string][]float64 {
	out := map[string][]float64{}
	for _, r := range fixture.CSV(t, filepath.Join(reference, "spikes.csv"))[1:] {
		out[r[0]+" "+r[1]] = append(out[r[0]+" "+r[1]], fixture.Float(t, r[3]))
	}
	return out
}

const reference = "../../testdata/reference/l5_synthetic"

// Steps, trains, BAC firing and the pulse of NEURON's reference run of the synthetic cell at
// dt 0.025 with its order of update: numbers of spikes, first latencies within 0.001 ms,
// peaks within 0.001 mV and areas within 0.02 mV ms, which are the bounds of the engine's
// own comparison (cable, TestL5AgainstReference) and the printed digits.
func TestReferenceOfFirstOrder(t *testing.T) {
	if testing.Short() {
		t.Skip("steps a cell of 250 compartments for two seconds: run without -short")
	}
	spikes, peaks := referenceSpikes(t), referencePeaks(t)
	const dt = " dt0.025"
	d := do(t, l5("backward-euler", 80)+`
[protocols.f_i]
amplitudes = ["0.45 nA", "0.8 nA", "1.4 nA"]
duration = "300 ms"
[protocols.critical_frequency]
at = { section = "trunk3", x = 0.7857 }
amplitude = "3.2 nA"
frequencies = ["70 Hz", "180 Hz"]
`, 2)
	counts, latencies := d.column("f_i", "spikes"), d.column("f_i", "latency_ms")
	for i, run := range []string{"step_low", "step_medium", "step_high"} {
		near(t, run+": spikes", counts[i], float64(len(spikes[run+dt])), 0)
		near(t, run+": latency", latencies[i], spikes[run+dt][0]-100, 1e-3)
	}
	for i, run := range []string{"train_below", "train_above"} {
		near(t, run+": area", d.column("critical_frequency", "area_mV_ms")[i], peaks[run+dt][1], 0.02)
		near(t, run+": peak", d.column("critical_frequency", "peak_mV")[i], peaks[run+dt][0], 1e-3)
		near(t, run+": spikes", d.column("critical_frequency", "spikes")[i], 5, 0)
	}
	d = do(t, l5("backward-euler", 75)+`
[protocols.back_propagation]
to = { section = "trunk3", x = 0.7857 }
window = "85 ms"
[protocols.dendritic_input_output]
at = { section = "trunk3", x = 0.7857 }
amplitudes = ["0.7 nA", "1.5 nA"]
level = "-55 mV"
`, 2)
	near(t, "bap: peak", d.metric("bAP_to_mV"), peaks["bap"+dt][0], 1e-3)
	for i, run := range []string{"epsc", "epsc_large", "bac"} { // the last with the pulse
		near(t, run+": peak", d.column("dendritic_input_output", "peak_mV")[i], peaks[run+dt][0], 1e-3)
		near(t, run+": area", d.column("dendritic_input_output", "area_mV_ms")[i], peaks[run+dt][1], 0.02)
		near(t, run+": spikes", d.column("dendritic_input_output", "spikes")[i], float64(len(spikes[run+dt])), 0)
	}
}

// By the method of second order the same numbers are those of the limit dt → 0, within the
// bounds of the engine's own comparison (cable, TestL5OfSecondOrder). The critical frequency
// lies between 100 and 120 Hz in the limit (README of the reference).
func TestReferenceInTheLimit(t *testing.T) {
	if testing.Short() {
		t.Skip("steps a cell of 250 compartments for a second: run without -short")
	}
	peaks := referencePeaks(t)
	d := do(t, l5("second-order", 80)+`
[protocols.critical_frequency]
at = { section = "trunk3", x = 0.7857 }
amplitude = "3.2 nA"
frequencies = ["70 Hz", "100 Hz", "120 Hz", "180 Hz"]
`, 2)
	areas := d.column("critical_frequency", "area_mV_ms")
	near(t, "70 Hz: area", areas[0], peaks["train_below exact"][1], 0.025*peaks["train_below exact"][1])
	near(t, "180 Hz: area", areas[3], peaks["train_above exact"][1], 0.012*peaks["train_above exact"][1])
	near(t, "critical frequency", d.metric("critical_frequency_Hz"), 110, 0)
	near(t, "its margin", d.metric("critical_frequency_margin_Hz"), 10, 0)
	d = do(t, l5("second-order", 75)+`
[protocols.back_propagation]
to = { section = "trunk3", x = 0.7857 }
`, 2)
	near(t, "bAP at trunk3", d.metric("bAP_to_mV"), peaks["bap exact"][0], 0.75)
}

// ball is a passive cell of one compartment, C_m/g_L = 20 ms.
const ball = `
[run]
dt = "%g ms"
[populations.P]
kind = "compartmental"
size = 1
method = %q
soma = %s
membrane = { C_m = "1 uF/cm2", R_m = "20000 ohm cm2", E_L = "-70 mV" }
sections.soma = { length = "20 um", diameter = "20 um", compartments = 1 }
[protocols]
population = "P"
settle = "10 ms"
`

// ballResistance is R_m over the area of the membrane, π 20 µm 20 µm (MΩ).
var ballResistance = 20000 * 1e8 / (math.Pi * 400) * 1e-6

// The potential of a passive ball is an exponential whose time constant is C_m/g_L; stepped
// by backward Euler it falls by 1/(1 + dt/tau) a step, which is the time constant
// dt/ln(1 + dt/tau). The step is as long as 25 time constants: steady within e^-22, the
// begin of its last tenth; tables have six digits.
func TestPassiveBall(t *testing.T) {
	for _, method := range []string{"backward-euler", "second-order"} {
		d := do(t, fmt.Sprintf(ball, 0.1, method, `{ model = "passive" }`)+"[protocols.input_resistance]\n", 2)
		near(t, method+": R_in", d.metric("input_resistance_MOhm"), ballResistance, 1e-6*ballResistance)
		tau := 20.0
		if method == "backward-euler" {
			tau = 0.1 / math.Log1p(0.1/20)
		}
		near(t, method+": tau_m", d.metric("tau_m_ms"), tau, 2e-4)
		near(t, method+": sag", d.metric("sag_ratio"), 0, 1e-6)
		near(t, method+": V_rest", d.metric("V_rest_mV"), -70, 1e-9)
	}
}

// A sealed cable of 1000 µm, with λ = sqrt(R_m d/4R_a) = 1000 µm: a steady current at one
// place makes potentials there and nearer to the sealed end 0 in the ratio cosh(x/λ)/cosh(x0/λ)
// (Rall). With compartments of dx = 10 µm the discrete cable has an error of the order
// (dx/λ)²/24 in the exponent; a thousandth allows it. The input resistance is compared with the
// tree's own solution of its steady state, whose check is in neuron.
func TestPassiveCable(t *testing.T) {
	const text = `
[run]
dt = "0.1 ms"
[populations.P]
kind = "compartmental"
size = 1
soma.model = "passive"
membrane = { C_m = "1 uF/cm2", R_m = "20000 ohm cm2", R_a = "100 ohm cm", E_L = "-70 mV" }
sections.soma = { length = "10 um", diameter = "2 um", compartments = 1 }
sections.cable = { parent = "soma", at = 1, length = "990 um", diameter = "2 um", compartments = 99 }
[protocols]
population = "P"
settle = "10 ms"
[protocols.input_resistance]
[protocols.attenuation]
places = 5
duration = "500 ms"
`
	d := do(t, text, 2)
	distance, ratio := d.column("attenuation", "distance_um"), d.column("attenuation", "steady_ratio")
	const lambda, first = 1000.0, 5.0 // the middle of the soma, the first 10 µm of the cable
	for i, x := range distance {
		want := math.Cosh(first/lambda) / math.Cosh((first+x)/lambda)
		near(t, fmt.Sprintf("V_soma/V at %g µm", x), ratio[i], want, 1e-3*want)
	}
	c, err := configs.Load(studies.All(), "test.toml", grammar.Options{Read: func(string) ([]byte, error) { return []byte(text), nil }})
	if err != nil {
		t.Fatal(err)
	}
	tree, err := neuron.NewTree(c.Study.(*protocols.Study).Network.Populations[0].Trees.Sections)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "R_in", d.metric("input_resistance_MOhm"), tree.InputResistance(0), 1e-5*tree.InputResistance(0))
	if r := d.column("attenuation", "EPSP_ratio"); !(r[4] < ratio[4] && r[0] == 1) {
		t.Errorf("an EPSP must arrive smaller than a steady potential: %v, %v", r, ratio)
	}
}

// An integrate-and-fire ball, threshold 15 mV above rest and reset to rest: it fires with the
// period t_ref + tau ln(I R/(I R - 15)), and its rheobase for a step of T is
// 15/(R (1 - e^(-T/tau))). Both are exact except for the step: a spike falls on the end of the
// step, so a period may be dt longer.
func TestIntegrateAndFire(t *testing.T) {
	d := do(t, fmt.Sprintf(ball, 0.01, "second-order", `{ V_th = "-55 mV", V_reset = "-70 mV", t_ref = "2 ms" }`)+`
[protocols.f_i]
amplitudes = ["12 pA", "30 pA"]
[protocols.rheobase]
to = "20 pA"
tolerance = "0.01 pA"
duration = "50 ms"
`, 2)
	for i, pA := range []float64{12, 30} {
		drive := pA * ballResistance / 1000
		rise := 20 * math.Log(drive/(drive-15))
		near(t, "latency", d.column("f_i", "latency_ms")[i], rise, 0.011)
		near(t, "mean ISI", d.column("f_i", "mean_ISI_ms")[i], rise+2, 0.011)
		near(t, "spikes", d.column("f_i", "spikes")[i], 1+math.Floor((500-rise)/(rise+2)), 0)
		near(t, "adaptation", d.column("f_i", "adaptation")[i], 0, 0.01/rise)
	}
	want := 1000 * 15 / (ballResistance * (1 - math.Exp(-50/20.0)))
	found, silent := d.metric("rheobase_pA"), d.metric("rheobase_silent_pA")
	// V falls short of its threshold by dt/T of the slope at most; a thousandth is dt/10 ms.
	if !(silent < found && found-silent <= 0.01 && math.Abs(found-want) < 0.001*want) {
		t.Errorf("rheobase between %g and %g pA, want %g", silent, found, want)
	}
}

// What a protocol cannot find is said, with a number.
func TestNothingFound(t *testing.T) {
	d := do(t, fmt.Sprintf(ball, 0.1, "second-order", `{ V_th = "-55 mV", V_reset = "-70 mV", t_ref = "2 ms" }`)+`
[protocols.rheobase]
to = "8 pA"
[protocols.f_i]
from = "5 pA"
to = "8 pA"
steps = 2
[protocols.critical_frequency]
at = { section = "soma" }
amplitude = "10 pA"
steps = 3
`, 1)
	for name, why := range map[string]string{
		"rheobase_pA": "silent at rheobase.to = 8 pA", "f_i_first_pA": "does not spike", "f_i_slope_Hz_per_nA": "fewer than two", "critical_frequency_Hz": "never jumps",
	} {
		if got := fmt.Sprint(d.metrics[name+study.WhyKey]); d.metrics[name] != nil || !strings.Contains(got, why) {
			t.Errorf("%s is %v, because: %s", name, d.metrics[name], got)
		}
	}
	if !strings.Contains(d.said, "the soma does not make 5 spikes: 0 at 40 Hz, 0 at 120 Hz, 0 at 200 Hz") {
		t.Error(d.said)
	}
}

// One thread and three, and a study with all protocols and one alone, give the same tables.
func TestThreadsChangeNothing(t *testing.T) {
	text := fmt.Sprintf(ball, 0.1, "backward-euler", `{ V_th = "-55 mV", V_reset = "-70 mV", t_ref = "2 ms" }`) + "[protocols.f_i]\n[protocols.input_resistance]\n[protocols.rheobase]\n"
	one, three := do(t, text, 1), do(t, text, 3)
	if fmt.Sprint(one.tables) != fmt.Sprint(three.tables) || fmt.Sprint(one.metrics) != fmt.Sprint(three.metrics) {
		t.Error("tables differ between one thread and three")
	}
	alone := do(t, fmt.Sprintf(ball, 0.1, "backward-euler", `{ V_th = "-55 mV", V_reset = "-70 mV", t_ref = "2 ms" }`)+"[protocols.f_i]\n", 1)
	if fmt.Sprint(alone.tables["f_i"]) != fmt.Sprint(one.tables["f_i"]) {
		t.Error("the table of f_i depends on the other protocols")
	}
}
