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
	m := means{dim: dim, at: make([]float64, k*dim), square: make([]float64, k)}
	m.seed(points, uniform)
	cluster := make([]int, len(points))
	for i := range cluster {
		cluster[i] = -1
	}
	distance := make([]float64, len(points))
	for range 300 {
		moved := false
		for i, x := range points {
			best, least := 0, m.distance(x, 0)
			for c := 1; c < k; c++ {
				if d := m.distance(x, c); d < least {
					best, least = c, d
				}
			}
			moved = moved || cluster[i] != best
			cluster[i], distance[i] = best, least
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
	dim    int
	at     []float64 // [k][dim]
	square []float64 // [k] squared length
}

// distance returns |x - m|² = |x|² - 2 x·m + |m|².
func (m *means) distance(x []int32, c int) float64 {
	row := m.at[c*m.dim : (c+1)*m.dim]
	dot := 0.0
	for _, j := range x {
		dot += row[j]
	}
	return float64(len(x)) - float64(2*dot) + m.square[c]
}

// set makes one point the centre of cluster c.
func (m *means) set(c int, x []int32) {
	row := m.at[c*m.dim : (c+1)*m.dim]
	clear(row)
	for _, j := range x {
		row[j] = 1
	}
	m.square[c] = float64(len(x))
}

// seed draws the first centre uniformly and every other with a probability
// proportional to the squared distance from the nearest centre so far.
func (m *means) seed(points [][]int32, uniform func() float64) {
	m.set(0, points[int(uniform()*float64(len(points)))])
	nearest := make([]float64, len(points))
	for c := range len(m.square) {
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
			if d := m.distance(x, c); c == 0 || d < nearest[i] {
				nearest[i] = d
			}
		}
	}
}

// update moves the centres to the means of their points.
func (m *means) update(points [][]int32, cluster []int, distance []float64) {
	size := make([]float64, len(m.square))
	clear(m.at)
	for i, x := range points {
		c := cluster[i]
		size[c]++
		for _, j := range x {
			m.at[c*m.dim+int(j)]++
		}
	}
	for c, n := range size {
		row := m.at[c*m.dim : (c+1)*m.dim]
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
		for j, x := range row {
			x /= n
			row[j] = x
			square += float64(x * x)
		}
		m.square[c] = square
	}
}
