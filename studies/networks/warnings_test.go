package networks

import (
	"os"
	"strings"
	"testing"

	"neurosim/grammar"
)

const drawnNetwork = `
[run]
tstop = "1 s"
[populations.in]
kind = "sdr"
n = 100
active = 10
patterns = 2
[populations.E]
kind = "pyramidal"
size = 5
[populations.E.segments.basal]
count = 2
theta = 8
synapses = 10
[inputs.bg]
kind = "poisson"
population = "in"
rate = "3 Hz"
`

// The plan says where a probability leaves units without synapses or below θ, and where
// theory does not reach: synapses that may fail, a background whose rate varies. Without
// these it says none of it.
func TestPlanWarnsOfWhatIsDrawn(t *testing.T) {
	const stored = "[projections.p]\nsource = \"in\"\ntarget = \"E/basal\"\nrule = \"store\"\n"
	pairs := func(target, p string) string {
		return "[projections.p]\nsource = \"in\"\ntarget = \"" + target + "\"\nrule = \"pairwise\"\nprobability = " + p + "\n"
	}
	all := []string{"projections.p.probability: a segment is expected to have 0.5 synapses", "projections.p.probability: a soma is expected to have 0.2 synapses",
		"segments.basal.theta: a segment is expected to have 0.5 synapses, fewer than θ = 8", "segments.basal.theta: a segment is expected to have 7 synapses, fewer than θ = 8",
		"projections.p: theory counts every spike", "a background whose rate varies; 3 Hz is its mean"}
	for _, c := range []struct {
		text string
		want []string
		size string
	}{
		{stored, nil, ", 100 synapses"},
		{pairs("E/basal", "0.005"), []string{all[0], all[2]}, ", about 5 synapses"},
		{pairs("E/basal", "0.07"), []string{all[3]}, ", about 70 synapses"},
		{pairs("E/basal", "0.5"), nil, ", about 500 synapses"},
		{pairs("E", "0.002") + "weight = \"1 pA\"\n", []string{all[1]}, ", about 1 synapse"},
		{stored + "p_release = 0.5\n", []string{all[4]}, ", 100 synapses"},
		{stored + "short_term = { U = 0.5 }\n", []string{all[4]}, ", 100 synapses"},
		{stored + "[inputs.bg.modulation]\nfrequency = \"5 Hz\"\n", []string{all[5]}, ", 100 synapses"},
	} {
		text := drawnNetwork + c.text
		x, err := load("main.toml", grammar.Options{Read: func(name string) ([]byte, error) {
			if name == "main.toml" {
				return []byte(text), nil
			}
			return nil, os.ErrNotExist
		}})
		if err != nil {
			t.Fatal(err)
		}
		plan := x.Plan()
		said := strings.Join(plan.Warnings, "\n")
		for _, w := range all {
			wanted := false
			for _, want := range c.want {
				wanted = wanted || w == want
			}
			if strings.Contains(said, w) != wanted {
				t.Errorf("%s says %q; wanted %v: %q", c.text, said, wanted, w)
			}
		}
		if !strings.HasSuffix(plan.Size, c.size) {
			t.Errorf("%s has the size %q, want %q", c.text, plan.Size, c.size)
		}
	}
}
