package configs

import (
	"math"
	"os"
	"testing"

	"neurosim/grammar"
	"neurosim/network"
	"neurosim/stimulus"
)

// everySynapse has every key of synapses that fail, saturate and depress, of connections
// by probability and distance, and of rates that vary.
const everySynapse = `
[run]
tstop = "200 ms"
[populations.in]
kind = "sdr"
n = 30
[populations.in.position]
layout = "random"
extent = "0.4 mm"
dimensions = 3
[populations.drive]
kind = "sdr"
n = 4
[populations.more]
kind = "sdr"
n = 4
[populations.T]
kind = "compartmental"
size = 3
soma.model = "passive"
position = { layout = "file", file = "places.csv" }
[populations.T.sections.soma]
length = "20 um"
diameter = "20 um"
[populations.T.segments.d]
sections = ["soma"]
nmda = { g_max = "1 nS", bound = 0.4, block.law = "doron2017" }
ampa.bound = 1.0
[populations.P]
kind = "pyramidal"
size = 9
position = { layout = "grid", extent = "100 um", periodic = true }
[populations.P.segments.s]
count = 2
theta = 1
[projections.far]
source = "in"
target = "T/d"
rule = "pairwise"
probability = 0.6
distance = { profile = "exponential", lambda = "0.2 mm" }
p_release = 0.3
short_term = { U = 0.4, tau_rec = "100 ms", tau_facil = "20 ms" }
[projections.near]
source = "P"
target = "P/s"
rule = "pairwise"
probability = 0.9
autapses = true
segments = [1]
short_term = { U = 0.5 }
[projections.near.distance]
profile = "gaussian"
sigma = "30 um"
[projections.soma]
source = "drive"
target = "P"
rule = "all_to_all"
weight = "40 pA"
p_release = 1.0
short_term = { U = 0.5 }
[inputs.sine]
kind = "poisson"
population = "in"
rate = "30 Hz"
modulation = { frequency = "8 Hz", depth = 0.7, phase = 1.5 }
[inputs.steps]
kind = "poisson"
population = "drive"
rates = ["5 Hz", "20 Hz", "5 Hz"]
times = ["0 ms", "50 ms", "120.05 ms"]
[inputs.table]
kind = "poisson"
population = "more"
rate_file = "rates.csv"
interpolation = "linear"
`

// Every key is read into the description, and what the configuration resolves to says the
// same.
func TestSynapseKeys(t *testing.T) {
	files := map[string]string{
		"main.toml": everySynapse, "rates.csv": "time_ms,rate_Hz\n0,10\n100,40\n", "places.csv": "cell,x_um,z_um\n2,5,-3\n0,1,2\n1,100,200\n",
	}
	read := func(name string) ([]byte, error) {
		if text, ok := files[name]; ok {
			return []byte(text), nil
		}
		return nil, os.ErrNotExist
	}
	x, err := loadFile("main.toml", grammar.Options{Read: read})
	if err != nil {
		t.Fatal(err)
	}
	files["again.toml"] = x.Resolved()
	again, err := loadFile("again.toml", grammar.Options{Read: read})
	if err != nil {
		t.Fatalf("%v\n%s", err, x.Resolved())
	}
	if again.Resolved() != x.Resolved() {
		t.Errorf("resolving again changes\n%s\nto\n%s", x.Resolved(), again.Resolved())
	}
	sameTables(t, "every synapse, resolved", again.Study, x.Study)

	s := x.Net.Network
	far, near, soma := &s.Projections[0], &s.Projections[1], &s.Projections[2]
	if far.Release.P != 0.3 || far.ShortTerm.TauFacil != 20 || far.Probability != 0.6 || *far.Distance != (network.DistanceParams{Profile: network.Exponential, Lambda: 200}) {
		t.Errorf("far is %+v", far)
	}
	if near.Release != nil || near.ShortTerm.TauRec != 800 || near.Distance.Sigma != 30 || near.Reliable() || soma.Release.P != 1 || soma.Distance != nil {
		t.Errorf("near is %+v, soma %+v", near, soma)
	}
	r := s.Population("T").Segments[0].Place.Receptors
	if r.AMPA.Bound != 1 || r.NMDA.Bound != 0.4 || r.GABA.Bound != 0 {
		t.Errorf("bound %g, %g, %g", r.AMPA.Bound, r.NMDA.Bound, r.GABA.Bound)
	}
	if p := s.Population("T").Position; p.Dimensions != 3 || p.Points[2] != [3]float64{5, 0, -3} {
		t.Errorf("positions %+v", p)
	}
	sine, steps, table := s.Inputs[0].Poisson, s.Inputs[1].Poisson, s.Inputs[2].Poisson
	if *sine.Modulation != (stimulus.Modulation{Frequency: 8, Depth: 0.7, Phase: 1.5}) || sine.Course != nil {
		t.Errorf("sine %+v", sine)
	}
	if c := steps.Course; c == nil || c.Times[2] != 120.05 || c.Rates[1] != 20 || c.Interpolation != stimulus.StepRate {
		t.Errorf("steps %+v", c)
	}
	if c := table.Course; c == nil || c.Rates[1] != 40 || c.Interpolation != stimulus.LinearRate || math.Abs(table.Mean()-32.5) > 1e-9 {
		t.Errorf("table %+v", c)
	}
	if _, err := network.Build(&s, 2); err != nil {
		t.Error(err)
	}
}
