package cable

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"neurosim/dendrite"
	"neurosim/neuron"
)

// The workload of testdata/reference/active_dendrites.
const (
	activeAxons     = 2000
	activeDendrites = 8
	activeSynapses  = 20
	activeSteps     = 10000
)

// activeNetwork is one network of it: cells, the axon of every synapse, the input spikes.
type activeNetwork struct {
	n      int
	syn    []int32   // [N][dendrites][synapses]
	spikes [][]int32 // [steps] axons
}

// loadActive reads a network of n cells: the one of 1000 from testdata, others from
// the folder that the environment names.
func loadActive(t testing.TB, n int) activeNetwork {
	t.Helper()
	open := func(name string) io.Reader {
		dir, zipped := "../testdata/reference/active_dendrites", n == 1000
		if zipped {
			name += ".gz"
		} else if dir = os.Getenv("NEUROSIM_ACTIVE_DENDRITES"); dir == "" {
			t.Skip("needs the larger networks, which are not part of the project: NEUROSIM_ACTIVE_DENDRITES names their folder, see docs/validation.md")
		} else {
			dir = filepath.Join(dir, fmt.Sprint(n))
		}
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if !zipped {
			return bytes.NewReader(b)
		}
		z, err := gzip.NewReader(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		return z
	}
	w := activeNetwork{n: n, syn: make([]int32, n*activeDendrites*activeSynapses), spikes: make([][]int32, activeSteps)}
	if err := binary.Read(open("syn.i32"), binary.LittleEndian, w.syn); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(open("spikes.csv")); lines.Scan(); {
		var step, axon int32
		if strings.HasPrefix(lines.Text(), "step") {
			continue
		}
		if _, err := fmt.Sscanf(lines.Text(), "%d,%d", &step, &axon); err != nil {
			t.Fatal(err)
		}
		w.spikes[step] = append(w.spikes[step], axon)
	}
	return w
}

// activeModel is the cell: capacitances 120 and 15 pF, leaks 6 and 0.75 nS, and 4 nS
// between them, as cylinders. A spike freezes the soma for 29 steps after its
// own. The events of step k act from step k+1 on.
func activeModel(t testing.TB) *Model {
	t.Helper()
	m := neuron.MembraneParams{Cm: 1, Ra: 150, GL: 5e-5, EL: -70}
	// π d L = 1500 µm² and 4 R_a (L/2)/(π d²) = 250 MΩ
	k := 250 * math.Pi / (2 * m.Ra * 0.01)
	d := math.Cbrt(1500 / (math.Pi * k))
	side := math.Sqrt(12000 / math.Pi)
	ps := []neuron.SectionParams{{Name: "soma", At: -1, Length: side, Diameter: side, Compartments: 1}}
	for i := range activeDendrites {
		ps = append(ps, neuron.SectionParams{Name: fmt.Sprint("dend", i), Parent: "soma", At: -1, Length: k * d * d, Diameter: d, Compartments: 1})
	}
	sections := neuron.Sections(ps, m, nil, neuron.DefaultDiscretisation(), func(i int, key, rule string, args ...any) {
		t.Fatalf("section %d: %s %s", i, key, rule)
	})
	tree, err := neuron.NewTree(sections)
	if err != nil {
		t.Fatal(err)
	}
	near := func(what string, got, want float64) {
		if math.Abs(got-want) > 1e-9*want {
			t.Fatalf("%s = %.12g, want %g", what, got, want)
		}
	}
	near("C of the soma", tree.Cap[0], 120)
	near("C of a dendrite", tree.Cap[1], 15)
	near("leak of a dendrite", tree.Leak[1], 0.75)
	near("coupling", tree.Axial[8], 4)
	s := Spec{
		Tree: tree, Dt: 0.1, Method: neuron.BackwardEuler,
		Receptors: []dendrite.ReceptorParams{
			{GMax: 0.3, TauDecay: 2, Block: dendrite.BlockParams{Law: "none"}},
			{GMax: 1, TauDecay: 40, Block: dendrite.BlockParams{Law: "jahr-stevens", Mg: 1}},
		},
		Firing: &neuron.FiringParams{Vth: -58, Vreset: -65, TRef: 2.9},
	}
	for i := range activeDendrites {
		s.Sites = append(s.Sites, Site{0, 1 + i}, Site{1, 1 + i})
	}
	model, err := NewModel(s)
	if err != nil {
		t.Fatal(err)
	}
	return model
}

// activeChunk is the cells lo … hi-1 with the synapses of each axon on them.
type activeChunk struct {
	*Cells
	head   []int32 // [axons+1]
	target []int32 // dendrite*n + cell
	spikes []int32 // scratch
	count  int
}

// activeChunks divides a network into chunks of the given number of cells.
func activeChunks(w activeNetwork, m *Model, size int) []*activeChunk {
	var chunks []*activeChunk
	for lo := 0; lo < w.n; lo += size {
		n := min(size, w.n-lo)
		c := &activeChunk{Cells: m.NewCells(n), head: make([]int32, activeAxons+1)}
		mine := w.syn[lo*activeDendrites*activeSynapses : (lo+n)*activeDendrites*activeSynapses]
		for _, a := range mine {
			c.head[a+1]++
		}
		for a := range activeAxons {
			c.head[a+1] += c.head[a]
		}
		c.target = make([]int32, len(mine))
		at := append([]int32(nil), c.head...)
		for i, a := range mine {
			cell, d := i/(activeDendrites*activeSynapses), i/activeSynapses%activeDendrites
			c.target[at[a]] = int32(d*n + cell)
			at[a]++
		}
		chunks = append(chunks, c)
	}
	return chunks
}

// run steps the chunk through steps from … to-1.
func (c *activeChunk) run(w activeNetwork, from, to int) {
	for k := from; k < to; k++ {
		if k > 0 {
			for _, a := range w.spikes[k-1] {
				for _, x := range c.target[c.head[a]:c.head[a+1]] {
					d, cell := int(x)/c.n, int(x)%c.n
					c.Excite(2*d, cell, 1)
					c.Excite(2*d+1, cell, 1)
				}
			}
		}
		c.spikes = c.Step(c.spikes[:0])
		c.count += len(c.spikes)
	}
}

// runActive runs all chunks on threads, in blocks of 10 steps as a network would
// whose shortest delay is 1 ms, and returns the number of spikes.
func runActive(w activeNetwork, chunks []*activeChunk, threads int) int {
	const block = 10
	var wg sync.WaitGroup
	for t := range threads {
		wg.Add(1)
		go func() {
			defer wg.Done()
			mine := chunks[len(chunks)*t/threads : len(chunks)*(t+1)/threads]
			for k := 0; k < activeSteps; k += block {
				for _, c := range mine {
					c.run(w, k, k+block)
				}
			}
		}()
	}
	wg.Wait()
	sum := 0
	for _, c := range chunks {
		sum += c.count
	}
	return sum
}

// Spike counts are within 2 % of Brian2's, which steps the same equations
// by forward Euler: 4354 (N = 1000) and 42843 (N = 10000).
func TestActiveDendritesAgainstReference(t *testing.T) {
	for n, want := range map[int]int{1000: 4354, 10000: 42843} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			if testing.Short() && n > 1000 {
				t.Skip("runs 10,000 cells: run without -short")
			}
			w := loadActive(t, n)
			got := runActive(w, activeChunks(w, activeModel(t), 128), 2)
			t.Logf("%d spikes, Brian2 %d (%+.2f %%)", got, want, 100*float64(got-want)/float64(want))
			if math.Abs(float64(got-want)) > 0.02*float64(want) {
				t.Errorf("%d spikes, want %d within 2 %%", got, want)
			}
		})
	}
}

// BenchmarkActiveDendrites is one second of the workload.
func BenchmarkActiveDendrites(b *testing.B) {
	for _, n := range []int{1000, 10000} {
		for _, threads := range []int{1, 2} {
			b.Run(fmt.Sprintf("N=%d/threads=%d", n, threads), func(b *testing.B) {
				w := loadActive(b, n)
				m := activeModel(b)
				b.ReportAllocs()
				var processor time.Duration
				for b.Loop() {
					b.StopTimer()
					chunks := activeChunks(w, m, 500)
					b.StartTimer()
					before := processorTime()
					runActive(w, chunks, threads)
					processor += processorTime() - before
				}
				b.ReportMetric(processor.Seconds()/float64(b.N), "cpu-s/op")
				b.ReportMetric(float64(n*(activeDendrites+1)*activeSteps)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mupdates/s")
			})
		}
	}
}
