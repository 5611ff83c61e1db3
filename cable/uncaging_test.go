package cable

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"neurosim/neuron"
)

const r3 = "../testdata/reference/r3_uncaging"

// condition is one of the conditions of R3.
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

// All 2880 uncaging runs of R3 at NEURON's step and method: peaks at soma and
// branch, the time of the peak and the time above -40 mV, and the threshold K*
// of every curve. Peaks are printed to 5e-5 mV.
func TestAgainstReferenceR3Peaks(t *testing.T) {
	f, err := os.Open(filepath.Join(r3, "peaks.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	s := readSpec(t, r3)
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

// The voltages of the eight conditions that R3 has traces of, printed to 5e-4 mV.
func TestAgainstReferenceR3Traces(t *testing.T) {
	s := readSpec(t, r3)
	want := columns(t, filepath.Join(r3, "traces.csv"))
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
					if d := math.Abs(v - want[column][k/4]); d > worst {
						worst, where = d, fmt.Sprintf("%s at %g ms", column, float64(k)*0.025)
					}
				}
			}
		})
	}
	t.Logf("largest difference %.2g mV, %s", worst, where)
	if worst > 1e-3 {
		t.Errorf("differs from NEURON by %.3g mV (%s)", worst, where)
	}
}
