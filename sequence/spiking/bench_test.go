package spiking

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"neurosim/internal/fixture"
	"neurosim/internal/rng"
)

// paperSize is a network of 26 × 240 + 26 cells with 936 plastic synapses on
// each, and a sequence of 40 random symbols as its episode.
func paperSize() (Params, Task) {
	p, t := defaultParams(), defaultTask()
	p.Subpopulations, p.Cells, p.Probability = 26, 240, 0.15
	r := rng.New(1, rng.Trial, 1, 0)
	var s []byte
	for len(s) < 40 {
		s = slices.Compact(append(s, byte('A'+r.IntN(26))))
	}
	t.Sequences = []string{string(s)}
	t.Resolve(&p)
	p.Resolve(&t)
	return p, t
}

// BenchmarkEpisode is one episode of training: the first, in which every
// subpopulation answers with all cells, and one after learning. realtime is
// model time over time.
func BenchmarkEpisode(b *testing.B) {
	set, task := resolved(b, "set-II")
	big, long := paperSize()
	for _, c := range []struct {
		name  string
		p     Params
		t     Task
		learn int
	}{{"set-II", set, task, 60}, {"paper-size", big, long, 60}} {
		w := Draw(&c.p, &c.t, 1)
		for _, threads := range []int{1, 2} {
			for _, learned := range []bool{false, true} {
				name := fmt.Sprintf("%s/threads=%d/learned=%v", c.name, threads, learned)
				b.Run(name, func(b *testing.B) {
					var n *Network
					var err error
					bytes := fixture.Heap(func() { n, err = New(c.p, w, threads) })
					if err != nil {
						b.Fatal(err)
					}
					train, episode := NewTraining(n, c.t), 0
					run := func() Outcome {
						o, err := train.Run(context.Background(), episode)
						if err != nil {
							b.Fatal(err)
						}
						episode++
						return o
					}
					if learned {
						for range c.learn {
							run()
						}
					}
					b.ResetTimer()
					spikes := 0
					for range b.N {
						o := run()
						for _, s := range o.Sequences {
							for _, a := range s.Active {
								spikes += a
							}
						}
					}
					b.ReportMetric(c.t.EpisodeMs()/1000*float64(b.N)/b.Elapsed().Seconds(), "realtime")
					b.ReportMetric(bytes/float64(n.synapses()), "bytes/synapse")
					b.ReportMetric(bytes/1e6, "MB")
					b.ReportMetric(float64(spikes)/float64(b.N), "spikes/op")
				})
			}
		}
	}
}

// BenchmarkBuild draws and sorts the synapses of the large network.
func BenchmarkBuild(b *testing.B) {
	p, t := paperSize()
	for range b.N {
		if _, err := New(p, Draw(&p, &t, 1), 2); err != nil {
			b.Fatal(err)
		}
	}
}

// The sequence of the benchmark has no symbol twice in a row: its episode is
// what it says.
func TestPaperSize(t *testing.T) {
	p, task := paperSize()
	if p.N() != 6240 || p.InDegree() != 936 || p.N()*p.InDegree() != 5840640 || len(task.Sequences[0]) != 40 {
		t.Errorf("%d cells, %d synapses each, %d elements", p.N(), p.InDegree(), len(task.Sequences[0]))
	}
	if s := []byte(task.Sequences[0]); len(slices.Compact(s)) != 40 {
		t.Errorf("a symbol comes twice in a row in %s", task.Sequences[0])
	}
}

// A network takes the threads that help: one for set II and for the size of the paper, two for one
// of 13 million synapses.
func TestThreadsThatHelp(t *testing.T) {
	set, task := resolved(t, "set-II")
	paper, long := paperSize()
	big := paper
	big.Cells = 360
	big.Resolve(&long)
	for _, c := range []struct {
		p             Params
		t             Task
		threads, want int
	}{{set, task, 2, 1}, {paper, long, 2, 1}, {big, long, 2, 2}, {big, long, 7, 3}, {big, long, 1, 1}} {
		n, err := New(c.p, Draw(&c.p, &c.t, 1), c.threads)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(n.shards); got != c.want {
			t.Errorf("%d synapses, %d threads: on %d, want %d", n.synapses(), c.threads, got, c.want)
		}
	}
}
