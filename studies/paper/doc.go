// Package paper makes the figures of [AH16], S. Ahmad & J. Hawkins,
// arXiv:1601.00720v2 (2016), and of the experiments beside them, for neurosim
// reproduce.
//
// [Figures] lists them. Each is a function that returns figure, table and [Verdict]:
// theory against published exact numbers, our simulation against theory, and what the
// authors recorded against theory.
package paper
