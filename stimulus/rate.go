package stimulus

import (
	"math"
	"sort"

	"neurosim/internal/fpmath"
)

// Interpolation says what the rate is between the times at which it is given.
type Interpolation string

const (
	StepRate   Interpolation = "steps"  // the rate of the time before
	LinearRate Interpolation = "linear" // on the straight line from one to the next
)

// A RateCourse is a rate that is given at some times. Before the first of them the first
// rate holds, after the last the last.
type RateCourse struct {
	Times         []float64 // (ms), ascending
	Rates         []float64 // (Hz), one for each time
	Interpolation Interpolation
}

// Check reports what is wrong with a course; times and rates are the keys that they stand
// under.
func (c *RateCourse) Check(times, rates string, bad func(key, rule string, args ...any)) bool {
	if len(c.Times) == 0 || len(c.Times) != len(c.Rates) {
		bad(times, "has %d times for %d rates; each rate holds from its time on", len(c.Times), len(c.Rates))
		return false
	}
	for i, t := range c.Times {
		if !(t >= 0) || i > 0 && t <= c.Times[i-1] {
			bad(times, "must not be negative, and ascend; %g ms does not", t)
			return false
		}
	}
	for _, r := range c.Rates {
		if !(r >= 0) || math.IsInf(r, 0) {
			bad(rates, "must not be negative; %g Hz is", r)
			return false
		}
	}
	return true
}

// at returns the rate in piece i, from time i-1 to time i, at t.
func (c *RateCourse) at(i int, t float64) float64 {
	last := len(c.Times) - 1
	switch {
	case i == 0:
		return c.Rates[0]
	case i > last:
		return c.Rates[last]
	case c.Interpolation == LinearRate:
		part := (t - c.Times[i-1]) / (c.Times[i] - c.Times[i-1])
		return c.Rates[i-1] + float64(part*(c.Rates[i]-c.Rates[i-1]))
	}
	return c.Rates[i-1]
}

// integral returns the mean number of spikes between two times (ms): of a line it is
// exact by the rate in its middle.
func (c *RateCourse) integral(from, to float64) (spikes float64) {
	for i := sort.Search(len(c.Times), func(i int) bool { return c.Times[i] > from }); from < to; i++ {
		end := to
		if i < len(c.Times) {
			end = min(end, c.Times[i])
		}
		spikes += float64(c.at(i, from+float64((end-from)/2)) * (end - from) / 1000)
		from = end
	}
	return spikes
}

// A Modulation makes a rate a sine,
//
//	r(t) = rate (1 + depth sin(2π frequency t + phase)),
//
// t from the beginning of the run.
type Modulation struct {
	Frequency float64 `toml:"frequency" must:"yes" unit:"Hz" doc:"frequency of the sine"`
	Depth     float64 `toml:"depth" doc:"its amplitude, as a part of rate, 0 to 1; 1: the rate falls to 0"`
	Phase     float64 `toml:"phase" doc:"its phase at the beginning of the run (rad): 0 rises from rate, π/2 begins at the top"`
}

// DefaultModulation returns the defaults; the frequency has none.
func DefaultModulation() Modulation { return Modulation{Depth: 1} }

// Check reports every rule that m breaks; dt in ms.
func (m Modulation) Check(dt float64, bad func(key, rule string, args ...any)) {
	if most := 500 / dt; !(m.Frequency > 0) || m.Frequency > most*(1+1e-12) {
		bad("frequency", "must be above 0 and at most %.12g Hz: a period is at least two steps of %g ms", most, dt)
	}
	if !(m.Depth >= 0 && m.Depth <= 1) {
		bad("depth", "must be from 0 to 1: a rate is not negative")
	}
	if !(math.Abs(m.Phase) <= maxPhase) {
		bad("phase", "must be from -%g to %g rad; 360 degrees are 2π", maxPhase, maxPhase)
	}
}

// maxPhase bounds a phase (rad): more is an angle in degrees.
const maxPhase = 10.0

// mean returns the mean of 1 + depth sin(2πft + phase) between two times (ms),
//
//	1 + depth sin(2πf·middle + phase) sin(x)/x,   x = πf·length.
func (m Modulation) mean(from, to float64) float64 {
	turns := float64(m.Frequency * (from + float64((to-from)/2)) / 1000)
	sin, _ := fpmath.Sincos(float64(2*math.Pi*(turns-math.Floor(turns))) + m.Phase)
	x := float64(math.Pi * m.Frequency * (to - from) / 1000)
	turns = x / (2 * math.Pi)
	flat, _ := fpmath.Sincos(float64(2 * math.Pi * (turns - math.Floor(turns))))
	if x > 0 {
		flat /= x
	} else {
		flat = 1
	}
	return 1 + float64(m.Depth*sin*flat)
}
