// Package analysis turns what a run recorded into numbers: rates, detection
// counts, intervals and tests, all pure functions of slices, and Figure, the
// numbers of a picture with their units. It draws nothing and knows no files.
package analysis
