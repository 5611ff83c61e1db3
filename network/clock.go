package network

import (
	"bytes"
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// A Clock gives the time of a step, its beginning. k·dt in floating point is 12.299999999999999
// for step 123 of 0.1 ms; dt is meant as the decimal it is written as, and so
// the product is taken of integers, here and wherever a time is printed.
type Clock struct {
	dt     float64
	digits uint64 // dt = digits / unit
	unit   uint64 // 10^places; 0: dt has too many digits, print k·dt as it is
	places int
}

// NewClock returns the clock of steps of dt (ms).
func NewClock(dt float64) Clock {
	c := Clock{dt: dt, unit: 1}
	whole, frac, _ := strings.Cut(strconv.FormatFloat(dt, 'f', -1, 64), ".")
	digits, err := strconv.ParseUint(whole+frac, 10, 64)
	if err != nil || len(frac) > 19 { // 10^19 is the largest power below 2^64
		return Clock{dt: dt}
	}
	c.digits, c.places = digits, len(frac)
	for range frac {
		c.unit *= 10
	}
	return c
}

// AppendMs appends the time of step k ≥ 0 in ms.
func (c *Clock) AppendMs(dst []byte, k int64) []byte {
	hi, lo := bits.Mul64(uint64(k), c.digits)
	if hi >= c.unit { // the quotient would not fit
		return strconv.AppendFloat(dst, float64(k)*c.dt, 'g', -1, 64)
	}
	ms, rest := bits.Div64(hi, lo, c.unit)
	dst = strconv.AppendUint(dst, ms, 10)
	if rest == 0 {
		return dst
	}
	places := c.places
	for rest%10 == 0 {
		rest /= 10
		places--
	}
	from := len(dst)
	dst = append(dst, ".0000000000000000000"[:1+places]...)
	for i := len(dst) - 1; i > from; i-- {
		dst[i] = byte('0' + rest%10)
		rest /= 10
	}
	return dst
}

// AppendStep appends "step,time_ms,", the beginning of a row.
func (c *Clock) AppendStep(dst []byte, k int64) []byte {
	dst = append(strconv.AppendInt(dst, k, 10), ',')
	return append(c.AppendMs(dst, k), ',')
}

// Ms returns the time of step k in ms: the float64 nearest to the exact decimal, which
// prints as that decimal. Of a difference of steps, k < 0, it is the difference of times.
func (c *Clock) Ms(k int64) float64 { return c.in(k, "") }

// Seconds returns it in seconds.
func (c *Clock) Seconds(k int64) float64 { return c.in(k, "e-3") }

func (c *Clock) in(k int64, exponent string) float64 {
	text := make([]byte, 0, 40)
	if k < 0 {
		k, text = -k, append(text, '-')
	}
	text = c.AppendMs(text, k)
	if bytes.ContainsRune(text, 'e') {
		exponent = "" // not from integers, as AppendMs says
	}
	x, err := strconv.ParseFloat(string(append(text, exponent...)), 64)
	if err != nil {
		return math.Inf(1) // too large for a float64
	}
	return x
}
