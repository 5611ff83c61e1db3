package spikingmemory

import "neurosim/study"

// Idle returns the keys of learning that change nothing where its rates are 0 or it is never
// on.
func (s *Study) Idle() (idle []study.Idle) {
	add := func(why string, keys ...string) {
		for _, key := range keys {
			idle = append(idle, study.Idle{Key: "network." + key, Why: why})
		}
	}
	n := &s.Network
	switch {
	case s.Run.LearnFrom >= min(s.Run.LearnUntil, s.Run.Episodes):
		add("learning is never on (run.learn_from, run.learn_until, run.episodes)", "lambda_plus", "lambda_minus", "lambda_h", "tau_plus", "tau_h", "z_target", "Delta_t_min", "Delta_t_max")
		return idle
	case n.LambdaPlus == 0:
		add("lambda_plus = 0", "tau_plus")
	}
	if n.LambdaH == 0 {
		add("lambda_h = 0", "z_target", "tau_h")
	}
	if n.SparseFirst == 0 {
		add("sparse_first = 0, there is no pulse", "pulse_strength")
	}
	return idle
}
