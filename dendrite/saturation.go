package dendrite

// Saturation is the bound receptors of M synapses. Of the receptors of a synapse the
// fraction r has bound transmitter. A release binds the part b (ReceptorParams.Bound) of
// those that are free, and they unbind with τ_decay:
//
//	r ← r e^(-Δ/τ_decay)                  after the time Δ
//	w = 1 - r;   r ← r + b (1 - r)        with a release
//
// (Destexhe, Mainen & Sejnowski 1994, Neural Comput. 6:14, with a pulse of transmitter
// that is short beside τ_decay; Lester & Jahr 1992, J. Neurosci. 12:635). What opens is
// what is newly bound: the event has the weight w, the increase of r over b. A release
// after a long silence has weight 1: g_max is its peak conductance. One at once after it
// has 1 - b, and however many come at once, they open no more than g_max/b together.
//
// For a conductance of one exponential (τ_rise = 0) this is the model itself,
//
//	g(t) = g_max r(t)/b
//
// at all times. With a rise, r decays as the slow exponential does: the conductance is
// g_max norm (r(t)/b - y(t)), y the sum of w e^(-(t-t_i)/τ_rise) over the releases, so the
// decaying part is exact, and the rise delays what is bound without counting how much of it
// is still to open. For τ_rise = τ_decay, r decays with e^(-t/τ) and the conductance more
// slowly, as t e^(-t/τ).
//
// A release of an amount a, in units of one after a long silence (short-term
// plasticity), binds the part min(1, a b).
type Saturation struct {
	bound, tau []float64   // of each receptor; bound 0: it does not saturate
	dt         float64     // (ms)
	r          [][]float64 // [receptor][M] just after the last release; nil: it does not saturate
	last       []int64     // [M] step of the last release
	weights    []float64   // [receptor] of the release
}

// NewSaturation returns m synapses with those receptors and nothing bound, nil where no
// receptor saturates; dt in ms.
func NewSaturation(m int, receptors []ReceptorParams, dt float64) *Saturation {
	s := &Saturation{dt: dt, weights: make([]float64, len(receptors)), last: make([]int64, m)}
	saturates := false
	for _, p := range receptors {
		var r []float64
		if p.Bound > 0 {
			r, saturates = make([]float64, m), true
		}
		s.bound, s.tau, s.r = append(s.bound, p.Bound), append(s.tau, p.TauDecay), append(s.r, r)
	}
	if !saturates {
		return nil
	}
	return s
}

// Release returns the weights of the events, by receptor, that a release of an amount at
// synapse i opens in a step, not before that of its last. They stand until the next call.
func (s *Saturation) Release(i int, amount float64, step int64) []float64 {
	after := float64(float64(step-s.last[i]) * s.dt)
	s.last[i] = step
	for k, b := range s.bound {
		if b == 0 {
			s.weights[k] = amount
			continue
		}
		r := float64(s.r[k][i] * left(after, s.tau[k]))
		more := float64(min(1, float64(amount*b)) * (1 - r))
		s.r[k][i] = r + more
		s.weights[k] = more / b
	}
	return s.weights
}

// State returns the arrays that make up the state, for a checkpoint; those of receptors
// that do not saturate are nil. They are the state itself: copying into them restores it.
func (s *Saturation) State() (r [][]float64, last []int64) { return s.r, s.last }
