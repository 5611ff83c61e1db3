package theory

import (
	"errors"
	"fmt"
	"math"
)

// Check returns nil if a segment with these counts makes sense, and otherwise
// an error that names every broken rule with its numbers. It is for numbers
// from a user; the functions of this package panic on counts out of range,
// because those are a caller's mistake. Check is the stricter: it refuses a
// threshold that cannot be reached, which to the functions is just P = 0.
func Check(n, a, s, theta int) error {
	var r rules
	r.must(n >= 1, "n", "must be at least 1 (n = %d)", n)
	r.must(a >= 0, "a", "must not be negative (a = %d)", a)
	r.must(a <= n, "a", "must not exceed n (a = %d, n = %d)", a, n)
	r.must(s >= 0, "s", "must not be negative (s = %d)", s)
	r.must(s <= n, "s", "must not exceed n (s = %d, n = %d)", s, n)
	r.must(theta >= 0 && theta <= s, "theta", "must be from 0 to s (theta = %d, s = %d)", theta, s)
	return r.err()
}

// CheckNoise is Check for a stored pattern of a cells of which v are silenced:
// the arguments of FalseNegative.
func CheckNoise(a, s, v, theta int) error {
	var r rules
	r.must(a >= 1, "a", "must be at least 1 (a = %d)", a)
	r.must(s >= 0, "s", "must not be negative (s = %d)", s)
	r.must(s <= a, "s", "must not exceed a: synapses are on cells of the pattern (s = %d, a = %d)", s, a)
	r.must(v >= 0 && v <= a, "v", "must be from 0 to a (v = %d, a = %d)", v, a)
	r.must(theta >= 0 && theta <= s, "theta", "must be from 0 to s (theta = %d, s = %d)", theta, s)
	return r.err()
}

// CheckUnion is Check for a segment that stores m patterns of s synapses each:
// the arguments of UnionFalsePositive. theta may exceed s.
func CheckUnion(n, a, s, theta, m int) error {
	var r rules
	r.must(n >= 1, "n", "must be at least 1 (n = %d)", n)
	r.must(a >= 0, "a", "must not be negative (a = %d)", a)
	r.must(a <= n, "a", "must not exceed n (a = %d, n = %d)", a, n)
	r.must(s >= 0, "s", "must not be negative (s = %d)", s)
	r.must(s <= n, "s", "must not exceed n (s = %d, n = %d)", s, n)
	r.must(theta >= 0, "theta", "must not be negative (theta = %d)", theta)
	r.must(m >= 0, "m", "must not be negative (m = %d)", m)
	return r.err()
}

// CheckBackground is Check for a segment under Poisson background: the arguments
// of ChanceSpikeRate.
func CheckBackground(s, theta int, rate, window, plateau float64) error {
	var r rules
	r.must(s >= 1, "s", "must be at least 1 (s = %d)", s)
	r.must(theta >= 1 && theta <= s, "theta", "must be from 1 to s (theta = %d, s = %d)", theta, s)
	r.must(rate >= 0 && rate <= math.MaxFloat64, "rate", "must be finite and not negative (rate = %v)", rate)
	r.must(window > 0 && window <= math.MaxFloat64, "window", "must be finite and positive (window = %v)", window)
	r.must(plateau >= window && plateau <= math.MaxFloat64, "plateau", "must be finite and not shorter than the window (plateau = %v, window = %v)", plateau, window)
	return r.err()
}

// CheckJitter is Check for a pattern with jittered spikes: the arguments of
// Detection and AfterDrops; spread is the width or standard deviation.
func CheckJitter(s, theta int, window, spread, drop float64) error {
	var r rules
	r.must(s >= 1 && s <= 500, "s", "must be from 1 to 500 (s = %d)", s)
	r.must(theta >= 0 && theta <= min(s, 255), "theta", "must be from 0 to s and at most 255 (theta = %d, s = %d)", theta, s)
	r.must(window > 0 && window <= math.MaxFloat64, "window", "must be finite and positive (window = %v)", window)
	r.must(spread > 0 && spread <= math.MaxFloat64, "jitter", "must be finite and positive (jitter = %v)", spread)
	r.must(drop >= 0 && drop <= 1, "drop", "must be from 0 to 1 (drop = %v)", drop)
	return r.err()
}

// A BrokenRule is one rule of Check or a function like it that does not hold. Their error
// joins them: its Unwrap() []error lists them.
type BrokenRule struct {
	Name string // the argument, as its function names it: "theta"
	Rule string // what it must be, with the numbers: "must be from 0 to s (theta = 30, s = 24)"
}

// Error writes the name and the rule.
func (b *BrokenRule) Error() string { return b.Name + " " + b.Rule }

// rules collects the broken ones.
type rules []error

func (r *rules) must(ok bool, name, format string, args ...any) {
	if !ok {
		*r = append(*r, &BrokenRule{name, fmt.Sprintf(format, args...)})
	}
}

func (r rules) err() error { return errors.Join(r...) }

// must panics on what a correct caller cannot do.
func must(ok bool, format string, args ...any) {
	if !ok {
		panic("theory: " + fmt.Sprintf(format, args...))
	}
}

func mustCounts(n, a, s, theta int) {
	if n < 1 || a < 0 || a > n || s < 0 || s > n || theta < 0 {
		panic(fmt.Sprintf("theory: counts out of range: n = %d, a = %d, s = %d, theta = %d", n, a, s, theta))
	}
}

func mustNoise(a, s, v, theta int) {
	if a < 1 || s < 0 || s > a || v < 0 || v > a || theta < 0 {
		panic(fmt.Sprintf("theory: counts out of range: a = %d, s = %d, v = %d, theta = %d", a, s, v, theta))
	}
}

func mustUnion(n, a, s, theta, m int) {
	if CheckUnion(n, a, s, theta, m) != nil {
		panic(fmt.Sprintf("theory: counts out of range: n = %d, a = %d, s = %d, theta = %d, m = %d", n, a, s, theta, m))
	}
}
