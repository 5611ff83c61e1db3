package networks

import (
	"math"

	"neurosim/stimulus"
)

// sameUntil returns the time (ms) until which a run of x is that of the same
// configuration with an earlier end. The two differ before that end where a later
// presentation, which the shorter run does not show, has spikes before it begins.
func sameUntil(x *Study, end float64) float64 {
	same := end
	before := int64(math.Round(end / x.Run.Dt))
	for i := range x.Network.Inputs {
		in := &x.Network.Inputs[i]
		if in.Presentations == nil {
			continue
		}
		s := stimulus.NewPresentations(x.Run.Seed, in.Name, stimulus.PatternSet{}, 0, *in.Presentations, x.Run.Dt, x.Network.Steps)
		shown := stimulus.NewPresentations(x.Run.Seed, in.Name, stimulus.PatternSet{}, 0, *in.Presentations, x.Run.Dt, before).Count()
		if shown < s.Count() {
			early, _ := s.Window()
			same = min(same, float64(s.Time(shown)+early)*x.Run.Dt)
		}
	}
	return same
}
