package model_test

import (
	"context"
	"math"
	"testing"

	"neurosim/network"
	"neurosim/neuron"
	"neurosim/studies/model"
)

// The response of a point neuron is known in closed form: of an exponential current w e^(-t/τ)
//
//	u(t) = w/C (e^(-t/τ_m) - e^(-t/τ)) / (1/τ - 1/τ_m)
//
// and its peak is where both exponentials fall as fast, t = ln(τ_m/τ)/(1/τ - 1/τ_m). The engine
// is exact at the ends of its steps; between them the peak is higher by at most half of dt²/4
// times its curvature, w/(C τ) at most at the peak.
func TestResponseOfPointNeuron(t *testing.T) {
	p := neuron.DefaultLIF()
	spec := &network.Spec{Dt: 0.1, Populations: []network.Population{{Name: "E", Kind: network.Pyramidal,
		Cells: network.Cells{Count: 7, Soma: p, Ie: network.Const(100), V0: network.Const(-70)}}}}
	const w = 500.0
	got, err := model.Responses(context.Background(), spec, "E", []model.Event{{Weight: w}, {Weight: w, Inhibit: true}})
	if err != nil {
		t.Fatal(err)
	}
	for i, tau := range []float64{p.TauEx, p.TauIn} {
		at := func(t float64) float64 {
			return w / p.Cm * (math.Exp(-t/p.TauM) - math.Exp(-t/tau)) / (1/tau - 1/p.TauM)
		}
		peak := at(math.Log(p.TauM/tau) / (1/tau - 1/p.TauM))
		if i == 1 {
			peak = -peak
		}
		if slack := w / (p.Cm * tau) * spec.Dt * spec.Dt / 8; math.Abs(got[i].Soma-peak) > slack || got[i].Site != got[i].Soma {
			t.Errorf("τ = %g ms: peak %g mV, want %g mV within %g", tau, got[i].Soma, peak, slack)
		}
		if rest := p.EL + 100*p.TauM/p.Cm; got[i].Rest != rest {
			t.Errorf("rest at %g mV, want %g mV", got[i].Rest, rest)
		}
		for k, v := range got[i].Course {
			want := at(spec.Dt * float64(k+1))
			if i == 1 {
				want = -want
			}
			if math.Abs(v-want) > 1e-9 {
				t.Fatalf("τ = %g ms: %g mV after step %d, want %g mV", tau, v, k, want)
			}
		}
	}
}
