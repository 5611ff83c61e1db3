package configs

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// A unit is a power of ten of the base unit of its dimension. The base units of
// time, voltage, current, capacitance and conductance fit together without
// factors: pF·mV/ms = pA, nS·mV = pA.
type unit struct {
	name      string
	dimension string
	factor    float64 // base units in one of this; below 1, its inverse is exact
}

// units are the units that a configuration may use; the first of a dimension is
// its base, in which the program computes and prints.
var units = []unit{
	{"ms", "time", 1}, {"s", "time", 1e3}, {"us", "time", 1e-3}, {"µs", "time", 1e-3}, {"min", "time", 6e4}, {"h", "time", 3.6e6},
	{"mV", "voltage", 1}, {"V", "voltage", 1e3}, {"uV", "voltage", 1e-3}, {"µV", "voltage", 1e-3},
	{"pA", "current", 1}, {"nA", "current", 1e3}, {"uA", "current", 1e6}, {"µA", "current", 1e6},
	{"pF", "capacitance", 1}, {"nF", "capacitance", 1e3},
	{"mm", "length", 1}, {"cm", "length", 10}, {"um", "length", 1e-3}, {"µm", "length", 1e-3},
	{"nS", "conductance", 1}, {"pS", "conductance", 1e-3}, {"uS", "conductance", 1e3}, {"µS", "conductance", 1e3},
	{"uF/cm2", "capacitance per area", 1}, {"µF/cm2", "capacitance per area", 1},
	{"S/cm2", "conductance per area", 1}, {"mS/cm2", "conductance per area", 1e-3}, {"uS/cm2", "conductance per area", 1e-6}, {"pS/um2", "conductance per area", 1e-4},
	{"ohm cm", "resistivity", 1}, {"Ω cm", "resistivity", 1},
	{"ohm cm2", "resistance times area", 1}, {"Ω cm2", "resistance times area", 1}, {"kohm cm2", "resistance times area", 1e3}, {"kΩ cm2", "resistance times area", 1e3},
	{"mM", "concentration", 1}, {"uM", "concentration", 1e-3}, {"µM", "concentration", 1e-3},
	{"1/mM", "inverse concentration", 1}, {"1/mV", "inverse voltage", 1}, {"/mM", "inverse concentration", 1}, {"/mV", "inverse voltage", 1},
	{"Hz", "rate", 1}, {"kHz", "rate", 1e3}, {"/s", "rate", 1}, {"1/s", "rate", 1}, {"spikes/s", "rate", 1},
}

func unitNamed(name string) (unit, bool) {
	i := slices.IndexFunc(units, func(u unit) bool { return u.name == name })
	if i < 0 {
		return unit{}, false
	}
	return units[i], true
}

func unitNames() []string {
	names := make([]string, len(units))
	for i, u := range units {
		names[i] = u.name
	}
	return names
}

// parseQuantity reads "10 ms" as a number of the unit that base names. The error
// says what a good value is.
func parseQuantity(s, base string) (float64, error) {
	want, _ := unitNamed(base)
	text := strings.TrimSpace(strings.ReplaceAll(s, "−", "-"))
	end := strings.IndexFunc(text, func(r rune) bool { return !strings.ContainsRune("0123456789+-.eE_", r) })
	// "e" belongs to the number only before a digit or a sign: "5 eV" has none.
	if end < 0 {
		end = len(text)
	}
	number, name := strings.TrimSpace(text[:end]), strings.TrimSpace(text[end:])
	x, err := strconv.ParseFloat(withoutUnderscores(number), 64)
	if err != nil {
		return 0, fmt.Errorf("must be a %s: a number and a unit, like %q", want.dimension, "10 "+base)
	}
	if name == "" {
		return 0, fmt.Errorf("needs a unit of %s, like %q", want.dimension, number+" "+base)
	}
	u, ok := unitNamed(name)
	if !ok {
		return 0, fmt.Errorf("unknown unit %q%s", name, didYouMean(name, unitNames()))
	}
	if u.dimension != want.dimension {
		return 0, fmt.Errorf("must be a %s (%s), is a %s", want.dimension, base, u.dimension)
	}
	if u != want {
		x = u.toBase(x)
		if want.factor < 1 {
			x *= math.Round(1 / want.factor)
		} else {
			x /= want.factor
		}
	}
	if math.IsInf(x, 0) || math.IsNaN(x) {
		return 0, fmt.Errorf("must be finite")
	}
	return x, nil
}

// withoutUnderscores drops those between two digits, as in TOML's numbers; one that
// stands elsewhere is left, and makes the text no number.
func withoutUnderscores(number string) string {
	var b strings.Builder
	isDigit := func(i int) bool { return i >= 0 && i < len(number) && number[i] >= '0' && number[i] <= '9' }
	for i := range len(number) {
		if number[i] != '_' || !isDigit(i-1) || !isDigit(i+1) {
			b.WriteByte(number[i])
		}
	}
	return b.String()
}

// toBase turns a number of u into one of the base unit of its dimension.
func (u unit) toBase(x float64) float64 {
	if u.factor < 1 {
		return x / math.Round(1/u.factor) // correctly rounded, where x·0.001 is not
	}
	return x * u.factor
}

// formatQuantity writes x, a number of the unit base, so that parseQuantity reads
// the same number.
func formatQuantity(x float64, base string) string {
	return formatNumber(x) + " " + base
}

func formatNumber(x float64) string {
	if x == math.Trunc(x) && math.Abs(x) < 1e15 {
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}
