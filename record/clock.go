package record

import (
	"math/bits"
	"strconv"
	"strings"
)

// clock prints the time of a step. k·dt in floating point is 12.299999999999999
// for step 123 of 0.1 ms; dt is meant as the decimal it is written as, and so
// the product is taken of integers.
type clock struct {
	dt     float64
	digits uint64 // dt = digits / unit
	unit   uint64 // 10^places; 0: dt has too many digits, print k·dt as it is
	places int
}

func newClock(dt float64) clock {
	c := clock{dt: dt, unit: 1}
	whole, frac, _ := strings.Cut(strconv.FormatFloat(dt, 'f', -1, 64), ".")
	digits, err := strconv.ParseUint(whole+frac, 10, 64)
	if err != nil || len(frac) > 19 { // 10^19 is the largest power below 2^64
		return clock{dt: dt}
	}
	c.digits, c.places = digits, len(frac)
	for range frac {
		c.unit *= 10
	}
	return c
}

// appendMs appends the time of step k ≥ 0 in ms.
func (c *clock) appendMs(dst []byte, k int64) []byte {
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

// appendStep appends "step,time_ms,", the beginning of a row.
func (c *clock) appendStep(dst []byte, k int64) []byte {
	dst = append(strconv.AppendInt(dst, k, 10), ',')
	return append(c.appendMs(dst, k), ',')
}
