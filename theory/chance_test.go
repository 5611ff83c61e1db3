package theory

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// blocks collects one number per block of a simulation.
type blocks []float64

// stats returns the mean and its standard error. Blocks are much longer than a
// window, so they are independent although what happens in one comes in clumps.
func (b blocks) stats() (mean, se float64) {
	for _, x := range b {
		mean += x / float64(len(b))
	}
	for _, x := range b {
		se += (x - mean) * (x - mean)
	}
	n := float64(len(b))
	return mean, math.Sqrt(se / (n * (n - 1)))
}

// agrees reports an error unless the mean of b is want within a relative bias of
// (-low, +high), which is what the theory admits, and 5 standard errors.
func (b blocks) agrees(t *testing.T, what string, want, low, high float64) {
	t.Helper()
	mean, se := b.stats()
	if mean < want*(1-low)-5*se || mean > want*(1+high)+5*se {
		t.Errorf("%s: simulated %.5g ± %.2g, theory %.5g", what, mean, se, want)
	}
}

// simulate runs a segment in continuous time, spike by spike, and returns rates
// per block of crossings and of NMDA spikes.
func simulate(s, theta int, rate, window, plateau float64, spikes int, seed uint64) (cross, nmda blocks) {
	r := rand.New(rand.NewPCG(seed, 2))
	until := make([]float64, s) // when each synapse goes off
	active := func(t float64) (n int) {
		for _, u := range until {
			if u > t {
				n++
			}
		}
		return n
	}
	const warm, count = 1000, 40
	var t, from, end float64 // now; start of block; end of plateau
	plateauOn := false
	var crossed, started int
	for i := range spikes + warm {
		next := t + r.ExpFloat64()/(rate*float64(s))
		for plateauOn && end <= next { // it ends before the next spike
			if active(end) >= theta {
				started++
				end += plateau
			} else {
				plateauOn = false
			}
		}
		t = next
		k := r.IntN(s)
		off := until[k] <= t
		until[k] = t + window
		if off && active(t) == theta {
			crossed++
			if !plateauOn {
				started++
				plateauOn, end = true, t+plateau
			}
		}
		switch {
		case i == warm-1:
			crossed, started, from = 0, 0, t
		case i >= warm && (i-warm+1)%(spikes/count) == 0:
			cross = append(cross, float64(crossed)/(t-from))
			nmda = append(nmda, float64(started)/(t-from))
			crossed, started, from = 0, 0, t
		}
	}
	return cross, nmda
}

// simulateSteps does the same step by step.
func simulateSteps(s, theta int, rate float64, window, plateau, steps int, seed uint64) (cross, nmda blocks) {
	r := rand.New(rand.NewPCG(seed, 1))
	until := make([]int, s) // first step in which each synapse is off
	arrive := 1 - math.Exp(-rate)
	const count = 40
	before, free, crossed, started := 0, 0, 0, 0
	for k := -10 * window; k < steps; k++ {
		n := 0
		for i := range until {
			if r.Float64() < arrive {
				until[i] = k + window
			}
			if until[i] > k {
				n++
			}
		}
		if k >= 0 {
			if before < theta && n >= theta {
				crossed++
			}
			if n >= theta && k >= free {
				started++
				free = k + plateau + 1
			}
			if per := steps / count; (k+1)%per == 0 {
				cross = append(cross, float64(crossed)/float64(per))
				nmda = append(nmda, float64(started)/float64(per))
				crossed, started = 0, 0
			}
		}
		before = n
	}
	return cross, nmda
}

// The bias that doc.go admits for rates of NMDA spikes with a plateau.
const spikeRateBias = 0.08

func TestChanceRatesBySimulation(t *testing.T) {
	for i, c := range []struct {
		s, theta              int
		rate, window, plateau float64 // 1/ms, ms, ms
	}{
		{20, 3, 0.005, 5, 50},
		{30, 6, 0.01, 5, 50},
		{20, 5, 0.02, 5, 5},
		{40, 10, 0.03, 4, 100},
		{24, 12, 0.1, 5, 80}, // theta near the mean
		{20, 2, 0.05, 5, 20}, // nearly always above
		{10, 1, 0.001, 2, 20},
		{12, 12, 0.3, 5, 5}, // all synapses
	} {
		what := fmt.Sprintf("%+v", c)
		cross, nmda := simulate(c.s, c.theta, c.rate, c.window, c.plateau, 600_000, uint64(i))
		cross.agrees(t, "crossings "+what, ChanceCrossingRate(c.s, c.theta, c.rate, c.window).Value(), 0, 0)
		want := ChanceSpikeRate(c.s, c.theta, c.rate, c.window, c.plateau).Value()
		nmda.agrees(t, "NMDA spikes "+what, want, spikeRateBias, 0)
		m, se := nmda.stats()
		t.Logf("%s: NMDA spikes %.4g per ms, simulated/theory %.4f ± %.4f", what, want, m/want, se/want)
	}
}

func TestStepRatesBySimulation(t *testing.T) {
	if testing.Short() {
		t.Skip("simulates for a second: run without -short")
	}
	for i, c := range []struct {
		s, theta        int
		rate            float64
		window, plateau int
	}{
		{20, 5, 0.02, 5, 5},
		{20, 4, 0.01, 10, 20},
		{30, 12, 0.02, 15, 30},
		{10, 2, 0.01, 5, 10},
		{24, 8, 0.3, 1, 0}, // window of one step: steps are independent
		{24, 12, 0.1, 4, 3},
		{20, 3, 0.05, 5, 5},
		{12, 4, 0.005, 50, 500},
	} {
		what := fmt.Sprintf("%+v", c)
		cross, nmda := simulateSteps(c.s, c.theta, c.rate, c.window, c.plateau, 400_000, uint64(i))
		cross.agrees(t, "crossings "+what, StepCrossings(c.s, c.theta, c.rate, c.window).Value(), 0, 0)
		want := StepSpikeRate(c.s, c.theta, c.rate, c.window, c.plateau).Value()
		bias := spikeRateBias
		if c.window == 1 {
			bias = 0
		}
		nmda.agrees(t, "NMDA spikes "+what, want, bias, 0)
		m, se := nmda.stats()
		t.Logf("%s: NMDA spikes %.4g per step, simulated/theory %.4f ± %.4f", what, want, m/want, se/want)
	}
}

// With a window of one step, steps are independent: λ = (1-P)·P and T is
// geometric.
func TestStepRatesWindowOne(t *testing.T) {
	for theta := 1; theta <= 9; theta++ {
		p := BackgroundOverlap(8, theta, 0.4, 1).Value()
		near(t, "crossings", StepCrossings(8, theta, 0.4, 1).Value(), (1-p)*p, 1e-13)
		if theta <= 8 {
			near(t, "first", StepFirstSpike(8, theta, 0.4, 1).Value(), (1-p)/p, 1e-12)
			near(t, "rate", StepSpikeRate(8, theta, 0.4, 1, 0).Value(), p, 1e-12)
		} else if r := StepSpikeRate(8, theta, 0.4, 1, 0).Value(); r != 0 {
			t.Errorf("unreachable threshold: rate %v", r)
		}
	}
}

// Crossings of small segments by every history: the 2^(s(window+1)) patterns of
// arrivals that decide two successive steps.
func TestStepCrossingsByEnumeration(t *testing.T) {
	const s, window, rate = 3, 3, 0.35
	x := 1 - math.Exp(-rate)
	var want [s + 2]float64
	for h := range 1 << (s * (window + 1)) {
		p := 1.0
		var before, now int
		for i := range s {
			bits := h >> (i * (window + 1)) & (1<<(window+1) - 1) // bit j: a spike j steps ago
			for j := range window + 1 {
				if bits>>j&1 == 1 {
					p *= x
				} else {
					p *= 1 - x
				}
			}
			if bits&(1<<window-1) != 0 {
				now++
			}
			if bits>>1 != 0 {
				before++
			}
		}
		for theta := 1; theta <= s; theta++ {
			if before < theta && now >= theta {
				want[theta] += p
			}
		}
	}
	for theta := 1; theta <= s+1; theta++ {
		near(t, fmt.Sprintf("theta %d", theta), StepCrossings(s, theta, rate, window).Value(), want[theta], 1e-13)
	}
}

// Short steps approach continuous time; the error is proportional to the step.
func TestStepsApproachContinuousTime(t *testing.T) {
	const s, theta, rate, window, plateau = 20, 5, 0.01, 5.0, 50.0
	const n = 250 // steps per window
	dt := window / n
	// In a step of r·dt·s = 0.004 spikes, and dt = w/250, corrections are of
	// the order of theta/n: 2 %.
	tol := 1.5 * theta / n
	near(t, "crossings", StepCrossings(s, theta, rate*dt, n).Value()/dt, ChanceCrossingRate(s, theta, rate, window).Value(), tol)
	near(t, "first spike", StepFirstSpike(s, theta, rate*dt, n).Value()*dt, ChanceFirstSpike(s, theta, rate, window).Value(), tol)
	near(t, "NMDA spikes", StepSpikeRate(s, theta, rate*dt, n, plateau/window*n).Value()/dt, ChanceSpikeRate(s, theta, rate, window, plateau).Value(), tol)
}

// Where crossings hardly repeat, the first spike comes at the crossing rate. The
// overlap stays at theta for about w/theta (one of theta synapses goes off), and
// again at theta-1, from where s-theta+1 synapses can bring it back at rate r:
// that many crossings, (s-theta+1)·r·w/theta, are repeats.
func TestRareCrossings(t *testing.T) {
	const window = 5
	for _, c := range []struct {
		s, theta int
		rate     float64
	}{{400, 300, 0.001}, {60, 40, 1e-4}, {20, 8, 1e-4}, {12, 12, 0.001}} {
		repeats := float64(c.s-c.theta+1) / float64(c.theta) * c.rate * window
		first := wide(1, 0).over(ChanceFirstSpike(c.s, c.theta, c.rate, window))
		ratio := first.over(ChanceCrossingRate(c.s, c.theta, c.rate, window)).Value()
		near(t, fmt.Sprintf("%+v", c), 1-ratio, repeats, 0.2)
	}
}

// The balance of flows: over all theta, crossings upwards sum to the rate at
// which synapses turn on, s·r·(1-p).
func TestCrossingsBalance(t *testing.T) {
	const s, rate, window = 25, 0.03, 4.0
	var up float64
	for theta := 1; theta <= s; theta++ {
		up += ChanceCrossingRate(s, theta, rate, window).Value()
	}
	near(t, "sum", up, s*rate*math.Exp(-rate*window), 1e-14)
}

// The binomial tail against rationals, p being the float64 it is.
func TestBinomialTailAgainstRationals(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	worst := 0.0
	for range 200 {
		s := logUniform(r, 1, 1000)
		theta := r.IntN(s + 2)
		// A power of two below 1 subtracts exactly.
		p := float64(1+r.IntN(1<<20-1)) / (1 << 20)
		if r.IntN(2) == 0 {
			p /= 1 << 12
		}
		x := new(big.Rat).SetFloat64(p)
		num, den := x.Num(), x.Denom()
		off := new(big.Int).Sub(den, num)
		sum := new(big.Int)
		for b := theta; b <= s; b++ {
			term := new(big.Int).Binomial(int64(s), int64(b))
			term.Mul(term, new(big.Int).Exp(num, big.NewInt(int64(b)), nil))
			sum.Add(sum, term.Mul(term, new(big.Int).Exp(off, big.NewInt(int64(s-b)), nil)))
		}
		want := new(big.Rat).SetFrac(sum, new(big.Int).Exp(den, big.NewInt(int64(s)), nil))
		e := probErr(binomialTail(s, theta, share{p, 1 - p}), want)
		if e > accuracy {
			t.Errorf("binomialTail(%d, %d, %v): relative error %.2g", s, theta, p, e)
		}
		worst = max(worst, e)
	}
	t.Logf("worst relative error %.2g", worst)
}

func BenchmarkChance(b *testing.B) {
	b.Run("crossings", func(b *testing.B) {
		for b.Loop() {
			ChanceCrossingRate(30, 10, 0.01, 5)
		}
	})
	b.Run("spikes", func(b *testing.B) {
		for b.Loop() {
			ChanceSpikeRate(30, 10, 0.01, 5, 50)
		}
	})
	b.Run("steps", func(b *testing.B) {
		for b.Loop() {
			StepSpikeRate(30, 10, 0.001, 50, 500)
		}
	})
}
