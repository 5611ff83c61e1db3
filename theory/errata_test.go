package theory

import (
	"fmt"
	"math"
	"math/big"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"neurosim/published"
)

// A call of docs/errata.md: name(key=value, ...) = number.
var erratum = regexp.MustCompile("`([a-z0-9_M]+)\\(([^)]*)\\) = ([^`]+)`")

// TestErrata computes every number of docs/errata.md again: each call must round
// to the number stated, and a column of exact numbers may hold nothing else.
func TestErrata(t *testing.T) {
	text, err := os.ReadFile("../docs/errata.md")
	if err != nil {
		t.Fatal(err)
	}
	calls := 0
	for i, line := range strings.Split(string(text), "\n") {
		if cells := strings.Split(strings.ReplaceAll(line, `\|`, ""), " | "); len(cells) == 4 {
			if rest := erratum.ReplaceAllString(cells[2], ""); strings.ContainsAny(rest, "0123456789") {
				t.Errorf("line %d: a number that no call computes: %q", i+1, rest)
			}
		}
		for _, m := range erratum.FindAllStringSubmatch(line, -1) {
			calls++
			args, err := parseArgs(m[2])
			if err != nil {
				t.Errorf("line %d: %s: %v", i+1, m[0], err)
				continue
			}
			got, ok := args.call(t, m[1])
			if !ok {
				t.Errorf("line %d: %s: no such quantity", i+1, m[0])
				continue
			}
			want, err := strconv.ParseFloat(m[3], 64)
			if err != nil {
				t.Errorf("line %d: %s: %v", i+1, m[0], err)
				continue
			}
			if !(math.Abs(got-want) <= 0.5001*lastDigit(m[3])) {
				t.Errorf("line %d: %s: is %.8g", i+1, m[0], got)
			}
		}
	}
	if calls < 60 {
		t.Errorf("only %d calls found; has the form of the document changed?", calls)
	}
}

// lastDigit returns the unit of the last digit written: 1e-12 for "3.47e-10".
func lastDigit(s string) float64 {
	mantissa, exponent, _ := strings.Cut(s, "e")
	e, _ := strconv.Atoi(exponent)
	if i := strings.IndexByte(mantissa, '.'); i >= 0 {
		e -= len(mantissa) - i - 1
	}
	return math.Pow(10, float64(e))
}

// arguments of a call; numbers are kept as written.
type arguments map[string]string

func parseArgs(s string) (arguments, error) {
	args := arguments{}
	if s == "" {
		return args, nil
	}
	for _, a := range strings.Split(s, ", ") {
		k, v, ok := strings.Cut(a, "=")
		if !ok {
			return nil, fmt.Errorf("argument %q", a)
		}
		args[k] = v
	}
	return args, nil
}

func (a arguments) float(key string) float64 {
	x, err := strconv.ParseFloat(a[key], 64)
	if err != nil {
		panic(fmt.Sprintf("argument %s = %q", key, a[key]))
	}
	return x
}

func (a arguments) int(key string) int { return int(a.float(key)) }

// call evaluates a quantity; false if there is none of that name.
func (a arguments) call(t *testing.T, name string) (float64, bool) {
	switch name {
	case "fp":
		return FalsePositive(a.int("n"), a.int("a"), a.int("s"), a.int("theta")).Value(), true
	case "fn":
		return FalseNegative(a.int("a"), a.int("s"), a.int("v"), a.int("theta")).Value(), true
	case "readd":
		return FalseNegativeReadd(a.int("n"), a.int("a"), a.int("s"), a.int("v"), a.int("theta")).Value(), true
	case "set_fp":
		return SetFalsePositive(a.int("n"), a.int("a"), a.int("s"), a.int("theta"), a.int("M")).Value(), true
	case "bound":
		return SetFalsePositiveBound(a.int("n"), a.int("a"), a.int("s"), a.int("theta"), a.int("M")).Value(), true
	case "largest_M":
		return math.Floor(a.float("p") / FalsePositive(a.int("n"), a.int("a"), a.int("s"), a.int("theta")).Value()), true
	case "union_zero":
		return UnionZero(a.int("n"), a.int("s"), a.int("M")).Value(), true
	case "union_ones":
		return UnionZero(a.int("n"), a.int("s"), a.int("M")).Complement().Value(), true
	case "union_fp":
		return UnionFalsePositive(a.int("n"), a.int("a"), a.int("s"), a.int("theta"), a.int("M")).Value(), true
	case "jaccard":
		return PredictionJaccard(a.int("n"), a.int("a"), a.int("s"), a.int("theta"), a.int("K")).Value(), true
	case "patterns": // (13) solved for M
		n, s := a.float("n"), a.float("s")
		return math.Log(1-a.float("synapses")/n) / math.Log(1-s/n), true
	case "fig6_median":
		p := fig6Grid(a.int("theta"), 10_000, 190_000, 20_000)
		return (p[209] + p[210]) / 2, true
	case "fig6_mean":
		var sum float64
		for _, x := range fig6Grid(a.int("theta"), 10_000, 190_000, 20_000) {
			sum += x
		}
		return sum / 420, true
	case "fig6_largest_n":
		return fig6LargestN(t), true
	case "float32_mean":
		var sum float32
		for range a.int("trials") {
			sum += float32(a.int("hits"))
		}
		return float64(sum) / (a.float("trials") * a.float("hits")), true
	case "levels_finer_than":
		return levelsFinerThan(t, a.float("rate")), true
	case "mixture_over_plugin":
		return a.extreme("fig7b_union_false_positive", func(r published.Row) float64 {
			n, s, m := r.Int("n"), r.Int("s"), r.Int("M")
			return UnionFalsePositiveExact(n, r.Int("a"), s, r.Int("theta"), m).Value() /
				UnionFalsePositive(n, r.Int("a"), s, r.Int("theta"), m).Value()
		}), true
	case "worst_ratio":
		return a.worstRatio(t), true
	case "observed_multiples_of":
		return observedMultiplesOf(t, a.float("cells")), true
	case "stored":
		return a.stored(t), true
	case "table4_rows", "table4_ratio":
		return a.table4(t, name), true
	}
	return 0, false
}

// fig6LargestN returns the largest n of a grid 10000, 30000, ... whose maximum at
// theta = 3 is the one that the authors' script prints.
func fig6LargestN(t *testing.T) float64 {
	want := published.Rows("fig6_optimal_threshold")[0]
	for last := 30_000; last <= 250_000; last += 20_000 {
		p := fig6Grid(3, 10_000, last, 20_000)
		if math.Abs((p[(len(p)-1)/2]+p[len(p)/2])/2-want.Float("script_median_paper_grid")) < 0.5001e-9 {
			return float64(last)
		}
	}
	return math.NaN()
}

// levelsFinerThan counts the noise levels of Fig. 4B that have a recorded rate
// which is no whole multiple of the given one.
func levelsFinerThan(t *testing.T, rate float64) float64 {
	finer := map[string]bool{}
	for _, r := range published.Rows("fig4b_false_negative_vs_noise") {
		x := r.Float("observed") / rate
		if math.Abs(x-math.Round(x)) > 1e-3 {
			finer[r["v_bits_swapped"]] = true
		}
	}
	return float64(len(finer))
}

// extreme returns the lowest or highest of f over the rows of a file.
func (a arguments) extreme(file string, f func(published.Row) float64) float64 {
	low, high := math.Inf(1), math.Inf(-1)
	for _, r := range published.Rows(file) {
		low, high = min(low, f(r)), max(high, f(r))
	}
	if a["extreme"] == "low" {
		return low
	}
	return high
}

// worstRatio returns by how much the authors' theory and the model that fits
// differ at most, where at least five errors were counted.
func (a arguments) worstRatio(t *testing.T) float64 {
	file, theory, model := "neuron_binary_classification", "script_theory_unverified", "model_rate"
	count := "errors"
	if a["file"] == "noise" {
		file, theory, model, count = "neuron_noise_false_negative", "script_theory", "model_with_readd", "false_negatives"
	}
	worst := 1.0
	for _, r := range published.Rows(file) {
		if r[theory] == "" || r.Int(count) < 5 {
			continue
		}
		ratio := r.Float(theory) / r.Float(model)
		worst = max(worst, ratio, 1/ratio)
	}
	return worst
}

// observedMultiplesOf returns the share of the recorded accuracies of the
// sequence memory under noise that are whole multiples of 1/cells.
func observedMultiplesOf(t *testing.T, cells float64) float64 {
	rows, whole := published.Rows("tm_noise"), 0
	for _, r := range rows {
		x := r.Float("observed_accuracy") * cells
		if math.Abs(x-math.Round(x)) < 1e-6 {
			whole++
		}
	}
	return float64(whole) / float64(len(rows))
}

// stored looks up a number that the authors' files hold.
func (a arguments) stored(t *testing.T) float64 {
	file := map[string]string{
		"fig4b": "fig4b_false_negative_vs_noise", "fig5a": "fig5a_effect_of_n",
		"fig7b": "fig7b_union_false_positive", "neuron_fp": "neuron_false_positive_vs_s",
		"tm_sparsity": "tm_sparsity",
	}[a["file"]]
	column := map[string]string{
		"fig4b": "script_theory", "fig5a": "script_dense", "fig7b": "script_value",
		"neuron_fp": "script_predicted", "tm_sparsity": "observed_jaccard",
	}[a["file"]]
rows:
	for _, r := range published.Rows(file) {
		for k, v := range a {
			if k == "v" {
				k = "v_bits_swapped"
			}
			if k != "file" && k != "curve" && r[k] != v {
				continue rows
			}
		}
		return r.Float(column)
	}
	t.Errorf("no row of %s for %v", file, a)
	return math.NaN()
}

// table4 counts the rows of Table 4 of arXiv:1503.07469 with theta below w
// ("below"), those of them that are not (14) ("wrong"), and those that are the
// formula with C(n-w, w-b) instead of C(n-|X|, w-b), clipped at 1 ("formula"); or
// returns an extreme of printed over exact among those not clipped.
func (a arguments) table4(t *testing.T, name string) float64 {
	count := 0
	low, high := math.Inf(1), 0.0
	for _, r := range published.Rows("sibling_2015_tables") {
		n, w, theta, m := r.Int("n"), r.Int("w"), r.Int("theta"), r.Int("M")
		if !strings.HasPrefix(r["table"], "Table 4") || theta == w {
			continue
		}
		printed, exact := r.Float("source_value"), UnionFalsePositive(n, w, w, theta, m).Value()
		switch a["theta"] {
		case "below":
			count++
		case "wrong":
			if math.Abs(printed/exact-1) > 0.1 {
				count++
			}
		case "formula":
			wrong := min(1, swappedUnion(n, w, theta, int(math.Round(UnionSize(n, w, m)))))
			if math.Abs(printed/wrong-1) < 1e-9 {
				count++
			}
		}
		if printed != 1 {
			low, high = min(low, printed/exact), max(high, printed/exact)
		}
	}
	switch {
	case name == "table4_rows":
		return float64(count)
	case a["extreme"] == "low":
		return low
	}
	return high
}

// swappedUnion is the spreadsheet's formula, sum over b of C(x,b) C(n-w,w-b) / C(n,w).
func swappedUnion(n, w, theta, x int) float64 {
	sum := new(big.Int)
	for b := theta; b <= w; b++ {
		t := new(big.Int).Binomial(int64(x), int64(b))
		sum.Add(sum, t.Mul(t, new(big.Int).Binomial(int64(n-w), int64(w-b))))
	}
	v, _ := new(big.Rat).SetFrac(sum, new(big.Int).Binomial(int64(n), int64(w))).Float64()
	return v
}
