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
		m := means{k: k, at: make([]float64, dim*k), square: make([]float64, k), d: make([]float64, k)}
		m.update(points, cluster, make([]float64, len(points)))
		sum := 0.0
		for i, x := range points {
			distances := m.distances(x)
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
