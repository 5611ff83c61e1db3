package grammar

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"neurosim/internal/spelling"
)

// numberAhead is a number at the beginning of a quantity in plain characters.
var numberAhead = regexp.MustCompile(`^[+-]?(\d+(_\d+)*(\.(\d+(_\d+)*)?)?|\.\d+)([eE][+-]?\d+)?`)

// commaAhead is a number with a comma.
var commaAhead = regexp.MustCompile(`^[+-]?\d+(,\d+)+`)

// ParseQuantity reads "10 ms" as a number of the unit that base names. The error
// says what a good value is.
func ParseQuantity(s, base string) (float64, error) {
	want := unitOfTag(base)
	of := want.named()
	kind, suggestions := of.name, of.units
	text := plain(s)
	if comma := commaAhead.FindString(text); comma != "" {
		return 0, fmt.Errorf("has a comma; the decimal sign is a point, and thousands have no sign: %q", strings.Replace(text, comma, pointed(comma), 1))
	}
	number, name := numberAndUnit(text)
	x, err := strconv.ParseFloat(strings.ReplaceAll(number, "_", ""), 64)
	switch {
	case number == "" || err != nil && !math.IsInf(x, 0):
		return 0, fmt.Errorf("must be %s: a number and a unit, like %q", a(kind), "10 "+base)
	case math.IsInf(x, 0):
		return 0, fmt.Errorf("must be finite")
	}
	if name == "" {
		return 0, fmt.Errorf("needs a unit of %s, like %q", kind, number+" "+base)
	}
	u, ok := parseUnit(name)
	switch {
	case !ok:
		return 0, fmt.Errorf("unknown unit %q%s", name, meant(name, kind, suggestions))
	case u.dimension != want.dimension:
		is := u.named().name
		if is == "" {
			is = "product of other units"
		}
		hint := ""
		if i := slices.IndexFunc(suggestions, func(s string) bool { return strings.EqualFold(s, name) }); i >= 0 {
			hint = fmt.Sprintf("; did you mean %q?", suggestions[i])
		}
		return 0, fmt.Errorf("must be %s (%s), is %s%s", a(kind), base, a(is), hint)
	}
	if x = u.scaled(x, want); math.IsInf(x, 0) || math.IsNaN(x) {
		return 0, fmt.Errorf("must be finite")
	}
	main := unitOfTag(of.units[0])
	if most := main.scaled(of.most, want); math.Abs(x) > most {
		return 0, fmt.Errorf("must be at most %g %s", most, base)
	}
	if least := main.scaled(least, want); x != 0 && math.Abs(x) < least {
		return 0, fmt.Errorf("must be 0 or at least %g %s", least, base)
	}
	return x, nil
}

// numberAndUnit splits a quantity in plain characters.
func numberAndUnit(text string) (number, unit string) {
	text = strings.Replace(text, "- ", "-", 1)
	number = numberAhead.FindString(text)
	return number, strings.TrimSpace(strings.TrimPrefix(text, number))
}

// pointed writes a number that has commas as it may have been meant: one comma is a
// decimal comma, several are between thousands.
func pointed(number string) string {
	if strings.Count(number, ",") == 1 {
		return strings.Replace(number, ",", ".", 1)
	}
	return strings.ReplaceAll(number, ",", "")
}

// meant ends a message about an unknown unit with one of the right dimension, or
// with all of them.
func meant(name, kind string, units []string) string {
	if c := spelling.Closest(name, units); c != "" {
		return fmt.Sprintf("; did you mean %q?", c)
	}
	return fmt.Sprintf("; units of %s are %s", kind, strings.Join(units, ", "))
}

// a puts the article before a name.
func a(name string) string {
	if name != "" && strings.Contains("aeiou", name[:1]) {
		return "an " + name
	}
	return "a " + name
}

// FormatQuantity writes x, a number of the unit base, so that ParseQuantity reads
// the same number.
func FormatQuantity(x float64, base string) string {
	return FormatNumber(x) + " " + base
}

// FormatRounded writes x without the rounding errors that a product of decimals carries.
func FormatRounded(x float64) string { return FormatNumber(tidy(x)) }

// FormatNumber writes x with as many digits as tell it from its neighbours, so that
// ParseQuantity reads the same number.
func FormatNumber(x float64) string {
	if x == math.Trunc(x) && math.Abs(x) < 1e15 {
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}
