// Package quantities has the functions of package theory by name, for neurosim theory: each quantity
// with its formula, its number in the paper, its arguments with units, their checks and its value.
package quantities

import (
	"errors"
	"fmt"

	"neurosim/theory"
)

// The arguments of quantities.
var (
	paramN        = Param{"n", "n, presynaptic cells", "", 1}
	paramA        = Param{"a", "a, cells active in a pattern", "", 0}
	paramS        = Param{"s", "s, synapses of a segment (of one pattern, in a union)", "", 0}
	paramTheta    = Param{"theta", "θ, active synapses that make an NMDA spike", "", 0}
	paramV        = Param{"v", "v, active cells that a shown pattern has lost", "", 0}
	paramM        = Param{"M", "M, patterns or segments in a set", "", 0}
	paramSegments = Param{"segments", "G, segments of a neuron", "", 0}
	paramRate     = Param{"rate", "r, background spikes of one synapse", "Hz", 0}
	paramWindow   = Param{"window", "w, how long a synapse stays active", "ms", 0}
	paramPlateau  = Param{"plateau", "how long an NMDA spike lasts", "ms", 0}
)

// Quantities returns every quantity of the theory that can be asked for by
// name: equations (4), (6), (8), (13) and (14) of Ahmad & Hawkins (2016), those
// of their later experiments, and the rate of chance NMDA spikes.
func Quantities() []Quantity {
	segment := []Param{paramN, paramA, paramS, paramTheta}
	with := func(more ...Param) []Param { return append(segment[:4:4], more...) }
	check := func(x Args) error { return theory.Check(x.int("n"), x.int("a"), x.int("s"), x.int("theta")) }
	noise := func(x Args) error {
		return theory.CheckNoise(x.int("a"), x.int("s"), x.int("v"), x.int("theta"))
	}
	setFP := func(size string) func(Args, string) Number {
		return func(x Args, _ string) Number {
			return probability(theory.SetFalsePositive(x.int("n"), x.int("a"), x.int("s"), x.int("theta"), x.int(size)))
		}
	}
	return []Quantity{
		{
			Name: "fp", Is: "a random pattern fires a segment: false positive", Equation: "4",
			Formula: "P_FP = Σ_{b=θ}^{s} C(s,b)·C(n-s,a-b) / C(n,a)",
			Params:  segment, check: check,
			value: func(x Args, _ string) Number {
				return probability(theory.FalsePositive(x.int("n"), x.int("a"), x.int("s"), x.int("theta")))
			},
		},
		{
			Name: "fn", Is: "a segment misses its pattern when v of a active cells are replaced: false negative", Equation: "6",
			Formula: "P_FN = Σ_{b=s-θ+1}^{min(s,v)} C(s,b)·C(a-s,v-b) / C(a,v)",
			Params:  []Param{paramA, paramS, paramTheta, paramV}, check: noise,
			value: func(x Args, _ string) Number {
				return probability(theory.FalseNegative(x.int("a"), x.int("s"), x.int("v"), x.int("theta")))
			},
		},
		{
			Name: "set-fp", Is: "a random pattern fires one of M segments", Equation: "8",
			Formula: "P = 1 - (1-P_FP)^M",
			Params:  with(paramM), check: check, value: setFP("M"),
		},
		{
			Name: "neuron-fp", Is: "a random pattern fires a neuron of G segments", Equation: "B1",
			Formula: "P = 1 - (1-P_FP)^G",
			Params:  with(paramSegments), check: check, value: setFP("segments"),
		},
		{
			Name: "union-size", Is: "expected distinct synapses of a segment that stores M patterns", Equation: "13", Unit: "synapses",
			Formula: "E|X| = n·(1 - (1-s/n)^M)",
			Params:  []Param{paramN, paramS, paramM},
			check:   func(x Args) error { return theory.CheckUnion(x.int("n"), 0, x.int("s"), 0, x.int("M")) },
			value: func(x Args, _ string) Number {
				return plain(theory.UnionSize(x.int("n"), x.int("s"), x.int("M")))
			},
		},
		{
			Name: "union-fp", Is: "a random pattern fires a segment that stores M patterns", Equation: "14",
			Formula: "exact: Σ_u P(|X| = u)·P_FP(n,a,u,θ); plug-in: P_FP(n,a,E|X|,θ), E|X| rounded",
			Params:  with(paramM), Methods: []string{"exact", "plug-in"}, check: checkUnion,
			value: func(x Args, method string) Number {
				n, a, s, theta, m := x.int("n"), x.int("a"), x.int("s"), x.int("theta"), x.int("M")
				if method == "plug-in" {
					return probability(theory.UnionFalsePositive(n, a, s, theta, m))
				}
				return probability(theory.UnionFalsePositiveExact(n, a, s, theta, m))
			},
		},
		{
			Name: "fn-readd", Is: "as fn, the new cells drawn from all that are off, the cleared ones among them", Equation: "§4.3",
			Formula: "P(s - b + r < θ), b ~ Hyp(a; v; s), r ~ Hyp(n-a+v; v; b)",
			Params:  with(paramV),
			check:   func(x Args) error { return errors.Join(check(x), noise(x)) },
			value: func(x Args, _ string) Number {
				return probability(theory.FalseNegativeReadd(x.int("n"), x.int("a"), x.int("s"), x.int("v"), x.int("theta")))
			},
		},
		{
			Name: "chance-rate", Is: "NMDA spikes of a segment from Poisson background alone", Equation: "T1", Unit: "1/s",
			Formula: "ν = 1 / (plateau + E[T]), E[T] the mean wait for θ of s synapses",
			Params:  []Param{paramS, paramTheta, paramRate, paramWindow, paramPlateau},
			check: func(x Args) error {
				return theory.CheckBackground(x.int("s"), x.int("theta"), x["rate"], x["window"], x["plateau"])
			},
			value: func(x Args, _ string) Number {
				return wide(theory.ChanceSpikeRate(x.int("s"), x.int("theta"), x["rate"], x["window"]/1000, x["plateau"]/1000))
			},
		},
	}
}

// maxUnionStates bounds the states of the exact sum over unions, each 16 bytes.
const maxUnionStates = 1e7

// checkUnion is theory.CheckUnion with a bound on the memory of the exact sum,
// which needs a state for each pair of overlaps below theta; a theta beyond a is
// never reached and needs none.
func checkUnion(x Args) error {
	theta, a := x["theta"], x["a"]
	if theta <= a && theta*theta/2 > maxUnionStates {
		return &theory.BrokenRule{Name: "theta", Rule: fmt.Sprintf("must be at most 4472, which the sum over unions needs %g states for (theta = %.0f)", maxUnionStates, theta)}
	}
	return theory.CheckUnion(x.int("n"), x.int("a"), x.int("s"), x.int("theta"), x.int("M"))
}
