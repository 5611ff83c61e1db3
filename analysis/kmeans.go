package analysis

import "math/bits"

// KMeans divides sparse binary points into k clusters so that the sum of squared
// distances to the means of the clusters is locally minimal, and returns the
// cluster of each point. A point is the set of its ones among 0..dim-1; 1 ≤ k ≤
// number of points. uniform returns numbers in (0, 1).
//
// Lloyd's algorithm (IEEE Trans. Inf. Theory 28, 1982) from the seeding of D.
// Arthur & S. Vassilvitskii, k-means++ (SODA 2007), until no point moves, at most
// 300 times. A cluster that loses all points takes the one farthest from its mean.
//
// The distances of all points from all centres are kept, and computed again for the
// centres that move: with few points in a cluster most centres soon rest.
func KMeans(points [][]int32, dim, k int, uniform func() float64) []int {
	m := newMeans(len(points), dim, k)
	m.seed(points, uniform)
	cluster := make([]int, len(points))
	for i := range cluster {
		cluster[i] = -1
	}
	nearest := make([]float64, len(points))
	for range 300 {
		moved := false
		for i := range points {
			best, least := m.nearest(i)
			if cluster[i] != best {
				m.moves(cluster[i])
				m.moves(best)
				cluster[i], moved = best, true
			}
			nearest[i] = least
		}
		if !moved {
			break
		}
		m.update(points, cluster, nearest)
		m.measure(points)
	}
	return cluster
}

// means are the centres of k clusters, and the distances of points from them.
type means struct {
	k        int
	at       []float64 // [dim][k] centres
	square   []float64 // [k] squared length
	distance []float64 // [points][k] squared

	moving []bool    // [k] clusters that gained or lost a point since the last update, or have none
	list   []int     // the moving ones of the last update, scratch
	rows   []float64 // [dim][list] their centres, scratch
}

func newMeans(points, dim, k int) *means {
	m := &means{k: k, at: make([]float64, dim*k), square: make([]float64, k), distance: make([]float64, points*k), moving: make([]bool, k)}
	for c := range m.moving {
		m.moving[c] = true
	}
	return m
}

// moves notes that a cluster gains or loses a point; -1 is none.
func (m *means) moves(cluster int) {
	if cluster >= 0 {
		m.moving[cluster] = true
	}
}

// nearest returns the centre that is nearest to point i, the first of equals, and its
// squared distance.
func (m *means) nearest(i int) (best int, least float64) {
	d := m.distance[i*m.k:][:m.k]
	least = d[0]
	for c, x := range d {
		if x < least {
			best, least = c, x
		}
	}
	return best, least
}

// adderWidth is the number of centres whose distances are summed side by side.
const adderWidth = 8

// measure computes the distances of all points from the centres in m.list,
// |x - m|² = |x|² - 2 x·m + |m|².
func (m *means) measure(points [][]int32) {
	// The centres beside each other, their number rounded up by zeros.
	width := (len(m.list) + adderWidth - 1) / adderWidth * adderWidth
	dim := len(m.at) / m.k
	m.rows = append(m.rows[:0], make([]float64, dim*width)...)
	for j := range dim {
		row, at := m.rows[j*width:], m.at[j*m.k:]
		for l, c := range m.list {
			row[l] = at[c]
		}
	}
	for i, x := range points {
		own := m.distance[i*m.k:][:m.k]
		for l := 0; l < width; l += adderWidth {
			var d [adderWidth]float64
			some := m.list[l:min(l+adderWidth, len(m.list))]
			for s, c := range some {
				d[s] = (float64(len(x)) + m.square[c]) / 2
			}
			d0, d1, d2, d3, d4, d5, d6, d7 := d[0], d[1], d[2], d[3], d[4], d[5], d[6], d[7]
			for _, j := range x {
				y := (*[adderWidth]float64)(m.rows[int(j)*width+l:])
				d0 -= y[0]
				d1 -= y[1]
				d2 -= y[2]
				d3 -= y[3]
				d4 -= y[4]
				d5 -= y[5]
				d6 -= y[6]
				d7 -= y[7]
			}
			d = [adderWidth]float64{d0, d1, d2, d3, d4, d5, d6, d7}
			for s, c := range some {
				own[c] = 2 * d[s]
			}
		}
	}
}

// set makes one point the centre of cluster c.
func (m *means) set(c int, x []int32) {
	for i := c; i < len(m.at); i += m.k {
		m.at[i] = 0
	}
	for _, j := range x {
		m.at[int(j)*m.k+c] = 1
	}
	m.square[c] = float64(len(x))
}

// seed draws the first centre uniformly and every other with a probability
// proportional to the squared distance from the nearest centre so far. Centres are
// points here, and distances whole numbers: the sizes of their differences.
func (m *means) seed(points [][]int32, uniform func() float64) {
	words := (len(m.at)/m.k + 63) / 64
	set := make([]uint64, len(points)*words) // of each point
	for i, x := range points {
		for _, j := range x {
			set[i*words+int(j>>6)] |= 1 << (j & 63)
		}
	}
	nearest := make([]float64, len(points))
	for c := range m.k {
		i := 0
		if c == 0 {
			i = int(uniform() * float64(len(points)))
		} else {
			total := 0.0
			for _, d := range nearest {
				total += d
			}
			for u := uniform() * total; i < len(points)-1 && u >= nearest[i]; i++ {
				u -= nearest[i]
			}
		}
		m.set(c, points[i])
		centre := set[i*words:][:words]
		for i := range points {
			differ := 0
			for k, w := range set[i*words:][:words] {
				differ += bits.OnesCount64(w ^ centre[k])
			}
			d := float64(differ)
			m.distance[i*m.k+c] = d
			if c == 0 || d < nearest[i] {
				nearest[i] = d
			}
		}
	}
}

// update moves the centres of clusters that gained or lost points to the means of their
// points, and lists these clusters.
func (m *means) update(points [][]int32, cluster []int, distance []float64) {
	m.list = m.list[:0]
	for c, moving := range m.moving {
		if moving {
			m.list = append(m.list, c)
		}
	}
	for i := 0; i < len(m.at); i += m.k {
		for _, c := range m.list {
			m.at[i+c] = 0
		}
	}
	size := make([]float64, m.k)
	for i, x := range points {
		c := cluster[i]
		if !m.moving[c] {
			continue
		}
		size[c]++
		for _, j := range x {
			m.at[int(j)*m.k+c]++
		}
	}
	for _, c := range m.list {
		n := size[c]
		m.moving[c] = n == 0 // takes the farthest point again, if that stays with another
		if n == 0 {
			far := 0
			for i, d := range distance {
				if d > distance[far] {
					far = i
				}
			}
			distance[far] = 0
			m.set(c, points[far])
			continue
		}
		square := 0.0
		for i := c; i < len(m.at); i += m.k {
			x := m.at[i] / n
			m.at[i] = x
			square += float64(x * x)
		}
		m.square[c] = square
	}
}
