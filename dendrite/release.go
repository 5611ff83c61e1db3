package dendrite

// ReleaseParams is what a user sets of the failure of release (unitary failure): a spike
// of an axon releases at each of its synapses with probability p, independently of all
// other spikes and synapses; where it does not, the synapse does nothing. The number of
// the n synapses of an axon that release is binomial, of mean n p and variance
// n p (1-p); the mean conductance or current is p times that without failure
// (del Castillo & Katz 1954, J. Physiol. 124:560).
type ReleaseParams struct {
	P float64 `toml:"p_release" doc:"probability that a spike releases at a synapse, drawn for every spike and synapse; default: every spike releases"`
}

// Check reports every rule that p breaks.
func (p ReleaseParams) Check(bad func(key, rule string, args ...any)) {
	if !(p.P > 0 && p.P <= 1) {
		bad("p_release", "must be above 0 and at most 1")
	}
}
