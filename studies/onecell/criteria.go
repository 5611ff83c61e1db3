package onecell

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/optimize"
	"gonum.org/v1/gonum/stat"

	"neurosim/dendrite"
	"neurosim/study"
)

// A Criterion says at which number of synapses a curve of responses has its threshold. It need
// not be whole: between two numbers of synapses the response is taken as straight.
type Criterion string

const (
	// Local: the longest time that the dendrite stays at or above the level comes to the duration
	// of an NMDA spike. Rounded up it is K*.
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

// sigmoid searches K_half and w from where half of the peaks' range is passed.
func (r *uncagingResult) sigmoid() crossing {
	if len(r.Responses) < 6 {
		return none("there are less than 5 synapses, too few for the four parameters of a sigmoid")
	}
	var peaks []float64 // of K = 1 on
	for _, q := range r.Responses[1:] {
		peaks = append(peaks, q.Soma)
	}
	last := len(peaks) - 1
	half := 0
	for half < last && peaks[half] < (peaks[0]+peaks[last])/2 {
		half++
	}
	misfit := func(at []float64) float64 {
		_, sum := nearest(peaks, at[0], math.Exp(at[1]))
		return sum
	}
	begin := []float64{float64(1 + half), math.Log(0.1 * float64(last))}
	best, err := optimize.Minimize(optimize.Problem{Func: misfit}, begin, &optimize.Settings{Converger: &optimize.FunctionConverge{Relative: 1e-13, Iterations: 20}}, &optimize.NelderMead{})
	if err != nil {
		return none("the peaks at the soma have no nearest sigmoid: %v", err)
	}
	k := best.X[0]
	if rise, _ := nearest(peaks, k, math.Exp(best.X[1])); !(rise > 0 && k > 1 && k < float64(1+last)) {
		return none("the sigmoid nearest to the peaks at the soma does not rise through its half within 1 to %d synapses", 1+last)
	}
	return crossing{K: study.Significant(k, 6)} // the simplex ends within 1e-6
}

// nearest returns A, and the sum of the squares of what is left, for the sigmoid of some K_half
// and w that is nearest to peaks: y₀ and A are those of a straight line.
func nearest(peaks []float64, k, w float64) (rise, sum float64) {
	logistic := make([]float64, len(peaks))
	for i := range logistic {
		logistic[i] = 1 / (1 + math.Exp((k-float64(1+i))/w))
	}
	y0, rise := stat.LinearRegression(logistic, peaks, nil, false)
	for i, y := range peaks {
		d := y - y0 - float64(rise*logistic[i])
		sum += float64(d * d)
	}
	return rise, sum
}
