package cable

import (
	"fmt"
	"math"
	"path/filepath"
	"testing"

	"neurosim/internal/fixture"
	"neurosim/internal/profile"
	"neurosim/neuron"
)

// The membrane of all channels of the published test of the cell's authors: all seven spikes
// to the last printed digit.
func TestAllChannelsAgainstReference(t *testing.T) {
	dir := filepath.Join("../testdata/reference/channels/all_channels")
	var s l5Spec
	fixture.ReadJSON(t, filepath.Join(dir, "spec.json"), &s)
	for _, dt := range []float64{0.025, 0.0025} {
		spec := l5Cell(t, s, true, profile.Centre)
		var stimuli []stimulus
		for _, x := range s.Stimuli {
			stimuli = append(stimuli, pulse(x.Start, x.Duration, x.Amplitude))
		}
		sum := func(ms float64) (pA float64) {
			for _, f := range stimuli {
				pA += f(ms)
			}
			return pA
		}
		run := runL5(t, spec, dt, neuron.BackwardEuler, s.Duration, []stimulus{sum}, []int{0}, nil)
		if dt == 0.0025 {
			if len(run.first) != len(s.Published) {
				t.Fatalf("%d spikes, want %d", len(run.first), len(s.Published))
			}
			for i, want := range s.Published {
				if math.Abs(run.first[i]-want) > 0.00051 { // three digits are printed, halves either way
					t.Errorf("spike %d at %.4f ms, published %.3f", i, run.first[i], want)
				}
			}
		}
		trace := fixture.Columns(t, filepath.Join(dir, fmt.Sprintf("traces_dt%g.csv", dt)))
		worst := 0.0
		for i, ms := range trace["t_ms"] {
			worst = max(worst, math.Abs(run.v[0][int(math.Round(ms/dt))]-trace["v_mV"][i]))
		}
		t.Logf("dt %g: %d spikes, trace within %.2g mV", dt, len(run.spikes), worst)
		if !(worst <= 1e-3) || len(trace["v_mV"]) == 0 {
			t.Errorf("dt %g: the trace differs by %.3g mV", dt, worst)
		}
	}
}
