package fit_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"neurosim/configs"
	"neurosim/grammar"
	"neurosim/studies"
	"neurosim/studies/fit"
	"neurosim/study"
)

// Values with which the data of uncaging-fit were made by NEURON (nS).
var truth = map[string]float64{"ampa": 0.37, "nmda": 0.83}

// load loads uncaging-fit with some keys replaced, and with the data sets that keep names.
func load(t *testing.T, keep []string, set ...string) *study.Config {
	t.Helper()
	o := grammar.Options{}
	for i := 0; i < len(set); i += 2 {
		o.Set = append(o.Set, grammar.Override{Key: set[i], Value: set[i+1]})
	}
	x, err := configs.Load(studies.All(), "uncaging-fit", o)
	if err != nil {
		t.Fatal(err)
	}
	x.Fit.Data = slices.DeleteFunc(x.Fit.Data, func(d grammar.FitData) bool { return !slices.Contains(keep, d.Name) })
	return x
}

// do makes a fit on a number of threads.
func do(t *testing.T, x *study.Config, f grammar.Fit, threads int) study.Report {
	t.Helper()
	r, err := (&fit.Study{Of: x, Fit: f}).Do(context.Background(), study.New(study.Options{Threads: threads}))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// within tells whether an interval of a report holds a value.
func within(r study.Report, name string, value float64) bool {
	return r.Metrics[name+"_low"].(float64) <= value && value <= r.Metrics[name+"_high"].(float64)
}

// Each measured curve gives the hidden conductances back: the truth lies in the 95 % intervals,
// which are a few percent wide, and χ² is what its degrees of freedom allow (5 standard
// deviations, √(2 n)).
func TestHiddenConductances(t *testing.T) {
	if testing.Short() {
		t.Skip("runs some hundred uncaging studies: run without -short")
	}
	for _, set := range []string{"basal", "proximal", "distal"} {
		x := load(t, []string{set})
		x.Fit.Generations = 8
		r := do(t, x, *x.Fit, 2)
		for name, value := range truth {
			lo, hi := r.Metrics[name+"_low"].(float64), r.Metrics[name+"_high"].(float64)
			if !within(r, name, value) || hi/lo > 1.2 {
				t.Errorf("%s: %s = %g to %g, hidden %g", set, name, lo, hi, value)
			}
		}
		if c := r.Metrics["chi_square"].(float64); math.Abs(c-28) > 5*math.Sqrt(56) {
			t.Errorf("%s: χ² = %g of 28", set, c)
		}
		t.Log(set, r.Lines)
	}
}

// A wrong law of the block is found out: no conductances describe the data within their errors.
func TestWrongModelIsSaid(t *testing.T) {
	if testing.Short() {
		t.Skip("runs some hundred uncaging studies: run without -short")
	}
	x := load(t, []string{"basal"}, "populations.E.segments.basal.nmda.block.law", `"steep"`, "fit.global", "false", "run.dt", `"0.1 ms"`, "run.tstop", `"70 ms"`)
	r := do(t, x, *x.Fit, 2)
	if p := r.Metrics["p"].(float64); p > 1e-9 || !slices.ContainsFunc(r.Warnings, func(w string) bool { return strings.Contains(w, "does not describe the data") }) {
		t.Errorf("P = %g, %q", p, r.Warnings)
	}
}

// coarse makes the study cheap: its curves are smooth at any step.
var coarse = []string{"run.dt", `"0.25 ms"`, "run.tstop", `"45 ms"`, "uncaging.synapses", "22"}

// measured writes a curve of the model with noise as data: means and standard errors of 8.
func measured(t *testing.T, dir string, curve []float64, seed uint64) string {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 12))
	var b strings.Builder
	fmt.Fprintln(&b, "x,y (mV),sem (mV),n")
	for k, y := range curve {
		var sum, squares float64
		const n = 8
		for range n {
			v := y + math.Hypot(0.12, 0.05*y)*r.NormFloat64()
			sum += v
			squares += v * v
		}
		mean := sum / n
		fmt.Fprintf(&b, "%d,%.6g,%.6g,%d\n", k+1, mean, math.Sqrt((squares/n-mean*mean)*n/(n-1)/n), n)
	}
	file := filepath.Join(dir, fmt.Sprintf("data%d.csv", seed))
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// peaks returns the peaks at the soma of the model with the hidden conductances.
func peaks(t *testing.T) (curve []float64) {
	t.Helper()
	x := load(t, nil, append(slices.Clone(coarse), "populations.E.segments.basal.ampa.g_max", `"0.37 nS"`, "populations.E.segments.basal.nmda.g_max", `"0.83 nS"`)...)
	r, err := x.Study.Do(context.Background(), study.New(study.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range r.Figures[0].Figure.Panels[1].Series {
		if s.Name == "Cell" {
			curve = s.Y[1:] // of K = 1 on
		}
	}
	return curve
}

// The 95 % intervals hold the truth: of 50 sets with noise of their own, in at least 45 for each
// parameter. With a coverage of 95 % fewer than 45 are found once in 25 times; the seeds stand
// still, so the test does not depend on luck from run to run.
func TestIntervalsCover(t *testing.T) {
	if testing.Short() {
		t.Skip("makes 50 fits: run without -short")
	}
	curve, dir := peaks(t), t.TempDir()
	const sets = 50
	held := map[string]int{}
	for seed := range uint64(sets) {
		x := load(t, nil, append(slices.Clone(coarse), "fit.global", "false", "fit.data.basal.file", fmt.Sprintf("%q", filepath.ToSlash(measured(t, dir, curve, seed))))...)
		y := load(t, []string{"basal"}, append(slices.Clone(coarse), "fit.global", "false", "fit.data.basal.file", fmt.Sprintf("%q", filepath.ToSlash(filepath.Join(dir, fmt.Sprintf("data%d.csv", seed)))))...)
		x.Fit.Data = y.Fit.Data
		r := do(t, x, *x.Fit, 2)
		for name, value := range truth {
			if within(r, name, value) {
				held[name]++
			}
		}
	}
	t.Logf("of %d intervals, %v hold the truth", sets, held)
	for name := range truth {
		if held[name] < 45 {
			t.Errorf("%s: %d of %d intervals hold the truth", name, held[name], sets)
		}
	}
}

// What the data do not determine is said: single EPSPs of few synapses have one size, and two
// conductances make it.
func TestUnidentified(t *testing.T) {
	curve := peaks(t)
	file := measured(t, t.TempDir(), curve[:4], 3)
	x := load(t, []string{"basal"}, append(slices.Clone(coarse), "uncaging.synapses", "4", "fit.global", "false", "fit.data.basal.file", fmt.Sprintf("%q", filepath.ToSlash(file)))...)
	r := do(t, x, *x.Fit, 2)
	if r.Metrics["nmda_identified"] != false || !slices.ContainsFunc(r.Warnings, func(w string) bool {
		return strings.HasPrefix(w, "nmda ") && (strings.Contains(w, "is not identified") || strings.Contains(w, "end of its interval"))
	}) {
		t.Errorf("%v %q", r.Metrics, r.Warnings)
	}
	if !slices.ContainsFunc(r.Warnings, func(w string) bool { return strings.Contains(w, "are correlated by -0.9") }) {
		t.Errorf("no word of the correlation: %q", r.Warnings)
	}
}

// table writes data for the set basal and returns the key that names them.
func table(t *testing.T, rows ...string) []string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "data.csv")
	if err := os.WriteFile(file, []byte(strings.Join(rows, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	return append(slices.Clone(coarse), "fit.global", "false", "fit.data.basal.file", fmt.Sprintf("%q", filepath.ToSlash(file)))
}

// Without standard errors the rest tells the variance: of peaks with noise of 0.2 mV in every
// point, the truth lies in the intervals, and the root mean square of the rest is that of the
// noise within 4 standard deviations, 0.2 (1 ± 4/√(2 n)). The unit of the file does not matter.
func TestWithoutStandardErrors(t *testing.T) {
	curve := peaks(t)
	var reports []study.Report
	for _, unit := range []struct {
		name string
		of   float64
	}{{"mV", 1}, {"V", 1e-3}} {
		r, rows := rand.New(rand.NewPCG(4, 12)), []string{"x,y (" + unit.name + ")"}
		for k, y := range curve {
			rows = append(rows, fmt.Sprintf("%d,%.12g", k+1, (y+0.2*r.NormFloat64())*unit.of))
		}
		x := load(t, []string{"basal"}, table(t, rows...)...)
		reports = append(reports, do(t, x, *x.Fit, 2))
	}
	r := reports[0]
	for name, value := range truth {
		if !within(r, name, value) || !within(reports[1], name, value) {
			t.Errorf("%s = %v: %q %q", name, value, r.Lines, reports[1].Lines)
		}
		if a, b := r.Metrics[name+"_low"].(float64), reports[1].Metrics[name+"_low"].(float64); math.Abs(a-b) > 1e-4*a {
			t.Errorf("%s from %g in mV, from %g in V", name, a, b)
		}
	}
	n := float64(len(curve))
	if rms := r.Metrics["rms"].(float64); math.Abs(rms/0.2-1) > 4/math.Sqrt(2*n) {
		t.Errorf("root mean square %g mV, noise 0.2 mV", rms)
	}
	if _, there := r.Metrics["chi_square"]; there {
		t.Error("χ² without standard errors")
	}
}

// What of the data does not count is told, with numbers.
func TestWhatIsLeftOut(t *testing.T) {
	curve := peaks(t)
	rows := []string{"x,y (mV),sem (mV),n"}
	for k, y := range curve {
		rows = append(rows, fmt.Sprintf("%d,%g,0.2,8", k+1, y))
	}
	rows[3], rows[4] = strings.Replace(rows[3], ",0.2,", ",,", 1), strings.Replace(rows[4], ",0.2,8", ",0.2,4", 1)
	rows = append(rows, "60,40,0.2,8")
	x := load(t, []string{"basal"}, table(t, rows...)...)
	r := do(t, x, *x.Fit, 2)
	for _, want := range []string{
		fmt.Sprintf("data basal: 1 of %d points, beyond the curve of the model, left out", len(curve)+1),
		fmt.Sprintf("data basal: 1 of %d points, without a standard error, which others have, left out", len(curve)+1),
		"1 standard error is of less than 6 measurements: as weights they are too uncertain for intervals that can be trusted",
	} {
		if !slices.Contains(r.Warnings, want) {
			t.Errorf("no warning %q in %q", want, r.Warnings)
		}
	}
	if n := r.Metrics["points"]; n != len(curve)-1 {
		t.Errorf("%v points of %d count", n, len(curve)+1)
	}
}

// Too few points are refused before the search.
func TestTooFewPoints(t *testing.T) {
	x := load(t, []string{"basal"}, table(t, "x,y (mV)", "1,1", "2,2", "60,40")...)
	_, err := (&fit.Study{Of: x, Fit: *x.Fit}).Do(context.Background(), study.New(study.Options{Threads: 1}))
	if want := "2 points for 2 parameters: a fit needs more points than parameters (data basal: 1 of 3 points, beyond the curve of the model, left out)"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// A search that comes to values which the rules of the configuration refuse goes on elsewhere,
// and says so.
func TestRefusedValues(t *testing.T) {
	set := append(table(t, "x,y (mV)", "4,2.9", "8,5.2", "12,8.1", "16,14"), "fit.global", "true", "fit.generations", "3",
		"fit.free.rise.key", `"populations.E.segments.basal.nmda.tau_rise"`, "fit.free.rise.min", `"1 ms"`, "fit.free.rise.max", `"900 ms"`)
	x := load(t, []string{"basal"}, set...)
	f := *x.Fit
	f.Free = slices.DeleteFunc(slices.Clone(f.Free), func(k grammar.FreeKey) bool { return k.Name != "rise" })
	r := do(t, x, f, 2)
	if !slices.ContainsFunc(r.Warnings, func(w string) bool {
		return strings.Contains(w, " evaluations gave nothing: with ") && strings.Contains(w, "must not be longer than tau_decay (50 ms)")
	}) {
		t.Errorf("%q", r.Warnings)
	}
	if v := r.Metrics["rise_value"].(float64); !(v > 1 && v < 50) {
		t.Errorf("found %g ms", v)
	}
}

// A fit gives the same on any number of threads, and when it goes on after an interruption.
func TestSameFitOnThreadsAndResumed(t *testing.T) {
	set := append(slices.Clone(coarse), "uncaging.synapses", "20", "fit.generations", "3")
	once := func(threads int, from study.State, stop int) (study.Report, study.State, error) {
		x := load(t, []string{"basal"}, set...)
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		var kept study.State
		saves := 0
		w := study.New(study.Options{Threads: threads, From: from, Every: 1, Keep: func(s study.State) error {
			kept = s
			if saves++; saves == stop {
				cancel()
			}
			return nil
		}})
		r, err := (&fit.Study{Of: x, Fit: *x.Fit}).Do(ctx, w)
		return r, kept, err
	}
	one, _, err := once(1, nil, -1)
	if err != nil {
		t.Fatal(err)
	}
	two, _, err := once(2, nil, -1)
	if err != nil || !reflect.DeepEqual(one.Tables, two.Tables) || !reflect.DeepEqual(one.Metrics, two.Metrics) {
		t.Errorf("two threads: %v\n%v\n%v", err, one.Metrics, two.Metrics)
	}
	_, state, err := once(2, nil, 9)
	if err == nil {
		t.Fatal("not interrupted")
	}
	again, _, err := once(1, state, -1)
	if err != nil || !reflect.DeepEqual(one.Tables, again.Tables) || !reflect.DeepEqual(one.Metrics, again.Metrics) {
		t.Errorf("resumed: %v\n%v\n%v", err, one.Metrics, again.Metrics)
	}
}

// What a fit of three parameters to one curve costs.
func BenchmarkThreeParameters(b *testing.B) {
	x, err := configs.Load(studies.All(), "uncaging-fit", grammar.Options{Set: []grammar.Override{
		{Key: "fit.free.tau_decay.key", Value: `"populations.E.segments.basal.nmda.tau_decay"`},
		{Key: "fit.free.tau_decay.min", Value: `"10 ms"`}, {Key: "fit.free.tau_decay.max", Value: `"200 ms"`},
	}})
	if err != nil {
		b.Fatal(err)
	}
	x.Fit.Data = slices.DeleteFunc(x.Fit.Data, func(d grammar.FitData) bool { return d.Name != "basal" })
	for _, threads := range []int{1, 2} {
		b.Run(fmt.Sprintf("threads=%d", threads), func(b *testing.B) {
			for b.Loop() {
				r, err := (&fit.Study{Of: x, Fit: *x.Fit}).Do(context.Background(), study.New(study.Options{Threads: threads}))
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(r.Metrics["evaluations"].(int)), "evaluations")
			}
		})
	}
}
