package quantities

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"neurosim/internal/fpmath"
	"neurosim/theory"
)

// A Quantity is one number of the theory that can be asked for by name.
type Quantity struct {
	Name     string   // "fp"
	Is       string   // what it is, in words
	Formula  string   // in the symbols of package theory
	Equation string   // its number there: "4", "B1", "T1"
	Unit     string   // of the value; "" for probabilities
	Params   []Param  // what it depends on
	Methods  []string // ways to compute it, the default first; nil if there is one

	check func(x Args) error
	value func(x Args, method string) Number
}

// A Param is an argument of quantities.
type Param struct {
	Name string  // "theta"
	Is   string  // what it is, with its symbol
	Unit string  // base unit of a physical value; "" for a count
	Min  float64 // least value that makes sense for any quantity
}

// Key returns the name of the argument among the keys of a JSON object, which
// says the unit: "theta", "window_ms".
func (p Param) Key() string {
	if p.Unit == "" {
		return p.Name
	}
	return p.Name + "_" + strings.ToLower(p.Unit)
}

// MaxCount is the largest count that a quantity takes.
const MaxCount = 1e9

// Args are arguments of a quantity by name, physical values in base units (ms,
// Hz).
type Args map[string]float64

func (x Args) int(name string) int { return int(x[name]) }

// A Number is a value with its decimal logarithm, which also tells values that
// a float64 cannot hold. Text is the value with 12 significant digits, or with
// six below 1e-300.
type Number struct {
	Value float64
	Log10 float64 // -Inf for 0
	Text  string
}

func probability(p theory.Prob) Number { return Number{p.Value(), p.Log10(), digits(p.Wide())} }

func wide(w theory.Wide) Number { return Number{w.Value(), w.Log10(), digits(w)} }

func plain(v float64) Number { return Number{v, fpmath.Log10(v), fmt.Sprintf("%.12g", v)} }

func digits(w theory.Wide) string {
	if v := w.Value(); v == 0 && !math.IsInf(w.Log10(), -1) || v > 0 && v < 1e-300 {
		return w.String()
	}
	return fmt.Sprintf("%.12g", w.Value())
}

// An ArgumentError says which argument of a quantity breaks which rule.
type ArgumentError struct {
	Param Param
	Value float64
	Rule  string // what it must be, with the numbers that it is held to
}

// Error writes the argument, its value and the rule.
func (e *ArgumentError) Error() string {
	return fmt.Sprintf("%s = %s: %s", e.Param.Name, formatArg(e.Param, e.Value), e.Rule)
}

func formatArg(p Param, v float64) string {
	text := fmt.Sprintf("%.12g", v)
	if p.Unit != "" {
		text += " " + p.Unit
	}
	return text
}

// Evaluate returns the quantity for its arguments by one of its methods, ""
// being the first. The errors, all at once, are of type ArgumentError: a count
// that is none, or a rule of theory.Check and its kin.
func (q *Quantity) Evaluate(x Args, method string) (Number, []*ArgumentError) {
	var bad []*ArgumentError
	for _, p := range q.Params {
		if rule := p.rule(x[p.Name]); rule != "" {
			bad = append(bad, &ArgumentError{p, x[p.Name], rule})
		}
	}
	if bad != nil {
		return Number{}, bad
	}
	for _, broken := range brokenRules(q.check(x)) {
		i := slices.IndexFunc(q.Params, func(p Param) bool { return strings.EqualFold(p.Name, broken.Name) })
		p := q.Params[i]
		if e := (&ArgumentError{p, x[p.Name], broken.Rule}); !slices.ContainsFunc(bad, func(b *ArgumentError) bool { return b.Error() == e.Error() }) {
			bad = append(bad, e)
		}
	}
	if bad != nil {
		return Number{}, bad
	}
	if method == "" && q.Methods != nil {
		method = q.Methods[0]
	}
	return q.value(x, method), nil
}

// rule returns what every value of the argument must be, if v is not, else "".
func (p Param) rule(v float64) string {
	switch {
	case p.Unit == "" && !(v >= p.Min && v <= MaxCount && v == math.Trunc(v)):
		return fmt.Sprintf("must be a whole number from %g to %.0f", p.Min, MaxCount)
	case p.Unit != "" && !(v >= p.Min && v <= math.MaxFloat64):
		return fmt.Sprintf("must be at least %g %s", p.Min, p.Unit)
	}
	return ""
}

// brokenRules takes an error of theory.Check or its kin apart.
func brokenRules(err error) (broken []*theory.BrokenRule) {
	var one *theory.BrokenRule
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			broken = append(broken, brokenRules(e)...)
		}
	} else if errors.As(err, &one) {
		broken = append(broken, one)
	}
	return broken
}
