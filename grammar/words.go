package grammar

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Grouped writes a number for people: a whole one, or a large one, with commas between
// thousands, any other with up to four digits.
func Grouped(x float64) string {
	if math.Abs(x) < 1000 && x != math.Trunc(x) {
		return strconv.FormatFloat(x, 'g', 4, 64)
	}
	sign, digits := "", fmt.Sprintf("%.0f", x)
	if rest, negative := strings.CutPrefix(digits, "-"); negative {
		sign, digits = "-", rest
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// Count writes a number of things: "1 cell", "2,148 cells". The plural is the singular
// with an s where it is not given.
func Count(n float64, one string, plural ...string) string {
	switch {
	case n == 1:
		return "1 " + one
	case len(plural) > 0:
		return Grouped(n) + " " + plural[0]
	}
	return Grouped(n) + " " + one + "s"
}

// FormatBytes writes a number of bytes with a binary unit.
func FormatBytes(b float64) string {
	for _, u := range []struct {
		size float64
		name string
	}{{1 << 60, "EiB"}, {1 << 50, "PiB"}, {1 << 40, "TiB"}, {1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}} {
		if b >= u.size {
			return fmt.Sprintf("%.1f %s", b/u.size, u.name)
		}
	}
	return fmt.Sprintf("%.0f bytes", b)
}

// Names lists what name gives for each of all.
func Names[T any](all []T, name func(T) string) []string {
	var names []string
	for _, x := range all {
		names = append(names, name(x))
	}
	return names
}
