package stimulus

import (
	"math"
	"slices"

	"neurosim/internal/grid"
	"neurosim/internal/rng"
)

// Order says which stored pattern each presentation shows.
type Order string

const (
	Cyclic Order = "cyclic" // 0, 1, …, P-1, 0, …
	Random Order = "random" // each drawn uniformly, independently
)

// JitterShape is the distribution of a spike's delay after its presentation.
type JitterShape string

const (
	Gaussian JitterShape = "gaussian" // normal with mean 0 and standard deviation Jitter
	Uniform  JitterShape = "uniform"  // uniform in [0, Jitter)
)

// maxJitter bounds the jitter (ms), whose spikes wait in memory for their time.
const maxJitter = 1e6

// NovelPattern is in the place of a pattern's index for a random pattern
// that is stored nowhere, drawn afresh for the presentation.
const NovelPattern = -1

// PresentationParams is what a user sets of an input that shows SDRs.
type PresentationParams struct {
	Start    float64     `toml:"start" unit:"ms" grid:"dt" doc:"time of the first presentation; default: one period"`
	Period   float64     `toml:"period" must:"yes" unit:"ms" grid:"dt" doc:"time from one presentation to the next"`
	Count    int         `toml:"count" doc:"number of presentations; 0: until the end of the run"`
	Order    Order       `toml:"order" of:"cyclic random" doc:"cyclic or random, among the stored patterns"`
	Sequence []int       `toml:"sequence" list:"twice" doc:"explicit order, repeated: indices of patterns, -1 for a novel random one; replaces order and novel"`
	Novel    float64     `toml:"novel" doc:"fraction of the presentations, evenly spread, that show a novel random pattern"`
	Jitter   float64     `toml:"jitter" unit:"ms" doc:"spread of the spikes of one presentation"`
	Shape    JitterShape `toml:"jitter_shape" of:"gaussian uniform" doc:"gaussian (jitter is the standard deviation) or uniform (in [0, jitter))"`
	Noise
}

// DefaultPresentations returns the defaults: clean patterns in cyclic order.
func DefaultPresentations() PresentationParams {
	return PresentationParams{Start: math.NaN(), Order: Cyclic, Shape: Gaussian, Noise: Noise{Mode: Strict}}
}

// Check reports every rule that p breaks, for a population whose patterns have
// active cells of n, numbered 0..patterns-1.
func (p PresentationParams) Check(n, active, patterns int, bad func(key, rule string, args ...any)) {
	if !(p.Period > 0) {
		bad("period", "must be positive")
	}
	if p.Start < 0 {
		bad("start", "must not be negative")
	}
	if p.Count < 0 {
		bad("count", "must not be negative")
	}
	if p.Order != Cyclic && p.Order != Random {
		bad("order", "must be %q or %q", Cyclic, Random)
	}
	if p.Shape != Gaussian && p.Shape != Uniform {
		bad("jitter_shape", "must be %q or %q", Gaussian, Uniform)
	}
	for _, s := range p.Sequence {
		if s < NovelPattern || s >= patterns {
			bad("sequence", "names pattern %d; patterns are 0 to %d, and -1 for a novel one", s, patterns-1)
			break
		}
	}
	fraction := func(key string, f float64) bool {
		if !(f >= 0 && f <= 1) {
			bad(key, "must be from 0 to 1")
			return false
		}
		return true
	}
	fraction("novel", p.Novel)
	ok := fraction("swap", p.Swap)
	ok = fraction("drop", p.Drop) && ok
	if p.Mode != Strict && p.Mode != Readd {
		bad("swap_mode", "must be %q or %q", Strict, Readd)
	}
	if most := float64(n) / float64(max(1, active)); !(p.Add >= 0 && p.Add <= most) {
		bad("add", "must be from 0 to n/a = %.4g: the population has %d cells", most, n)
		ok = false
	}
	if ok && active <= n {
		if swap, drop := Count(p.Swap, active), Count(p.Drop, active); swap+drop > active {
			bad("drop", "with swap, %d + %d cells of the %d active ones would be lost", swap, drop, active)
		} else if need := active + swap + Count(p.Add, active); need > n {
			bad("add", "with swap, needs %d distinct cells; the population has %d", need, n)
		}
	}
	if !(p.Jitter >= 0 && p.Jitter <= maxJitter) {
		bad("jitter", "must be from 0 to %g ms", maxJitter)
	} else if p.Shape == Gaussian && p.Jitter > 0 && p.Start < rng.MaxNormal*p.Jitter {
		bad("start", "must be at least %.1f × jitter = %g ms, so that no spike falls before 0", rng.MaxNormal, rng.MaxNormal*p.Jitter)
	}
}

// Presentations shows patterns of a pattern set. Times are in steps.
type Presentations struct {
	seed, owner   uint64
	set           PatternSet
	active        int
	start, period int64
	count         int64 // presentations in all
	order         Order
	sequence      []int
	novel         float64
	noise         Noise
	shape         JitterShape
	jitter        float64 // in steps
	early, late   int64   // bounds of a spike's time relative to its presentation

	sampler *Sampler
	cells   []int32 // scratch
	drawn   int64   // presentations 0..drawn-1 have put their spikes into pending
	pending []spike // spikes not emitted yet
}

type spike struct {
	step int64
	cell int32
}

// NewPresentations lowers p to steps of dt (ms) for a run of the given number
// of steps. name keys its draws.
func NewPresentations(seed uint64, name string, set PatternSet, active int, p PresentationParams, dt float64, steps int64) *Presentations {
	s := &Presentations{
		seed: seed, owner: rng.Name(name), set: set, active: active,
		start: grid.Steps(p.Start, dt), period: grid.Steps(p.Period, dt),
		order: p.Order, sequence: p.Sequence, novel: p.Novel, noise: p.Noise,
		shape: p.Shape, jitter: p.Jitter / dt,
		sampler: NewSampler(set.N),
	}
	if s.start < steps {
		s.count = (steps-1-s.start)/s.period + 1
	}
	if p.Count > 0 {
		s.count = min(s.count, int64(p.Count))
	}
	switch s.shape {
	case Gaussian:
		s.late = int64(math.Ceil(rng.MaxNormal * s.jitter))
		s.early = -s.late
	case Uniform:
		s.late = int64(math.Ceil(s.jitter))
	}
	return s
}

// Count returns the number of presentations that begin within the run.
func (s *Presentations) Count() int64 { return s.count }

// Time returns the step at which presentation k begins.
func (s *Presentations) Time(k int64) int64 { return s.start + k*s.period }

// Window returns the bounds, relative to Time, between which every spike of a
// presentation falls (steps, inclusive).
func (s *Presentations) Window() (early, late int64) { return s.early, s.late }

// Pattern returns the index of the pattern that presentation k shows, or
// NovelPattern.
func (s *Presentations) Pattern(k int64) int {
	if len(s.sequence) > 0 {
		return s.sequence[k%int64(len(s.sequence))]
	}
	// Presentation k is novel where ⌊k·novel⌋ grows: evenly spread, and the
	// remaining ones go through the pattern set without a gap.
	before := int64(math.Floor(float64(float64(k) * s.novel)))
	after := int64(math.Floor(float64(float64(k+1) * s.novel)))
	if after > before || len(s.set.Patterns) == 0 {
		return NovelPattern
	}
	if s.order == Random {
		r := rng.New(s.seed, rng.Presentation, s.owner, uint64(k))
		return r.IntN(len(s.set.Patterns))
	}
	return int((k - before) % int64(len(s.set.Patterns)))
}

// cellsOf appends to dst the cells that presentation k makes spike, ascending:
// its pattern after noise. A novel pattern is shown as drawn.
func (s *Presentations) cellsOf(k int64, dst []int32) []int32 {
	p := s.Pattern(k)
	if p == NovelPattern {
		r := rng.New(s.seed, rng.Novel, s.owner, uint64(k))
		return s.sampler.Draw(&r, s.active, dst)
	}
	r := s.noiseStream(k)
	return s.noise.Apply(&r, s.sampler, s.set.Patterns[p], dst)
}

// noiseStream begins after the draw of the order.
func (s *Presentations) noiseStream(k int64) rng.Stream {
	return rng.New(s.seed, rng.Presentation, s.owner^0x6e6f697365, uint64(k)) // "noise"
}

// Emit appends the spikes of steps from..to-1 to spikes[step-from], unsorted.
// Calls cover the run in order; the first may begin anywhere (a resumed run).
func (s *Presentations) Emit(from, to int64, spikes [][]int32) {
	for s.drawn < s.count && s.Time(s.drawn)+s.early < to {
		k := s.drawn
		s.drawn++
		if s.Time(k)+s.late < from {
			continue
		}
		s.cells = s.cellsOf(k, s.cells[:0])
		r := rng.New(s.seed, rng.Presentation, s.owner^0x6a6974746572, uint64(k)) // "jitter"
		for _, c := range s.cells {
			at := s.Time(k) + s.offset(&r)
			if at >= from {
				s.pending = append(s.pending, spike{at, c})
			}
		}
	}
	s.pending = slices.DeleteFunc(s.pending, func(x spike) bool {
		if x.step >= to {
			return false
		}
		spikes[x.step-from] = append(spikes[x.step-from], x.cell)
		return true
	})
}

// offset draws the time of one spike relative to its presentation (steps).
func (s *Presentations) offset(r *rng.Stream) int64 {
	switch {
	case s.jitter == 0:
		return 0
	case s.shape == Uniform:
		return int64(math.Floor(float64(r.Float64() * s.jitter)))
	default:
		return int64(math.Round(float64(r.Normal() * s.jitter)))
	}
}
