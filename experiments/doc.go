// Package experiments turns a configuration into results: it plans a run, runs
// the points of a sweep, and makes the figures, as numbers.
//
// Each figure is one function that returns an analysis.Figure: Raster and Traces
// read the files of a run, Accuracy the points of a sweep, with the theory's
// curves beside them.
//
// EstimateFalsePositives reaches rates that counting does not: it conditions on
// the overlap of pattern and segment, simulates the response, and weights it by
// the exact probability of the overlap.
//
// Without a configuration, Studies lists what reproduces the figures of [AH16],
// S. Ahmad & J. Hawkins, arXiv:1601.00720v2 (2016), and the experiments beside
// them, with a Verdict on each.
package experiments
