package network

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"neurosim/internal/rng"
)

func pairwise(source, group string, p float64) *Spec {
	s := twoPopulations()
	s.Projections = []Projection{{Name: "p", Source: source, Target: "E", Group: group, Rule: Pairwise, Probability: p, Sign: Excite, Weight: Const(0), Delay: Const(1)}}
	s.Populations[1].Segments[0].Theta = 1
	return s
}

// The synapses of a unit are binomial: χ² of the counts of units by number against n
// choose k p^k q^(n-k), of numbers that are expected at least 5 times. Its standard
// deviation is √(2 df), and 5 of them are allowed. Every pair is as probable as any
// other: the same for how often each source cell is drawn, of which the variance is that
// of a binomial number. No source is drawn twice by a unit, and none by itself.
func TestPairwiseIsBinomial(t *testing.T) {
	for _, c := range []struct {
		source, group string
		p             float64
	}{{"in", "basal", 0.07}, {"in", "basal", 0.5}, {"in", "", 0.93}, {"E", "basal", 0.02}, {"E", "", 0.3}} {
		s := pairwise(c.source, c.group, c.p)
		s.Populations[1].Count = 700
		n := s.Population(c.source).Size()
		candidates, units := n, 700
		if c.source == "E" {
			candidates--
		}
		if c.group != "" {
			units *= 3
		}
		_, wires := wired(t, s, "p")
		byNumber, bySource := make([]float64, candidates+1), make([]float64, n)
		byNumber[0] = float64(units - len(wires))
		for u, from := range wires {
			byNumber[len(from)]++
			for i, x := range from {
				bySource[x]++
				if i > 0 && from[i-1] >= x || c.source == "E" && int(x) == u[0] {
					t.Fatalf("unit %v has the sources %v", u, from)
				}
			}
		}
		chi2, df := 0.0, -1.0
		rest := [2]float64{}
		for k, got := range byNumber {
			lg := func(x float64) float64 { v, _ := math.Lgamma(x + 1); return v }
			m := float64(candidates)
			want := float64(units) * math.Exp(lg(m)-lg(float64(k))-lg(m-float64(k))+float64(k)*math.Log(c.p)+(m-float64(k))*math.Log(1-c.p))
			if want < 5 {
				rest[0], rest[1] = rest[0]+got, rest[1]+want
				continue
			}
			chi2, df = chi2+(got-want)*(got-want)/want, df+1
		}
		if rest[1] > 5 {
			chi2, df = chi2+(rest[0]-rest[1])*(rest[0]-rest[1])/rest[1], df+1
		}
		if df < 5 || chi2 > df+5*math.Sqrt(2*df) {
			t.Errorf("%+v: χ² of the numbers of synapses is %.1f, %g degrees of freedom", c, chi2, df)
		}
		each := float64(units) // pairs of a source cell
		if c.source == "E" {
			each -= float64(units / 700)
		}
		chi2 = 0
		for _, got := range bySource {
			chi2 += (got - each*c.p) * (got - each*c.p) / (each * c.p * (1 - c.p))
		}
		if d := chi2 - float64(n); math.Abs(d) > 5*math.Sqrt(2*float64(n)) {
			t.Errorf("%+v: χ² of the sources is %.1f of %d", c, chi2, n)
		}
		total := 0.0
		for k, x := range byNumber {
			total += float64(k) * x
		}
		if e := s.Estimate(); math.Abs(total-e.Synapses) > 5*math.Sqrt(e.Synapses*(1-c.p)) {
			t.Errorf("%+v: %g synapses, estimated %g", c, total, e.Synapses)
		}
	}
	all := pairwise("in", "", 1)
	if _, wires := wired(t, all, "p"); len(wires[[2]int{5, 0}]) != 50 {
		t.Errorf("with probability 1 a soma has %d of 50 synapses", len(wires[[2]int{5, 0}]))
	}
}

// distances counts pairs of cells and synapses by distance, in bins of a width, with
// distances measured here.
func distances(s *Spec, wires map[[2]int][]int32, width float64, between func(i, j int) float64) (pairs, synapses map[int]float64) {
	pairs, synapses = map[int]float64{}, map[int]float64{}
	for i := range s.Populations[1].Count {
		on := wires[[2]int{i, 0}]
		for j := range s.Population(s.Projections[0].Source).Size() {
			bin := int(between(i, j) / width)
			pairs[bin]++
			if slices.Contains(on, int32(j)) {
				synapses[bin]++
			}
		}
	}
	return pairs, synapses
}

// Connection probabilities fall with distance as their formula says, in every layout:
// synapses of a bin of distances are the sum of independent pairs, within 5 standard
// deviations √Σp(1-p). Positions and distances are worked out here. The total is that
// of Estimate.
func TestProbabilityFallsWithDistance(t *testing.T) {
	place := func(l Layout, p *PositionParams, n int) func(i int) [2]float64 {
		return func(i int) [2]float64 {
			switch l {
			case GridLayout:
				side := int(math.Ceil(math.Sqrt(float64(n))))
				step := p.Extent / float64(side)
				return [2]float64{step/2 + step*float64(i%side), step/2 + step*float64(i/side)}
			case FileLayout:
				return [2]float64{p.Points[i][0], p.Points[i][1]}
			}
			return [2]float64{p.Extent / float64(n) * (float64(i) + 0.5), 0}
		}
	}
	file := func(n int) *PositionParams {
		p := &PositionParams{Layout: FileLayout, Extent: 800, Dimensions: 2, Periodic: true}
		r := rng.New(4, rng.Trial, 0, 0)
		for range n {
			p.Points = append(p.Points, [3]float64{800 * r.Float64(), 800 * r.Float64()})
		}
		return p
	}
	for name, c := range map[string]struct {
		at       func(n int) *PositionParams
		d        DistanceParams
		periodic bool
	}{
		"line, gaussian":    {func(int) *PositionParams { return &PositionParams{Layout: LineLayout, Extent: 1000} }, DistanceParams{Profile: Gaussian, Sigma: 150}, false},
		"ring, exponential": {func(int) *PositionParams { return &PositionParams{Layout: RingLayout, Extent: 1000} }, DistanceParams{Profile: Exponential, Lambda: 120}, true},
		"grid, gaussian":    {func(int) *PositionParams { return &PositionParams{Layout: GridLayout, Extent: 600} }, DistanceParams{Profile: Gaussian, Sigma: 200}, false},
		"torus":             {file, DistanceParams{Profile: Exponential, Lambda: 300}, true},
	} {
		const n, m = 400, 331
		s := pairwise("in", "", 0.8)
		s.Populations[0].N, s.Populations[1].Count = n, m
		s.Populations[0].Position, s.Populations[1].Position = c.at(n), c.at(m)
		s.Projections[0].Distance = &c.d
		_, wires := wired(t, s, "p")
		from, to := s.Populations[0].Position, s.Populations[1].Position
		src, dst := place(from.Layout, from, n), place(to.Layout, to, m)
		between := func(i, j int) float64 {
			a, b := dst(i), src(j)
			x, y := math.Abs(a[0]-b[0]), math.Abs(a[1]-b[1])
			if c.periodic {
				x, y = math.Min(x, from.Extent-x), math.Min(y, from.Extent-y)
			}
			return math.Hypot(x, y)
		}
		const width = 20
		expected, variance, all := map[int]float64{}, map[int]float64{}, 0.0
		for i := range m {
			for j := range n {
				d := between(i, j)
				p := 0.8 * math.Exp(-d/c.d.Lambda)
				if c.d.Profile == Gaussian {
					p = 0.8 * math.Exp(-d*d/(2*c.d.Sigma*c.d.Sigma))
				}
				bin := int(d / width)
				expected[bin], variance[bin], all = expected[bin]+p, variance[bin]+p*(1-p), all+p
			}
		}
		_, synapses := distances(s, wires, width, between)
		compared := 0
		for bin, want := range expected {
			if variance[bin] < 10 { // not normal
				continue
			}
			compared++
			if math.Abs(synapses[bin]-want) > 5*math.Sqrt(variance[bin]) {
				t.Errorf("%s: %g synapses from %d to %d um, want %.1f ± %.1f", name, synapses[bin], bin*width, (bin+1)*width, want, math.Sqrt(variance[bin]))
			}
		}
		if compared < 10 {
			t.Errorf("%s: only %d bins are compared", name, compared)
		}
		if e := s.Estimate(); math.Abs(e.Synapses-all) > 0.5+1e-6*all {
			t.Errorf("%s: estimated %.6g synapses, the pairs have %.6g", name, e.Synapses, all)
		}
	}
}

// Of large populations the mean probability is that of some cells: on a ring, where all
// are alike, it is p √(2π) σ/L within the part of a gaussian that lies beyond half of the
// ring, e^-12, and what every second cell misses of a smooth function, less.
func TestMeanOfManyPairs(t *testing.T) {
	s := pairwise("in", "", 0.5)
	s.Populations[0].N, s.Populations[1].Count = 1500, 1300
	for i := range 2 {
		s.Populations[i].Position = &PositionParams{Layout: RingLayout, Extent: 1000}
	}
	s.Projections[0].Distance = &DistanceParams{Profile: Gaussian, Sigma: 100}
	want := 1500 * 0.5 * math.Sqrt(2*math.Pi) * 100 / 1000
	if got := s.MeanPerUnit(&s.Projections[0]); math.Abs(got-want) > 1e-5*want {
		t.Errorf("%.8g synapses of a soma, want %.8g", got, want)
	}
}

// Random positions are uniform in their dimensions, within 5 standard errors of means
// (1/√12n) and of the correlation of axes (1/√n), and do not follow other populations.
func TestRandomPositions(t *testing.T) {
	const n = 5000
	q := &Population{Name: "a", Kind: SDR, InputCells: InputCells{N: n}, Position: &PositionParams{Layout: RandomLayout, Extent: 2, Dimensions: 2}}
	var sum [3]float64
	product := 0.0
	for i := range n {
		x := q.Position.at(1, q, i)
		for k := range x {
			sum[k] += x[k] / 2
		}
		product += 12 * (x[0]/2 - 0.5) * (x[1]/2 - 0.5)
	}
	if a, b := sum[0]/n-0.5, sum[1]/n-0.5; math.Abs(a) > 5/math.Sqrt(12*n) || math.Abs(b) > 5/math.Sqrt(12*n) || sum[2] != 0 || math.Abs(product/n) > 5/math.Sqrt(n) {
		t.Errorf("means off by %g and %g, z %g, correlation %g", a, b, sum[2], product/n)
	}
	other := *q
	other.Name = "b"
	if q.Position.at(1, q, 3) == other.Position.at(1, &other, 3) || q.Position.at(1, q, 3) != q.Position.at(1, q, 3) {
		t.Error("positions follow from more, or less, than seed, name and cell")
	}
}

// Networks wired by probability and distance are the same for any number of shards.
func TestPairwiseOnShards(t *testing.T) {
	s := randomSpec(3)
	for i := range 2 {
		s.Populations[i].Position = &PositionParams{Layout: RandomLayout, Extent: 300, Dimensions: 3}
	}
	s.Projections[1].Rule, s.Projections[1].Probability = Pairwise, 0.4
	s.Projections[2].Rule, s.Projections[2].Probability, s.Projections[2].Distance = Pairwise, 0.9, &DistanceParams{Profile: Gaussian, Sigma: 150}
	mustCheck(t, s)
	var want journal
	run(t, build(t, s, 1, watched...), s.Steps, &want)
	for _, threads := range []int{2, 3, 7} {
		var got journal
		run(t, build(t, s, threads, watched...), s.Steps, &got)
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%d threads give other results: %s", threads, difference(got.spikes, want.spikes))
		}
	}
	if len(want.starts) < 10 {
		t.Errorf("%d NMDA spikes: the test is nearly blind", len(want.starts))
	}
}

// Rules of positions and probabilities.
func TestPositionRules(t *testing.T) {
	for _, c := range []struct {
		set  func(s *Spec)
		want string
	}{
		{func(s *Spec) { s.Projections[0].Probability = 0 }, "projections.p.probability must be above 0"},
		{func(s *Spec) { s.Populations[0].Position = nil }, "projections.p.distance needs positions: in has"},
		{func(s *Spec) { s.Populations[0].Position.Layout = RingLayout }, "projections.p.distance has no meaning between in and E"},
		{func(s *Spec) {
			s.Populations[0].Position.Periodic, s.Populations[1].Position.Periodic = true, true
			s.Populations[1].Position.Extent = 9
		}, "projections.p.distance has no meaning between in and E"},
		{func(s *Spec) {
			s.Populations[1].Position = &PositionParams{Layout: GridLayout, Extent: 3, Dimensions: 2, Periodic: true}
		}, "populations.E.position.periodic needs a full grid, and 12 cells are no square; 9 and 16 are"},
		{func(s *Spec) { s.Populations[1].Position.Extent = 0 }, "populations.E.position.extent must be given"},
		{func(s *Spec) { s.Projections[0].Distance.Sigma = 0 }, "projections.p.distance.sigma must be given"},
	} {
		s := pairwise("in", "", 0.5)
		for i := range 2 {
			s.Populations[i].Position = &PositionParams{Layout: LineLayout, Extent: 10, Dimensions: 2}
		}
		s.Projections[0].Distance = &DistanceParams{Profile: Gaussian, Sigma: 1}
		mustCheck(t, s)
		c.set(s)
		said := ""
		s.Check(func(path, rule string, args ...any) { said += path + " " + fmt.Sprintf(rule, args...) + "\n" })
		if !strings.Contains(said, c.want) {
			t.Errorf("says %q, want %q", said, c.want)
		}
	}
}
