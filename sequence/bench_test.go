package sequence

import (
	"fmt"
	"testing"

	"neurosim/internal/fixture"
	"neurosim/internal/rng"
)

// BenchmarkSequences: 2048 columns of 32 cells, 40 active; random sequences of 100 elements,
// with a reset before each. Growth to 20 synapses and thresholds of 13 and 10
// are the defaults of htm.core, 40 and 15 those of [HA16].
func BenchmarkSequences(b *testing.B) {
	for _, c := range []struct {
		name                     string
		theta, matching, synapes int
	}{{"growth=20", 13, 10, 20}, {"growth=40", 15, 15, 40}} {
		for _, sequences := range []int{10, 50} {
			for _, threads := range []int{1, 2} {
				p := Default()
				p.ActivationThreshold, p.MinThreshold, p.MaxNewSynapseCount = c.theta, c.matching, c.synapes
				passes := 10
				if sequences == 50 {
					passes = 5
				}
				input := randomSequences(sequences)
				name := fmt.Sprintf("%s/stored=%d/threads=%d", c.name, 100*sequences, threads)
				b.Run(name+"/learn", func(b *testing.B) {
					var m *Memory
					bytes := fixture.Heap(func() {
						for range b.N {
							m = helped(b, p, threads)
							for range passes {
								show(m, input, true)
							}
						}
					})
					b.ReportMetric(float64(b.N*passes*100*sequences)/b.Elapsed().Seconds(), "steps/s")
					b.ReportMetric(bytes/float64(m.Synapses()), "bytes/synapse")
					b.ReportMetric(float64(m.Synapses()), "synapses")
				})
				b.Run(name+"/infer", func(b *testing.B) {
					m := helped(b, p, threads)
					for range passes {
						show(m, input, true)
					}
					b.ResetTimer()
					missed := 0.0
					for range b.N {
						missed = show(m, input, false)
					}
					b.ReportMetric(float64(b.N*100*sequences)/b.Elapsed().Seconds(), "steps/s")
					b.ReportMetric(missed/float64(sequences), "bursts/sequence") // 1: the first element
				})
			}
		}
	}
}

// helped is a memory on those of the threads that help.
func helped(b *testing.B, p Params, threads int) *Memory {
	m, err := New(p, 1, threads)
	if err != nil {
		b.Fatal(err)
	}
	return m
}

// show presents every sequence after a reset and returns the summed anomaly.
func show(m *Memory, sequences [][][]int32, learn bool) float64 {
	missed := 0.0
	for _, s := range sequences {
		m.Reset()
		for _, columns := range s {
			m.Step(columns, learn)
			missed += m.Anomaly()
		}
	}
	return missed
}

func randomSequences(n int) [][][]int32 {
	r := rng.New(1, rng.Trial, rng.Name("sequences"), 0)
	out := make([][][]int32, n)
	for i := range out {
		for range 100 {
			out[i] = append(out[i], pick(&r, 2048, 40))
		}
	}
	return out
}
