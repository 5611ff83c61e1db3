package network

import (
	"context"
	"math"
	"reflect"
	"testing"

	"neurosim/dendrite"
	"neurosim/internal/rng"
	"neurosim/neuron"
	"neurosim/stimulus"
)

// volleys is a network in which all n input cells spike together every 20 ms, onto 40
// cells with a threshold segment, whose window is over by then, and a soma.
func volleys(n, times int, p Projection) (*Spec, []Probe) {
	in := Population{Name: "in", Kind: SDR}
	in.N = n
	e := Population{Name: "E", Kind: Pyramidal}
	e.Count, e.Soma, e.Ie, e.V0 = 40, neuron.DefaultLIF(), Const(0), Const(-70)
	e.Soma.Vth, e.Soma.TauEx, e.Soma.TauIn = 1e3, 0.5, 0.5
	seg := DefaultSegments()
	seg.Name, seg.Count, seg.Theta, seg.ThetaInh = "basal", 1, n, n
	e.Segments = []Segments{seg}
	train := &stimulus.Train{}
	for k := range times {
		for c := range n {
			train.Steps, train.Cells = append(train.Steps, int64(200*k)), append(train.Cells, int32(c))
		}
	}
	p.Name, p.Source, p.Target, p.Sign = "p", "in", "E", Excite
	s := &Spec{Seed: 5, Dt: 0.1, Steps: int64(200 * times), Populations: []Population{in, e}, Projections: []Projection{p},
		Inputs: []Input{{Name: "in", Population: "in", Train: train}}}
	var probes []Probe
	for c := range e.Count {
		if p.Group != "" {
			probes = append(probes, Probe{Variable: Overlap, Population: "E", Cell: c, Group: "basal"})
		} else {
			probes = append(probes, Probe{Variable: Isyn, Population: "E", Cell: c})
		}
	}
	return s, probes
}

// samples returns what the probes read in the step of every volley, [volley][cell].
func samples(t *testing.T, s *Spec, probes []Probe, threads int) (out [][]float64) {
	t.Helper()
	mustCheck(t, s)
	var j journal
	run(t, build(t, s, threads, probes...), s.Steps, &j)
	for k := 0; k < len(j.values); k += 200 {
		out = append(out, j.values[k])
	}
	return out
}

// moments holds the mean and variance of samples to those of a binomial number of n
// with probability p: 5 standard errors of the mean, √(σ²/N), and of the variance,
// σ² √((2 + excess)/N), the excess kurtosis being (1 - 6p(1-p))/(n p (1-p)).
func moments(t *testing.T, name string, x []float64, n int, p float64) {
	t.Helper()
	sum, square, count := 0.0, 0.0, float64(len(x))
	for _, v := range x {
		sum += v
	}
	mean, variance := sum/count, float64(n)*p*(1-p)
	for _, v := range x {
		square += (v - mean) * (v - mean)
	}
	if d := mean - float64(n)*p; math.Abs(d) > 5*math.Sqrt(variance/count) {
		t.Errorf("%s: mean %.3f of %d, want %.3f", name, mean, n, float64(n)*p)
	}
	excess := (1 - 6*p*(1-p)) / variance
	if got := square / count; math.Abs(got-variance) > 5*variance*math.Sqrt((2+excess)/count) {
		t.Errorf("%s: variance %.3f, want %.3f", name, got, variance)
	}
}

// The number of synapses that release is binomial, for threshold segments and for somata,
// also where two of one axon lie on one segment: were they drawn together, the variance
// would be twice as large. Volleys are independent: means of successive ones are.
func TestReleasedFraction(t *testing.T) {
	const n, times = 60, 40
	for _, p := range []float64{0.1, 0.5, 0.85} {
		fails := &dendrite.ReleaseParams{P: p}
		twice := &Connections{}
		for c := range int32(40) {
			for i := range int32(n) {
				for range 2 {
					twice.Source, twice.Cell, twice.Segment = append(twice.Source, i), append(twice.Cell, c), append(twice.Segment, 0)
				}
			}
		}
		for name, c := range map[string]struct {
			p        Projection
			synapses int
		}{
			"segments": {Projection{Group: "basal", Rule: AllToAll, Weight: Const(0), Delay: Const(0), Release: fails}, n},
			"twice":    {Projection{Group: "basal", Rule: List, Table: twice, Weight: Const(0), Delay: Const(0), Release: fails}, 2 * n},
			"somata":   {Projection{Rule: AllToAll, Weight: Const(1), Delay: Const(0), Release: fails}, n},
		} {
			s, probes := volleys(n, times, c.p)
			s.Populations[1].Segments[0].Theta = c.synapses // an NMDA spike would change no overlap
			all := samples(t, s, probes, 2)
			var x []float64
			lag := 0.0
			for k, cells := range all {
				for _, v := range cells {
					if name == "somata" { // what is left of the currents of 1 pA after a step
						v *= math.Exp(0.1 / 0.5)
					}
					x = append(x, v)
					if k > 0 {
						lag += (v - p*float64(c.synapses)) * (x[len(x)-1-len(cells)] - p*float64(c.synapses))
					}
				}
			}
			moments(t, name, x, c.synapses, p)
			// products of independent numbers have the mean 0 and the variance σ⁴
			variance := float64(c.synapses) * p * (1 - p)
			if pairs := float64(len(x) - 40); math.Abs(lag/pairs) > 5*variance/math.Sqrt(pairs) {
				t.Errorf("%s, p = %g: successive volleys are correlated, %.3f of %.3f", name, p, lag/pairs, variance)
			}
		}
	}
}

// Short-term plasticity of threshold synapses is a probability of release u x, which a
// train uses up; of somata it is the weight u x/U; failure multiplies both. u and x are
// those of the published map, iterated here.
func TestShortTermOnEveryKind(t *testing.T) {
	const n, times = 60, 12
	plastic := dendrite.ShortTermParams{U: 0.5, TauRec: 60, TauFacil: 25}
	for _, p := range []float64{0, 0.6} {
		var fails *dendrite.ReleaseParams
		all := 1.0
		if p > 0 {
			fails, all = &dendrite.ReleaseParams{P: p}, p
		}
		s, probes := volleys(n, times, Projection{Group: "basal", Rule: AllToAll, Weight: Const(0), Delay: Const(0), ShortTerm: &plastic, Release: fails})
		segments := samples(t, s, probes, 3)
		s, probes = volleys(n, times, Projection{Rule: AllToAll, Weight: Const(1), Delay: Const(0), ShortTerm: &plastic, Release: fails})
		somata := samples(t, s, probes, 3)
		s.Projections[0].Weight = Dist{Kind: "uniform", Min: 1, Max: 1} // weights of their own
		weighted := samples(t, s, probes, 1)
		u, x := 0.0, 1.0
		for k := range times {
			if k > 0 {
				x = 1 - (1-x)*math.Exp(-20/plastic.TauRec)
			}
			u *= math.Exp(-20 / plastic.TauFacil)
			u += plastic.U * (1 - u)
			moments(t, "segments", segments[k], n, all*u*x)
			scaled := make([]float64, len(somata[k]))
			for i, v := range somata[k] {
				scaled[i] = v * math.Exp(0.1/0.5) / (u * x / plastic.U)
				if math.Abs(v-weighted[k][i]) > 1e-9 {
					t.Fatalf("volley %d: %g pA with one weight, %g with weights of their own", k, v, weighted[k][i])
				}
			}
			if p > 0 {
				moments(t, "somata", scaled, n, p)
			} else if math.Abs(scaled[0]-n) > 1e-9 {
				t.Errorf("volley %d: %.12g of %d pA", k, scaled[0], n)
			}
			x -= u * x
		}
	}
}

// A conductance synapse that fails, saturates and depresses, beside a cell whose events
// are given by hand: the draws of its key, then the weight u x/U of its axon, then the
// receptors that it finds free. A spike that is not released binds nothing, but uses
// resources.
func TestFailingAndSaturatingSynapses(t *testing.T) {
	const n, p = 3, 0.6
	in := Population{Name: "in", Kind: SDR}
	in.N = n
	e := Population{Name: "E", Kind: Compartmental}
	e.Count, e.Ie = 2, Const(0)
	e.Trees = &Trees{Sections: branched(t), Method: neuron.BackwardEuler}
	place := &Place{Sections: []string{"left"}, To: 1, Placement: Even, Receptors: receptors(), Detect: dendrite.DefaultDetector()}
	place.Receptors.NMDA.Bound = 0.7
	e.Segments = []Segments{{Name: "d", Zone: Basal, Count: 1, Place: place}}
	plastic := dendrite.ShortTermParams{U: 0.4, TauRec: 100, TauFacil: 30}
	train := &stimulus.Train{}
	for k := range int64(40) { // several spikes of a cell in a step among them
		train.Steps, train.Cells = append(train.Steps, 10+k/2*k%250), append(train.Cells, int32(k%n))
	}
	train.Sort()
	s := &Spec{Seed: 1, Dt: 0.1, Steps: 300, Populations: []Population{in, e},
		Projections: []Projection{{Name: "p", Source: "in", Target: "E", Group: "d", Rule: AllToAll, Sign: Excite, Weight: Const(0), Delay: Const(0.5), ShortTerm: &plastic, Release: &dendrite.ReleaseParams{P: p}}},
		Inputs:      []Input{{Name: "in", Population: "in", Train: train}}}
	mustCheck(t, s)
	network := build(t, s, 2, Probe{Variable: Vm, Population: "E", Cell: 1})
	m, err := NewTreeModel(&s.Populations[1], s.Dt)
	if err != nil {
		t.Fatal(err)
	}
	cell, axons := m.Model.NewCells(1), dendrite.NewShortTerm(n, plastic, s.Dt)
	var r [n]float64 // bound NMDA receptors
	var since [n]int64
	draws := rng.NewDraws(1, rng.Release, rng.Name("p"))
	released, failed, several := 0, 0, 0
	check := recorderFunc(func(b *Block) error {
		for i := range b.Steps {
			k, number := b.First+int64(i), 0
			for j, at := range train.Steps {
				if at+5 != k {
					continue
				}
				axon := int(train.Cells[j])
				if j > 0 && train.Steps[j-1] == at && train.Cells[j-1] == train.Cells[j] {
					number++
					several++
				} else {
					number = 0
				}
				w := axons.Spike(axon, k)
				if draws.Float64(1<<32|uint64(axon), uint64(k)<<16|uint64(number)) >= p { // synapse axon of cell 1
					failed++
					continue
				}
				released++
				bound := r[axon] * math.Exp(-float64(k-since[axon])*0.1/place.Receptors.NMDA.TauDecay)
				more := min(1, w*0.7) * (1 - bound)
				r[axon], since[axon] = bound+more, k
				sites := m.Excite(&s.Populations[1], 0, m.Tree.At(m.Tree.SectionNamed("left"), (float64(axon)+0.5)/float64(n)))
				cell.Excite(sites[0], 0, w)
				cell.Excite(sites[1], 0, more/0.7)
			}
			cell.Step(nil)
			// exponentials here and in fpmath differ in the last bits
			if got, want := b.Sample(0, i), cell.V(0)[0]; math.Abs(got-want) > 1e-10 {
				t.Fatalf("step %d: %.13f mV, by hand %.13f", k, got, want)
			}
		}
		return nil
	})
	if err := network.Run(context.Background(), s.Steps, check); err != nil {
		t.Fatal(err)
	}
	if released < 10 || failed < 5 || several == 0 {
		t.Errorf("%d released, %d failed, %d in the same step: nothing is tested", released, failed, several)
	}
}

// With probability 1 nothing changes, byte for byte: a branch for each synapse counts as
// the branches of axons do.
func TestCertainReleaseChangesNothing(t *testing.T) {
	for seed := range uint64(6) {
		s := randomSpec(3 * seed)
		var want, got journal
		run(t, build(t, s, 2, watched...), s.Steps, &want)
		for i := range s.Projections {
			s.Projections[i].Release = &dendrite.ReleaseParams{P: 1}
		}
		run(t, build(t, s, 2, watched...), s.Steps, &got)
		if len(want.spikes) == 0 || !reflect.DeepEqual(got, want) {
			t.Errorf("seed %d: NMDA spikes %s, spikes %s", 3*seed, difference(got.starts, want.starts), difference(got.spikes, want.spikes))
		}
	}
}
