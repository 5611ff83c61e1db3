package neuron

import (
	"math"

	"neurosim/internal/grid"
)

// FiringParams is what a user sets of the firing of a leaky integrate-and-fire
// soma on a tree. Capacitance and leak are those of its membrane.
type FiringParams struct {
	Vth    float64 `toml:"V_th" unit:"mV" doc:"spike threshold"`
	Vreset float64 `toml:"V_reset" unit:"mV" doc:"potential of the soma after a spike"`
	TRef   float64 `toml:"t_ref" unit:"ms" grid:"dt" doc:"absolute refractory time, for which the soma keeps V_reset"`
}

// DefaultFiring returns the defaults, those of DefaultLIF.
func DefaultFiring() FiringParams {
	l := DefaultLIF()
	return FiringParams{Vth: l.Vth, Vreset: l.Vreset, TRef: l.TRef}
}

// Check reports every rule that p breaks; dt in ms.
func (p FiringParams) Check(dt float64, bad func(key, rule string, args ...any)) {
	if !(math.Abs(p.Vth) <= 200) {
		bad("V_th", "must be from -200 to 200 mV")
	}
	if !(p.Vreset < p.Vth) || p.Vreset < -200 {
		bad("V_reset", "must be below V_th (%g mV): the cell would fire without end", p.Vth)
	}
	checkRefractory(p.TRef, dt, bad)
}

// Firing is the threshold and reset of N somata on a tree.
type Firing struct {
	threshold, reset float64
	refSteps         int32
	refractory       []int32 // [N] steps for which the soma keeps its potential
}

// NewFiring returns n somata that are not refractory; dt in ms.
func NewFiring(n int, p FiringParams, dt float64) *Firing {
	return &Firing{threshold: p.Vth, reset: p.Vreset, refSteps: grid.Steps32(p.TRef, dt), refractory: make([]int32, n)}
}

// Refractory returns, by cell, the steps for which the soma still keeps its
// potential, for Cable.Solve. It is the state, for a checkpoint.
func (f *Firing) Refractory() []int32 { return f.refractory }

// Step appends the cells whose soma, at v after Solve, reaches the threshold to
// spikes, ascending, and resets them: spiking in step k they stay at V_reset in
// steps k+1 … k+R.
func (f *Firing) Step(v []float64, spikes []int32) []int32 {
	refractory := f.refractory[:len(v)]
	for i, x := range v {
		switch {
		case refractory[i] > 0:
			refractory[i]--
		case x >= f.threshold:
			v[i] = f.reset
			refractory[i] = f.refSteps
			spikes = append(spikes, int32(i))
		}
	}
	return spikes
}
