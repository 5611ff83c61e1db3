package cable

import (
	"fmt"
	"math"
	"testing"

	"neurosim/channel"
	"neurosim/channel/catalogue"
	"neurosim/neuron"
)

// kinetics returns a channel of the catalogue.
func kinetics(t testing.TB, name string, celsius float64) *channel.Kinetics {
	t.Helper()
	def, err := catalogue.Named(name)
	if err != nil {
		t.Fatal(name, err)
	}
	k := def.Compile(celsius, func(key, rule string, args ...any) {
		t.Fatalf("%s: %s: %s", name, key, fmt.Sprintf(rule, args...))
	})
	return k
}

// on places a channel of one density (S/cm²) and reversal potential (mV; NaN: its own) on nodes.
func on(t testing.TB, tree *neuron.Tree, name string, density, e float64, nodes ...int) channel.Placed {
	t.Helper()
	p := channel.Placed{Kinetics: kinetics(t, name, 6.3), Density: make([]float64, tree.Len())}
	if !math.IsNaN(e) {
		p.E = e
	}
	for _, node := range nodes {
		p.Density[node] = density
	}
	return p
}
