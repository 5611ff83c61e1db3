package paper

import (
	"math"
	"testing"

	"neurosim/analysis"
	"neurosim/network"
	"neurosim/neuron"
	"neurosim/record"
	"neurosim/stimulus"
	"neurosim/study/studytest"
	"neurosim/theory"
)

// agreement is one set of parameters, chosen so that errors can be counted.
type agreement struct {
	n, a, s, theta, v int
}

// agreements are 36 sets: three sizes of population, patterns and segments, at
// thresholds where false positives are measurable and noise where false
// negatives are.
func agreements() []agreement {
	var out []agreement
	for _, n := range []int{200, 400, 800} {
		for _, a := range []int{24, 40} {
			for _, s := range []int{12, 18, 24} {
				for _, above := range []int{2, 4} {
					theta := int(theory.MeanOverlap(n, a, s)) + above
					// noise that leaves a mean overlap of about θ: v(1 - v/a) s ≈ θ
					v := int(math.Round(float64(a) * (1 - float64(theta)/float64(s))))
					out = append(out, agreement{n, a, s, theta, max(1, v)})
				}
			}
		}
	}
	return out
}

const (
	cellsOf    = 40
	segmentsOf = 5 // of a cell, each with a pattern of its own: the sets of equation (8)
)

// spec describes spiking cells that see stored patterns under noise and novel
// ones, without jitter and background: the limit in which time drops out.
func (g agreement) spec(seed uint64) *network.Spec {
	in := network.Population{Name: "in", Kind: network.SDR}
	in.N, in.Active, in.Patterns = g.n, g.a, cellsOf*segmentsOf
	e := network.Population{Name: "E", Kind: network.Pyramidal}
	e.Count, e.Soma, e.Ie, e.V0 = cellsOf, neuron.DefaultLIF(), network.Const(0), network.Const(-70)
	seg := network.DefaultSegments()
	seg.Name, seg.Count, seg.Synapses, seg.Theta, seg.Window, seg.Plateau = "basal", segmentsOf, g.s, g.theta, 2, 3
	e.Segments = []network.Segments{seg}
	return &network.Spec{
		Seed: seed, Dt: 1, Steps: 24_000,
		Populations: []network.Population{in, e},
		Projections: []network.Projection{{Name: "store", Source: "in", Target: "E", Group: "basal", Rule: network.Store,
			Assign: network.AssignCyclic, Sign: network.Excite, Weight: network.Const(0), Delay: network.Const(0)}},
		Inputs: []network.Input{{Name: "show", Population: "in", Presentations: &stimulus.PresentationParams{
			Start: 6, Period: 6, Order: stimulus.Cyclic, Novel: 0.5, Shape: stimulus.Gaussian,
			Noise: stimulus.Noise{Swap: float64(g.v) / float64(g.a), Mode: stimulus.Strict}}}},
	}
}

// Spiking segments without jitter and background err as often as equations (4),
// (6) and (8) of the paper say, over 36 sets of parameters: every point within 4
// standard errors, and the chi-square over each equation's points not in its
// upper thousandth. Within one equation the trials are independent or at least
// uncorrelated: every pattern is another one, and every segment has its own.
func TestSpikingSegmentsAgreeWithTheory(t *testing.T) {
	z := map[string][]float64{}
	check := func(equation string, g agreement, tally record.Tally, p theory.Prob) {
		got := analysis.Proportion{Hits: tally.Hits, Trials: tally.Trials}
		if !got.Informative(p.Value(), 5) {
			return
		}
		x := got.Z(p.Value())
		z[equation] = append(z[equation], x)
		if math.Abs(x) >= 4 {
			t.Errorf("equation %s, %+v: %d of %d, theory %.4g, z = %.2f", equation, g, got.Hits, got.Trials, p.Value(), x)
		}
	}
	sets := agreements()
	for i, g := range sets {
		spec := g.spec(uint64(100 + i))
		c := studytest.Detections(t, spec, g)
		check("(4)", g, c.Segments.Novel, theory.FalsePositive(g.n, g.a, g.s, g.theta))
		check("(6)", g, c.Segments.Detection, theory.FalseNegative(g.a, g.s, g.v, g.theta).Complement())
		check("(8)", g, c.Cells.Novel, theory.SetFalsePositive(g.n, g.a, g.s, g.theta, segmentsOf))
	}
	for _, equation := range []string{"(4)", "(6)", "(8)"} {
		chi2, points, p := analysis.ChiSquare(z[equation])
		worst := 0.0
		for _, x := range z[equation] {
			worst = max(worst, math.Abs(x))
		}
		t.Logf("equation %s: %d informative points of %d, chi-square %.1f, p = %.3f, largest |z| %.2f", equation, points, len(sets), chi2, p, worst)
		if points < 30 || p < 1e-3 {
			t.Errorf("equation %s: chi-square %.1f over %d points, p = %.2g", equation, chi2, points, p)
		}
	}
}

// Spiking segments that store several patterns err as often as the average over the
// sizes of their unions says, and miss none of them. All novel patterns meet the same
// 2000 segments, whose sizes differ: the counts carry the design effect of that. They
// are enough to tell the average from equation (14).
func TestSpikingUnionsAgreeWithTheory(t *testing.T) {
	var counts []analysis.Proportion
	var exact, meanSize []float64
	for i, m := range []int{1, 2, 3, 4, 6, 9} {
		const cells, shown = 400, 400
		g := agreement{n: 200, a: 20, s: 8, theta: 4}
		spec := g.spec(uint64(300 + i))
		spec.Populations[0].Patterns, spec.Populations[1].Count = cells*segmentsOf*m, cells
		spec.Steps = 6 * shown
		spec.Projections[0].Patterns = m
		c := studytest.Detections(t, spec, m).Segments
		if c.Detection.Trials == 0 || c.Detection.Hits != c.Detection.Trials {
			t.Errorf("M = %d: %d of %d stored patterns recognised", m, c.Detection.Hits, c.Detection.Trials)
		}
		want := theory.UnionFalsePositiveExact(g.n, g.a, g.s, g.theta, m).Value()
		u := unionRun{n: g.n, a: g.a, s: g.s, m: m, patterns: int(c.Novel.Trials) / (cells * segmentsOf)}
		counts = append(counts, thinned(analysis.Proportion{Hits: c.Novel.Hits, Trials: c.Novel.Trials}, u.designEffect(g.theta, want)))
		exact = append(exact, want)
		meanSize = append(meanSize, theory.UnionFalsePositive(g.n, g.a, g.s, g.theta, m).Value())
	}
	if a := analysis.Agree(counts, exact); !a.Holds() {
		t.Errorf("%v of %v: %+v", counts, exact, a)
	}
	if a := analysis.Agree(counts, meanSize); a.Holds() {
		t.Errorf("equation (14) cannot be told from the average over sizes: %+v", a)
	}
}
