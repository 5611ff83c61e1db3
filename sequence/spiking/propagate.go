package spiking

import "neurosim/internal/fpmath"

// Most cells have no dAP, are not refractory and cannot reach a threshold before
// something arrives. Such a cell is inactive: its state stays as of the step in which
// that became certain, and is propagated to the step of the next arrival at once. The
// equations are linear between events, so this is as exact as steps of h.

// A jump holds the propagators of n steps, as constants are of one.
type jump struct {
	pM, pEX, pED, pEI float64
	vEX, vED, vEI, vA float64
	aED               float64
}

// jumps is how many steps an inactive cell can be propagated at once.
const jumps = 1024

// newJumps returns the propagators of 1 ... jumps steps, at index n-1.
func newJumps(p *Params) []jump {
	out := make([]jump, jumps)
	for i := range out {
		t := float64(i+1) * p.Dt
		l := jump{pM: traceDecay(t, p.TauM), pEX: traceDecay(t, p.TauEX), pED: traceDecay(t, p.TauED), pEI: traceDecay(t, p.TauEI)}
		l.vEX, _ = lift(t, p.TauM, p.TauEX, p.Cm)
		l.vED, l.vA = lift(t, p.TauM, p.TauED, p.Cm)
		l.vEI, _ = lift(t, p.TauM, p.TauEI, p.Cm)
		l.aED = t * l.pED
		out[i] = l
	}
	return out
}

// lift returns what an exponential current of 1 pA, and an A of 1 pA/ms, add to V
// in a time t (ms):
//
//	(t/C) e^(-t/τ_m) φ₁(x),  (t²/C) e^(-t/τ_m) ψ₁(x),  x = t/τ_m - t/τ_s
//
// with φ₁ = (e^x-1)/x and ψ₁ = (e^x (x-1) + 1)/x² multiplied out where x is large.
func lift(t, tauM, tauS, cm float64) (current, rise float64) {
	x := t/tauM - t/tauS
	m, s := traceDecay(t, tauM), traceDecay(t, tauS)
	if x > -1 && x < 1 {
		return t / cm * m * fpmath.Phi1(x), t * t / cm * m * fpmath.Psi1(x)
	}
	return t / cm * (s - m) / x, t * t / cm * (float64(s*(x-1)) + m) / (x * x)
}

// move returns an inactive cell n steps later.
func (x excitatory) move(n int64, table []jump) excitatory {
	for n > 0 && x != (excitatory{}) {
		l := &table[min(n, jumps)-1]
		n -= min(n, jumps)
		v := float64(l.pM*x.v) + float64(l.vED*x.ed) + float64(l.vA*x.a) + float64(l.vEX*x.ex) + float64(l.vEI*x.ei)
		x.ed = float64(l.pED*x.ed) + float64(l.aED*x.a)
		x.a *= l.pED
		x.ex *= l.pEX
		x.ei *= l.pEI
		x.v = v
		if x.atRest() {
			x = excitatory{}
		}
	}
	return x
}

// propagated returns cell i in step k: an inactive cell is brought there, an active one
// is there.
func (s *shard) propagated(i int, k int64) *excitatory {
	x := &s.cells[i]
	if !s.active[i] {
		*x = x.move(k-s.at[i], s.jumps)
		s.at[i] = k
	}
	return x
}

// wake integrates cell i from the next step on, unless it can stay inactive.
func (s *shard) wake(i int) {
	if !s.active[i] && !s.subthreshold(&s.cells[i]) {
		s.active[i] = true
		s.activeCells[i/s.cellsPer]++
	}
}

// subthreshold tells whether a cell can reach no threshold without further input. For
// t ≥ 0 and positive I_ED, A, I_EX (negative ones only lower what follows):
//
//	I_ED(t) ≤ I_ED + A τ_ED/e
//	V(t) ≤ max(V, 0) + (I_ED τ_ED + A τ_ED² + I_EX τ_EX)/C
//
// The second is the integral of the currents, undiminished by the leak. Both are
// held to a margin for rounding.
func (s *shard) subthreshold(x *excitatory) bool {
	if x.plateau > 0 || x.refractory > 0 {
		return false
	}
	const margin = 1 - 1e-9
	p := s.p
	ed, a := max(x.ed, 0), max(x.a, 0)
	if ed+float64(a*s.k.peakA) > p.IdAPth*margin {
		return false
	}
	charge := float64(p.TauED*(ed+float64(a*p.TauED))) + float64(p.TauEX*max(x.ex, 0))
	return max(x.v, 0)+charge/p.Cm <= s.k.vth*margin
}

// activate integrates those cells that may reach a threshold that was lowered in
// step k.
func (s *shard) activate(k int64) {
	for i := range s.cells {
		if x := s.propagated(i, k-1); *x != (excitatory{}) {
			s.wake(i)
		}
	}
}
