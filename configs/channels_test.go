package configs

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"neurosim/channel"
	"neurosim/grammar"
	"neurosim/internal/fixture"
)

// fromTexts reads a configuration from texts by name.
func fromTexts(texts map[string]string, name string) (*loaded, error) {
	return loadFile(name, grammar.Options{Read: func(name string) ([]byte, error) {
		text, ok := texts[name]
		if !ok {
			return nil, os.ErrNotExist
		}
		return []byte(text), nil
	}})
}

// A channel of three gates, typed from its description into a configuration, has the steady
// states and time constants of an independent program.
func TestOwnChannel(t *testing.T) {
	x, err := fromTexts(map[string]string{"c.toml": `
[run]
tstop = "10 ms"
dt    = "0.025 ms"
[populations.P]
kind = "compartmental"
size = 1
[populations.P.soma]
model = "channels"
[populations.P.sections]
soma = { length = "20 um", diameter = "20 um" }

[populations.P.channels.Tri3]
density = "0.01 S/cm2"
E = "-30 mV"
constants = { q = 1.7 }
let = { x = "(V + 41)/7", psi = "x/(1 - exp(-x))" }
gates.a = { power = 2, alpha = "q * 0.3 * psi", beta = "q * 0.5 * exp(-(V + 58)/21)" }
gates.b = { inf = "0.15 + 0.85/(1 + exp((V + 63)/8.5))", tau = "4 + 60/(exp((V + 60)/12) + exp(-(V + 60)/25))" }
gates.c = { power = 3, inf = "1/(1 + exp(-(V + 30)/15))", tau = "0.7 + 9*exp(-((V + 45)/30)^2)" }
`}, "c.toml")
	if err != nil {
		t.Fatal(err)
	}
	var k *channel.Kinetics
	for _, p := range x.Net.Network.Populations {
		k = p.Trees.Channels[0].Kinetics
	}
	names, powers := k.Gates()
	index := map[string]int{}
	for i, name := range names {
		index[name] = i
		if powers[i] != map[string]int{"a": 2, "b": 1, "c": 3}[name] {
			t.Errorf("gate %s has the power %d", name, powers[i])
		}
	}
	seen := 0
	for _, r := range fixture.CSV(t, filepath.Join("..", "testdata", "reference", "channels", "known_answers.csv"))[1:] {
		if r[0] != "Tri3" {
			continue
		}
		seen++
		g, v := index[r[1]], fixture.Float(t, r[2])
		for _, x := range [][2]float64{{k.Steady(g, v, 0), fixture.Float(t, r[3])}, {k.Tau(g, v, 0), fixture.Float(t, r[4])}} {
			if math.Abs(x[0]-x[1]) > 6e-6*x[1] { // six digits are printed
				t.Errorf("%s at %g mV: %g, want %g", r[1], v, x[0], x[1])
			}
		}
	}
	if seen != 57 || len(names) != 3 {
		t.Errorf("compared %d rows of %d gates", seen, len(names))
	}
}
