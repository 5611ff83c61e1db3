package thresholds

import (
	"math"
	"math/big"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"neurosim/configs"
	"neurosim/figure"
	"neurosim/grammar"
	"neurosim/literature"
	"neurosim/studies/networks"
	"neurosim/study"
	"neurosim/theory"
)

// choose returns C(n,k), 0 outside of 0..n.
func choose(n, k int) *big.Int {
	if k < 0 || k > n {
		return new(big.Int)
	}
	return new(big.Int).Binomial(int64(n), int64(k))
}

// atLeast returns P(X ≥ theta) of the hypergeometric distribution as a fraction.
func atLeast(n, a, s, theta int) *big.Rat {
	sum := new(big.Int)
	for b := max(theta, 0); b <= s; b++ {
		sum.Add(sum, new(big.Int).Mul(choose(a, b), choose(n-a, s-b)))
	}
	return new(big.Rat).SetFrac(sum, choose(n, s))
}

// The errors, the best θ and the interval around it, against exact fractions.
// (1-P)^segments is computed with 2000 bits.
func TestThresholdsAgainstFractions(t *testing.T) {
	for _, c := range []Case{
		DefaultCase(),
		{N: 10000, A: 300, S: 30, Noise: 0, Segments: 1, Factor: 2},
		{N: 2048, A: 40, S: 24, Noise: 0.5, Segments: 500, Factor: 100},
		{N: 300, A: 64, S: 24, Noise: 0.3, Segments: 7, Factor: 1},
		{N: 60, A: 60, S: 10, Noise: 1, Segments: 3, Factor: 1000},
	} {
		if bad := c.Check(); bad != nil {
			t.Fatalf("%+v: %v", c, bad)
		}
		r := compare(c, nil)
		totals := make([]float64, c.S+1)
		best := 1
		for theta := 1; theta <= c.S; theta++ {
			quiet := new(big.Float).SetPrec(2000).SetRat(new(big.Rat).Sub(big.NewRat(1, 1), atLeast(c.N, c.A, c.S, theta)))
			all := big.NewFloat(1).SetPrec(2000)
			for range c.Segments {
				all.Mul(all, quiet)
			}
			fp, _ := new(big.Float).Sub(big.NewFloat(1).SetPrec(2000), all).Float64()
			// Missed: fewer than theta of the s synapses among the a-v cells left.
			fn, _ := new(big.Rat).Sub(big.NewRat(1, 1), atLeast(c.A, c.A-c.lost(), c.S, theta)).Float64()
			e := r.Errors[theta-1]
			totals[theta] = fp + fn
			if totals[theta] < totals[best] {
				best = theta
			}
			if !near(e.FP, fp) || !near(e.FN, fn) || !near(e.Total, fp+fn) || e.Tolerance != c.S-theta {
				t.Errorf("%+v θ = %d: %v, want %v + %v", c, theta, e, fp, fn)
			}
		}
		lo, hi := best, best
		for lo > 1 && totals[lo-1] <= c.Factor*totals[best] {
			lo--
		}
		for hi < c.S && totals[hi+1] <= c.Factor*totals[best] {
			hi++
		}
		if r.Best != best || r.Lo != lo || r.Hi != hi {
			t.Errorf("%+v: best %d in %d..%d, want %d in %d..%d", c, r.Best, r.Lo, r.Hi, best, lo, hi)
		}
		for _, e := range r.Errors {
			if e.Within != (e.Theta >= lo && e.Theta <= hi) {
				t.Errorf("%+v: θ = %d within: %v", c, e.Theta, e.Within)
			}
		}
	}
}

// near allows the 1e-12 of package theory, with room for 1 - (1-P)^m.
func near(got, want float64) bool { return math.Abs(got-want) <= 2e-12*math.Abs(want) }

// The example of section 3.1 of Ahmad & Hawkins (2016): P_FP = 2.279e-11 for one
// segment, P_FN = 3.947e-8 at 20 % noise, both as exact values. Of 100 segments
// the first is 100 times that, to 50·P.
func TestDefaultCaseIsThePapersExample(t *testing.T) {
	e := compare(DefaultCase(), nil).Errors[11]
	if math.Abs(e.FP/2.27907942026515e-9-1) > 2e-9 || math.Abs(e.FN/3.94743608739284e-8-1) > 1e-12 {
		t.Errorf("%+v", e)
	}
}

// Noise that re-adds cells misses less than noise that does not.
func TestThresholdsReadd(t *testing.T) {
	c := Case{N: 300, A: 64, S: 24, Noise: 0.5, Segments: 1, Factor: 10}
	strict := compare(c, nil)
	c.Readd = true
	readd := compare(c, nil)
	for i := 5; i < 20; i++ {
		if !(readd.Errors[i].FN < strict.Errors[i].FN) || readd.Errors[i].FP != strict.Errors[i].FP {
			t.Errorf("θ = %d: %v and %v", i+1, readd.Errors[i], strict.Errors[i])
		}
	}
}

// Where everything underflows, the best is found by logarithms.
func TestThresholdsBeyondFloats(t *testing.T) {
	r := compare(Case{N: 1e6, A: 1000, S: 300, Segments: 1, Factor: 10}, nil)
	if e := r.Errors[299]; r.Best != 300 || e.Total != 0 || !(e.Log10 < -900) {
		t.Errorf("best θ = %d, %+v", r.Best, e)
	}
	if lines := strings.Join(r.lines(), " "); !strings.Contains(lines, "e-9") {
		t.Errorf("the error is not said: %s", lines)
	}
}

// The medians of Fig. 6, exact values with four digits or more.
func TestFig6Median(t *testing.T) {
	for theta, want := range map[int]float64{3: 0.018157, 8: 4.834e-8, 9: 2.041e-9, 10: 7.400e-11, 12: 7.631e-14, 15: 1.033e-18, 20: 4.112e-28, 24: 2.602e-36} {
		if got := theory.Figure6Median(theta); math.Abs(got/want-1) > 5e-4 {
			t.Errorf("θ = %d: %v, want %v", theta, got, want)
		}
	}
}

// publishedThresholds loads the shipped thresholds and rows of a user.
func publishedThresholds(t *testing.T, rows string) []literature.Threshold {
	t.Helper()
	p, err := literature.Load([]string{"mine.csv"}, func(string) ([]byte, error) {
		return []byte("id,kind,event,reference,low,typical,high,unit,grade\n" + rows), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// What the record supports is said in the text and in the figure: the cited and
// the reviewed range, and that no one measured, until somebody has.
func TestThresholdsSayWhatTheRecordSupports(t *testing.T) {
	r := compare(DefaultCase(), publishedThresholds(t, ""))
	lines, fig := strings.Join(r.lines(), "\n"), r.figure()
	for _, want := range []string{"at θ = 12 (4.18e-08)", "θ = 11-13", "Cited: 8-20 synapses by Ahmad & Hawkins 2016", "second-hand",
		"Reviewed: 10-50 synapses by Antic et al. 2010", "no primary measurement of an NMDA-spike threshold in synapses or spines was found"} {
		if !strings.Contains(lines, want) || !strings.Contains(r.caption(), want) {
			t.Errorf("%q is not said:\n%s", want, lines)
		}
	}
	if !strings.Contains(fig.Panels[1].Title, "no primary measurement") {
		t.Errorf("the figure says %q", fig.Panels[1].Title)
	}
	var bands []string
	for _, b := range fig.Panels[0].Bands {
		bands = append(bands, b.Name)
	}
	if want := []string{"Reviewed: 10–50, Antic et al. 2010", "Cited: 8–20, Ahmad & Hawkins 2016", "Total error within ×10 of its best"}; !slices.Equal(bands, want) {
		t.Errorf("bands %q, want %q", bands, want)
	}

	r = compare(DefaultCase(), publishedThresholds(t, "U1,measurement,nmda_spike,Someone 2027,14,,18,spines,C\nU2,measurement,na_spike,Other 2027,12,,12,synapses,A\n"))
	lines = strings.Join(r.lines(), "\n")
	if strings.Contains(lines, "no primary") || !strings.Contains(lines, "14-18 spines by Someone 2027 (grade C; mine.csv:2): outside") || strings.Contains(lines, "Other 2027") {
		t.Errorf("with a measurement:\n%s", lines)
	}
	if title := r.figure().Panels[1].Title; strings.Contains(title, "no primary") {
		t.Errorf("the figure says %q", title)
	}
}

// Every number of synapses or spines of a dendritic spike has a row of the
// figure, with grade and verdict; nothing else has.
func TestThresholdsFigureRows(t *testing.T) {
	r := compare(DefaultCase(), publishedThresholds(t, "U1,model,nmda_spike,Upper 2027,,,9,synapses,derived\n"))
	var drawn, listed int
	for _, x := range r.Records {
		if x.Counts() && x.Event != "somatic_spike" {
			drawn++
			if (x.Verdict == "") != (x.Kind == "prediction") {
				t.Errorf("%s (%s): verdict %q", x.ID, x.Kind, x.Verdict)
			}
		} else if listed++; x.Verdict != "" {
			t.Errorf("%s in %s: verdict %q", x.ID, x.Unit, x.Verdict)
		}
	}
	p := r.figure().Panels[1]
	if len(p.Y.Ticks) != drawn || drawn < 8 || listed < 15 {
		t.Errorf("%d rows for %d records; %d listed", len(p.Y.Ticks), drawn, listed)
	}
	marks := 0
	rows := map[float64]bool{}
	for _, s := range p.Series {
		marks += len(s.X)
		for i, y := range s.Y {
			rows[y] = true
			if s.X2 != nil && !(s.X[i] < s.X2[i]) {
				t.Errorf("bar from %v to %v", s.X[i], s.X2[i])
			}
		}
	}
	if len(rows) != drawn {
		t.Errorf("%d marks in %d rows, want one in each of %d", marks, len(rows), drawn)
	}
	for _, want := range []string{"Antic et al. 2010 (review, B): inside", "Major et al. 2013, clustered, ≥ 10 (review, B): inside",
		"Major et al. 2013, spread, ≥ 20 (review, B): outside", "Upper 2027, ≤ 9 (model, derived): outside", "Losonczy & Magee 2006 (Na^{+} spike, A): outside"} {
		if !slices.ContainsFunc(p.Y.Ticks, func(a figure.Tick) bool { return a.Label == want }) {
			t.Errorf("no row %q", want)
		}
	}
}

func TestThresholdCaseMistakes(t *testing.T) {
	for _, c := range []struct {
		change func(*Case)
		want   string
	}{
		{func(c *Case) { c.N = 0 }, "n = 0: must be from 1 to 1000000000\na = 300: must be from 1 to n (n = 0)"},
		{func(c *Case) { c.S = 301 }, "s = 301: must be from 1 to a, since synapses are on cells of the pattern (a = 300), and at most 1000"},
		{func(c *Case) { c.N, c.A, c.S = 1e6, 1e5, 1001 }, "and at most 1000"},
		{func(c *Case) { c.Noise = 1.5 }, "noise = 1.5: must be a fraction of the active cells, from 0 to 1"},
		{func(c *Case) { c.Noise = math.NaN() }, "noise = NaN: must be a fraction"},
		{func(c *Case) { c.Segments = 0 }, "segments = 0: must be from 1 to 1000000000"},
		{func(c *Case) { c.Factor = 0.5 }, "factor = 0.5: must be finite and at least 1"},
		{func(c *Case) { c.Factor = math.Inf(1) }, "factor = +Inf: must be finite and at least 1"},
		{func(c *Case) { c.Theta = 31 }, "theta = 31: must be from 1 to s (s = 30)"},
	} {
		x := DefaultCase()
		c.change(&x)
		var got []string
		for _, b := range x.Check() {
			got = append(got, b.Error())
		}
		if !strings.Contains(strings.Join(got, "\n"), c.want) {
			t.Errorf("%+v: %q, want %q", x, got, c.want)
		}
	}
}

func TestThresholdTargets(t *testing.T) {
	x, err := load("quickstart", grammar.Options{})
	if err != nil {
		t.Fatal(err)
	}
	targets := targetsOf(x)
	want := Case{N: 2048, A: 40, S: 24, Noise: 0.2, Segments: 2, Factor: 10, Theta: 12}
	if len(targets) != 1 || targets[0].Name != "E/basal" || targets[0].Case != want || len(targets[0].Notes) != 2 {
		t.Errorf("%+v, want %+v and notes on jitter and background", targets, want)
	}
	x, err = load("quickstart", grammar.Options{Set: []grammar.Override{
		{Key: "inputs.patterns.swap_mode", Value: "readd"}, {Key: "inputs.patterns.jitter", Value: "0 ms"}, {Key: "inputs.background.rate", Value: "0 Hz"}}})
	if err != nil {
		t.Fatal(err)
	}
	want.Readd = true
	if targets = targetsOf(x); len(targets) != 1 || targets[0].Case != want || targets[0].Notes != nil {
		t.Errorf("%+v, want %+v", targets, want)
	}
}

// The table of docs/thresholds.md, row by row.
func TestIntervalsOfTheDocument(t *testing.T) {
	text, err := os.ReadFile("../../docs/thresholds.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		noise, err := strconv.ParseFloat(strings.TrimSpace(cells[0]), 64)
		if len(cells) != 4 || err != nil {
			continue
		}
		rows++
		for i, s := range []int{20, 30, 40} {
			c := DefaultCase()
			c.S, c.Noise = s, noise
			r := compare(c, nil)
			if got := interval(r.Lo, r.Hi); got != strings.TrimSpace(cells[i+1]) {
				t.Errorf("noise %v, s = %d: %s, the document says %s", noise, s, got, cells[i+1])
			}
		}
	}
	if rows != 6 {
		t.Errorf("read %d rows of the table, want 6", rows)
	}
}

func load(name string, o grammar.Options) (*networks.Study, error) {
	c, err := configs.Load([]study.Kind{networks.Kind()}, name, o)
	if err != nil {
		return nil, err
	}
	return c.Study.(*networks.Study), nil
}
