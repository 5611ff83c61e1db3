package spiking

import "math"

// excitatory is the state of one excitatory cell; times in steps.
type excitatory struct {
	v, ed, a, ex, ei float64 // V (mV), I_ED (pA), A (pA/ms), I_EX, I_EI (pA)
	plateau          int32   // 0: no dAP; else 1 + its steps that are left
	refractory       int32   // refractory steps that are left
}

// dapTrace is z of one cell: its value at the last dAP.
type dapTrace struct {
	z  float64
	at int64
}

// A post is a spike of a cell of the shard and what homeostasis needs of it.
type post struct {
	cell uint32 // from the shard's first
	z    float64
}

// negligible bounds potential and currents (mV, pA, pA/ms) that are set to 0.
const negligible = 1e-10

// integrate advances the active cells of subpopulation q to step k
// and appends their spikes to the slot of k: phase 2 of the step.
func (s *shard) integrate(q int, k int64) {
	c := s.k
	lo := q * s.cellsPer
	calm := k%c.delay == 0 // in these steps cells may become inactive
	slot := &s.posts[k%int64(len(s.posts))]
	for i := lo; i < lo+s.cellsPer; i++ {
		if !s.active[i] {
			continue
		}
		x := &s.cells[i]
		v := float64(c.pM*x.v) + float64(c.vED*x.ed) + float64(c.vA*x.a) + float64(c.vEX*x.ex) + float64(c.vEI*x.ei)
		x.ed = float64(c.pED*x.ed) + float64(c.aED*x.a)
		x.a = c.pED * x.a
		x.ex = c.pEX * x.ex
		x.ei = c.pEI * x.ei
		switch {
		case x.plateau > 1:
			x.plateau--
			x.ed = s.p.IDAP
		case x.plateau == 1:
			x.plateau = 0
			x.ed, x.a = 0, c.tail
			s.note(k, DAPEnd, i)
		case x.ed > s.p.IdAPth:
			s.daps[i] = dapTrace{s.zAt(i, k) + 1, k}
			x.plateau = int32(c.dap) + 1
			x.ed = s.p.IDAP
			s.note(k, DAPStart, i)
		}
		switch {
		case x.refractory > 0:
			x.refractory--
			v = 0
			s.silence(x, i, k)
		case v > c.vth:
			x.refractory = int32(c.ref)
			v = 0
			s.silence(x, i, k)
			*slot = append(*slot, post{uint32(i), s.zAt(i, k)})
			s.note(k, Spike, i)
			s.fired[q]++
		}
		x.v = v
		if calm && s.subthreshold(x) {
			s.active[i] = false
			s.at[i] = k
			s.activeCells[q]--
		}
	}
}

// silence clears the dendrite of a cell that spikes or is refractory.
func (s *shard) silence(x *excitatory, i int, k int64) {
	if x.plateau > 0 {
		x.plateau = 0
		s.note(k, DAPEnd, i)
	}
	x.ed, x.a = 0, 0
}

// zAt returns z of a cell in step k.
func (s *shard) zAt(i int, k int64) float64 {
	d := &s.daps[i]
	return d.z * traceDecay(float64(k-d.at)*s.p.Dt, s.p.TauH)
}

// atRest tells whether nothing is left of what arrived.
func (x *excitatory) atRest() bool {
	return x.plateau == 0 && x.refractory == 0 && math.Abs(x.v) < negligible && math.Abs(x.ed) < negligible && math.Abs(x.a) < negligible &&
		math.Abs(x.ex) < negligible && math.Abs(x.ei) < negligible
}
