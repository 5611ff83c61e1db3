package fit

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/optimize"
	"gonum.org/v1/gonum/stat/distuv"

	"neurosim/internal/leastsquares"
)

// A profile is χ² along one parameter, the others at their best.
type profile struct {
	U, Sum   []float64 // ascending in U, the minimum among them
	Lo, Hi   float64   // of the 95 % interval, in u; the ends of the range where it is open
	LoOpen   bool      // the range ends before χ² has risen enough
	HiOpen   bool
	Raised   float64 // how far χ² must rise
	improved []float64
}

// global searches the whole box and returns the best point found.
func (p *problem) global(ctx context.Context, r *runner, generations int, seed uint64) ([]float64, error) {
	best := p.start()
	e, err := r.one(ctx, best)
	if err != nil {
		return nil, err
	}
	bestSum := squares(e.R)
	var failed error
	seen := map[string]float64{} // not all that is known: a resumed fit knows more
	clamp := func(x []float64) (u []float64, outside float64) {
		for _, v := range x {
			c := min(1, max(0, v))
			u = append(u, c)
			outside += float64((v - c) * (v - c))
		}
		return u, outside
	}
	misfit := func(x []float64) float64 {
		u, outside := clamp(x)
		e, err := r.one(ctx, u)
		if err != nil {
			r.mu.Lock()
			failed = err
			r.mu.Unlock()
			return math.Inf(1)
		}
		r.mu.Lock()
		seen[key(u)] = squares(e.R)
		r.mu.Unlock()
		return squares(e.R) * (1 + outside)
	}
	n := len(p.free)
	population := 4 + int(3*math.Log(float64(n)))
	population += population % 2
	stop := func() (optimize.Status, error) {
		r.mu.Lock()
		defer r.mu.Unlock()
		if failed != nil {
			return optimize.Failure, failed
		}
		return optimize.NotTerminated, nil
	}
	problem := optimize.Problem{Func: misfit, Status: stop}
	middle := make([]float64, n)
	for i := range middle {
		middle[i] = 0.5
	}
	_, err = optimize.Minimize(problem, middle, &optimize.Settings{MajorIterations: generations, Concurrent: r.w.Threads, Converger: &optimize.FunctionConverge{Absolute: 0.1, Iterations: 8}},
		&optimize.CmaEsChol{InitStepSize: 0.3, Population: population, Src: rand.NewPCG(seed, 0x66697473)})
	if failed != nil {
		return nil, failed
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err != nil && len(seen) == 0 {
		return nil, err
	} // else it has ended early: what it has found counts
	for k, s := range seen {
		if s < bestSum || s == bestSum && k < key(best) {
			bestSum, best = s, point(k)
		}
	}
	return best, nil
}

// point is the inverse of key.
func point(k string) (u []float64) {
	for i := 0; i < len(k); i += 8 {
		var bits uint64
		for j := range 8 {
			bits |= uint64(k[i+j]) << (8 * j)
		}
		u = append(u, math.Float64frombits(bits))
	}
	return u
}

func squares(r []float64) (sum float64) {
	for _, x := range r {
		sum += float64(x * x)
	}
	return sum
}

// raised returns how far the sum of squares rises to the ends of a 95 % interval.
func (p *problem) raised(sum float64, points int) float64 {
	if p.weighted {
		return p.spread * distuv.ChiSquared{K: 1}.Quantile(0.95)
	}
	dof := float64(points - len(p.free))
	return sum / dof * distuv.F{D1: 1, D2: dof}.Quantile(0.95)
}

// along follows the profile of a parameter from the minimum to both sides.
func (p *problem) along(ctx context.Context, r *runner, best leastsquares.Result, i int, spread float64) (profile, error) {
	f := profile{U: []float64{best.U[i]}, Sum: []float64{best.Sum}, Raised: p.raised(best.Sum, len(best.R))}
	covariance := best.Covariance()
	held := make([]bool, len(p.free))
	held[i] = true
	for _, sign := range []float64{-1, 1} {
		end := map[float64]float64{-1: 0, 1: 1}[sign]
		from, fromRise := best.U[i], 0.0
		u := slices.Clone(best.U)
		step := spread
		open := true
		for try := 0; try < 12 && from != end; try++ {
			to := from + float64(sign*step)
			if sign*(to-end) > 0 {
				to = end
			}
			next := slices.Clone(u)
			next[i] = to
			if covariance != nil && try == 0 {
				for j := range next {
					if j != i {
						next[j] = min(1, max(0, next[j]+float64(covariance.At(i, j)/covariance.At(i, i)*(to-best.U[i]))))
					}
				}
			}
			m, err := leastsquares.Minimise(ctx, r.residuals, next, leastsquares.Options{Held: held, Steps: 8, Tolerance: 0.02})
			if err != nil {
				return f, err
			}
			f.U, f.Sum = append(f.U, to), append(f.Sum, m.Sum)
			rise := m.Sum - best.Sum
			if rise < -0.05 { // the minimum was none
				f.improved = m.U
				return f, nil
			}
			root, want := math.Sqrt(max(0, rise)), math.Sqrt(f.Raised)
			if rise >= f.Raised {
				// between from and here: the root of the rise is close to straight
				at := from + (to-from)*(want-fromRise)/(root-fromRise)
				if math.Abs(root-want) < 0.15*want || math.Abs(to-from) < 1e-4 || try >= 9 {
					open = false
					if sign < 0 {
						f.Lo = at
					} else {
						f.Hi = at
					}
					break
				}
				step = math.Abs(at-from) * 1.02 // just beyond
				continue
			}
			u, from, fromRise = m.U, to, root
			switch {
			case root > 0.2*want:
				step = 1.05 * math.Abs(to-best.U[i]) * (want/root - 1)
			default:
				step = 3 * math.Abs(to-best.U[i])
			}
			step = max(step, 1e-4)
		}
		if open {
			if sign < 0 {
				f.Lo, f.LoOpen = end, true
			} else {
				f.Hi, f.HiOpen = end, true
			}
		}
	}
	f.sort()
	return f, nil
}

// sort orders the points of a profile.
func (f *profile) sort() {
	at := make([]int, len(f.U))
	for i := range at {
		at[i] = i
	}
	slices.SortFunc(at, func(a, b int) int {
		switch {
		case f.U[a] < f.U[b]:
			return -1
		case f.U[a] > f.U[b]:
			return 1
		}
		return 0
	})
	var u, sum []float64
	for _, i := range at {
		u, sum = append(u, f.U[i]), append(sum, f.Sum[i])
	}
	f.U, f.Sum = u, sum
}
