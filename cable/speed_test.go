package cable

import (
	"fmt"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"neurosim/internal/fixture"
	"neurosim/internal/profile"
	"neurosim/neuron"
)

// l5Benchmark is the synthetic layer-5 cell with all its channels, which 0.8 nA into the soma
// lets fire from 100 ms on.
func l5Benchmark(b *testing.B, m neuron.Method) *Model {
	var s l5Spec
	fixture.ReadJSON(b, filepath.Join(l5Synthetic, "spec.json"), &s)
	spec := l5Cell(b, s, true, profile.Centre)
	spec.Dt, spec.Method = 0.025, m
	return newModel(b, spec)
}

func newModel(b *testing.B, spec Spec) *Model {
	model, err := NewModel(spec)
	if err != nil {
		b.Fatal(err)
	}
	return model
}

// stepped steps some Cells, each by a thread of its own.
func stepped(parts []*Cells, steps int, stimuli func(c *Cells, step int)) {
	var wg sync.WaitGroup
	for _, c := range parts {
		wg.Go(func() {
			for k := range steps {
				stimuli(c, k)
				c.Step(nil)
			}
		})
	}
	wg.Wait()
}

// heap returns the bytes that are held.
func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// benchmarkCells measures a step of n cells on a number of threads, from the beginning of a
// second of model time on, again and again.
func benchmarkCells(b *testing.B, m *Model, n, threads, compartments int) {
	var parts []*Cells
	held := heap()
	for t := range threads {
		parts = append(parts, m.NewCells(n*(t+1)/threads-n*t/threads))
	}
	bytes := float64(heap()-held) / float64(n)
	b.ResetTimer()
	before := processorTime()
	stepped(parts, b.N, func(c *Cells, step int) {
		if step == 4000 {
			for j := range c.n {
				c.Inject(0, j, 800)
			}
		}
	})
	b.ReportMetric(bytes, "B/cell")
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)*40000, "s/s")
	b.ReportMetric((processorTime()-before).Seconds()/float64(b.N)*40000, "cpu-s/s")
	b.ReportMetric(float64(n*compartments)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mupdates/s")
}

// BenchmarkL5 is the synthetic layer-5 cell of 250 compartments with all channels, by steps of
// 0.025 ms: the seconds that a second of model time takes (s/s).
func BenchmarkL5(b *testing.B) {
	for _, m := range []neuron.Method{neuron.BackwardEuler, neuron.SecondOrder} {
		for _, n := range []int{1, 100} {
			for _, threads := range []int{1, 2} {
				if threads > n {
					continue
				}
				b.Run(fmt.Sprintf("%s/N=%d/threads=%d", m, n, threads), func(b *testing.B) {
					benchmarkCells(b, l5Benchmark(b, m), n, threads, 250)
				})
			}
		}
	}
}

// BenchmarkPassiveLarge is one passive cell of 4,053 compartments, by steps of 0.025 ms: a soma
// and 193 dendrites of 21. The conductances of all its compartments may change, or none may.
func BenchmarkPassiveLarge(b *testing.B) {
	ps := []neuron.SectionParams{{Name: "soma", At: -1, Length: 20, Diameter: 20, Compartments: 1}}
	for i := range 193 {
		parent := "soma"
		if i > 0 {
			parent = fmt.Sprint("dend", (i-1)/2)
		}
		ps = append(ps, neuron.SectionParams{Name: fmt.Sprint("dend", i), Parent: parent, At: 1, Length: 100, Diameter: 1, Compartments: 21})
	}
	sections := neuron.Sections(ps, neuron.DefaultMembrane(), nil, neuron.DefaultDiscretisation(), func(i int, key, rule string, args ...any) {
		b.Fatalf("section %d: %s %s", i, key, rule)
	})
	tree, err := neuron.NewTree(sections)
	if err != nil {
		b.Fatal(err)
	}
	v := -70.0
	for _, live := range []bool{true, false} {
		for _, n := range []int{1, 16} {
			b.Run(fmt.Sprintf("live=%v/N=%d", live, n), func(b *testing.B) {
				spec := Spec{Tree: tree, Dt: 0.025, Method: neuron.BackwardEuler, VInit: &v, Inputs: []int{0}}
				if live {
					for i := range tree.Len() {
						if tree.Index[i] >= 0 {
							spec.Inputs = append(spec.Inputs, i)
						}
					}
				}
				benchmarkCells(b, newModel(b, spec), n, 1, tree.Compartments())
			})
		}
	}
}
