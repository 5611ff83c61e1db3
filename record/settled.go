package record

import "neurosim/network"

// settled shows the NMDA spikes of groups of segments in the order of the steps in
// which they start and end.
//
// A detected NMDA spike becomes certain Lag steps after its start
// (network.Block.Lag). So step k is shown once the longest lag of the groups has
// passed: from then on no start in step k can become known. Until then its events
// are held. What is held are the events of the last Lag steps, however long the
// run. Threshold segments have no lag, and nothing is held of them.
type settled struct {
	groups []chosen
	lags   []int64 // [group]
	delay  int64   // the longest of them
	starts []uint32
	ends   []uint32
	peaks  []float64

	st settledState
}

// settledState is what changes as the run goes on.
type settledState struct {
	Begun  bool
	Next   int64 // the step to be shown next
	Seen   int64 // the first step that no block has shown yet
	Events []heldEvents
}

// heldEvents are the events of a group that are not shown yet, by step.
type heldEvents struct {
	StartSteps, EndSteps []int64
	Starts, Ends         []uint32
	Peaks                []float64 // of Ends (mV)
}

func newSettled(n *network.Network, groups []chosen) settled {
	s := settled{groups: groups, st: settledState{Events: make([]heldEvents, len(groups))}}
	for _, g := range groups {
		lag := n.Lag(g.p, g.g)
		s.lags = append(s.lags, lag)
		s.delay = max(s.delay, lag)
	}
	return s
}

// observe takes the events of step i of a block, and returns the step whose events
// are now all known, if there is one.
func (s *settled) observe(b *network.Block, i int) (step int64, ok bool) {
	k := b.First + int64(i)
	if !s.st.Begun {
		s.st.Begun, s.st.Next = true, k
	}
	for j, g := range s.groups {
		h := &s.st.Events[j]
		h.Starts = b.Starts(g.p, g.g, i, h.Starts)
		h.StartSteps = repeat(h.StartSteps, k-s.lags[j], len(h.Starts))
		h.Ends = b.Ends(g.p, g.g, i, h.Ends)
		h.EndSteps = repeat(h.EndSteps, k, len(h.Ends))
		h.Peaks = b.Peaks(g.p, g.g, i, h.Peaks)
	}
	s.st.Seen = k + 1
	return s.next(s.delay)
}

// next returns the next step to be shown if it lies delay steps back.
func (s *settled) next(delay int64) (step int64, ok bool) {
	if s.st.Next+delay >= s.st.Seen {
		return 0, false
	}
	s.st.Next++
	return s.st.Next - 1, true
}

// repeat appends step until steps has n items.
func repeat(steps []int64, step int64, n int) []int64 {
	for len(steps) < n {
		steps = append(steps, step)
	}
	return steps
}

// take returns the events of group j in a step that observe or next has returned,
// and holds them no longer. They stand until the next call.
func (s *settled) take(j int, step int64) (starts, ends []uint32, peaks []float64) {
	h := &s.st.Events[j]
	from, to := spanOf(h.StartSteps, step)
	s.starts = append(s.starts[:0], h.Starts[from:to]...)
	h.Starts, h.StartSteps = dropFirst(h.Starts, to), dropFirst(h.StartSteps, to)
	from, to = spanOf(h.EndSteps, step)
	s.ends, s.peaks = append(s.ends[:0], h.Ends[from:to]...), append(s.peaks[:0], h.Peaks[from:to]...)
	h.Ends, h.Peaks, h.EndSteps = dropFirst(h.Ends, to), dropFirst(h.Peaks, to), dropFirst(h.EndSteps, to)
	return s.starts, s.ends, s.peaks
}

// spanOf returns the range of the items of a step among ascending steps.
func spanOf(steps []int64, step int64) (from, to int) {
	for to < len(steps) && steps[to] <= step {
		if steps[to] < step {
			from++
		}
		to++
	}
	return from, to
}

// dropFirst removes the first n items and keeps the array.
func dropFirst[T any](items []T, n int) []T {
	if n == 0 {
		return items
	}
	return items[:copy(items, items[n:])]
}

// restore sets the state; it refuses one of other groups.
func (s *settled) restore(st settledState) error {
	if len(st.Events) != len(s.groups) || st.Next < 0 || st.Next > st.Seen || st.Seen-st.Next > s.delay {
		return errState
	}
	for j, h := range st.Events {
		segments := s.groups[j].cells * int(s.groups[j].perCell)
		if len(h.Starts) != len(h.StartSteps) || len(h.Ends) != len(h.EndSteps) || len(h.Ends) != len(h.Peaks) {
			return errState
		}
		for _, ids := range [][]uint32{h.Starts, h.Ends} {
			for _, id := range ids {
				if int(id) >= segments {
					return errState
				}
			}
		}
	}
	s.st = st
	return nil
}
