package dendrite

import "math"

// DetectParams is the criterion by which an NMDA spike of a conductance segment
// is found: the potential of the dendrite stays at or above Level for Duration.
// Plateaus of NMDA spikes last tens to hundreds of ms; fast events are not
// taken for one.
type DetectParams struct {
	Level    float64 `toml:"level" unit:"mV" doc:"potential of the dendrite that an NMDA spike reaches"`
	Duration float64 `toml:"duration" unit:"ms" grid:"dt" doc:"time for which it stays there before it counts"`
}

// DefaultDetect returns the defaults, -40 mV for 5 ms: above what synapses with
// a closed block reach, below the 0 mV that an NMDA spike approaches, and longer
// than a back-propagating action potential.
func DefaultDetect() DetectParams { return DetectParams{Level: -40, Duration: 5} }

// Check reports every rule that p breaks; dt in ms.
func (p DetectParams) Check(dt float64, bad func(key, rule string, args ...any)) {
	if !(math.Abs(p.Level) <= 200) {
		bad("level", "must be from -200 to 200 mV")
	}
	if !(p.Duration >= dt) || math.IsInf(p.Duration, 0) {
		bad("duration", "must be at least one step (dt = %g ms)", dt)
	}
}

// Detector finds NMDA spikes in the potential of N segments. A spike starts in
// the step in which the potential has been at or above the level for the
// duration, that step included, and ends in the last step in which it is; its
// peak is the highest potential of all that time.
type Detector struct {
	level float64
	need  int32
	above []int32   // [N] steps above the level, at most need
	peak  []float64 // [N] highest potential since the potential rose above it (mV)
	Peaks []float64 // of the ends that the last Step appended (mV)
}

// NewDetector returns n segments below the level; dt in ms.
func NewDetector(n int, p DetectParams, dt float64) *Detector {
	return &Detector{level: p.Level, need: max(1, int32(math.Round(p.Duration/dt))), above: make([]int32, n), peak: make([]float64, n)}
}

// Above and Peak are the state, for a checkpoint.
func (d *Detector) Above() []int32  { return d.above }
func (d *Detector) Peak() []float64 { return d.peak }

// Active reports whether a segment is in an NMDA spike.
func (d *Detector) Active(segment int) bool { return d.above[segment] == d.need }

// Step looks at the potentials v of segments first, first+stride, … after a step
// and appends those whose NMDA spike starts to starts. A segment whose spike is
// over is appended to ends, and its peak to Peaks: it was last above in the step
// before.
func (d *Detector) Step(first, stride int, v []float64, starts, ends []uint32) ([]uint32, []uint32) {
	for i, u := range v {
		s := first + i*stride
		switch a := d.above[s]; {
		case u >= d.level:
			if a == 0 || u > d.peak[s] {
				d.peak[s] = u
			}
			if a < d.need {
				d.above[s] = a + 1
				if a+1 == d.need {
					starts = append(starts, uint32(s))
				}
			}
		case a > 0:
			d.above[s] = 0
			if a == d.need {
				ends = append(ends, uint32(s))
				d.Peaks = append(d.Peaks, d.peak[s])
			}
		}
	}
	return starts, ends
}
