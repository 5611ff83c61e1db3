package cable

import (
	"math"
	"path/filepath"
	"testing"

	"neurosim/internal/fixture"
	"neurosim/internal/profile"
	"neurosim/neuron"
)

func TestL5Order(t *testing.T) {
	var s l5Spec
	fixture.ReadJSON(t, filepath.Join(l5Synthetic, "spec.json"), &s)
	spec := l5Cell(t, s, true, profile.Centre)
	node := func(p fixture.Place) int { return spec.Tree.Node(spec.Tree.SectionNamed(p.Section), p.K) }
	spec.Inputs = []int{0, node(s.EPSCAt)}
	none := func(float64) float64 { return 0 }
	soma := pulse(95, 5, 1.5)
	small, large := epsc(100, 0.5, 5, 0.7), epsc(100, 0.5, 5, 1.5)
	step := func(nA float64) []stimulus { return []stimulus{pulse(100, 300, nA), none} }
	train := func(hz float64) []stimulus {
		return []stimulus{func(t float64) (pA float64) {
			for i := range 5 {
				pA += pulse(100+float64(i)*1000/hz, 2, 3.2)(t)
			}
			return pA
		}, none}
	}
	names := []string{"soma", "trunk_near", "trunk_mid", "trunk_far", "tuft"}
	var places []int
	for _, n := range names {
		places = append(places, node(s.Record[n]))
	}
	wantSpikes := map[string][]float64{}
	for _, r := range fixture.CSV(t, filepath.Join(l5Synthetic, "spikes.csv"))[1:] {
		wantSpikes[r[0]+" "+r[1]] = append(wantSpikes[r[0]+" "+r[1]], fixture.Float(t, r[3]))
	}
	wantPeak := map[string][]float64{}
	for _, r := range fixture.CSV(t, filepath.Join(l5Synthetic, "peaks.csv"))[1:] {
		if r[4] != "" && r[5] != "" {
			wantPeak[r[0]+" "+r[1]+" "+r[2]] = []float64{fixture.Float(t, r[3]), fixture.Float(t, r[5])}
		}
	}
	for _, m := range []neuron.Method{neuron.SecondOrder} {
		for _, dt := range []float64{0.025} {
			for _, c := range []struct {
				name     string
				duration float64
				stimuli  []stimulus
			}{
				{"bap", 180, []stimulus{soma, none}}, {"bac", 180, []stimulus{soma, small}},
				{"epsc_large", 180, []stimulus{none, large}},
				{"step_low", 450, step(0.45)}, {"step_medium", 450, step(0.8)}, {"step_high", 450, step(1.4)},
				{"train_below", 250, train(70)}, {"train_above", 250, train(180)},
			} {
				run := runL5(t, spec, dt, m, c.duration, c.stimuli, places, nil)
				want := wantSpikes[c.name+" exact"]
				late := math.NaN()
				if len(run.spikes) == len(want) {
					late = 0
					for i, x := range want {
						if false {
							t.Logf("   %.3f", run.spikes[i]-x)
						}
						late = max(late, math.Abs(run.spikes[i]-x))
					}
				}
				dp, da := 0.0, 0.0
				for j, n := range names {
					peak, area := -200.0, 0.0
					for _, v := range run.v[j] {
						peak = max(peak, v)
						if v > -55 {
							area += (v + 55) * dt
						}
					}
					w := wantPeak[c.name+" exact "+n]
					if w == nil {
						continue
					}
					dp = max(dp, math.Abs(peak-w[0]))
					if w[1] > 20 {
						da = max(da, math.Abs(area/w[1]-1))
					}
				}
				t.Logf("%-15s %-7g %-12s spikes %d/%d within %.3g ms, peaks within %.3g mV, areas within %.2g %%", m, dt, c.name, len(run.spikes), len(want), late, dp, 100*da)
			}
		}
	}
}
