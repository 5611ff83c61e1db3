package quantities

import (
	"math"
	"strings"
	"testing"

	"neurosim/theory"
)

// quantity returns the quantity of a name.
func quantity(t *testing.T, name string) *Quantity {
	t.Helper()
	for _, q := range Quantities() {
		if q.Name == name {
			return &q
		}
	}
	t.Fatalf("no quantity %q", name)
	return nil
}

// Every quantity gives what its function of package theory gives, and the
// published number. The numbers are exact values of Ahmad & Hawkins (2016) and
// of the authors' later experiments, with 15 digits, or fractions that can be
// counted by hand; half a unit of the last digit and the 1e-12 of package theory
// are allowed. The rate has none; one synapse with θ = 1 fires with each spike
// outside a plateau: the wait is e^{-rw}/r, and the theory is 0 to 7 % too high.
func TestQuantities(t *testing.T) {
	for _, c := range []struct {
		name, method string
		args         Args
		direct       float64
		published    float64
		tol          float64
	}{
		{"fp", "", Args{"n": 10, "a": 3, "s": 4, "theta": 2}, theory.FalsePositive(10, 3, 4, 2).Value(), 1. / 3, 1e-12},
		{"fp", "", Args{"n": 4000, "a": 128, "s": 24, "theta": 12}, theory.FalsePositive(4000, 128, 24, 12).Value(), 1.34323936472554e-12, 1e-12},
		{"fn", "", Args{"a": 6, "s": 4, "theta": 2, "v": 3}, theory.FalseNegative(6, 4, 3, 2).Value(), 1. / 5, 1e-12},
		{"fn", "", Args{"a": 128, "s": 30, "theta": 12, "v": 38}, theory.FalseNegative(128, 30, 38, 12).Value(), 1.09248135880716e-5, 1e-12},
		{"set-fp", "", Args{"n": 700, "a": 64, "s": 24, "theta": 12, "M": 1000}, theory.SetFalsePositive(700, 64, 24, 12, 1000).Value(), 1.41243265137644e-4, 1e-12},
		{"neuron-fp", "", Args{"n": 2000, "a": 32, "s": 8, "theta": 4, "segments": 500}, theory.SetFalsePositive(2000, 32, 8, 4, 500).Value(), 1.80836686164825e-3, 3e-12},
		{"union-size", "", Args{"n": 1000, "s": 20, "M": 10}, theory.UnionSize(1000, 20, 10), 182.927193112453, 1e-12},
		{"union-fp", "", Args{"n": 10, "a": 3, "s": 2, "theta": 2, "M": 2}, theory.UnionFalsePositiveExact(10, 3, 2, 2, 2).Value(), 37. / 135, 1e-12},
		{"union-fp", "exact", Args{"n": 10, "a": 3, "s": 2, "theta": 2, "M": 2}, theory.UnionFalsePositiveExact(10, 3, 2, 2, 2).Value(), 37. / 135, 1e-12},
		{"union-fp", "plug-in", Args{"n": 10, "a": 3, "s": 2, "theta": 2, "M": 2}, theory.UnionFalsePositive(10, 3, 2, 2, 2).Value(), 1. / 3, 1e-12},
		// All 2 active cells cleared, 2 of 3 drawn again; the one synapse's cell is
		// not drawn again with probability 1/3.
		{"fn-readd", "", Args{"n": 3, "a": 2, "s": 1, "theta": 1, "v": 2}, theory.FalseNegativeReadd(3, 2, 1, 2, 1).Value(), 1. / 3, 1e-12},
		// Stated with 8 digits, for a neuron whose other segments fire with 1e-12.
		{"fn-readd", "", Args{"n": 6000, "a": 128, "s": 30, "theta": 12, "v": 64}, theory.FalseNegativeReadd(6000, 128, 30, 64, 12).Value(), 0.063481422, 1e-7},
		{"chance-rate", "", Args{"s": 1, "theta": 1, "rate": 10, "window": 20, "plateau": 50},
			theory.ChanceSpikeRate(1, 1, 10, 0.02, 0.05).Value(), 1 / (0.05 + math.Exp(-0.2)/10), 0.07},
	} {
		got, bad := quantity(t, c.name).Evaluate(c.args, c.method)
		if bad != nil {
			t.Fatalf("%s %v: %v", c.name, c.args, bad)
		}
		if got.Value != c.direct {
			t.Errorf("%s %v = %v; theory has %v", c.name, c.args, got.Value, c.direct)
		}
		if !(math.Abs(got.Value/c.published-1) <= c.tol) {
			t.Errorf("%s %v = %.15g; published %.15g", c.name, c.args, got.Value, c.published)
		}
		// The logarithm of a float64 is good to rounding; theory's may be better.
		if !(math.Abs(got.Log10-math.Log10(got.Value)) <= 1e-14*(1+math.Abs(got.Log10))) {
			t.Errorf("%s %v: log10 = %v", c.name, c.args, got.Log10)
		}
	}
}

// Values that no float64 holds keep their logarithm and their digits.
func TestQuantityBeyondFloats(t *testing.T) {
	got, bad := quantity(t, "fp").Evaluate(Args{"n": 1e6, "a": 1000, "s": 300, "theta": 300}, "")
	if bad != nil || got.Value != 0 {
		t.Fatalf("%v, %v; the case is meant to underflow", got, bad)
	}
	// C(1000,300)/C(10^6,300) by logarithms of factorials, good to 1e-9.
	lf := func(x float64) float64 { v, _ := math.Lgamma(x + 1); return v }
	want := (lf(1000) - lf(700) - lf(1e6) + lf(1e6-300)) / math.Ln10
	if math.Abs(got.Log10-want) > 1e-6 || !strings.Contains(got.Text, "e-9") {
		t.Errorf("log10 = %v (%s), want %v", got.Log10, got.Text, want)
	}
}

func TestImpossibleArguments(t *testing.T) {
	for _, c := range []struct {
		name string
		args Args
		want string
	}{
		{"fp", Args{"n": 100, "a": 101, "s": 101, "theta": 102}, "a = 101: must not exceed n (a = 101, n = 100)\ns = 101: must not exceed n (s = 101, n = 100)\ntheta = 102: must be from 0 to s (theta = 102, s = 101)"},
		{"fp", Args{"n": 0, "a": -1, "s": 2.5, "theta": 1}, "n = 0: must be a whole number from 1 to 1000000000\na = -1: must be a whole number from 0 to 1000000000\ns = 2.5: must be a whole number from 0 to 1000000000"},
		{"fn", Args{"a": 40, "s": 20, "theta": 12, "v": 41}, "v = 41: must be from 0 to a (v = 41, a = 40)"},
		{"fn-readd", Args{"n": 100, "a": 40, "s": 20, "theta": 21, "v": 4}, "theta = 21: must be from 0 to s (theta = 21, s = 20)"},
		{"set-fp", Args{"n": 100, "a": 40, "s": 20, "theta": 12, "M": -1}, "M = -1: must be a whole number from 0 to 1000000000"},
		{"neuron-fp", Args{"n": 10, "a": 4, "s": 20, "theta": 12, "segments": 1}, "s = 20: must not exceed n (s = 20, n = 10)"},
		{"union-size", Args{"n": 10, "s": 11, "M": 2}, "s = 11: must not exceed n (s = 11, n = 10)"},
		{"union-fp", Args{"n": 1e6, "a": 1e5, "s": 20, "theta": 5000, "M": 2}, "theta = 5000: must be at most 4472, which the sum over unions needs 1e+07 states for (theta = 5000)"},
		{"chance-rate", Args{"s": 20, "theta": 0, "rate": -1, "window": 5, "plateau": 50}, "rate = -1 Hz: must be at least 0 Hz"},
		{"chance-rate", Args{"s": 20, "theta": 0, "rate": 1, "window": 5, "plateau": 2}, "theta = 0: must be from 1 to s (theta = 0, s = 20)\nplateau = 2 ms: must be finite and not shorter than the window (plateau = 2, window = 5)"},
	} {
		_, bad := quantity(t, c.name).Evaluate(c.args, "")
		var got []string
		for _, b := range bad {
			got = append(got, b.Error())
		}
		if strings.Join(got, "\n") != c.want {
			t.Errorf("%s %v: %q, want %q", c.name, c.args, got, c.want)
		}
	}
}
