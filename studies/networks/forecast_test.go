package networks

import (
	"context"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"neurosim/configs"
	"neurosim/grammar"
	"neurosim/internal/grid"
	"neurosim/network"
	"neurosim/study"
	"neurosim/theory"
)

// ofText reads a configuration from text.
func ofText(t *testing.T, text string) (*Study, *study.Config) {
	t.Helper()
	c, err := configs.Load([]study.Kind{Kind()}, "main.toml", grammar.Options{Read: func(name string) ([]byte, error) {
		if name == "main.toml" {
			return []byte(text), nil
		}
		return nil, os.ErrNotExist
	}})
	if err != nil {
		t.Fatal(err)
	}
	return c.Study.(*Study), c
}

// counted counts the spikes of a population.
type counted struct{ population, spikes int }

func (c *counted) Record(b *network.Block) error {
	for k := range b.Steps {
		c.spikes += len(b.Spikes(c.population, k, nil))
	}
	return nil
}

// noisy is cells that each have a Poisson source of their own.
const noisy = `
[run]
tstop = "3.2 s"
dt = "0.05 ms"
[populations.in]
kind = "sdr"
n = 300
[populations.E]
kind = "pyramidal"
size = 300
I_e = "%g pA"
[populations.E.soma]
tau_m = "20 ms"
tau_syn_ex = "0.2 ms"
V_th = "-55 mV"
V_reset = "-65 mV"
[projections.p]
source = "in"
target = "E"
rule = "one_to_one"
weight = "%g pA"
[inputs.bg]
kind = "poisson"
population = "in"
rate = "%g Hz"
`

// The rate that is expected of a population must be that of a simulation of 300 cells for 3 s,
// after 200 ms for the start. J is the jump of the potential that an event would make at once.
// What the theory leaves out moves the threshold by less than
//
//	J            the potential jumps and does not diffuse: what a jump overshoots
//	J/5          crossings between steps: half a step at the standard deviation of dV/dt,
//	             J/τ_syn √(rate τ_syn/2), is 0.18 J at most here
//	√2 SD k²     the next order of the expansion in k = √(τ_syn/τ_m), in y
//
// either way, which bounds the rate by the theory itself at these thresholds. To that come 5
// standard errors of a count whose variance is at most its mean, as these cells fire more
// regularly than a Poisson process.
func TestExpectedRate(t *testing.T) {
	if testing.Short() {
		t.Skip("simulates 1000 cell seconds for each of three drives: run without -short")
	}
	for _, c := range []struct{ ie, weight, rate float64 }{
		{0, 125, 6000},    // mean -58 mV, SD 0.8 mV: a few spikes a second
		{-250, 500, 4000}, // mean -58 mV, SD 2.5 mV
		{100, 125, 8000},  // mean -46 mV, far above threshold
	} {
		x, _ := ofText(t, fmt.Sprintf(noisy, c.ie, c.weight, c.rate))
		f := x.Forecast(context.Background())
		r := f.Rates[0]
		if len(f.Rates) != 1 || r.Rate == nil || r.Volleys {
			t.Fatalf("%+v", f.Rates)
		}
		p := x.Network.Population("E").Soma
		jump := c.weight * p.TauEx / p.Cm
		mean := p.EL + c.ie*p.TauM/p.Cm + c.rate/1000*jump*p.TauM
		white := jump * math.Sqrt(c.rate/1000*p.TauM/2)
		sd := white * math.Sqrt(p.TauM/(p.TauM+p.TauEx)) // of an exponential current
		// A sum over steps in place of an integral has an error of order (dt/τ_syn)²/12 of the
		// part that rises with τ_syn, 5e-3 of 1 % of the whole; what comes after 1e-5 of the
		// peak is 1e-5 of it.
		if math.Abs(r.Mean-mean) > 1e-3*(c.rate/1000*jump*p.TauM) || math.Abs(r.SD/sd-1) > 1e-3 {
			t.Errorf("membrane at %g mV, SD %g mV; want %g and %g mV", r.Mean, r.SD, mean, sd)
		}

		n, err := network.Build(&x.Network, 1)
		if err != nil {
			t.Fatal(err)
		}
		if err := n.Run(context.Background(), grid.Steps(200, x.Run.Dt)); err != nil {
			t.Fatal(err)
		}
		got := counted{population: 1}
		if err := n.Run(context.Background(), x.Network.Steps, &got); err != nil {
			t.Fatal(err)
		}
		at := func(threshold float64) float64 {
			return theory.Diffusion{Mean: mean, SD: white, TauM: p.TauM, TauSyn: p.TauEx, Threshold: threshold, Reset: p.Vreset, TRef: p.TRef}.Rate()
		}
		slack := 1.2*jump + math.Sqrt2*white*p.TauEx/p.TauM
		lo, hi := 900*at(p.Vth+slack), 900*at(p.Vth-slack)
		if s := float64(got.spikes); s < lo-5*math.Sqrt(lo) || s > hi+5*math.Sqrt(hi) {
			t.Errorf("I_e = %g pA, weight %g pA, %g Hz: %d spikes, want %.0f to %.0f", c.ie, c.weight, c.rate, got.spikes, lo, hi)
		}
		if want := at(p.Vth); *r.Rate < at(p.Vth+slack) || *r.Rate > at(p.Vth-slack) {
			t.Errorf("%g Hz are expected, by closed forms of the moments %g Hz", *r.Rate, want)
		}
		t.Logf("%d spikes, %.0f expected, bounds %.0f to %.0f", got.spikes, 900**r.Rate, lo, hi)
	}
}

// A check warns of a population that nothing can fire and of one that is saturated, and of
// neither where patterns, given spikes or electrodes reach it, where the largest of currents
// that are drawn is enough, or where few but large events are.
func TestSilentAndSaturated(t *testing.T) {
	const silent, saturated, unreached = "expected to be silent", "is saturated", "nothing reaches the somata"
	weak := fmt.Sprintf(noisy, 0.0, 10.0, 1000.0)
	for _, c := range []struct{ name, text, want string }{
		{"weak input", weak, silent},
		{"no input", "[run]\ntstop = \"1 s\"\n[populations.E]\nkind = \"pyramidal\"\nsize = 1\n", unreached},
		{"strong input", fmt.Sprintf(noisy, 0.0, 2000.0, 10000.0), saturated},
		{"moderate input", fmt.Sprintf(noisy, 0.0, 125.0, 8000.0), ""},
		{"rare large events", fmt.Sprintf(noisy, 0.0, 20000.0, 1.0), ""}, // 16 mV each
		{"electrode", weak + "[stimulation.s]\nkind = \"step\"\npopulation = \"E\"\namplitude = \"1 nA\"\n", ""},
		{"patterns", strings.Replace(weak, "n = 300", "n = 300\nactive = 10\npatterns = 2", 1) + "[inputs.p]\nkind = \"sdr\"\npopulation = \"in\"\nperiod = \"100 ms\"\n", ""},
		{"drawn currents", strings.Replace(weak, `I_e = "0 pA"`, `I_e = { dist = "normal", mean = "0 pA", sd = "60 pA" }`, 1), ""},
		{"varying rate", strings.Replace(fmt.Sprintf(noisy, 0.0, 125.0, 2500.0), `rate = "2500 Hz"`, "rates = [\"0 Hz\", \"8000 Hz\", \"0 Hz\"]\ntimes = [\"0 ms\", \"10 ms\", \"20 ms\"]", 1), ""},
		{"short-term plasticity", weak + "[projections.p.short_term]\nU = 0.5\n", ""},
	} {
		x, _ := ofText(t, c.text)
		said := strings.Join(x.Forecast(context.Background()).Warnings, "\n")
		if c.want == "" && said != "" || !strings.Contains(said, c.want) {
			t.Errorf("%s: says %q, want %q", c.name, said, c.want)
		}
	}
}

// Two populations that excite and inhibit each other have rates that agree: the expectation of
// each at the rates of both is its rate.
func TestMeanFieldAgrees(t *testing.T) {
	x, _ := ofText(t, `
[run]
tstop = "1 s"
[populations.in]
kind = "sdr"
n = 1000
[populations.E]
kind = "pyramidal"
size = 400
[populations.I]
kind = "inhibitory"
size = 100
[inputs.bg]
kind = "poisson"
population = "in"
rate = "8 Hz"
[projections.in_E]
source = "in"
target = "E"
rule = "random"
synapses = 400
weight = "50 pA"
[projections.in_I]
source = "in"
target = "I"
rule = "random"
synapses = 400
weight = "50 pA"
[projections.EE]
source = "E"
target = "E"
rule = "random"
synapses = 40
weight = "20 pA"
[projections.EI]
source = "E"
target = "I"
rule = "random"
synapses = 40
weight = "20 pA"
[projections.IE]
source = "I"
target = "E"
rule = "random"
synapses = 20
weight = "60 pA"
`)
	m := &meanField{x: x, disturbed: disturbed(x)}
	for _, name := range []string{"E", "I"} {
		pop := x.Network.Population(name)
		drives, err := x.Drives(context.Background(), pop)
		m.add(pop, drives, err)
	}
	m.solve()
	for i := range m.cells {
		c := &m.cells[i]
		if got := c.expected(); !m.settled || !(c.rate > 1) || math.Abs(got/c.rate-1) > 0.01 {
			t.Errorf("%s has %g Hz, and at these rates %g Hz are expected", c.pop.Name, c.rate, got)
		}
	}
}

// What is expected of the shipped networks without their patterns, files of spikes and
// electrodes comes true in a run of 2 s without them: as many spikes as expected, within 5
// standard errors of a Poisson count and the factor of 2 that the theory has near silence.
func TestShippedExpectations(t *testing.T) {
	compared := 0
	for _, name := range configs.Shipped() {
		x, err := load(name, grammar.Options{Set: []grammar.Override{{Key: "run.tstop", Value: `"2 s"`}}})
		if err != nil {
			continue // of another kind, or too short for its figures
		}
		rates := x.Forecast(context.Background()).Rates
		x.Network.Inputs = slices.DeleteFunc(x.Network.Inputs, func(in network.Input) bool { return in.Poisson == nil })
		x.Network.Stimulations = nil
		n, err := network.Build(&x.Network, 1)
		if err != nil {
			t.Fatal(err)
		}
		var recorders []network.Recorder
		got := make([]counted, len(rates))
		for i, r := range rates {
			got[i].population = slices.IndexFunc(n.Populations(), func(p *network.Population) bool { return p.Name == r.Population })
			if r.Rate != nil {
				recorders = append(recorders, &got[i])
			}
		}
		if recorders == nil {
			continue
		}
		if err := n.Run(context.Background(), x.Network.Steps, recorders...); err != nil {
			t.Fatal(err)
		}
		for i, r := range rates {
			if r.Rate == nil {
				continue
			}
			compared++
			want := *r.Rate * 2 * float64(x.Network.Population(r.Population).Size())
			if s := float64(got[i].spikes); s < want/2-5*math.Sqrt(want) || s > 2*want+5*math.Sqrt(want) {
				t.Errorf("%s: %s has %d spikes, %.3g expected", name, r.Population, got[i].spikes, want)
			}
		}
	}
	if compared < 5 {
		t.Errorf("only %d populations were compared", compared)
	}
}
