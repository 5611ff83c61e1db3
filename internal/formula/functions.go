package formula

import (
	"fmt"
	"math"
	"slices"

	"neurosim/internal/fpmath"
)

// function is a function that formulas may call.
type function struct {
	name string
	args int // number of arguments; -1: two or more
	f    func(a []float64) float64
	doc  string
}

var functions = []function{
	{"exp", 1, func(a []float64) float64 { return exp(a[0]) }, ""},
	{"log", 1, func(a []float64) float64 { return logarithm(a[0]) }, ""},
	{"ln", 1, func(a []float64) float64 { return logarithm(a[0]) }, "as log"},
	{"log10", 1, func(a []float64) float64 { return logarithm(a[0]) / math.Ln10 }, ""},
	{"sqrt", 1, func(a []float64) float64 { return math.Sqrt(a[0]) }, ""},
	{"abs", 1, func(a []float64) float64 { return math.Abs(a[0]) }, ""},
	{"tanh", 1, func(a []float64) float64 { return tanh(a[0]) }, ""},
	{"exprelr", 1, func(a []float64) float64 { return exprelr(a[0]) }, "x/(exp(x) - 1), 1 at x = 0"},
	{"pow", 2, func(a []float64) float64 { return power(a[0], a[1]) }, ""},
	{"min", -1, slices.Min[[]float64], ""},
	{"max", -1, slices.Max[[]float64], ""},
}

// Functions lists the functions that formulas may call, with what needs saying.
func Functions() []string {
	var out []string
	for _, f := range functions {
		args := "x"
		switch f.args {
		case 2:
			args = "x, y"
		case -1:
			args = "x, y, ..."
		}
		text := fmt.Sprintf("%s(%s)", f.name, args)
		if f.doc != "" {
			text += " (" + f.doc + ")"
		}
		out = append(out, text)
	}
	return out
}

// isFunction tells whether formulas may call a name.
func isFunction(name string) bool {
	return slices.ContainsFunc(functions, func(f function) bool { return f.name == name })
}

// exp is e^x; beyond ±700 it is 0 or +Inf.
func exp(x float64) float64 {
	switch {
	case x > 700:
		return math.Inf(1)
	case x < -700:
		return 0
	case x != x:
		return x
	}
	return fpmath.Exp(x)
}

func logarithm(x float64) float64 {
	switch {
	case x == 0:
		return math.Inf(-1)
	case !(x > 0):
		return math.NaN()
	}
	return fpmath.LogAll(x)
}

func tanh(x float64) float64 {
	if math.Abs(x) > 20 {
		return math.Copysign(1, x)
	}
	e := fpmath.Expm1(2 * x)
	return e / (e + 2)
}

// exprelr is x/(e^x - 1), 1 at 0.
func exprelr(x float64) float64 {
	if x == 0 {
		return 1
	}
	return x / fpmath.Expm1(x)
}

// power is x^y: exact products for whole y up to 64, otherwise e^(y ln x).
func power(x, y float64) float64 {
	if n := math.Abs(y); n <= 64 && n == math.Trunc(n) {
		p := 1.0
		for range int(n) {
			p *= x
		}
		if y < 0 {
			return 1 / p
		}
		return p
	}
	if x == 0 && y > 0 {
		return 0
	}
	return exp(float64(y * logarithm(x)))
}
