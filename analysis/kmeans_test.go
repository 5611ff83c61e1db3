package analysis

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// spread is what KMeans minimises, from its definition.
func spread(points [][]int32, dim, k int, cluster []int) float64 {
	total := 0.0
	for c := range k {
		mean, size := make([]float64, dim), 0.0
		for i, x := range points {
			if cluster[i] == c {
				size++
				for _, j := range x {
					mean[j]++
				}
			}
		}
		for i, x := range points {
			if cluster[i] != c {
				continue
			}
			at := make([]float64, dim)
			for _, j := range x {
				at[j] = 1
			}
			for j := range at {
				d := at[j] - mean[j]/size
				total += d * d
			}
		}
	}
	return total
}

// At a local minimum no single point lowers the spread by moving to the cluster
// with the nearest mean; the sizes of clusters make Lloyd's condition, distances
// to the means, slightly weaker, so the check is on distances.
func TestKMeansStopsAtALocalMinimum(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for world := range 50 {
		const dim, k = 12, 4
		var points [][]int32
		for range 40 {
			var x []int32
			for j := range int32(dim) {
				if r.IntN(3) == 0 {
					x = append(x, j)
				}
			}
			points = append(points, x)
		}
		cluster := KMeans(points, dim, k, r.Float64)
		at := spread(points, dim, k, cluster)
		m := newMeans(len(points), dim, k)
		m.update(points, cluster, make([]float64, len(points)))
		m.measure(points)
		sum := 0.0
		for i := range points {
			distances := m.distance[i*k:][:k]
			own := distances[cluster[i]]
			sum += own
			for c, d := range distances {
				if d < own-1e-12 {
					t.Fatalf("world %d: point %d is nearer to cluster %d than to its own", world, i, c)
				}
			}
		}
		if math.Abs(sum-at) > 1e-9 {
			t.Fatalf("world %d: distances add to %g, the definition to %g", world, sum, at)
		}
	}
}

// lloyd is KMeans without what spares it work: every distance again, in every round.
func lloyd(points [][]int32, dim, k int, uniform func() float64) []int {
	at, square := make([][]float64, k), make([]float64, k) // centres
	set := func(c int, x []int32) {
		at[c], square[c] = make([]float64, dim), float64(len(x))
		for _, j := range x {
			at[c][j] = 1
		}
	}
	distance := func(x []int32, c int) float64 {
		d := (float64(len(x)) + square[c]) / 2
		for _, j := range x {
			d -= at[c][j]
		}
		return 2 * d
	}
	nearest := make([]float64, len(points))
	set(0, points[int(uniform()*float64(len(points)))])
	for c := range k {
		if c > 0 {
			total, i := 0.0, 0
			for _, d := range nearest {
				total += d
			}
			for u := uniform() * total; i < len(points)-1 && u >= nearest[i]; i++ {
				u -= nearest[i]
			}
			set(c, points[i])
		}
		for i, x := range points {
			if d := distance(x, c); c == 0 || d < nearest[i] {
				nearest[i] = d
			}
		}
	}
	cluster := slices.Repeat([]int{-1}, len(points))
	for range 300 {
		before := slices.Clone(cluster)
		size := make([]float64, k)
		for i, x := range points {
			cluster[i], nearest[i] = 0, distance(x, 0)
			for c := range k {
				if d := distance(x, c); d < nearest[i] {
					cluster[i], nearest[i] = c, d
				}
			}
			size[cluster[i]]++
		}
		if slices.Equal(before, cluster) {
			break
		}
		for c := range k {
			if size[c] == 0 {
				far := slices.Index(nearest, slices.Max(nearest))
				nearest[far] = 0
				set(c, points[far])
				continue
			}
			at[c], square[c] = make([]float64, dim), 0
			for i, x := range points {
				if cluster[i] == c {
					for _, j := range x {
						at[c][j]++
					}
				}
			}
			for j := range at[c] {
				at[c][j] /= size[c]
				square[c] += float64(at[c][j] * at[c][j])
			}
		}
	}
	return cluster
}

// The clusters are those of the definition, also where points are equal and clusters
// become empty: in half of the worlds there are fewer different points than clusters.
func TestKMeansMatchesDefinition(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 4))
		dim, k := 1+r.IntN(150), 1+r.IntN(20)
		kinds := make([][]int32, 1+r.IntN(2*k))
		for i := range kinds {
			for j := range int32(dim) {
				if r.IntN(5) == 0 {
					kinds[i] = append(kinds[i], j)
				}
			}
		}
		points := make([][]int32, k+r.IntN(60))
		for i := range points {
			points[i] = kinds[r.IntN(len(kinds))]
		}
		first, second := rand.New(rand.NewPCG(seed, 5)), rand.New(rand.NewPCG(seed, 5))
		if got, want := KMeans(points, dim, k, first.Float64), lloyd(points, dim, k, second.Float64); !slices.Equal(got, want) {
			t.Fatalf("seed %d: clusters %v, want %v", seed, got, want)
		}
	}
}

// Groups that share nothing are found whatever the seed.
func TestKMeansFindsSeparateGroups(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	var points [][]int32
	for i := range 60 {
		base := int32(i%3) * 10
		points = append(points, []int32{base, base + 1, base + 2, base + 3 + r.Int32N(7)})
	}
	cluster := KMeans(points, 30, 3, r.Float64)
	for i := range points {
		if cluster[i] != cluster[i%3] {
			t.Fatalf("point %d is in cluster %d, its group in %d", i, cluster[i], cluster[i%3])
		}
	}
}

// Against the textbook formula on dense vectors.
func TestPatternCorrelationMatchesDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	const n, a, count = 15, 4, 60
	var patterns [][]int32
	dense := make([][]float64, n)
	for range count {
		var p []int32
		for _, c := range r.Perm(n)[:a] {
			p = append(p, int32(c))
		}
		slices.Sort(p)
		patterns = append(patterns, p)
	}
	for i := range dense {
		dense[i] = make([]float64, count)
	}
	for k, p := range patterns {
		for _, c := range p {
			dense[c][k] = 1
		}
	}
	pearson := func(x, y []float64) float64 {
		var mx, my, xy, xx, yy float64
		for k := range x {
			mx, my = mx+x[k]/count, my+y[k]/count
		}
		for k := range x {
			xy += (x[k] - mx) * (y[k] - my)
			xx += (x[k] - mx) * (x[k] - mx)
			yy += (y[k] - my) * (y[k] - my)
		}
		return xy / math.Sqrt(xx*yy)
	}
	sum, pairs := 0.0, 0.0
	for _, p := range patterns {
		for _, i := range p {
			for _, j := range p {
				if i != j {
					sum += pearson(dense[i], dense[j])
					pairs++
				}
			}
		}
	}
	if got, want := PatternCorrelation(patterns, n), sum/pairs; math.Abs(got-want) > 1e-12 {
		t.Errorf("correlation %g, by definition %g", got, want)
	}
}
