package fit_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"neurosim/configs"
	"neurosim/grammar"
	"neurosim/studies"
)

// sphere is a network of one passive cell that is recorded in time.
const sphere = `
[run]
tstop = "100 ms"
dt = "0.1 ms"
[populations.E]
kind = "compartmental"
size = 1
method = "second-order"
membrane = { C_m = "1 uF/cm2", g_L = "5e-5 S/cm2", E_L = "-70 mV", R_a = "100 ohm cm" }
sections.soma = { length = "20 um", diameter = "20 um", compartments = 1 }
soma.model = "passive"
[stimulation.step]
kind = "step"
population = "E"
start = "20 ms"
duration = "80 ms"
amplitude = "10 pA"
[record.traces.v]
population = "E"
cells = [0]
variables = ["V_m"]
[figures.step]
kind = "traces"
trace = "v"
[fit.free]
C_m = { key = "populations.E.membrane.C_m", min = "0.5 uF/cm2", max = "3 uF/cm2" }
g_L = { key = "populations.E.membrane.g_L", min = "1e-5 S/cm2", max = "3e-4 S/cm2" }
[fit.data.v]
file = "v.csv"
figure = "step"
panel = "a"
`

// A recording of a network in time: the potential of a passive sphere during a step of current,
//
//	V = E_L + I/G (1 - e^(-t G/C))
//
// with noise of 0.1 mV. The 95 % intervals hold the truth. They are as wide as 40 points
// determine I/G and C/G: a few percent.
func TestTraceOfANetwork(t *testing.T) {
	const (
		area          = math.Pi * 20 * 20 * 1e-8 // cm²
		gL, cm        = 8e-5, 1.3e-6             // S/cm², F/cm²
		i, begin, sem = 10e-12, 20.0, 0.1        // A, ms, mV
	)
	rng := rand.New(rand.NewPCG(4, 4))
	rows := []string{"x (ms),y (mV),sem (mV)"}
	for ms := begin + 1; ms < 100; ms += 2 {
		v := -70 + float64(1e3*i/(gL*area)*(1-math.Exp(-(ms-begin)*1e-3*gL/cm)))
		rows = append(rows, fmt.Sprintf("%g,%.4f,%g", ms, v+float64(sem*rng.NormFloat64()), sem))
	}
	dir := t.TempDir()
	for name, text := range map[string]string{"v.csv": strings.Join(rows, "\n"), "sphere.toml": sphere} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	x, err := configs.Load(studies.All(), filepath.Join(dir, "sphere.toml"), grammar.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := do(t, x, *x.Fit, 2)
	t.Log(r.Lines)
	if !within(r, "C_m", 1e6*cm) || !within(r, "g_L", gL) || r.Metrics["p"].(float64) < 0.001 {
		t.Errorf("the truth is %g uF/cm2 and %g S/cm2", 1e6*cm, gL)
	}
	for name, value := range map[string]float64{"C_m": 1e6 * cm, "g_L": gL} {
		if wide := r.Metrics[name+"_high"].(float64) - r.Metrics[name+"_low"].(float64); wide > 0.1*value {
			t.Errorf("the interval of %s is %.2g wide", name, wide)
		}
	}
}
