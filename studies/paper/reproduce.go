package paper

import (
	"context"

	"neurosim/figure"
	"neurosim/study"
)

// A Figure reproduces one figure of the paper, or one experiment beside it.
type Figure struct {
	Name  string // on the command line, and of its files
	Title string // one line
	run   func(ctx context.Context, e effort) (reproduction, error)
}

// Figures returns every figure, in the order in which they are made. A new one is
// a line here and a file with its function.
func Figures() []Figure {
	return []Figure{
		{"fig4a", "False positives against population size, simulated", fig4a},
		{"fig4b", "False negatives against noise, simulated", fig4b},
		{"fig5a", "False positives against population size, theory", fig5a},
		{"fig5b", "False positives against the synapses of a segment", fig5b},
		{"fig6", "Median false positives against the threshold", fig6},
		{"fig7a", "Synapses of a segment that stores a union", fig7a},
		{"fig7b", "False positives of a union against its patterns", fig7b},
		{"neuron-fp", "False positives of a neuron against synapses per segment", neuronFP},
		{"neuron-classify", "Two neurons tell 1000 patterns apart", neuronClassify},
		{"neuron-noise", "Patterns that a neuron misses under noise", neuronNoise},
		{"neuron-correlation", "False positives of a neuron among correlated patterns", neuronCorrelation},
		{"poirazi-mel", "The benchmark of Poirazi and Mel, by seeding alone", poiraziMel},
		{"tm-sparsity", "Prediction of a sequence memory against population size", tmSparsity},
		{"tm-noise", "Prediction of a sequence memory under noise", tmNoise},
		{"tm-union", "Overlap with what a sequence memory predicts, against continuations", tmUnion},
		{"rare", "False positives over twenty decades, confirmed by spiking segments", rare},
	}
}

// effort says how a figure is to be made. What it returns depends on Seed and
// Full alone.
type effort struct {
	Seed   uint64
	Full   bool        // the sample sizes of the paper; else as many as take seconds
	Work   *study.Work // lends threads, and keeps what is done when the study is interrupted
	Figure string      // name of the figure, and of its stages in Work
}

// of returns quick or full, as the effort is.
func (e effort) of(quick, full int) int {
	if e.Full {
		return full
	}
	return quick
}

// A reproduction is what was made: the figure, the numbers behind every
// point of it, and what they say.
type reproduction struct {
	Figure  figure.Figure
	Table   study.Table
	Verdict verdict
}
