// Package analysis turns what a run recorded into numbers: rates, intervals, fits and
// tests, all pure functions of slices. It draws nothing and knows no files.
package analysis
