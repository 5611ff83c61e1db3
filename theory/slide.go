package theory

import "math"

// order is what happens to the points of one step of time.
type order int

const (
	leaveFirst order = iota // a window holds exactly its steps
	enterFirst              // with leaveFirst, brackets continuous time
)

// slides holds the chances of a detection while a window moves on by one cell,
// computed when first asked for.
type slides struct {
	theta int
	order order
	steps []slideStep
	known []float64 // [(old·theta + new)·theta + room], NaN where not yet known
	f     []float64 // scratch
}

// slideStep holds x^k/k!, k < theta, for the probabilities, given the cell, that
// a point of the leaving or the entering cell lies in this step or a later one.
type slideStep struct {
	leave, enter           []float64
	leaveLater, enterLater []float64
}

// newSlides prepares for a cell with the given probabilities of its steps to
// enter and another, of as many steps, to leave (nil: there is none).
func newSlides(theta int, leave, enter []float64, o order) *slides {
	s := &slides{theta: theta, order: o, steps: make([]slideStep, len(enter))}
	if leave == nil {
		leave = make([]float64, len(enter))
	}
	restL, restE := sum(leave), sum(enter)
	allL, allE := max(restL, 1e-300), max(restE, 1e-300)
	for i := range s.steps {
		restL, restE = max(0, restL-leave[i]), max(0, restE-enter[i])
		if i == len(enter)-1 {
			restL, restE = 0, 0
		}
		s.steps[i] = slideStep{
			leave: powers(leave[i]/allL, theta), leaveLater: powers(restL/allL, theta),
			enter: powers(enter[i]/allE, theta), enterLater: powers(restE/allE, theta),
		}
	}
	s.known = make([]float64, theta*theta*theta)
	for i := range s.known {
		s.known[i] = math.NaN()
	}
	s.f = make([]float64, theta*theta)
	return s
}

// hit returns the chance that more than room points of the two cells are inside
// at some moment, while old points leave and new ones enter; room ≥ old, new.
func (s *slides) hit(old, new, room int) float64 {
	if old+new <= room {
		return 0
	}
	at := &s.known[(old*s.theta+new)*s.theta+room]
	if math.IsNaN(*at) {
		*at = s.solve(old, new, room)
	}
	return *at
}

// solve follows how many have left and entered after each step. The numbers that
// move in a step are taken as Poisson, x^k/k!, and the given totals restored at
// the end. What exceeds the room is summed apart, so that a small chance keeps
// its digits.
func (s *slides) solve(old, new, room int) float64 {
	n := new + 1
	f := s.f[:(old+1)*n] // [left·n + entered]
	clear(f)
	f[0] = 1
	lost := 0.0
	// over moves what exceeds the room to lost; the points that have not moved
	// may do so in any later step.
	over := func(leaveLater, enterLater []float64) {
		for x := range old + 1 {
			for y := max(0, room-old+x+1); y <= new; y++ {
				lost += float64(f[x*n+y] * leaveLater[old-x] * enterLater[new-y])
				f[x*n+y] = 0
			}
		}
	}
	later := powers(1, s.theta) // of leaving in this step or later
	for i := range s.steps {
		t := &s.steps[i]
		if s.order == leaveFirst {
			move(f, n, 1, old, new, t.leave)
			move(f, 1, n, new, old, t.enter)
			over(t.leaveLater, t.enterLater)
		} else {
			move(f, 1, n, new, old, t.enter)
			over(later, t.enterLater)
			move(f, n, 1, old, new, t.leave)
		}
		later = t.leaveLater
	}
	all := powers(1, s.theta)
	return min(1, lost/(all[old]*all[new]))
}

// move convolves f with w along one of its two axes, which has elements 0..size
// at distance by, for each of the others, 0..count at distance apart.
func move(f []float64, by, apart, size, count int, w []float64) {
	if w[min(1, size)] == 0 {
		return // nothing moves
	}
	for c := 0; c <= count; c++ {
		g := f[c*apart:]
		for x := size; x >= 0; x-- {
			sum := 0.0
			for k := 0; k <= x; k++ {
				sum += float64(g[(x-k)*by] * w[k])
			}
			g[x*by] = sum
		}
	}
}

// powers returns x^k/k! for k below n.
func powers(x float64, n int) []float64 {
	p := make([]float64, n)
	p[0] = 1
	for k := 1; k < n; k++ {
		p[k] = p[k-1] * x / float64(k)
	}
	return p
}

func sum(p []float64) (sum float64) {
	for _, x := range p {
		sum += x
	}
	return sum
}
