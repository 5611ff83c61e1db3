package fit

import (
	"context"
	"maps"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"neurosim/internal/leastsquares"
)

// A profile is the sum of squares along one parameter, the others at their best.
type profile struct {
	U, Rise []float64 // ascending in U; above the minimum, which is among them
	Lo, Hi  end       // of the 95 % interval
	Raised  float64   // the rise at its ends
}

// An end is one of an interval.
type end struct {
	u    float64 // that of the range where it is open
	open bool    // the range ends before the sum has risen enough
}

// raised returns how far the sum of squares rises to the ends of a 95 % interval.
func (p *problem) raised(sum float64) float64 {
	if p.weighted {
		return p.spread * distuv.ChiSquared{K: 1}.Quantile(0.95)
	}
	dof := float64(p.freedom())
	return sum / dof * distuv.F{D1: 1, D2: dof}.Quantile(0.95)
}

// along follows the profile of a parameter from the minimum to both sides. lower is a point that
// is lower than the minimum, nil where there is none.
func (p *problem) along(ctx context.Context, r *runner, best *leastsquares.Result, i int) (f profile, lower []float64, err error) {
	w := walk{r: r, best: best, covariance: best.Covariance(), i: i, raised: p.raised(best.Sum), at: map[float64]float64{best.U[i]: 0}}
	f.Raised = w.raised
	for _, side := range []struct {
		sign float64
		to   *end
	}{{-1, &f.Lo}, {1, &f.Hi}} {
		if *side.to, lower, err = w.side(ctx, side.sign); lower != nil || err != nil {
			return f, lower, err
		}
	}
	f.U = slices.Sorted(maps.Keys(w.at))
	for _, u := range f.U {
		f.Rise = append(f.Rise, w.at[u])
	}
	return f, nil, nil
}

// A walk follows one parameter away from the minimum.
type walk struct {
	r          *runner
	best       *leastsquares.Result
	covariance *mat.SymDense // nil where there is none
	i          int
	raised     float64
	at         map[float64]float64 // rises, by u of the parameter
}

// A step is a place of a walk.
type step struct {
	distance float64   // from the minimum
	root     float64   // of the rise: close to straight in the distance
	u        []float64 // with the other parameters at their best
}

// side looks for the distance at which the sum has risen enough, between a step where it has not
// and one where it has. It ends there, or at the end of the range.
func (w *walk) side(ctx context.Context, sign float64) (at end, lower []float64, err error) {
	const near, narrow = 1.15, 1e-4
	limit := w.best.U[w.i] // the range goes from 0 to 1
	if sign > 0 {
		limit = 1 - limit
	}
	want := math.Sqrt(w.raised)
	from, beyond := step{u: w.best.U}, step{distance: math.NaN()}
	for from.distance < limit {
		next := min(w.further(from, want), limit)
		if width := beyond.distance - from.distance; width == width {
			d := from.distance + float64(width*(want-from.root)/(beyond.root-from.root))
			if beyond.root <= near*want || width <= narrow {
				return end{u: w.best.U[w.i] + float64(sign*d)}, nil, nil
			}
			room := float64(0.1 * width) // by which it narrows at least
			next = min(max(1.02*d, from.distance+room), beyond.distance-room)
		}
		to, lower, err := w.take(ctx, from, sign, next)
		switch {
		case err != nil || lower:
			return end{}, to.u, err
		case to.root >= want:
			beyond = to
		default:
			from = to
		}
	}
	return end{u: max(0, sign), open: true}, nil, nil
}

// further returns the distance to try beyond all others.
func (w *walk) further(from step, want float64) float64 {
	switch {
	case from.distance == 0 && w.covariance == nil:
		return 0.1
	case from.distance == 0:
		return min(0.5, max(1e-3, want*math.Sqrt(w.covariance.At(w.i, w.i))))
	case from.root < 0.2*want:
		return 4 * from.distance
	}
	return 1.05 * from.distance * want / from.root
}

// take goes to a distance and finds the best of the other parameters there. lower tells that the
// sum is less than at the minimum by more than a hundredth of the rise.
func (w *walk) take(ctx context.Context, from step, sign, distance float64) (to step, lower bool, err error) {
	u := slices.Clone(from.u)
	held := make([]bool, len(u))
	held[w.i] = true
	for j := range u { // along the valley, as far as it is known
		switch slope := float64(sign * distance); {
		case j == w.i:
			u[j] = w.best.U[j] + slope
		case from.distance > 0:
			u[j] = w.best.U[j] + float64((from.u[j]-w.best.U[j])*distance/from.distance)
		case w.covariance != nil:
			u[j] += float64(w.covariance.At(w.i, j) / w.covariance.At(w.i, w.i) * slope)
		}
		u[j] = min(1, max(0, u[j]))
	}
	m, err := leastsquares.Minimise(ctx, w.r.residuals, u, leastsquares.Options{Held: held, Steps: 8, Tolerance: 0.005 * w.raised})
	if err != nil {
		return step{}, false, err
	}
	rise := m.Sum - w.best.Sum
	w.at[u[w.i]] = rise
	return step{distance, math.Sqrt(max(0, rise)), m.U}, rise < -0.01*w.raised, nil
}
