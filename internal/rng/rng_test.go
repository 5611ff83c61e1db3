package rng

import (
	"math"
	"os"
	"regexp"
	"testing"
)

// Known answers of Philox2x64-10 from the Random123 distribution (kat_vectors).
func TestPhiloxKnownAnswers(t *testing.T) {
	for _, c := range []struct{ c0, c1, k, r0, r1 uint64 }{
		{0, 0, 0, 0xca00a0459843d731, 0x66c24222c9a845b5},
		{math.MaxUint64, math.MaxUint64, math.MaxUint64, 0x65b021d60cd8310f, 0x4d02f3222f86df20},
		{0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0, 0x0a5e742c2997341c, 0xb0f883d38000de5d},
	} {
		if r0, r1 := philox(c.c0, c.c1, c.k); r0 != c.r0 || r1 != c.r1 {
			t.Errorf("philox(%x, %x; %x) = %x, %x, want %x, %x", c.c0, c.c1, c.k, r0, r1, c.r0, c.r1)
		}
	}
}

func TestStreamsDifferByEveryPartOfTheirKey(t *testing.T) {
	seen := map[uint64]string{}
	for _, c := range []struct {
		name string
		s    Stream
	}{
		{"base", New(1, Connect, 5, 7)},
		{"seed", New(2, Connect, 5, 7)},
		{"purpose", New(1, Delay, 5, 7)},
		{"owner", New(1, Connect, 6, 7)},
		{"index", New(1, Connect, 5, 8)},
	} {
		x := c.s.Uint64()
		if other, dup := seen[x]; dup {
			t.Errorf("%s draws the same as %s", c.name, other)
		}
		seen[x] = c.name
	}
}

// Means and variances within 5 standard errors (1 seed in 2 million fails).
func TestMoments(t *testing.T) {
	const n = 200_000
	for _, c := range []struct {
		name           string
		draw           func(*Stream) float64
		mean, variance float64
		kurtosis       float64 // E(x-mean)^4 / variance^2, for the error of the variance
	}{
		{"Float64", func(s *Stream) float64 { return s.Float64() }, 0.5, 1.0 / 12, 1.8},
		{"IntN(7)", func(s *Stream) float64 { return float64(s.IntN(7)) }, 3, 4, 1.75},
		{"Normal", func(s *Stream) float64 { return s.Normal() }, 0, 1, 3},
		// failures before a success of probability p = 0.2: mean q/p, variance q/p²
		{"Skip", func(s *Stream) float64 { return float64(s.Skip(math.Log(0.8))) }, 4, 20, 9.05},
	} {
		s := New(3, Trial, 0, 0)
		var sum, sq float64
		for range n {
			x := c.draw(&s) - c.mean
			sum += x
			sq += x * x
		}
		mean, variance := sum/n, sq/n
		if math.Abs(mean) > 5*math.Sqrt(c.variance/n) {
			t.Errorf("%s: mean off by %g", c.name, mean)
		}
		if math.Abs(variance-c.variance) > 5*c.variance*math.Sqrt((c.kurtosis-1)/n) {
			t.Errorf("%s: variance %g, want %g", c.name, variance, c.variance)
		}
	}
}

func TestIntNIsUnbiased(t *testing.T) {
	const n, bins = 120_000, 6
	s := New(9, Trial, 0, 0)
	var count [bins]int
	for range n {
		count[s.IntN(bins)]++
	}
	var chi2 float64
	for _, c := range count {
		d := float64(c) - n/bins
		chi2 += d * d / (n / bins)
	}
	if chi2 > 25.7 { // 5 degrees of freedom, p = 1e-4
		t.Errorf("chi-square %.1f over %d bins: %v", chi2, bins, count)
	}
}

func BenchmarkUint64(b *testing.B) {
	s := New(1, Trial, 0, 0)
	var x uint64
	for b.Loop() {
		x += s.Uint64()
	}
	_ = x
}

// No two purposes share a number: their streams would be the same.
func TestPurposesAreDistinct(t *testing.T) {
	source, err := os.ReadFile("rng.go")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	found := regexp.MustCompile(`(?m)^\t(\w+) +Purpose = (\d+)`).FindAllStringSubmatch(string(source), -1)
	for _, m := range found {
		if other, taken := names[m[2]]; taken {
			t.Errorf("%s and %s are both %s", other, m[1], m[2])
		}
		names[m[2]] = m[1]
	}
	if len(found) < 20 {
		t.Errorf("only %d purposes found; has their form changed?", len(found))
	}
}

// A draw of index i and counter c is number 2c of the stream of index i, whatever was
// drawn before; its numbers are uniform over indices and counters, within 5 standard
// errors 1/√12n of the mean.
func TestDrawsAreThoseOfStreams(t *testing.T) {
	d := NewDraws(7, Release, Name("p"))
	s := New(7, Release, Name("p"), 1<<32|5)
	for c := range uint64(6) {
		want := s.Float64()
		s.Float64()
		if got := d.Float64(1<<32|5, c); got != want {
			t.Errorf("counter %d: %g, the stream has %g", c, got, want)
		}
	}
	sum := 0.0
	for i := range uint64(200) {
		for c := range uint64(200) {
			sum += d.Float64(i<<32|i%7, c<<16) - 0.5
		}
	}
	if math.Abs(sum/40_000) > 5/math.Sqrt(12*40_000) {
		t.Errorf("mean off by %g", sum/40_000)
	}
}
