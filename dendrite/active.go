package dendrite

import "math"

// active counts, for each of S segments, the synapses that are active: those
// with an arrival within the last window steps.
type active struct {
	Synapses
	window int64
	level  uint16  // count at which a segment enters reached
	until  []int64 // [B] first step in which the branch is inactive again
	due    queue   // (step, branch) of every arrival's end; stale where the branch was prolonged
	now    int     // branches that are active

	// [S] counts; one of the two. Bytes, where no segment has more than 255
	// synapses: the counters of a large group then stay in the fast caches.
	narrow []uint8
	wide   []uint16

	reached []uint32 // segments whose count rose to level since the caller emptied it
	left    []uint32 // segments whose count fell below level, likewise; kept only if leaves
	leaves  bool
	runs    []run // scratch: the synapses that change in this step
	touched uint32
}

// A run is a range of Synapses.Target.
type run struct{ lo, hi uint32 }

func newActive(s int, syn Synapses, window int64, level int) active {
	a := active{Synapses: syn, window: window, level: uint16(level)}
	b := len(syn.Start) - 1
	if b <= 0 {
		return a
	}
	a.until = make([]int64, b)
	for i := range a.until {
		a.until[i] = never
	}
	if mostSynapses(s, syn.Target) <= math.MaxUint8 {
		a.narrow = make([]uint8, s)
	} else {
		a.wide = make([]uint16, s)
	}
	return a
}

// mostSynapses returns the largest number of synapses on one of s segments.
func mostSynapses(s int, target []uint32) uint32 {
	n, most := make([]uint32, s), uint32(0)
	for _, t := range target {
		n[t]++
		most = max(most, n[t])
	}
	return most
}

// of returns the count of segment s; a group without synapses has no counters.
func (a *active) of(s uint32) int {
	switch {
	case a.narrow != nil:
		return int(a.narrow[s])
	case a.wide != nil:
		return int(a.wide[s])
	}
	return 0
}

// above reports whether the count of segment s has reached the level.
func (a *active) above(s uint32) bool { return a.of(s) >= int(a.level) }

// arrive makes the synapses of the branches active until now + window.
func (a *active) arrive(branches []uint32, now int64) {
	a.runs = a.runs[:0]
	end := now + a.window
	for _, b := range branches {
		if a.until[b] <= now {
			a.runs = append(a.runs, run{a.Start[b], a.Start[b+1]})
		}
		if a.until[b] < end {
			a.until[b] = end
			a.due.push(end, b)
		}
	}
	a.now += len(a.runs)
	if a.narrow != nil {
		a.reached, a.touched = countUp(a.narrow, a.Target, a.runs, a.level, a.reached)
	} else {
		a.reached, a.touched = countUp(a.wide, a.Target, a.runs, a.level, a.reached)
	}
}

// expire ends the branches that no arrival has prolonged beyond step now.
func (a *active) expire(now int64) {
	a.runs = a.runs[:0]
	synapses := 0
	for {
		b, ok := a.due.pop(now)
		if !ok {
			break
		}
		if a.until[b] == now {
			a.until[b] = never
			a.runs = append(a.runs, run{a.Start[b], a.Start[b+1]})
			synapses += int(a.Start[b+1] - a.Start[b])
		}
	}
	a.now -= len(a.runs)
	segments := max(len(a.narrow), len(a.wide))
	switch {
	case len(a.runs) == 0:
	case a.now == 0 && synapses > segments/16 && !a.leaves:
		// Nothing is active any more: clearing all counters in a row is cheaper
		// than counting down a sixteenth of them one by one.
		clear(a.narrow)
		clear(a.wide)
	case a.narrow != nil:
		a.left, a.touched = countDown(a.narrow, a.Target, a.runs, a.level, a.leaves, a.left)
	default:
		a.left, a.touched = countDown(a.wide, a.Target, a.runs, a.level, a.leaves, a.left)
	}
}

type counter interface{ ~uint8 | ~uint16 }

// countUp adds one to the count of every target in runs and appends to reached
// the segments whose count thereby equals level.
func countUp[C counter](count []C, target []uint32, runs []run, level uint16, reached []uint32) ([]uint32, uint32) {
	touched := uint32(0)
	for len(runs) > 0 {
		group := runs[:min(touchAhead, len(runs))]
		runs = runs[len(group):]
		touched += touch(target, group)
		for _, r := range group {
			for _, s := range target[r.lo:r.hi] {
				n := count[s] + 1
				count[s] = n
				if uint16(n) == level {
					reached = append(reached, s)
				}
			}
		}
	}
	return reached, touched
}

// countDown takes one from the count of every target in runs and, if leaves,
// appends to left the segments whose count thereby falls below level.
func countDown[C counter](count []C, target []uint32, runs []run, level uint16, leaves bool, left []uint32) ([]uint32, uint32) {
	touched := uint32(0)
	for len(runs) > 0 {
		group := runs[:min(touchAhead, len(runs))]
		runs = runs[len(group):]
		touched += touch(target, group)
		for _, r := range group {
			for _, s := range target[r.lo:r.hi] {
				if leaves && uint16(count[s]) == level {
					left = append(left, s)
				}
				count[s]--
			}
		}
	}
	return left, touched
}

// touchAhead is the number of runs whose synapses are fetched together. A run
// is short and lies anywhere in a large array; without this, each waits for
// memory alone. Measured on BenchmarkOverlap: 1.3 times the speed of 1.
const touchAhead = 16

// touch reads one word of every cache line of the runs, so that their fetches
// overlap. The sum keeps the reads from being optimised away.
func touch(target []uint32, runs []run) uint32 {
	const wordsPerLine = 16
	sum := uint32(0)
	for _, r := range runs {
		for i := r.lo; i < r.hi; i += wordsPerLine {
			sum += target[i]
		}
	}
	return sum
}

// queue holds (step, item) pairs whose steps never decrease, in a ring.
type queue struct {
	step       []int64 // [2^m]
	item       []uint32
	head, size int
}

func (q *queue) push(step int64, item uint32) {
	if q.size == len(q.step) {
		q.grow()
	}
	i := (q.head + q.size) & (len(q.step) - 1)
	q.step[i], q.item[i] = step, item
	q.size++
}

// pop removes the first pair if its step is at most now.
func (q *queue) pop(now int64) (uint32, bool) {
	if q.size == 0 || q.step[q.head] > now {
		return 0, false
	}
	item := q.item[q.head]
	q.head = (q.head + 1) & (len(q.step) - 1)
	q.size--
	return item, true
}

func (q *queue) grow() {
	n := max(64, 2*len(q.step))
	step, item := make([]int64, n), make([]uint32, n)
	for i := range q.size {
		j := (q.head + i) & (len(q.step) - 1)
		step[i], item[i] = q.step[j], q.item[j]
	}
	q.step, q.item, q.head = step, item, 0
}
