package spiking

import "slices"

// never is the time of the last spike of a cell that has not spiked.
const never = int64(-1) << 62

// presynaptic is the trace x_j of every cell of the network; each shard keeps
// its own copy, so that none waits for another.
type presynaptic struct {
	x      []float64 // [N] at the last spike
	last   []int64   // [N] its step
	recent []int32   // cells that spiked within Δt_max, and some that did before
	listed []bool    // [N] whether in recent
}

func newPresynaptic(n int, reading Reading) presynaptic {
	t := presynaptic{x: make([]float64, n), last: make([]int64, n), listed: make([]bool, n)}
	for j := range t.last {
		t.last[j] = never
		if reading == NEST2022 {
			t.last[j] = 0 // as if every source had spiked at 0, with an empty trace
		}
	}
	return t
}

// list makes recent the cells whose last spike is younger than window before k.
func (t *presynaptic) list(k, window int64) {
	t.recent = t.recent[:0]
	for j, at := range t.last {
		t.listed[j] = k-at < window
		if t.listed[j] {
			t.recent = append(t.recent, int32(j))
		}
	}
}

// spike adds a spike of cell j in step k.
func (s *shard) trace(j int32, k int64) {
	t := &s.pre
	t.x[j] = float64(t.x[j]*traceDecay(float64(k-t.last[j])*s.p.Dt, s.p.TauPlus)) + 1
	t.last[j] = k
	if !t.listed[j] {
		t.listed[j] = true
		t.recent = append(t.recent, j)
	}
}

// potentiate is rule 2, the growth of synapses onto the cells that spiked in
// step k - d_EE: phase 1 of step k.
func (s *shard) potentiate(k int64) {
	posts := s.posts[(k-s.k.delay+int64(len(s.posts)))%int64(len(s.posts))]
	if k < s.k.delay || len(posts) == 0 {
		return
	}
	for _, p := range posts {
		s.homeo[p.cell] = float64(s.p.LambdaH*(s.p.Target-p.z)) * s.p.PMax
		s.due[p.cell] = true
	}
	first, last := posts[0].cell, posts[len(posts)-1].cell
	pre, kept := &s.pre, s.pre.recent[:0]
	for _, j := range pre.recent {
		age := k - pre.last[j]
		if age >= s.k.pairingMax {
			pre.listed[j] = false
			continue
		}
		kept = append(kept, j)
		if age > s.k.pairingMin {
			s.grow(j, first, last, s.k.hebb*float64(pre.x[j]*s.k.decay[age]))
		}
	}
	pre.recent = kept
	for _, p := range posts {
		s.due[p.cell] = false
	}
}

// grow adds hebb and homeostasis to the synapses of source j onto the cells that
// are due, all of which are from first to last.
func (s *shard) grow(j int32, first, last uint32, hebb float64) {
	lo, hi := s.syn.start[j], s.syn.start[j+1]
	at, _ := slices.BinarySearch(s.syn.target[lo:hi], first)
	for x := lo + uint32(at); x < hi; x++ {
		i := s.syn.target[x]
		if i > last {
			return
		}
		if s.due[i] {
			p := min(s.syn.perm[x]+hebb, s.p.PMax) + s.homeo[i]
			s.syn.perm[x] = min(max(p, float64(s.syn.floor[x])), s.p.PMax)
		}
	}
}

// send is rules 1 and 3 for a spike of cell j in step k: its synapses lose
// λ_- P_max, and those that are mature then bring it to their targets in
// k + d_EE.
func (s *shard) send(j int32, k int64, learning bool) {
	lo, hi := s.syn.start[j], s.syn.start[j+1]
	perm, target := s.syn.perm[lo:hi], s.syn.target[lo:hi]
	slot := &s.arrivals[k%s.k.delay]
	if learning {
		floor, depress := s.syn.floor[lo:hi], s.k.depress
		for x := range perm {
			perm[x] = max(perm[x]-depress, float64(floor[x]))
		}
	}
	for x, p := range perm {
		if p > s.p.PTheta {
			*slot = append(*slot, target[x])
		}
	}
}
