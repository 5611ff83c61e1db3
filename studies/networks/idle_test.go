package networks

import (
	"context"
	"strings"
	"testing"

	"neurosim/study"
)

// points is two populations of point neurons, of which E has threshold segments.
const points = `
[run]
tstop = "300 ms"
[populations.in]
kind = "sdr"
n = 100
active = 20
patterns = 4
[populations.E]
kind = "pyramidal"
size = 10
I_e = "300 pA"
[populations.E.segments.basal]
count = 2
theta = 8
synapses = 16
[projections.basal]
source = "in"
target = "E/basal"
rule = "store"
[projections.soma]
source = "in"
target = "E"
rule = "random"
synapses = 40
weight = "80 pA"
[inputs.shown]
kind = "sdr"
population = "in"
period = "20 ms"
[inputs.bg]
kind = "poisson"
population = "in"
rate = "5 Hz"
`

// tree is compartmental cells.
const tree = `
[run]
tstop = "150 ms"
dt = "0.05 ms"
[populations.in]
kind = "sdr"
n = 30
[populations.C]
kind = "compartmental"
size = 2
[populations.C.sections]
soma = { length = "20 um", diameter = "20 um" }
dend = { parent = "soma", length = "100 um", diameter = "1 um" }
[populations.C.segments.d]
sections = ["dend"]
synapses = 30
nmda.block.law = "jahr-stevens"
[projections.p]
source = "in"
target = "C/d"
rule = "random"
[inputs.bg]
kind = "poisson"
population = "in"
rate = "50 Hz"
`

// Every key of which is said that it has no effect has none: a run with another value has the
// same spikes. And where the reason is taken away the key is not named any more.
func TestIdleKeys(t *testing.T) {
	for _, c := range []struct {
		text, key, value string // the key is written with this value
		reason           string // the note says
		away             string // with this added the key does something
	}{
		{points, "populations.E.soma.tau_w", `"7 ms"`, "b = 0 pA", "[populations.E.soma]\nb = \"3 pA\"\n"},
		{points, "populations.E.soma.tau_syn_in", `"7 ms"`, "no inhibitory projection", "[projections.i]\nsource = \"in\"\ntarget = \"E\"\nrule = \"random\"\nsynapses = 3\nsign = \"inhibitory\"\nweight = \"1 pA\"\n"},
		{points, "populations.E.segments.basal.shunt", `"20 ms"`, "no inhibitory projection", "[projections.i]\nsource = \"in\"\ntarget = \"E/basal\"\nrule = \"random\"\nsynapses = 3\nsign = \"inhibitory\"\n"},
		{points, "populations.E.segments.basal.combine", `"sum"`, "I_dAP = 0 pA", ""},
		{points, "inputs.shown.jitter_shape", `"uniform"`, "jitter = 0 ms", "[inputs.shown]\njitter = \"2 ms\"\n"},
		{points, "inputs.shown.swap_mode", `"readd"`, "swap = 0", "[inputs.shown]\nswap = 0.5\n"},
		{points, "inputs.shown.count", "40", "the run ends", "[run]\ntstop = \"1 s\"\n"},
		{points, "projections.soma.p_release", "1.0", "every spike releases", ""},
		{points, "run.checkpoint", `"400 ms"`, "not before the end", "[run]\ntstop = \"1 s\"\n"},
		{points, "populations.E.position.layout", "\"line\"\nextent = \"1 mm\"", "depends on distance", ""},
		{tree, "populations.C.segments.d.gaba.tau_decay", `"3 ms"`, "no inhibitory projection", "[projections.i]\nsource = \"in\"\ntarget = \"C/d\"\nrule = \"random\"\nsynapses = 3\nsign = \"inhibitory\"\n"},
		{tree, "populations.C.segments.d.ampa.block.mg", `"1 mM"`, "block.law = \"none\"", "[populations.C.segments.d.ampa.block]\nlaw = \"jahr-stevens\"\n"},
		{tree, "populations.C.settle", `"20 ms"`, "begin at rest", "[populations.C]\nV_0 = \"-60 mV\"\n"},
	} {
		table, key := cutLast(c.key)
		text := c.text
		if c.reason == "I_dAP = 0 pA" {
			text += "[populations.E.segments.basal]\nI_dAP = \"0 pA\"\n"
		}
		with := joined(text, "["+table+"]\n"+key+" = "+c.value+"\n")
		said := notesOf(t, with)
		if !strings.Contains(said, c.key+" has no effect: ") || !strings.Contains(said, c.reason) {
			t.Errorf("%s: says %q", c.key, said)
			continue
		}
		if a, b := hashOf(t, joined(text)), hashOf(t, with); a != b {
			t.Errorf("%s has an effect", c.key)
		}
		if c.away == "" {
			continue
		}
		if said := notesOf(t, joined(with, c.away)); strings.Contains(said, c.key) {
			t.Errorf("%s with %q: says %q", c.key, c.away, said)
		}
	}
	for _, text := range []string{joined(points), joined(tree)} {
		if said := notesOf(t, text); said != "" {
			t.Errorf("says %q of a configuration without such keys", said)
		}
	}
}

// Projections, inputs and electrodes that do nothing are named.
func TestIdleTables(t *testing.T) {
	for _, c := range []struct{ add, want string }{
		{"[projections.soma]\nweight = \"0 pA\"\n", "projections.soma.source has no effect: weight = 0 pA"},
		{"[projections.soma]\ndelay = \"2 s\"\n", "projections.soma.source has no effect: with a delay of 2000 ms"},
		{"[inputs.shown]\nstart = \"2 s\"\n", "inputs.shown.period has no effect: the first presentation, at 2000 ms"},
		{"[inputs.bg]\nstart = \"2 s\"\nstop = \"3 s\"\n", "inputs.bg.rate has no effect: the input is on from 2000"},
		{"[inputs.bg]\nrate = \"0 Hz\"\nstart = \"10 ms\"\n", "inputs.bg.start has no effect: the rate is 0 Hz"},
		{"[stimulation.s]\nkind = \"step\"\npopulation = \"E\"\namplitude = \"0 pA\"\n", "stimulation.s.kind has no effect: no current flows"},
		{"[stimulation.s]\nkind = \"step\"\npopulation = \"E\"\namplitude = \"1 nA\"\nstart = \"100 ms\"\n", ""},
		{"[record]\nspikes = [\"in\"]\ndendritic = false\n", "populations.E.kind has no effect: nothing of the population is recorded"},
		{"[record]\nspikes = [\"in\"]\ndendritic = true\n", ""},
		{"[populations.x]\nkind = \"sdr\"\nn = 5\nactive = 2\n", "populations.x.active has no effect: no input shows patterns"},
	} {
		if said := notesOf(t, joined(points, c.add)); c.want == "" && said != "" || !strings.Contains(said, c.want) {
			t.Errorf("%s says %q, want %q", c.add, said, c.want)
		}
	}
}

// A key that an axis of the sweep gives an effect is not named.
func TestIdleKeysOfASweep(t *testing.T) {
	shape := joined(points, "[inputs.shown]\njitter_shape = \"uniform\"\n")
	for _, c := range []struct {
		axis  string
		named bool
	}{{`"inputs.shown.jitter" = ["0 ms", "2 ms"]`, false}, {`"inputs.shown.swap" = [0.0, 0.5]`, true}} {
		said := notesOf(t, shape+"\n[sweep.axes]\n"+c.axis+"\n")
		if got := strings.Contains(said, "jitter_shape"); got != c.named {
			t.Errorf("with the axis %s: says %q", c.axis, said)
		}
	}
}

// cutLast cuts a dotted key before its last part.
func cutLast(key string) (table, last string) {
	i := strings.LastIndexByte(key, '.')
	return key[:i], key[i+1:]
}

// joined puts tables of the same name together, as TOML demands; keys that come later replace
// earlier ones.
func joined(texts ...string) string {
	var order []string
	tables := map[string][]string{}
	for _, text := range texts {
		at := ""
		for line := range strings.Lines(text) {
			line = strings.TrimSpace(line)
			if strings.HasPrefix(line, "[") && !strings.Contains(line, "=") {
				if at = line; tables[at] == nil {
					order, tables[at] = append(order, at), []string{}
				}
				continue
			}
			key, _, isKey := strings.Cut(line, " = ")
			if !isKey {
				continue
			}
			kept := tables[at][:0]
			for _, l := range tables[at] {
				if !strings.HasPrefix(l, key+" = ") {
					kept = append(kept, l)
				}
			}
			tables[at] = append(kept, line)
		}
	}
	var b strings.Builder
	for _, at := range order {
		b.WriteString(at + "\n" + strings.Join(tables[at], "\n") + "\n")
	}
	return b.String()
}

// notesOf returns the notes of keys without effect.
func notesOf(t *testing.T, text string) string {
	t.Helper()
	_, c := ofText(t, text)
	return strings.Join(c.Idle(), "\n")
}

// hashOf returns the hash of the spikes of a run.
func hashOf(t *testing.T, text string) string {
	t.Helper()
	x, _ := ofText(t, text)
	r, err := x.Do(context.Background(), study.New(study.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	return r.Hash
}
