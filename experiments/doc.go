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
package experiments
