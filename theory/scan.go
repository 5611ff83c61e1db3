package theory

import (
	"neurosim/internal/fpmath"
)

// A scan computes the probability that some window of so many steps holds theta
// of M independent points, for all M at once.
//
// It groups the steps of a window into g cells and walks the window over the
// cells. The state is the number of points in each of the last g cells and in
// all so far. While one cell slides out and another in, points leave and enter
// in some order; slide is the chance that theta are inside together on the way,
// given the two numbers and the probabilities of the steps. The one thing
// neglected is that the points of the leaving cell are those that once entered
// without a detection, which makes their order not quite random. That vanishes
// as g grows, and is absent if a cell is one step.
type scan struct {
	theta int
	g     int
	steps [][]float64 // [cell][step] probability; cell k+g has as many steps as cell k
	order order       // of a point that leaves and one that enters in the same step
}

// unlikely is the weight below which a way to place the points is left out.
const unlikely = 1e-24

// run returns, for every number of points from 0 to m, the probabilities that
// no window holds theta of them and that one does.
func (s scan) run(m int) (miss, hit []float64) {
	states, next := s.states()
	cell := make([]float64, len(s.steps)) // probability of each cell
	rest := 0.0                           // of those not yet passed
	for k, steps := range s.steps {
		cell[k] = sum(steps)
		rest += cell[k]
	}
	// Cells hold Poisson numbers of points with mean m in all; the answer for a
	// given number of points is the share at that total.
	mean := float64(m)
	n := m + 1
	now, then := make([]float64, len(states)*n), make([]float64, len(states)*n)
	now[0] = 1 // state 0 is empty
	hit = make([]float64, n)
	total := poisson(mean*rest, m)
	found := make([]float64, n)
	for k, p := range cell {
		rest = max(0, rest-p)
		dist := poisson(mean*p, m)
		var before []float64
		if k >= s.g {
			before = s.steps[k-s.g]
		}
		slides := newSlides(s.theta, before, s.steps[k], s.order)
		clear(then)
		clear(found)
		for i, c := range states {
			inside := 0
			for _, x := range c {
				inside += x
			}
			old := c[0]
			room := s.theta - 1 - (inside - old)
			for used := inside; used <= m; used++ {
				f := now[i*n+used]
				if f == 0 {
					continue
				}
				for new := 0; used+new <= m; new++ {
					w := float64(f * dist[new])
					if w < unlikely {
						if float64(new) > mean*p {
							break // and less likely from here on
						}
						continue
					}
					if new > room {
						found[used+new] += w
						continue
					}
					q := slides.hit(old, new, room)
					found[used+new] += float64(w * q)
					then[int(next[i*s.theta+new])*n+used+new] += float64(w * (1 - q))
				}
			}
		}
		now, then = then, now
		after := poisson(mean*rest, m) // the points yet to come may fall anywhere
		for used, f := range found {
			for more := 0; f > 0 && used+more <= m; more++ {
				hit[used+more] += float64(f * after[more])
			}
		}
	}
	miss = make([]float64, n)
	for i := range states {
		for used := range n {
			miss[used] += now[i*n+used]
		}
	}
	for u := range n {
		miss[u] /= total[u]
		hit[u] /= total[u]
	}
	return miss, hit
}

// states lists the numbers of points in g cells with fewer than theta in all,
// and the state that follows when the first cell is replaced by one of c points.
func (s scan) states() (states [][]int, next []int32) {
	index := map[string]int32{}
	key := func(c []int) string {
		b := make([]byte, len(c))
		for i, x := range c {
			b[i] = byte(x)
		}
		return string(b)
	}
	var fill func(c []int, left int)
	fill = func(c []int, left int) {
		if len(c) == s.g {
			index[key(c)] = int32(len(states))
			states = append(states, append([]int(nil), c...))
			return
		}
		for x := 0; x <= left; x++ {
			fill(append(c, x), left-x)
		}
	}
	fill(make([]int, 0, s.g), s.theta-1)
	next = make([]int32, len(states)*s.theta)
	for i, c := range states {
		for x := range s.theta {
			j, ok := index[key(append(append([]int(nil), c[1:]...), x))]
			if !ok {
				j = -1
			}
			next[i*s.theta+x] = j
		}
	}
	return states, next
}

// cellsPerWindow returns how many cells to a window keep the number of states,
// C(theta-1+g, g), below 3000. Four are as good as exact in practice.
func cellsPerWindow(theta int) int {
	g, states := 0, 1
	for g < 4 && states*(theta+g)/(g+1) <= 3000 {
		states = states * (theta + g) / (g + 1)
		g++
	}
	return max(1, g)
}

// cells groups steps into cells, g to a window of w, and fills up the last. A cell of
// the first window is only as long as the distribution: no step leaves where none has left.
func cells(dist []float64, w, g int) [][]float64 {
	var c [][]float64
	for k := 0; len(dist) > 0; k++ {
		from, to := k%g*w/g, (k%g+1)*w/g
		steps := to - from
		if k < g {
			steps = min(steps, len(dist))
		}
		x := make([]float64, steps)
		dist = dist[copy(x, dist):]
		c = append(c, x)
	}
	return c
}

// poisson returns P(N = 0..m) for mean x.
func poisson(x float64, m int) []float64 {
	dist := make([]float64, m+1)
	dist[0] = fpmath.ExpAll(-x)
	for i := range m {
		dist[i+1] = dist[i] * x / float64(i+1)
	}
	return dist
}
