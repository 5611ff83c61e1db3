package formula

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/expr-lang/expr/parser"
)

// scope of the tests: V = 3, ca = 2, T = 1.
var (
	values = []float64{3, 2, 1}
	known  = Scope{Variables: []string{"V", "ca", "T"}, Constants: map[string]float64{"k": 2, "V_half": -40}}
)

// Values are those of the arithmetic as it is taught; the powers say which of two readings
// holds.
func TestValues(t *testing.T) {
	for text, want := range map[string]float64{
		"V": 3, "-V": -3, "--V": 3, "2*-V": -6, "1_000": 1000, ".5": 0.5, "1.": 1, "1e-3": 1e-3, "010": 10,
		"1 - 2 - 3": -4, "8/4/2": 1, "2 + 3*4": 14, "(2 + 3)*4": 20,
		"-V^2": -9, "(-V)^2": 9, "2^3^2": 512, "(2^3)^2": 64, "2**3**2": 512, "2^-1": 0.5, "2^-V": 0.125, "-2^2": -4, "2*V^2": 18,
		"V^0.5": math.Sqrt(3), "V^0": 1, "0^0": 1, "(-8)^3": -512,
		"exp(1)": math.E, "exp(-1000)": 0, "exp(1000)": math.Inf(1), "log(k)": math.Ln2, "ln(k)": math.Ln2, "log10(100)": 2,
		"sqrt(k)": math.Sqrt2, "abs(-V)": 3, "tanh(0.5)": math.Tanh(0.5), "tanh(1e-5)": math.Tanh(1e-5), "tanh(-30)": -1,
		"exprelr(0)": 1, "exprelr(1)": 1 / (math.E - 1), "exprelr(1e-5)": 1e-5 / math.Expm1(1e-5), "exprelr(-1e-3)": -1e-3 / math.Expm1(-1e-3),
		"pow(V, 2)": 9, "min(V, ca, T)": 1, "max(V, ca, T)": 3, "min(V, -V)": -3,
		"V < 3 ? 1 : 2": 2, "V <= 3 ? 1 : 2": 1, "V > 3 ? 1 : 2": 2, "V >= 3 ? 1 : 2": 1, "V == 3 ? 1 : 2": 1, "V != 3 ? 1 : 2": 2,
		"V > 0 and ca < 0 ? 1 : 2": 2, "V > 0 or ca < 0 ? 1 : 2": 1, "not (V > 0) ? 1 : 2": 2, "V > 0 && !(ca < 0) ? 1 : 2": 1, "V < 0 || ca < 0 ? 1 : 2": 2,
		"0 < V < 4 ? 1 : 2": 1, "0 < V < 2 ? 1 : 2": 2, "true ? 1 : 2": 1,
		"V < 0 ? 1 : V < 5 ? 2 : 3": 2, "1 + (V < 0 ? 1 : 2)": 3,
		"abs(V - 3) < 1e-6 ? 5 : 1/(V - 3)": 5, "V + V_half": -37, "0^-1": math.Inf(1),
	} {
		f, err := Parse(text, known)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := f.Eval(values); got != want && !(math.Abs(got-want) < 4e-16*math.Abs(want)) {
			t.Errorf("%s is %.17g, want %.17g", text, got, want)
		}
		if f.Text() != text {
			t.Errorf("the text of %s is %s", text, f.Text())
		}
	}
}

// Errors say what is wrong in the user's words, and at which character.
func TestErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "the formula is empty, at character 1"},
		{" \t", "the formula is empty, at character 1"},
		{"exp(V", "the parenthesis is not closed, at character 4"},
		{"V/(1 - exp(-V)", "the parenthesis is not closed, at character 3"},
		{"V + 1)", "no parenthesis is open that this one closes, at character 6"},
		{"V +", "the formula ends too early, at character 3"},
		{"V V", "an operator is missing before V, at character 3"},
		{"0.1(V + 40)", "an operator is missing before (, at character 4"},
		{"2 V", "an operator is missing before V, at character 3"},
		{"2V", "2V is neither a number nor a name; write an operator between a number and a name, at character 1"},
		{"V = 1", `unexpected "="; a comparison is written ==, at character 3`},
		{"V > 1 ? 1", "a choice is written: condition ? a : b, at character 9"},
		{"V > 1 : 1", "a choice is written: condition ? a : b, at character 7"},
		{"V < 1", "V < 1 is a condition; a number is needed here: condition ? a : b, at character 3"},
		{"1 + true", "true is a condition; a number is needed here: condition ? a : b, at character 5"},
		{"V ? 1 : 2", "V is a number; a condition is needed here, such as V < -50, at character 1"},
		{"V and 1 ? 1 : 2", "V is a number; a condition is needed here, such as V < -50, at character 1"},
		{"not V < 1 ? 1 : 2", "not applies to the name or parenthesis after it: write not (a < b), at character 1"},
		{"V % 2", "% is no operator of formulas, at character 3"},
		{"V in 1", "in is no operator of formulas, at character 3"},
		{"V.x", `V.x is no arithmetic, at character 3`},
		{"[V]", `[V] is no arithmetic, at character 1`},
		{"'V'", `"V" is no arithmetic, at character 1`},
		{"let a = 1; a", `a formula is one expression; name its parts in a table "let", at character 5`},
		{"exp(−V)", "the character U+2212 '−' has no meaning in formulas, at character 5"},
		{"1e400*V", "the number cannot be read, or is too large, at character 6"},
		{"99999999999999999999", "the number cannot be read, or is too large, at character 20"},
		{"V + v_half", `unknown name "v_half"; did you mean "V_half"?; known are T, V, V_half, ca, k, at character 5`},
		{"k*q", `unknown name "q"; known are T, V, V_half, ca, k, at character 3`},
		{"é*V + x", `unknown name "é"; known are T, V, V_half, ca, k, at character 1`},
		{"exp", "exp is a function: write exp(...), at character 1"},
		{"exp -V", "exp is a function: write exp(...), at character 1"},
		{"1 + Exp(V)", `unknown function "Exp"; did you mean "exp"?; functions are exp, log, ln, log10, sqrt, abs, tanh, exprelr, pow, min, max, at character 5`},
		{"len(V)", `unknown function "len"; did you mean "ln"?; functions are exp, log, ln, log10, sqrt, abs, tanh, exprelr, pow, min, max, at character 1`},
		{"exp(1, 2)", "exp needs 1 argument, not 2, at character 1"},
		{"pow(V)", "pow needs 2 arguments, not 1, at character 1"},
		{"max(V)", "max needs at least 2 arguments, at character 1"},
		{"1/0", "division by zero: the divisor is 0, at character 2"},
		{"V/(k - 2)", "division by zero: k - 2 is 0, at character 2"},
	} {
		_, err := Parse(c.text, known)
		var at *Error
		if !errors.As(err, &at) || err.Error() != c.want || at.Text != c.text {
			t.Errorf("%q: %v\nwant %s", c.text, err, c.want)
		}
	}
}

// A formula knows which variables it depends on and where it divides, by way of the
// formulas that it names too.
func TestReadsAndDivisions(t *testing.T) {
	x, err := Parse("(V + 40)/k", known)
	if err != nil {
		t.Fatal(err)
	}
	s := known
	s.Formulas = map[string]*Formula{"x": x}
	f, err := Parse("x/(1 - exp(-x)) + T", s)
	if err != nil {
		t.Fatal(err)
	}
	if !f.Reads(0) || f.Reads(1) || !f.Reads(2) {
		t.Errorf("reads V %t, ca %t, T %t", f.Reads(0), f.Reads(1), f.Reads(2))
	}
	d := f.Divisions()
	if len(d) != 1 || d[0].Column != 2 || d[0].Of != "1 - exp(-x)" {
		t.Fatalf("divisions %+v; want one, at character 2: a constant never is 0 later", d)
	}
	if got := d[0].Denominator([]float64{-40, 0, 0}); got != 0 {
		t.Errorf("the denominator at -40 is %g", got)
	}
	if got := f.Eval([]float64{-38, 0, 5}); math.Abs(got-(1/(1-math.Exp(-1))+5)) > 1e-14 {
		t.Errorf("got %g", got)
	}
}

// Names that the parser would take apart, or for something else, are refused.
func TestCheckName(t *testing.T) {
	for name, good := range map[string]bool{
		"q": true, "V_half": true, "x1": true, "é": true, "count": true,
		"": false, "a-b": false, "a b": false, "1x": false, "a.b": false, "not": false, "in": false, "true": false, "nil": false, "exp": false, "min": false, "let": false, "x()": false, " x": false,
	} {
		if rule := CheckName(name); (rule == "") != good {
			t.Errorf("%q: %q", name, rule)
		}
	}
}

// Text is bounded before the parser sees it, and operations where formulas name formulas:
// sixty names that each use the one before twice would need 2^60 operations.
func TestLimits(t *testing.T) {
	deep := strings.Repeat("(", 1e5) + "V" + strings.Repeat(")", 1e5)
	if _, err := parser.Parse(deep); err != nil {
		t.Logf("the parser says %v", err)
	}
	for _, text := range []string{deep, strings.Repeat("-", 1e5) + "V", strings.Repeat("V + ", 1e5) + "V"} {
		if _, err := Parse(text, known); err == nil || !strings.Contains(err.Error(), "characters, more than 4096") {
			t.Errorf("a formula of %d characters: %v", len(text), err)
		}
	}
	for _, text := range []string{strings.Repeat("(", 2000) + "V" + strings.Repeat(")", 2000), strings.Repeat("-", 4000) + "V", strings.Repeat("V<1?1:", 600) + "V"} {
		if _, err := Parse(text, known); err != nil {
			t.Errorf("a deep formula of %d characters: %v", len(text), err)
		}
	}
	s := known
	s.Formulas = map[string]*Formula{}
	last := "V"
	for i := range 60 {
		f, err := Parse(last+"/("+last+" - 1)", s)
		if err != nil {
			if !strings.Contains(err.Error(), "operations") || i > 14 {
				t.Errorf("name %d: %v", i, err)
			}
			return
		}
		last = "x" + strings.Repeat("x", i)
		s.Formulas[last] = f
	}
	t.Error("formulas grow without limit")
}

// No text makes the parser or the evaluation panic, and what is refused is located.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"V", "0.182*(V+38)/(1 - exp(-(V+38)/6))", "V < 1 ? 1 : 2", "exp(", "V)", "2V", "1e400", "'a'", "[1]", "a;b", "let a = 1; a", "$env", "V|exp()", "V?.x", "map(1..9, #)", "::exp(V)",
		"if V > 1 {1} else {2}", "1 < V < 2 ? 1 : 2", "\x00", "b'x'", "`", "/*", "V //", "-V^2", "min(V, 1)", "{a: 1}", "V[1:2]", "\"\\u12", "not in", "V not in 1", "é−", "1..2", "0x", "if", "V ?: 1",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		g, err := Parse(text, known)
		if err != nil {
			var at *Error
			if !errors.As(err, &at) || at.Column < 1 || at.Column > max(len([]rune(text)), 1) || at.Rule == "" {
				t.Fatalf("%q: %#v", text, err)
			}
			return
		}
		g.Eval(values)
		for _, d := range g.Divisions() {
			d.Denominator(values)
		}
		CheckName(text)
	})
}
