// Package theory computes what can be known about dendritic segments without
// simulating them: the equations of Ahmad & Hawkins (2016) on sparse patterns
// and segments, and, because that paper has no time, closed forms for chance
// coincidences of background spikes and for patterns with jittered spikes. All
// functions are pure; the engine does not use them, so that agreement with it is
// evidence.
//
// # Symbols
//
// As in the paper, all counts: n presynaptic cells, a of them active, s synapses
// of a segment, theta (θ) of them needed for an NMDA spike, v of the a active
// cells silenced, m (M) patterns or segments in a set, b an overlap.
// P_FP is FalsePositive, P_FN FalseNegative, |X| the size of a union.
//
// # Equations
//
// The numbers (1), (4), (6), (8), (9) and (13) are given by the text; the others
// follow from the order of the displayed equations.
//
//	(1)       A·D ≥ θ                          Matches
//	(2)       |Ω(n,a,b)|                       OverlapSetSize
//	          |Ω(n,a,b)| / C(n,a)              Overlap, MeanOverlap
//	(3), (4)  false positive                   FalsePositive
//	(5)       ways to lose b of s synapses     OverlapSetSize(a, v, s, b)
//	(6)       false negative                   FalseNegative, Tolerance
//	(7)       membership in a set              MatchesAny
//	(8)       false positive of a set          SetFalsePositive, AnyOf
//	(9)       its union bound                  SetFalsePositiveBound
//	(10)      match with a union               Matches
//	(11)      a cell without synapse           UnionZero
//	(12)      union, exact match               UnionExactMatch
//	(13)      E|X|                             UnionSize
//	(14)      union, |X| replaced by E|X|      UnionFalsePositive
//	          the same, exactly                UnionFalsePositiveExact, UnionSizes
//	          real number of active cells      FalsePositiveReal
//	(B1)      neuron of many segments          SetFalsePositive
//	(B2)      sequence memory, n               PredictionJaccard
//	(B3)      sequence memory, noise           SequenceAccuracy
//	(B4)      sequence memory, unions          Surprise
//	§4.2      two neurons as a classifier      ClassificationError, Sigmoid
//	§4.3      noise that re-adds cells         FalseNegativeReadd, NeuronFalseNegative
//	(T1)      chance NMDA spikes               BackgroundOverlap, ChanceCrossingRate,
//	                                           ChanceFirstSpike, ChanceSpikeRate
//	          in steps of time                 StepCrossings, StepFirstSpike, StepSpikeRate
//	(T2)      jittered and dropped spikes      Detection, StepDetection,
//	                                           AfterDrops, AfterSilencing,
//	                                           FalsePositiveAmong
//	(R1)      rate of a noisy membrane         Diffusion.Rate
//	(R2)      with noise of a synapse's time   Diffusion.TauSyn
//	(R3)      mean and variance of shot noise  ShotMean, ShotSD; a bound: ShotTail
//
// # Sources
//
//	[AH16]  S. Ahmad, J. Hawkins, How do neurons operate on sparse distributed
//	        representations? A mathematical theory of sparsity, neurons and active
//	        dendrites. arXiv:1601.00720v2, 2016. Equations (1) to (14).
//	[AH18]  Experiments for a later revision of the same, in the authors'
//	        repository numenta/htmresearch (projects/sdr_paper), 2017-18. The
//	        formulas (B1) to (B4); §4.2 and §4.3 are the two-neuron
//	        classification and the neuron under noise.
//	(T1)    The up-crossing argument is S. O. Rice's (Bell System Technical
//	        Journal 23 and 24, 1944-45), applied to a sum of stationary on-off
//	        processes; dead time and first passage are renewal theory (D. R. Cox,
//	        Renewal Theory, 1962); that crossings come in clumps, D. Aldous,
//	        Probability Approximations via the Poisson Clumping Heuristic, 1989.
//	(T2)    The scan statistic: J. I. Naus, The distribution of the size of the
//	        maximum cluster of points on a line, J. Am. Stat. Assoc. 60 (1965);
//	        J. Glaz, J. Naus, S. Wallenstein, Scan Statistics, 2001. The recursion
//	        over cells of a window is this project's.
//	(R1)    A. J. F. Siegert, On the first passage time probability problem, Phys.
//	        Rev. 81 (1951); L. M. Ricciardi, Diffusion Processes and Related Topics
//	        in Biology, 1977.
//	(R2)    N. Brunel, S. Sergi, Firing frequency of leaky integrate-and-fire neurons
//	        with synaptic current dynamics, J. Theor. Biol. 195 (1998); N. Fourcaud,
//	        N. Brunel, Neural Comput. 14 (2002).
//	(R3)    N. Campbell, Proc. Camb. Phil. Soc. 15 (1909); H. Chernoff, Ann. Math.
//	        Stat. 23 (1952).
//
// # Numbers
//
// A probability is a [Prob], which holds P and 1-P, each as mantissa and
// exponent ([Wide]). A float64 ends at 5e-324 and its 1-P at 1e-16; a logarithm
// as float64 leaves 1e-13 of P undetermined at 1e-700 and 1e-10 at 1e-300000, and
// says nothing about 1-P. Value and Log10 give the usual forms.
//
// # Accuracy
//
// Relative errors, of P and of 1-P alike, as tested against rational arithmetic
// for n up to 10^6 and P below 1e-2000: hypergeometric tails, unions, noise and
// (B2) to (B4) promise 1e-12; 1e-15 is measured. Sets (8) lose of 1-P a further
// factor m·P_FP of an error of 1e-14. Binomial tails (T1) promise 1e-12 for s up
// to 1000. Crossing rates are exact; the rate of NMDA spikes with a plateau is
// 0 to 7 % too high. ClassificationError: 1e-5 relative plus 1e-12 absolute.
// Detection: 1e-3 absolute, about 2 % of the smaller of P and 1-P.
//
// Tails take about 1 µs at s = 40. No function allocates more than it needs for
// tables of its own, and all may be called concurrently.
//
// # Errors
//
// Numbers from a user go through [Check] and functions like it, which return an error that
// names every broken rule. Arguments out of range in a call are the caller's
// mistake and panic.
package theory
