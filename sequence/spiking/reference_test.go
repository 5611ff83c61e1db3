package spiking

import (
	"math"
	"math/bits"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"neurosim/internal/fixture"
)

// splitMix draws as the reference of testdata/reference/sequence does.
type splitMix uint64

func (s *splitMix) next() uint64 {
	*s += 0x9E3779B97F4A7C15
	z := uint64(*s)
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

func (s *splitMix) below(n int) int {
	hi, _ := bits.Mul64(s.next(), uint64(n))
	return int(hi)
}

func (s *splitMix) uniform() float64 { return float64(s.next()>>11) * 0x1p-53 }

func (s *splitMix) sample(n, k int) []int32 {
	a := make([]int32, n)
	for i := range a {
		a[i] = int32(i)
	}
	for i := range k {
		j := i + s.below(n-i)
		a[i], a[j] = a[j], a[i]
	}
	slices.Sort(a[:k])
	return a[:k]
}

// referenceWiring is the network of the reference for a seed, and the exact
// permanences that single precision rounds.
func referenceWiring(p *Params, task *Task, seed uint64) (*Wiring, []float64) {
	s := splitMix(seed)
	n, k := p.N(), p.InDegree()
	w := &Wiring{InDegree: k}
	var exact []float64
	for i := range n {
		for _, v := range s.sample(n-1, k) {
			if int(v) >= i {
				v++
			}
			w.Source = append(w.Source, v)
		}
		for range k {
			u := p.PInit * s.uniform()
			exact = append(exact, u)
			w.Permanence = append(w.Permanence, float32(u))
		}
	}
	if p.SparseFirst > 0 {
		for _, q := range task.firsts() {
			cells := s.sample(p.Cells, p.SparseFirst)
			for i := range cells {
				cells[i] += int32(q * p.Cells)
			}
			w.Pulsed = append(w.Pulsed, cells)
		}
	}
	return w, exact
}

// rows reads a reference file, without its header.
func rows(t *testing.T, name string) [][]string {
	t.Helper()
	return fixture.CSV(t, filepath.Join("../../testdata/reference/sequence", name))[1:]
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// resolved returns a preset, ready to build.
func resolved(t testing.TB, name string) (Params, Task) {
	t.Helper()
	x, err := PresetNamed(name)
	if err != nil {
		t.Fatal(err)
	}
	x.Task.Resolve(&x.Params)
	x.Params.Resolve(&x.Task)
	return x.Params, x.Task
}

func step(ms float64) int64 { return int64(math.Round(ms * 10)) }

// The draws that the reference documents for seed 1 and M = 6.
func TestReferenceDraws(t *testing.T) {
	p, task := resolved(t, "set-I")
	w, exact := referenceWiring(&p, &task, 1)
	if got := w.Source[:4]; !slices.Equal(got, []int32{1, 4, 11, 16}) || w.Source[len(w.Source)-1] != 888 || len(w.Source) != 162000 {
		t.Fatalf("first sources %v, last %d, %d synapses", got, w.Source[len(w.Source)-1], len(w.Source))
	}
	sum, sources := 0.0, 0
	for i, u := range exact {
		sum += u
		sources += int(w.Source[i])
	}
	if math.Abs(sum-648632.039135) > 1e-6 || sources != 72990913 || math.Abs(exact[0]-2.455397672) > 5e-10 {
		t.Fatalf("sum of permanences %.6f, of sources %d, first %.9f", sum, sources, exact[0])
	}
}

// long tells whether to run every seed of the reference, some minutes, and not
// only those that take seconds: NEUROSIM_LONG.
func long() bool { return os.Getenv("NEUROSIM_LONG") != "" }
