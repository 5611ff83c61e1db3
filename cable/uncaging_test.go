package cable

import (
	"fmt"
	"math"
	"path/filepath"
	"strconv"
	"testing"

	"neurosim/internal/fixture"
	"neurosim/neuron"
)

const uncagingCases = "../testdata/reference/uncaging"

// condition is one of the conditions of the reference.
type condition struct {
	law, site      string
	gmax, interval float64
	gaba           bool
}

// uncaging steps 40 cells, of which cell K-1 has K synapses, and shows every
// step to see.
func uncaging(t testing.TB, s spec, q condition, dt float64, m neuron.Method, see func(k int, soma, branch []float64)) {
	t.Helper()
	tree := s.tree(t)
	l := s.Laws[q.law]
	nmda := s.Synapses["nmda"]
	nmda.GMax = q.gmax
	spec := Spec{Tree: tree, Dt: dt, Method: m}
	spec.Receptors = append(spec.Receptors, s.Synapses["ampa"].receptor(nil), nmda.receptor(&l), s.Synapses["gaba"].receptor(nil))
	branch := tree.SectionNamed(s.Branch)
	for _, k := range s.Sites[q.site] {
		node := tree.Node(branch, k)
		spec.Sites = append(spec.Sites, Site{0, node}, Site{1, node})
	}
	gaba := len(spec.Sites)
	if q.gaba {
		spec.Sites = append(spec.Sites, Site{2, tree.Node(branch, s.Gaba.Compartment)})
	}
	model, err := NewModel(spec)
	if err != nil {
		t.Fatal(err)
	}
	const most = 40
	c := model.NewCells(most)
	at := tree.Node(branch, s.RecordOn[q.site])
	for k := 0; ; k++ {
		see(k, c.V(0), c.V(at))
		if k == int(math.Round(s.Duration/dt)) {
			return
		}
		for j := range most {
			if k == int(math.Round((s.Onset+float64(j)*q.interval)/dt)) {
				for cell := j; cell < most; cell++ {
					c.Excite(2*(j%4), cell, 1)
					c.Excite(2*(j%4)+1, cell, 1)
				}
			}
		}
		if q.gaba && k == int(math.Round(s.Gaba.Time/dt)) {
			for cell := range most {
				c.Excite(gaba, cell, 1)
			}
		}
		c.Step(nil)
	}
}

// threshold is K*: the K at which one more synapse adds most to the peak.
func threshold(peaks []float64) int {
	best := 1
	for k := 1; k < len(peaks); k++ {
		if peaks[k]-peaks[k-1] > peaks[best]-peaks[best-1] {
			best = k
		}
	}
	return best + 1
}

// All 2880 uncaging runs of the reference at NEURON's step and method: peaks at soma and
// branch, the time of the peak and the time above -40 mV, and the threshold K*
// of every curve. Peaks are printed to 5e-5 mV.
func TestUncagingPeaksAgainstReference(t *testing.T) {
	rows := fixture.CSV(t, filepath.Join(uncagingCases, "peaks.csv"))
	s := readSpec(t, uncagingCases)
	number := func(x string) float64 {
		v, err := strconv.ParseFloat(x, 64)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	want := map[condition][][]float64{}
	for _, r := range rows[1:] {
		q := condition{r[0], r[1], number(r[2]), number(r[3]), r[4] == "1"}
		var v []float64
		for _, x := range r[6:] {
			v = append(v, number(x))
		}
		want[q] = append(want[q], v)
	}
	const dt = 0.025
	var soma, branch float64
	curves := 0
	for q, w := range want {
		if testing.Short() && curves == 6 {
			break
		}
		curves++
		peaks := make([][4]float64, 40)
		for i := range peaks {
			peaks[i] = [4]float64{-100, -100}
		}
		uncaging(t, s, q, dt, neuron.BackwardEuler, func(k int, so, br []float64) {
			for i := range peaks {
				p := &peaks[i]
				p[0] = max(p[0], so[i])
				if br[i] > p[1] {
					p[1], p[2] = br[i], float64(k)*dt
				}
				if br[i] > -40 {
					p[3] += dt
				}
			}
		})
		var got, ref []float64
		for i, p := range peaks {
			soma = max(soma, math.Abs(p[0]-w[i][0]))
			branch = max(branch, math.Abs(p[1]-w[i][1]))
			if math.Abs(p[2]-w[i][2]) > dt+1e-6 {
				t.Errorf("%v K = %d: peak at %g ms, want %g", q, i+1, p[2], w[i][2])
			}
			if math.Abs(p[3]-w[i][3]) > dt+1e-6 {
				t.Errorf("%v K = %d: %g ms above -40 mV, want %g", q, i+1, p[3], w[i][3])
			}
			got, ref = append(got, p[1]), append(ref, w[i][1])
		}
		if threshold(got) != threshold(ref) {
			t.Errorf("%v: K* = %d, want %d", q, threshold(got), threshold(ref))
		}
	}
	t.Logf("%d curves: largest difference of a peak %.2g mV at the soma, %.2g mV on the branch", curves, soma, branch)
	if soma > 2e-4 || branch > 2e-4 {
		t.Errorf("peaks differ from NEURON by %.3g mV (soma), %.3g mV (branch)", soma, branch)
	}
}

// The voltages of the eight conditions that the reference has traces of, printed to 5e-4 mV.
func TestUncagingTracesAgainstReference(t *testing.T) {
	s := readSpec(t, uncagingCases)
	want := fixture.Columns(t, filepath.Join(uncagingCases, "traces.csv"))
	worst, where := 0.0, ""
	for _, c := range s.TraceConditions {
		q := condition{c.Law, c.Site, c.GMax, c.Interval, c.Gaba == 1}
		uncaging(t, s, q, 0.025, neuron.BackwardEuler, func(k int, soma, branch []float64) {
			if k%4 != 0 {
				return
			}
			for _, n := range s.TraceK {
				for place, v := range map[string]float64{"soma": soma[n-1], "branch": branch[n-1]} {
					column := fmt.Sprintf("%s_k%d_%s_mV", c.Name, n, place)
					if d := math.Abs(v - want[column][k/4]); !(d <= worst) {
						worst, where = d, fmt.Sprintf("%s at %g ms", column, float64(k)*0.025)
					}
				}
			}
		})
	}
	t.Logf("largest difference %.2g mV, %s", worst, where)
	if !(worst <= 1e-3) {
		t.Errorf("differs from NEURON by %.3g mV (%s)", worst, where)
	}
}

// Peaks of the conditions of the reference that have a variable-step solution at the same
// compartments (exact): the error of backward Euler halves with the step, that
// of second order falls to a quarter, as far as it can be told from the
// printed 5e-5 mV and from a peak looked for at steps only.
func TestOrderOfConvergenceUncaging(t *testing.T) {
	s := readSpec(t, uncagingCases)
	rows := fixture.CSV(t, filepath.Join(uncagingCases, "peaks_fine.csv"))
	// the first condition, at soma and branch, by K
	exact := map[int][2]float64{}
	for _, r := range rows[1:] {
		if r[0] == "jahr_stevens" && r[1] == "distal" && r[2] == "1.0" && r[3] == "0.0" && r[4] == "0" {
			k, err1 := strconv.Atoi(r[5])
			so, err2 := strconv.ParseFloat(r[8], 64)
			br, err3 := strconv.ParseFloat(r[9], 64)
			if err1 != nil || err2 != nil || err3 != nil {
				t.Fatal(err1, err2, err3)
			}
			exact[k] = [2]float64{so, br}
		}
	}
	if len(exact) < 10 {
		t.Fatalf("%d peaks to compare", len(exact))
	}
	miss := func(dt float64, m neuron.Method) float64 {
		peaks := make([][2]float64, 40)
		for i := range peaks {
			peaks[i] = [2]float64{-100, -100}
		}
		q := condition{law: "jahr_stevens", site: "distal", gmax: 1}
		uncaging(t, s, q, dt, m, func(_ int, so, br []float64) {
			for i := range peaks {
				peaks[i] = [2]float64{max(peaks[i][0], so[i]), max(peaks[i][1], br[i])}
			}
		})
		w := 0.0
		for k, e := range exact {
			w = max(w, math.Abs(peaks[k-1][0]-e[0]), math.Abs(peaks[k-1][1]-e[1]))
		}
		return w
	}
	for _, c := range []struct {
		m     neuron.Method
		order float64
	}{{neuron.BackwardEuler, 1}, {neuron.SecondOrder, 2}} {
		a, b := miss(0.1, c.m), miss(0.05, c.m)
		order := math.Log2(a / b)
		t.Logf("%s: peaks within %.2g and %.2g mV at dt 0.1, 0.05 ms: order %.2f", c.m, a, b, order)
		if math.Abs(order-c.order) > 0.3 {
			t.Errorf("%s converges with order %.2f", c.m, order)
		}
	}
}
