// Package rng draws every random number of the project as a pure function of
// (seed, purpose, owner, index, counter). Nothing depends on a thread, on the
// order of calls, or on what else draws: adding a population, a recorder or a
// worker moves no other draw.
//
// The generator is Philox2x64-10 of Salmon, Moraes, Dror & Shaw, "Parallel
// random numbers: as easy as 1, 2, 3" (SC 2011): a keyed bijection of a 128-bit
// counter. Key: the mixed (seed, purpose, owner); counter: (position, index).
package rng

import (
	"math/bits"

	"neurosim/internal/fpmath"
)

// A Purpose separates the streams of one seed. The numbers are part of the
// results: they are never reused or changed, only added to.
type Purpose uint64

const (
	Patterns        Purpose = 1  // stored patterns of an input population; index: pattern
	Presentation    Purpose = 2  // order, noise and jitter of one presentation; index: presentation
	Background      Purpose = 3  // Poisson spikes; index: step
	Connect         Purpose = 4  // sources of one target's synapses; index: target cell
	Delay           Purpose = 5  // delays of one target's synapses; index: target cell
	Weight          Purpose = 6  // weights of one target's synapses; index: target cell
	CellParameter   Purpose = 7  // parameters that differ from cell to cell; index: cell
	Novel           Purpose = 8  // patterns that are shown but stored nowhere; index: presentation
	Trial           Purpose = 9  // static comparisons without time; index: trial
	SweepSeed       Purpose = 10 // seed of one point of a sweep; index: repetition
	SweepSamples    Purpose = 13 // values of one key of a sampled sweep
	BackgroundCount Purpose = 11 // how many Poisson spikes a cell has in a step; index: block of steps
	Place           Purpose = 20 // places of one target's synapses on its dendrites; index: target cell

	// 52 and 64 are those of parts that are gone.
	BurstWinner Purpose = 50 // which cell of a bursting column wins; owner: step, index: column
	BasalGrowth Purpose = 51 // which winners a basal segment grows onto; owner: step, index: cell and which of its segments

	SequenceStream Purpose = 60 // elements of a stream of sequences among noise; index: element
	CellDeath      Purpose = 61 // which cells die
	EncoderBits    Purpose = 62 // cells of a category or of a bucket of a random encoder; index: category or bucket
	ColumnMap      Purpose = 63 // potential inputs of a column; index: column

	PlasticSources    Purpose = 70 // potential sources of one cell of the spiking sequence memory; index: cell
	InitialPermanence Purpose = 71 // permanences of one cell's synapses; index: cell
	SparseFirst       Purpose = 72 // cells of a first element that a pulse predicts; index: subpopulation

	Stratum           Purpose = 73 // seed of one batch of trials with a given overlap; owner: overlap, index: batch
	StratumPattern    Purpose = 74 // which synapses and other cells a pattern of given overlap takes; index: presentation
	StratumBackground Purpose = 75 // background of the trials of one presentation; index: presentation

	UncagingPlace   Purpose = 80 // places of the synapses of an uncaging study; index: cluster
	ThresholdTrial  Purpose = 81 // places, times and conductances of one trial of a psychometric study; index: trial
	TrialBackground Purpose = 82 // background of one such trial; index: trial
	WeightedTrial   Purpose = 83 // one trial of importance sampling; index: active synapses and trial

	BackgroundThinning Purpose = 90 // which Poisson spikes of a rate that varies are kept; index: block of steps
	Release            Purpose = 91 // whether a synapse releases; index: synapse, counter: spike
	Position           Purpose = 92 // where a cell of a random layout is; index: cell
	Distance           Purpose = 93 // which pairs a probability that falls with distance connects; index: target cell
	Electrode          Purpose = 94 // noise of one electrode; index: step
)

// Algorithm names the generator and its keying, for the record of a run.
const Algorithm = "philox2x64-10/v1"

// A Stream is one sequence of random numbers. The zero Stream is not valid.
type Stream struct {
	key, index, next uint64
	spare            uint64
	hasSpare         bool
}

// New returns the stream of one entity: owner says which (Name of a population
// or projection; 0 if there is only one), index which of its parts.
func New(seed uint64, purpose Purpose, owner, index uint64) Stream {
	return Stream{key: mix(mix(mix(seed)^uint64(purpose)) ^ owner), index: index}
}

// Draws are numbers of one owner that are drawn in any order: number c of index i is the
// same whatever was drawn before. They serve entities that are too many for a stream
// each.
type Draws struct{ key uint64 }

// NewDraws returns the numbers of one owner.
func NewDraws(seed uint64, purpose Purpose, owner uint64) Draws {
	return Draws{New(seed, purpose, owner, 0).key}
}

// Float64 returns a uniform number in (0, 1), as that of a Stream.
func (d Draws) Float64(index, counter uint64) float64 {
	s := Stream{key: d.key, index: index, next: counter}
	return s.Float64()
}

// Name turns the name of an entity into an owner: FNV-1a, 64 bits, so that a
// stream follows its entity's name and not its place in a file.
func Name(name string) uint64 {
	h := uint64(0xcbf29ce484222325)
	for i := range len(name) {
		h = (h ^ uint64(name[i])) * 0x100000001b3
	}
	return h
}

// mix is the finalizer of SplitMix64 (Steele, Lea & Flood 2014), a bijection.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// philox applies ten rounds of Philox2x64 to the counter (c0, c1) under key k.
func philox(c0, c1, k uint64) (uint64, uint64) {
	for range 10 {
		hi, lo := bits.Mul64(0xD2B74407B1CE6E93, c0)
		c0, c1 = hi^k^c1, lo
		k += 0x9E3779B97F4A7C15
	}
	return c0, c1
}

// Uint64 returns 64 random bits.
func (s *Stream) Uint64() uint64 {
	if s.hasSpare {
		s.hasSpare = false
		return s.spare
	}
	a, b := philox(s.next, s.index, s.key)
	s.next++
	s.spare, s.hasSpare = b, true
	return a
}

// Float64 returns a uniform number in (0, 1): the centres of 2^52 equal
// intervals, so that neither 0 nor 1 occurs and logarithms are finite.
func (s *Stream) Float64() float64 {
	return float64((float64(s.Uint64()>>12) + 0.5) * 0x1p-52)
}

// IntN returns a uniform integer in [0, n), n > 0, without bias (Lemire 2019).
func (s *Stream) IntN(n int) int {
	if n <= 0 {
		panic("rng: IntN: n must be positive")
	}
	un := uint64(n)
	hi, lo := bits.Mul64(s.Uint64(), un)
	if lo < un {
		floor := -un % un
		for lo < floor {
			hi, lo = bits.Mul64(s.Uint64(), un)
		}
	}
	return int(hi)
}

// Normal returns a standard normal number, by inversion: one draw each.
func (s *Stream) Normal() float64 {
	return fpmath.NormalQuantile(s.Float64())
}

// MaxNormal bounds |Normal()|: the quantile of the extreme value of Float64,
// 2^-53, is -8.21.
const MaxNormal = 8.3

// Skip returns how many failures precede the next success of a Bernoulli
// process whose probability of failure has the logarithm logq < 0, at most 2^62:
//
//	P(Skip ≥ m) = q^m,  by inversion: ⌊ln U / ln q⌋
func (s *Stream) Skip(logq float64) int {
	const most = 1 << 62
	x := fpmath.Log(s.Float64()) / logq
	if x >= most {
		return most
	}
	return int(x)
}
