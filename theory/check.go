package theory

import (
	"errors"
	"fmt"
)

// Check returns nil if a segment with these counts makes sense, and otherwise
// an error that names every broken rule with its numbers. It is for numbers
// from a user; the functions of this package panic on counts out of range,
// because those are a caller's mistake. Check is the stricter: it refuses a
// threshold that cannot be reached, which to the functions is just P = 0.
func Check(n, a, s, theta int) error {
	var r rules
	r.must(n >= 1, "n must be at least 1 (n = %d)", n)
	r.must(a >= 0, "a must not be negative (a = %d)", a)
	r.must(a <= n, "a must not exceed n (a = %d, n = %d)", a, n)
	r.must(s >= 0, "s must not be negative (s = %d)", s)
	r.must(s <= n, "s must not exceed n (s = %d, n = %d)", s, n)
	r.must(theta >= 0 && theta <= s, "theta must be from 0 to s (theta = %d, s = %d)", theta, s)
	return r.err()
}

// CheckNoise is Check for a stored pattern of a cells of which v are silenced:
// the arguments of FalseNegative.
func CheckNoise(a, s, v, theta int) error {
	var r rules
	r.must(a >= 1, "a must be at least 1 (a = %d)", a)
	r.must(s >= 0, "s must not be negative (s = %d)", s)
	r.must(s <= a, "s must not exceed a: synapses are on cells of the pattern (s = %d, a = %d)", s, a)
	r.must(v >= 0 && v <= a, "v must be from 0 to a (v = %d, a = %d)", v, a)
	r.must(theta >= 0 && theta <= s, "theta must be from 0 to s (theta = %d, s = %d)", theta, s)
	return r.err()
}

// CheckUnion is Check for a segment that stores m patterns of s synapses each:
// the arguments of UnionFalsePositive. theta may exceed s.
func CheckUnion(n, a, s, theta, m int) error {
	var r rules
	r.must(n >= 1, "n must be at least 1 (n = %d)", n)
	r.must(a >= 0, "a must not be negative (a = %d)", a)
	r.must(a <= n, "a must not exceed n (a = %d, n = %d)", a, n)
	r.must(s >= 0, "s must not be negative (s = %d)", s)
	r.must(s <= n, "s must not exceed n (s = %d, n = %d)", s, n)
	r.must(theta >= 0, "theta must not be negative (theta = %d)", theta)
	r.must(m >= 0, "m must not be negative (m = %d)", m)
	return r.err()
}

// rules collects the broken ones.
type rules []error

func (r *rules) must(ok bool, format string, args ...any) {
	if !ok {
		*r = append(*r, fmt.Errorf(format, args...))
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
