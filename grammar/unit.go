package grammar

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// A dimension counts the powers of second, volt, ampere, metre, mole and degree in a unit.
type dimension struct{ s, v, a, m, mol, deg int }

// plus is the dimension of a product: times powers of o.
func (d dimension) plus(o dimension, times int) dimension {
	return dimension{d.s + times*o.s, d.v + times*o.v, d.a + times*o.a, d.m + times*o.m, d.mol + times*o.mol, d.deg + times*o.deg}
}

// A unit is a dimension and a scale, 10^ten · times, over the units that a
// dimension counts.
type unit struct {
	dimension
	ten   int
	times float64 // 1, or 60 and 3600 of minutes and hours
}

// symbols are the units that expressions are made of, with the prefixes that each may
// have. This is the one table of units.
var symbols = []struct {
	names    []string // the first is how we write it
	prefixes string
	unit
}{
	{[]string{"s", "sec", "secs", "second", "seconds"}, "munp", unit{dimension{s: 1}, 0, 1}},
	{[]string{"min", "minute", "minutes"}, "", unit{dimension{s: 1}, 0, 60}},
	{[]string{"h", "hour", "hours"}, "", unit{dimension{s: 1}, 0, 3600}},
	{[]string{"Hz", "hertz", "Hertz"}, "kMm", unit{dimension{s: -1}, 0, 1}},
	{[]string{"V", "volt", "volts", "Volt"}, "mun", unit{dimension{v: 1}, 0, 1}},
	{[]string{"A", "amp", "amps", "ampere", "amperes"}, "munpf", unit{dimension{a: 1}, 0, 1}},
	{[]string{"F", "farad", "farads"}, "munpf", unit{dimension{s: 1, v: -1, a: 1}, 0, 1}},
	{[]string{"S", "siemens", "Siemens", "mho"}, "munpf", unit{dimension{v: -1, a: 1}, 0, 1}},
	{[]string{"ohm", "ohms", "Ohm", "Ohms", "OHM"}, "mkMG", unit{dimension{v: 1, a: -1}, 0, 1}},
	{[]string{"kilohm", "kilohms"}, "", unit{dimension{v: 1, a: -1}, 3, 1}},
	{[]string{"megohm", "megohms", "Megohm"}, "", unit{dimension{v: 1, a: -1}, 6, 1}},
	{[]string{"m", "meter", "meters", "metre", "metres"}, "mcdun", unit{dimension{m: 1}, 0, 1}},
	{[]string{"micron", "microns"}, "", unit{dimension{m: 1}, -6, 1}},
	{[]string{"M", "molar"}, "munp", unit{dimension{m: -3, mol: 1}, 3, 1}},
	{[]string{"mol", "mole", "moles"}, "munp", unit{dimension{mol: 1}, 0, 1}},
	{[]string{"l", "L", "liter", "litre"}, "mu", unit{dimension{m: 3}, -3, 1}},
	{[]string{"degC", "\u00b0C", "celsius", "Celsius"}, "", unit{dimension{deg: 1}, 0, 1}},
	{[]string{"1", "spike", "spikes", "event", "events"}, "", unit{dimension{}, 0, 1}},
}

// prefixes are powers of ten, short as in "mV" and long as in "millivolt".
var prefixes = []struct {
	short byte
	long  string
	ten   int
}{
	{'G', "giga", 9}, {'M', "mega", 6}, {'k', "kilo", 3}, {'d', "deci", -1}, {'c', "centi", -2},
	{'m', "milli", -3}, {'u', "micro", -6}, {'n', "nano", -9}, {'p', "pico", -12}, {'f', "femto", -15},
}

// A quantity is a dimension with its name.
type quantity struct {
	name  string
	units []string
	most  float64 // 0: no key has this dimension
}

// least is the smallest magnitude of a number that is not 0.
const least = 1e-18

// quantities are the dimensions that keys have, and others that a user may take for
// them, with units to suggest; the first is how we write it. Beyond most of that unit,
// and below least of it, no number is meant: it is a slip, and overflows or vanishes.
var quantities = []quantity{
	{"time", []string{"ms", "s", "us", "min", "h"}, 1e15},
	{"voltage", []string{"mV", "V", "uV"}, 1e6},
	{"current", []string{"pA", "nA", "uA"}, 1e12},
	{"capacitance", []string{"pF", "nF", "uF"}, 1e12},
	{"length", []string{"um", "mm", "cm", "nm", "m"}, 1e8},
	{"conductance", []string{"nS", "pS", "uS", "mS"}, 1e12},
	{"capacitance per area", []string{"uF/cm2", "F/m2", "pF/um2"}, 1e6},
	{"conductance per area", []string{"S/cm2", "mS/cm2", "uS/cm2", "pS/um2", "nS/um2"}, 1e6},
	{"resistivity", []string{"ohm cm", "ohm m", "kohm cm"}, 1e12},
	{"resistance times area", []string{"ohm cm2", "kohm cm2", "ohm m2"}, 1e15},
	{"concentration", []string{"mM", "uM", "M"}, 1e6},
	{"inverse concentration", []string{"1/mM", "1/uM"}, 1e9},
	{"inverse voltage", []string{"1/mV", "1/V"}, 1e6},
	{"rate", []string{"Hz", "kHz", "1/s", "spikes/s"}, 1e9},
	{"inverse length", []string{"1/um", "1/mm"}, 1e6},
	{"temperature", []string{"degC"}, 1000},
	{"resistance", []string{"Mohm", "ohm", "kohm", "Gohm"}, 1e9},
	{"area", []string{"um2", "cm2"}, 0},
	{"volume", []string{"um3"}, 0},
	{"charge", []string{"pA ms"}, 0},
	{"current per area", []string{"uA/cm2", "mA/cm2", "pA/um2"}, 0},
	{"voltage per time", []string{"mV/ms", "V/s"}, 1e9},
	{"voltage times time", []string{"mV ms", "V s"}, 1e15},
	{"number", []string{"1"}, 0},
}

// named returns the quantity that u measures; the name of an unknown one is empty.
func (u unit) named() quantity {
	for _, q := range quantities {
		if v, ok := parseUnit(q.units[0]); ok && v.dimension == u.dimension {
			return q
		}
	}
	return quantity{}
}

// looks replaces characters that look alike or are typed for each other.
var looks = strings.NewReplacer(
	"\u00b5", "u", "\u03bc", "u", // micro sign, Greek mu
	"\u2126", "ohm", "\u03a9", "ohm", // ohm sign, Greek omega
	"\u00b2", "2", "\u00b3", "3", "\u00b9", "1", "\u207b", "-", // superscripts
	"\u2212", "-", "\u2010", "-", "\u2011", "-", "\u2013", "-", "\u2014", "-", // minus, hyphens, dashes
	"\u2215", "/", "\u2044", "/", // division and fraction slash
	"\u00b7", " ", "\u22c5", " ", "\u00d7", " ", "*", " ", "^", "", // products; powers
	"(", "", ")", "",
)

// plain writes a quantity in ASCII, with single spaces.
func plain(text string) string {
	return strings.Join(strings.FieldsFunc(looks.Replace(strings.ReplaceAll(text, "**", "^")), func(r rune) bool {
		return unicode.IsSpace(r) || r == '\u202f' || r == '\u2007' || r == '\u2060' || r == '\u200b'
	}), " ")
}

// parseUnit reads a product and quotient of symbols with prefixes and powers, in
// plain characters: "S/cm2", "ohm cm", "1/mM", "S cm-2", "mV per ms".
func parseUnit(text string) (unit, bool) {
	if text == "%" || text == "percent" {
		return unit{dimension{}, -2, 1}, true // a hundredth stands alone, in no product
	}
	text = strings.ReplaceAll(" "+text+" ", " per ", "/")
	if i := strings.IndexByte(text, '-'); i > 0 && unicode.IsLetter(rune(text[i+1])) {
		text = text[:i] + " " + text[i+1:] // ohm-cm
	}
	u, sign := unit{times: 1}, 1
	factors := 0
	for i, part := range strings.Split(strings.TrimSpace(text), "/") {
		if i > 0 && strings.TrimSpace(part) == "" {
			return unit{}, false // "1/mM" may be written "/mM", but not "mM/"
		}
		for symbol := range strings.FieldsFuncSeq(part, func(r rune) bool { return r == ' ' || r == '.' }) {
			f, ok := parseFactor(symbol)
			if !ok {
				return unit{}, false
			}
			u.dimension = u.plus(f.dimension, sign)
			u.ten += sign * f.ten
			u.times *= math.Pow(f.times, float64(sign))
			factors++
		}
		sign = -1 // everything after a slash divides
	}
	return u, factors > 0
}

// parseFactor reads a symbol with its prefix and power.
func parseFactor(text string) (unit, bool) {
	power := 1
	if i := strings.IndexAny(text, "-0123456789"); i > 0 {
		n, err := strconv.Atoi(text[i:])
		if err != nil || n == 0 || n < -3 || n > 3 {
			return unit{}, false
		}
		text, power = text[:i], n
	}
	u, ok := symbolNamed(text)
	return unit{dimension{}.plus(u.dimension, power), power * u.ten, math.Pow(u.times, float64(power))}, ok
}

// symbolNamed finds a symbol, or a prefix with one.
func symbolNamed(text string) (unit, bool) {
	for _, s := range symbols {
		if slices.Contains(s.names, text) {
			return s.unit, true
		}
	}
	for _, s := range symbols {
		for _, name := range s.names {
			prefix, ok := strings.CutSuffix(text, name)
			if !ok || prefix == "" {
				continue
			}
			for _, p := range prefixes {
				if strings.IndexByte(s.prefixes, p.short) >= 0 && (prefix == string(p.short) || prefix == p.long && len(name) > 1) {
					u := s.unit
					u.ten += p.ten
					return u, true
				}
			}
		}
	}
	return unit{}, false
}

// scaled returns x of u in w, of the same dimension. Powers of ten multiply or divide
// once, and so round correctly.
func (u unit) scaled(x float64, w unit) float64 {
	if u.times != w.times {
		x *= u.times / w.times
	}
	switch ten := u.ten - w.ten; {
	case ten > 0:
		return x * math.Pow10(ten)
	case ten < 0:
		return x / math.Pow10(-ten)
	}
	return x
}

// unitOfTag returns the unit that a tag of the grammar names.
func unitOfTag(tag string) unit {
	u, ok := parseUnit(tag)
	if !ok {
		panic(fmt.Sprintf("configs: %q is no unit", tag))
	}
	return u
}
