package onecell

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/optimize"

	"neurosim/dendrite"
	"neurosim/study"
)

// A Criterion says at which number of synapses a curve of responses has its threshold. It need
// not be whole: between two numbers of synapses the response is taken as straight.
type Criterion string

const (
	// Local: the longest time that the dendrite stays at or above the level comes to the duration
	// of an NMDA spike; where it has none yet, the highest potential comes to the level first.
	Local Criterion = "local"

	// Step: the peak at the soma grows fastest: the top of the parabola through the largest step
	// between neighbouring numbers and the steps beside it.
	Step Criterion = "step"

	// Supralinearity: the peak at the soma over the arithmetic sum comes to a ratio.
	Supralinearity Criterion = "supralinearity"

	// Sigmoid: half of the logistic function that is nearest to the peaks at the soma in least
	// squares, y₀ + A/(1 + e^(-(K - K_half)/w)).
	Sigmoid Criterion = "sigmoid"
)

// criteria are all, in the order of tables.
var criteria = [...]Criterion{Local, Step, Supralinearity, Sigmoid}

// A crossing is where a curve of responses meets a criterion, or why it does not.
type crossing struct {
	K   float64
	Why string // why it is nowhere; "" where it is
}

// value returns K, NaN where it is nowhere.
func (c crossing) value() float64 {
	if c.Why != "" {
		return math.NaN()
	}
	return c.K
}

// crossings returns where the responses of a point of a study meet each criterion.
func (r *uncagingResult) crossings(x *Study) map[Criterion]crossing {
	detect, ratio := x.detect(), x.Uncaging.Ratio
	return map[Criterion]crossing{
		Local: r.local(detect), Step: r.step(), Supralinearity: r.supralinear(ratio), Sigmoid: r.sigmoid(),
	}
}

// detect returns the criterion of an NMDA spike where the synapses are.
func (x *Study) detect() dendrite.DetectorParams {
	return x.Network.Population(x.Uncaging.Population).Segments[x.Uncaging.Group].Place.Detect
}

// A Threshold is what an uncaging study found.
type Threshold struct {
	Star int     // K*, the smallest number of synapses that makes an NMDA spike; -1: none does
	K    float64 // the same between numbers of synapses; NaN: none
	Why  string  // why there is none
}

// FindThreshold runs an uncaging study that has no sweep.
func FindThreshold(ctx context.Context, x *Study, w *study.Work) (Threshold, error) {
	results, err := runUncaging(ctx, x, w, nil)
	if err != nil {
		return Threshold{}, err
	}
	r := &results[0]
	return Threshold{r.threshold(), r.K[Local].value(), r.K[Local].Why}, nil
}

// none is a criterion that is not met.
func none(format string, args ...any) crossing {
	return crossing{Why: fmt.Sprintf(format, args...)}
}

// between returns where a straight line from a at k-1 to b at k has the value at: in (k-1, k], so
// that rounded up it is k.
func between(k int, a, b, at float64) crossing {
	f := 1.0
	if b > a {
		f = min(1, max(0x1p-20, (at-a)/(b-a)))
	}
	return crossing{K: float64(k-1) + f}
}

func (r *uncagingResult) local(detect dendrite.DetectorParams) crossing {
	k := r.threshold()
	last := len(r.Responses) - 1
	switch {
	case k == 0:
		return crossing{K: 0}
	case k > 0:
		return between(k, r.Responses[k-1].Longest, r.Responses[k].Longest, detect.Duration)
	}
	if q := r.Responses[last]; q.Longest > 0 {
		return none("with %d synapses the dendrite stays above %g mV for %.3g ms, %.3g ms less than an NMDA spike needs", last, detect.Level, q.Longest, detect.Duration-q.Longest)
	}
	peak := r.Responses[last].Dendrite + r.RestDend
	return none("with %d synapses the dendrite comes to %.3g mV, %.3g mV below the level of an NMDA spike", last, peak, detect.Level-peak)
}

func (r *uncagingResult) step() crossing {
	steps := make([]float64, len(r.Responses)) // [K] from K-1
	best := 1
	for k := 1; k < len(steps); k++ {
		if steps[k] = r.Responses[k].Soma - r.Responses[k-1].Soma; steps[k] > steps[best] {
			best = k
		}
	}
	if best == 1 || best == len(steps)-1 {
		return none("the largest step at the soma is the %s, to K = %d: there is no fastest growth between", map[bool]string{true: "first", false: "last"}[best == 1], best)
	}
	a, b, c := steps[best-1], steps[best], steps[best+1]
	top := 0.0
	if bend := a - 2*b + c; bend < 0 {
		top = 0.5 * (a - c) / bend
	}
	return crossing{K: float64(best) - 0.5 + top}
}

func (r *uncagingResult) supralinear(ratio float64) crossing {
	largest, at := math.Inf(-1), 0
	for k := 2; k < len(r.Responses); k++ { // one synapse is its own sum
		q := r.Responses[k].supralinearity()
		if q >= ratio && r.Responses[k-1].supralinearity() < ratio {
			return between(k, r.Responses[k-1].supralinearity(), q, ratio)
		}
		if q > largest {
			largest, at = q, k
		}
	}
	if at == 0 {
		return none("there are less than two synapses")
	}
	return none("the soma has at most %.3g times the arithmetic sum, with %d synapses; %.3g are asked", largest, at, ratio)
}

// sigmoid fits by a simplex from the range of the peaks and where half of it is passed.
func (r *uncagingResult) sigmoid() crossing {
	n := len(r.Responses)
	if n < 6 {
		return none("there are less than 5 synapses, too few for the four parameters of a sigmoid")
	}
	first, last := r.Responses[1].Soma, r.Responses[n-1].Soma
	half := 1
	for half < n-1 && r.Responses[half].Soma < (first+last)/2 {
		half++
	}
	misfit := func(p []float64) float64 {
		sum := 0.0
		for k := 1; k < n; k++ {
			d := p[0] + float64(p[1]/(1+math.Exp(-(float64(k)-p[2])/math.Exp(p[3])))) - r.Responses[k].Soma
			sum += float64(d * d)
		}
		return sum
	}
	begin := []float64{first, last - first, float64(half), math.Log(float64(n) / 10)}
	best, err := optimize.Minimize(optimize.Problem{Func: misfit}, begin, &optimize.Settings{MajorIterations: 4000, Converger: &optimize.FunctionConverge{Absolute: 1e-14, Relative: 1e-12, Iterations: 300}}, &optimize.NelderMead{})
	if best == nil || err != nil && best.F != best.F {
		return none("the peaks at the soma have no nearest sigmoid")
	}
	if k := best.X[2]; best.X[1] > 0 && k > 1 && k < float64(n-1) {
		return crossing{K: study.Significant(k, 6)} // the simplex ends within 1e-6
	}
	return none("the sigmoid nearest to the peaks at the soma has its half at K = %.3g, outside the synapses", best.X[2])
}
