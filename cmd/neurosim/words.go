package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// grouped writes a number for people: a whole one with commas between thousands, any
// other with up to four digits.
func grouped(x float64) string {
	if x != math.Trunc(x) && math.Abs(x) < 1000 {
		return strconv.FormatFloat(x, 'g', 4, 64)
	}
	s := fmt.Sprintf("%.0f", x)
	digits := strings.TrimPrefix(s, "-")
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return strings.TrimSuffix(s, strings.TrimPrefix(s, "-")) + digits
}

// count writes a number of things: "1 cell", "2,148 cells". The plural is the
// singular with an s where it is not given.
func count(n float64, one string, plural ...string) string {
	many := one + "s"
	if len(plural) > 0 {
		many = plural[0]
	}
	if n == 1 {
		return "1 " + one
	}
	return grouped(n) + " " + many
}
