package onecell

import (
	"context"
	"math"
	"reflect"
	"slices"
	"testing"

	"neurosim/configs"
	"neurosim/dendrite"
	"neurosim/grammar"
	"neurosim/study"
	"neurosim/study/studytest"
)

// uncaged runs a shipped study of one cell, without its sweep, with some keys set.
func uncaged(t *testing.T, config string, set ...string) uncagingResult {
	t.Helper()
	x := studyOf(t, config, set...)
	r, err := uncage(context.Background(), x, nil, func(float64) {})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// studyOf loads a shipped study; key and value alternate in set.
func studyOf(t *testing.T, config string, set ...string) *Study {
	t.Helper()
	o := grammar.Options{}
	for i := 0; i < len(set); i += 2 {
		o.Set = append(o.Set, grammar.Override{Key: set[i], Value: set[i+1]})
	}
	x, err := load(config, o)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// shortly makes a study quick; its K* are those of the finer step.
var shortly = []string{"run.tstop", "120 ms", "run.dt", "0.05 ms"}

const (
	nmdaMax = "populations.E.segments.basal.nmda.g_max"
	mg      = "populations.E.segments.basal.nmda.block.mg"
)

func star(t *testing.T, set ...string) int {
	t.Helper()
	r := uncaged(t, "uncaging", append(slices.Clone(shortly), set...)...)
	return r.threshold()
}

// Major et al. 2008: the threshold is lower distally; the amplitude at the soma is
// larger proximally. The whole branch, for three conductances.
func TestDistalIsEasierProximalIsLarger(t *testing.T) {
	for _, g := range []string{"0.5 nS", "1 nS", "2 nS"} {
		var stars []int
		var amplitudes []float64
		for _, at := range []string{"0.1", "0.5", "0.9"} {
			r := uncaged(t, "uncaging", append(slices.Clone(shortly), "uncaging.at", at, "uncaging.synapses", "60", nmdaMax, g)...)
			k := r.threshold()
			if k < 1 {
				t.Fatalf("%s at %s: no threshold", g, at)
			}
			stars, amplitudes = append(stars, k), append(amplitudes, r.Responses[k].Soma)
		}
		if !(stars[0] > stars[1] && stars[1] > stars[2]) {
			t.Errorf("NMDA %s: K* from proximal to distal is %v; measured thresholds fall", g, stars)
		}
		if !(amplitudes[0] > amplitudes[1] && amplitudes[1] > amplitudes[2]) {
			t.Errorf("NMDA %s: the soma sees %.3g mV from proximal to distal; measured amplitudes fall", g, amplitudes)
		}
	}
}

// Kumar et al. 2018: a bias on the same branch lowers the threshold by 35 to 52 %, one
// on a sister branch by 8 to 23 %, one on another branch by 6 to 18 %. The order is
// asserted, the sizes are logged: the bias here is 6 synapses, 10 ms before.
func TestBiasOnTheSameBranchHelpsMost(t *testing.T) {
	alone := star(t)
	var got []int
	for _, segment := range []string{"0", "1", "2"} {
		got = append(got, star(t, "uncaging.bias.target", "E/basal", "uncaging.bias.segment", segment,
			"uncaging.bias.count", "6", "uncaging.bias.time", "10 ms"))
	}
	t.Logf("K* = %d alone, %d with bias on the branch, %d on its sister, %d on another dendrite", alone, got[0], got[1], got[2])
	if !(got[0] < got[1] && got[1] <= got[2] && got[2] <= alone) {
		t.Errorf("K* = %d alone; %v with bias on the same, a sister and another branch", alone, got)
	}
}

// Bohmbach et al. 2022 and every pharmacology of NMDA spikes: block raises the
// threshold, and without NMDA receptors there is none. More magnesium is more block.
func TestBlockRaisesTheThreshold(t *testing.T) {
	full, half, none := star(t), star(t, nmdaMax, "0.5 nS"), star(t, nmdaMax, "0 nS")
	if !(full < half) || none != -1 {
		t.Errorf("K* = %d, %d with half of the NMDA receptors, %d without; want a rise and -1", full, half, none)
	}
	last := 0
	for _, c := range []string{"0.5 mM", "1 mM", "2 mM"} {
		k := star(t, mg, c, "uncaging.synapses", "60")
		if k <= last {
			t.Errorf("%s magnesium: K* = %d after %d", c, k, last)
		}
		last = k
	}
}

// Oikonomou et al. 2012: two activations make a spike, five a plateau. At a K that is
// well above threshold five pulses at 50 Hz outlast two, and two outlast one.
func TestRepetitionMakesAPlateau(t *testing.T) {
	var above []float64
	for _, pulses := range []string{"1", "2", "5"} {
		r := uncaged(t, "uncaging", "run.tstop", "300 ms", "run.dt", "0.05 ms", "uncaging.pulses", pulses)
		above = append(above, r.Responses[18].Above)
	}
	t.Logf("time above the level for 1, 2 and 5 activations of 18 synapses: %v ms", above)
	// The second pulse comes 20 ms after the first, the fifth 80 ms after: a plateau that
	// follows its transmitter lasts longer by about as much.
	if !(above[1] > above[0]+10 && above[2] > above[1]+40) {
		t.Errorf("time above the level: %v ms for 1, 2 and 5 activations", above)
	}
}

// Branco & Hausser 2011: distal synapses are integrated over longer windows than
// proximal ones. Synapses that come 2 ms apart instead of 0.1 ms cost the tip less
// than the branch's beginning, in parts of the threshold.
func TestDistalIntegratesLonger(t *testing.T) {
	cost := func(at string) float64 {
		var k [2]int
		for i, interval := range []string{"0.1 ms", "2 ms"} {
			k[i] = star(t, "run.tstop", "250 ms", "uncaging.at", at, "uncaging.synapses", "60", "uncaging.interval", interval)
		}
		t.Logf("at %s of the branch: K* = %d at once, %d in sequence", at, k[0], k[1])
		return float64(k[1]) / float64(k[0])
	}
	if proximal, distal := cost("0.1"), cost("0.9"); !(distal > 0 && distal < proximal-0.2) {
		t.Errorf("2 ms apart: %.3g times the threshold proximally, %.3g times distally", proximal, distal)
	}
}

// Testa-Silva et al. 2022: wide dendrites, as those of human cells are, spike less
// readily.
func TestWideDendritesAreHarder(t *testing.T) {
	last := 0
	for _, d := range []string{"0.6 um", "0.9 um", "1.2 um", "1.6 um"} {
		k := star(t, "populations.E.sections.a1.diameter", d)
		if k <= last {
			t.Errorf("diameter %s: K* = %d after %d", d, k, last)
		}
		last = k
	}
}

// Jadi et al. 2012: inhibition of the dendrite raises the threshold, of the soma
// hardly. It cuts a plateau short that has begun.
func TestInhibitionOfTheSameBranch(t *testing.T) {
	set := append(slices.Clone(shortly), "uncaging.inhibition.count", "10")
	at := func(target, ms string) uncagingResult {
		return uncaged(t, "inhibition", append(slices.Clone(set), "uncaging.inhibition.target", target, "uncaging.inhibition.time", ms)...)
	}
	same, soma := at("E/same", "20 ms"), at("E/perisomatic", "20 ms")
	free := uncaged(t, "inhibition", append(slices.Clone(shortly), "uncaging.inhibition.count", "0")...)
	k, onSame, onSoma := free.threshold(), same.threshold(), soma.threshold()
	if !(float64(onSame) >= 1.5*float64(k) && onSoma-k <= 2 && onSoma >= k) {
		t.Errorf("K* = %d, %d with inhibition of the branch, %d of the soma", k, onSame, onSoma)
	}
	late := at("E/same", "45 ms")
	if got := late.Responses[25].Above; math.Abs(got-25) > 2 {
		t.Errorf("a plateau that began at 20 ms lasts %g ms with inhibition at 45 ms, want 25 within the 2 ms that GABA takes to act", got)
	}
	if got := free.Responses[25].Above; got < 50 {
		t.Errorf("the plateau lasts %g ms without inhibition; nothing to cut short", got)
	}
}

// Without block nothing is regenerative: at 0 mM magnesium K = 200 synapses on one
// branch at dt = 0.1 ms stay between rest and reversal, and more synapses never give
// less.
func TestManySynapsesWithoutBlockStayBounded(t *testing.T) {
	r := uncaged(t, "uncaging", "run.dt", "0.1 ms", "run.tstop", "150 ms", mg, "0 mM", "uncaging.synapses", "200", "uncaging.interval", "0 ms")
	for k, q := range r.Responses {
		if !(q.Dendrite >= 0 && q.Dendrite <= 70 && q.Soma >= 0 && q.Soma <= 70) {
			t.Fatalf("K = %d: %+v; rest is -70 mV, reversal 0 mV", k, q)
		}
		if k > 0 && q.Dendrite < r.Responses[k-1].Dendrite {
			t.Fatalf("K = %d reaches %g mV, K = %d %g mV", k, q.Dendrite, k-1, r.Responses[k-1].Dendrite)
		}
	}
}

// One synapse is its own arithmetic sum, and synapses at one place add up in it: K
// together at one time make K times the peak of one.
func TestArithmeticSum(t *testing.T) {
	r := uncaged(t, "uncaging", append(slices.Clone(shortly), "uncaging.length", "1 um", "uncaging.interval", "0 ms")...)
	one := r.Responses[1]
	if one.Soma != one.SumSoma || one.Dendrite != one.SumDendrite {
		t.Errorf("one synapse: %+v", one)
	}
	for k, q := range r.Responses {
		if want := float64(k) * one.Soma; math.Abs(q.SumSoma-want) > 1e-12*want {
			t.Errorf("K = %d: sum %v, want %v", k, q.SumSoma, want)
		}
	}
}

// The results of a sweep do not depend on workers.
func TestUncagingSameForAnyWorkers(t *testing.T) {
	x := studyOf(t, "inhibition", "run.tstop", "60 ms", `sweep.axes."uncaging.inhibition.time"`, `["15 ms", "30 ms"]`, "figures.traces.points", "[0, 1, 2, 3]")
	one, err := runUncaging(context.Background(), x, studytest.OnThreads(1), []int{3})
	if err != nil {
		t.Fatal(err)
	}
	many, err := runUncaging(context.Background(), x, studytest.OnThreads(5), []int{3})
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(one, many) {
		t.Error("5 workers give other results than 1")
	}
}

// load reads a configuration of this kind of study.
func load(name string, o grammar.Options) (*Study, error) {
	c, err := configs.Load([]study.Kind{Kind()}, name, o)
	if err != nil {
		return nil, err
	}
	return c.Study.(*Study), nil
}

// Places that are watched: at the soma and in the middle of the cluster they have the peaks
// that the study has there anyhow; between the two the spike is between the two.
func TestWatchedPlaces(t *testing.T) {
	x := studyOf(t, "uncaging", append(slices.Clone(shortly), "uncaging.synapses", "30", "uncaging.at", "0.7", "uncaging.length", "0 um",
		"uncaging.places.here.section", "a1", "uncaging.places.here.x", "0.7", "uncaging.places.between.section", "a1", "uncaging.places.between.x", "0.1",
		"uncaging.places.there.section", "soma")...)
	r, err := uncage(context.Background(), x, nil, func(float64) {})
	if err != nil {
		t.Fatal(err)
	}
	at := func(name string) int {
		return slices.IndexFunc(x.Uncaging.Places, func(w watched) bool { return w.Name == name })
	}
	for k, q := range r.Responses {
		if q.Places[at("here")] != q.Dendrite || q.Places[at("there")] != q.Soma {
			t.Errorf("K = %d: %v, want %g here and %g there", k, q.Places, q.Dendrite, q.Soma)
		}
		if b := q.Places[at("between")]; k > 0 && !(q.Soma < b && b < q.Dendrite) {
			t.Errorf("K = %d: %g mV between %g and %g", k, b, q.Soma, q.Dendrite)
		}
	}
	tables := uncagingTables(x, []uncagingResult{r})
	for _, table := range tables {
		i := slices.Index(table.Header(), "between_peak_mV")
		if i < 0 {
			t.Fatalf("%s has no column of the place: %q", table.Name, table.Header())
		}
		k := r.threshold()
		row := table.Rows[len(table.Rows)-1]
		want := r.Responses[len(r.Responses)-1]
		if table.Name == "thresholds" {
			want = r.Responses[k]
		}
		if row[i] != study.Measured(want.Places[at("between")]) {
			t.Errorf("%s: %q", table.Name, row)
		}
	}
}

// The continuous threshold: rounded up it is K*; at half the step it is the same to 0.05
// synapses (0.003 are measured), whatever the criterion, and a stronger synapse lowers it.
func TestContinuousThreshold(t *testing.T) {
	last := math.Inf(1)
	for _, g := range []string{"0.8 nS", "1 nS", "1.3 nS"} {
		coarse := uncaged(t, "uncaging", nmdaMax, g, "run.dt", "0.05 ms", "run.tstop", "120 ms")
		fine := uncaged(t, "uncaging", nmdaMax, g, "run.dt", "0.025 ms", "run.tstop", "120 ms")
		for _, r := range []uncagingResult{coarse, fine} {
			if k := r.K[Local].K; int(math.Ceil(k)) != r.threshold() {
				t.Errorf("%s: K = %g, K* = %d", g, k, r.threshold())
			}
		}
		for _, c := range criteria {
			a, b := coarse.K[c], fine.K[c]
			if a.Why != "" || !(math.Abs(a.K-b.K) <= 0.05) {
				t.Errorf("%s, %s: %g at 0.05 ms, %g at 0.025 ms %s", g, c, a.K, b.K, a.Why)
			}
		}
		if k := fine.K[Local].K; !(k < last) {
			t.Errorf("%s: K = %g, after %g with less", g, k, last)
		} else {
			last = k
		}
	}
}

// Criteria by hand: a peak at the soma that is a logistic function has its half where it is
// put, grows fastest there, and a ratio is passed on a straight line.
func TestCriteria(t *testing.T) {
	var r uncagingResult
	for k := range 31 {
		x := float64(k)
		q := response{Soma: 1 + 10/(1+math.Exp(-(x-12.3)/1.7)), SumSoma: 1, Longest: max(0, 4*(x-10.2))}
		if k < 20 {
			q.SumSoma = q.Soma // ratio 1, then that of the peak
		}
		q.Spike = q.Longest >= 20
		r.Responses = append(r.Responses, q)
	}
	if k := r.sigmoid(); math.Abs(k.K-12.3) > 1e-5 {
		t.Errorf("sigmoid: %+v", k)
	}
	// The parabola through three steps differs from the logistic by terms of the fourth order:
	// the top is within a tenth of the true one.
	if k := r.step(); math.Abs(k.K-12.3) > 0.1 {
		t.Errorf("step: %+v", k)
	}
	if k := r.local(dendrite.DetectorParams{Duration: 20, Level: -40}); math.Abs(k.K-15.2) > 1e-12 { // 4 (K - 10.2) = 20
		t.Errorf("local: %+v", k)
	}
	q := r.Responses[20].Soma
	if k := r.supralinear((1 + q) / 2); math.Abs(k.K-19.5) > 1e-12 {
		t.Errorf("supralinearity: %+v", k)
	}
	for _, k := range []crossing{r.supralinear(99), (&uncagingResult{Responses: r.Responses[:6], RestDend: -70}).local(dendrite.DetectorParams{Duration: 20, Level: -40})} {
		if k.Why == "" || k.value() == k.value() {
			t.Errorf("%+v", k)
		}
	}
}

// Peaks stand over their sums, and the nonlinearity is their ratio less one, in percent.
func TestExpectedFigure(t *testing.T) {
	x := studyOf(t, "uncaging", "uncaging.synapses", "30", "run.tstop", "120 ms", "run.dt", "0.05 ms")
	r := uncagingResult{Responses: []response{{}, {Soma: 1, SumSoma: 1}, {Soma: 3, SumSoma: 2, Spike: true}, {Soma: 2, SumSoma: 4}}}
	i := slices.IndexFunc(x.Figures, func(f Figure) bool { return f.Expected != nil })
	fig := expectedFigure(x, x.Figures[i], []uncagingResult{r})
	for p, want := range [][]float64{{1, 3, 2}, {0, 50, -50}} {
		s := fig.Panels[p].Series[len(fig.Panels[p].Series)-1]
		if !slices.Equal(s.X, []float64{1, 2, 4}) || !slices.Equal(s.Y, want) {
			t.Errorf("panel %d: %v against %v, want %v", p, s.Y, s.X, want)
		}
	}
	if ring := fig.Panels[1].Series[0]; !slices.Equal(ring.Y, []float64{50}) {
		t.Errorf("K* at %v", ring.Y)
	}
}
