// Package stimulus makes the input of a network: sparse distributed
// representations (SDRs), their corruption, and the spikes that show them.
//
// An SDR is a set of a active cells among n [AH16, section 2]. A PatternSet holds
// the patterns that segments can store. A Source emits spikes step by step:
//
//   - Presentations shows patterns, one every period; each active cell spikes
//     once, at the time of the presentation plus its own jitter;
//   - Poisson adds independent background spikes to every cell. Its rate r(t) is
//     constant; a sine, rate (1 + depth sin(2πft + phase)) (Modulation); or given at
//     times, constant between them or on straight lines (RateCourse). The number of
//     spikes of a cell in step k is a Poisson number of mean x_k = ∫ r(t) dt over the
//     step, so no rate is lowered by the length of a step; more than 10 in a step are
//     refused;
//   - Train replays spikes from a table.
//
// A cell may spike several times in a step: every spike reaches its synapses.
//
// An Encoder turns numbers into SDRs, similar ones into overlapping ones: Category,
// Scalar, RandomScalar, Periodic, several Joined; ReadSeries reads the numbers of a
// CSV file. Mixed is a stream of sequences among noise.
//
// Every draw is keyed by what it is for (package rng), so the spikes of a step
// do not depend on how the run was cut into pieces or resumed.
//
// [AH16]: S. Ahmad & J. Hawkins, arXiv:1601.00720 (2016).
package stimulus
