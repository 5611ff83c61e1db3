package dendrite

import (
	"math"
	"slices"

	"neurosim/internal/grid"
)

// Threshold is the state of a group of S threshold segments, one array per
// quantity. The caller brings the arrivals of a step, then calls Start, and at
// the end of the step End; see the package comment for the rules.
type Threshold struct {
	plateau int64 // duration of an NMDA spike (steps), P

	excitatory active // counts are the overlaps; level θ
	inhibitory active // level θ_inh

	last  []int64  // [S] last step that the segment's plateau covers; never: in none
	ends  queue    // (last step, segment) of every plateau, cut short or not
	cut   []uint32 // plateaus that a shunt ends with this step
	retry []uint32 // segments that may start without a new arrival: a plateau or shunt has ended
}

// never lies before every step.
const never = math.MinInt64

// Synapses lists the synapses of a group, branch by branch: those of branch b
// are on segments Target[Start[b]:Start[b+1]].
type Synapses struct {
	Start  []uint32 // [B+1] non-decreasing
	Target []uint32 // [N]   segment, 0 ≤ Target[i] < S
}

// NewThreshold returns s segments at rest with no synapse active. dt in ms; p
// has passed Check, and its durations are whole numbers of steps.
func NewThreshold(s int, p ThresholdParams, dt float64, excitatory, inhibitory Synapses) *Threshold {
	steps := func(ms float64) int64 { return grid.Steps(ms, dt) }
	d := &Threshold{
		plateau:    steps(p.Plateau),
		excitatory: newActive(s, excitatory, steps(p.Window), p.Theta),
		inhibitory: newActive(s, inhibitory, steps(p.Shunt), p.ThetaInh),
		last:       make([]int64, s),
	}
	d.inhibitory.leaves = true
	for i := range d.last {
		d.last[i] = never
	}
	return d
}

// Expire ends the activity of the synapses whose window is over in step now. It
// is the first call of a step.
func (d *Threshold) Expire(now int64) {
	d.excitatory.expire(now)
	d.inhibitory.expire(now)
	d.retry = append(d.retry, d.inhibitory.left...)
	d.inhibitory.left = d.inhibitory.left[:0]
}

// Excite lets a spike arrive at all synapses of each of the excitatory branches
// in step now.
func (d *Threshold) Excite(branches []uint32, now int64) { d.excitatory.arrive(branches, now) }

// Inhibit lets a spike arrive at all synapses of each of the inhibitory
// branches in step now.
func (d *Threshold) Inhibit(branches []uint32, now int64) { d.inhibitory.arrive(branches, now) }

// Start begins the NMDA spikes of step now, after all arrivals, and appends
// their segments to started, ascending.
func (d *Threshold) Start(now int64, started []uint32) []uint32 {
	for _, s := range d.inhibitory.reached {
		if d.last[s] > now {
			d.last[s] = now
			d.cut = append(d.cut, s)
		}
	}
	from := len(started)
	started = d.start(now, d.excitatory.reached, started)
	started = d.start(now, d.retry, started)
	d.inhibitory.reached = d.inhibitory.reached[:0]
	d.excitatory.reached = d.excitatory.reached[:0]
	d.retry = d.retry[:0]
	slices.Sort(started[from:])
	return started
}

func (d *Threshold) start(now int64, candidates, started []uint32) []uint32 {
	for _, s := range candidates {
		if d.excitatory.above(s) && d.last[s] < now && !d.inhibitory.above(s) {
			d.last[s] = now + d.plateau
			d.ends.push(d.last[s], s)
			started = append(started, s)
		}
	}
	return started
}

// End closes the plateaus whose last step is now and appends their segments to
// ended, ascending. It is the last call of a step.
func (d *Threshold) End(now int64, ended []uint32) []uint32 {
	from := len(ended)
	for _, s := range d.cut {
		ended = append(ended, s)
		d.last[s] = never
	}
	d.cut = d.cut[:0]
	for {
		s, ok := d.ends.pop(now)
		if !ok {
			break
		}
		if d.last[s] == now { // else a shunt has ended it before
			ended = append(ended, s)
			d.last[s] = never
		}
	}
	slices.Sort(ended[from:])
	d.retry = append(d.retry, ended[from:]...)
	return ended
}

// Synapses returns the number of synapses, inhibitory ones included.
func (d *Threshold) Synapses() int {
	return len(d.excitatory.Target) + len(d.inhibitory.Target)
}

// Overlap returns the number of active synapses of segment s.
func (d *Threshold) Overlap(s uint32) int { return d.excitatory.of(s) }

// InPlateau reports whether a plateau of segment s covers step now or begins in it.
func (d *Threshold) InPlateau(s uint32, now int64) bool { return d.last[s] >= now }

// Plateaus returns the last step of every segment's plateau, for a checkpoint:
// what cannot be derived from past spikes. The slice is the state itself.
func (d *Threshold) Plateaus() []int64 { return d.last }

// Resume sets the state before step now: the plateaus as saved by Plateaus,
// after the arrivals of the steps before now have been replayed by Expire,
// Excite and Inhibit.
func (d *Threshold) Resume(now int64, plateaus []int64) {
	copy(d.last, plateaus)
	d.excitatory.reached = d.excitatory.reached[:0]
	d.inhibitory.reached = d.inhibitory.reached[:0]
	d.retry, d.cut = d.retry[:0], d.cut[:0]
	d.ends = queue{}
	var running []uint32
	for s, last := range d.last {
		if last >= now {
			running = append(running, uint32(s))
		} else {
			d.retry = append(d.retry, uint32(s)) // Start finds out whether it may
		}
	}
	slices.SortStableFunc(running, func(a, b uint32) int { return int(d.last[a] - d.last[b]) })
	for _, s := range running {
		d.ends.push(d.last[s], s)
	}
}
