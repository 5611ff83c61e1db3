package analysis

// KMeans divides sparse binary points into k clusters so that the sum of squared
// distances to the means of the clusters is locally minimal, and returns the
// cluster of each point. A point is the set of its ones among 0..dim-1; 1 ≤ k ≤
// number of points. uniform returns numbers in (0, 1).
//
// Lloyd's algorithm (IEEE Trans. Inf. Theory 28, 1982) from the seeding of D.
// Arthur & S. Vassilvitskii, k-means++ (SODA 2007), until no point moves, at most
// 300 times. A cluster that loses all points takes the one farthest from its mean.
func KMeans(points [][]int32, dim, k int, uniform func() float64) []int {
	m := means{k: k, at: make([]float64, dim*k), square: make([]float64, k), d: make([]float64, k)}
	m.seed(points, uniform)
	cluster := make([]int, len(points))
	for i := range cluster {
		cluster[i] = -1
	}
	distance := make([]float64, len(points))
	for range 300 {
		moved := false
		for i, x := range points {
			best := 0
			for c, d := range m.distances(x) {
				if d < m.d[best] {
					best = c
				}
			}
			moved = moved || cluster[i] != best
			cluster[i], distance[i] = best, m.d[best]
		}
		if !moved {
			break
		}
		m.update(points, cluster, distance)
	}
	return cluster
}

// means are the centres of k clusters.
type means struct {
	k      int
	at     []float64 // [dim][k]
	square []float64 // [k] squared length
	d      []float64 // [k] scratch of distances
}

// distances returns, for every cluster, |x - m|² = |x|² - 2 x·m + |m|².
func (m *means) distances(x []int32) []float64 {
	d := m.d
	for c, q := range m.square {
		d[c] = (float64(len(x)) + q) / 2
	}
	for _, j := range x {
		for c, y := range m.at[int(j)*m.k:][:len(d)] {
			d[c] -= y
		}
	}
	for c := range d {
		d[c] *= 2
	}
	return d
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
// proportional to the squared distance from the nearest centre so far.
func (m *means) seed(points [][]int32, uniform func() float64) {
	m.set(0, points[int(uniform()*float64(len(points)))])
	nearest := make([]float64, len(points))
	for c := range m.k {
		if c > 0 {
			total := 0.0
			for _, d := range nearest {
				total += d
			}
			u, i := uniform()*total, 0
			for ; i < len(points)-1 && u >= nearest[i]; i++ {
				u -= nearest[i]
			}
			m.set(c, points[i])
		}
		for i, x := range points {
			common := 0.0
			for _, j := range x {
				common += m.at[int(j)*m.k+c]
			}
			if d := float64(len(x)) + m.square[c] - float64(2*common); c == 0 || d < nearest[i] {
				nearest[i] = d
			}
		}
	}
}

// update moves the centres to the means of their points.
func (m *means) update(points [][]int32, cluster []int, distance []float64) {
	size := make([]float64, m.k)
	clear(m.at)
	for i, x := range points {
		c := cluster[i]
		size[c]++
		for _, j := range x {
			m.at[int(j)*m.k+c]++
		}
	}
	for c, n := range size {
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
