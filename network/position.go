package network

import (
	"math"

	"neurosim/internal/fpmath"
	"neurosim/internal/rng"
)

// Layout says where the cells of a population are.
type Layout string

const (
	LineLayout   Layout = "line"   // evenly on a line along x
	RingLayout   Layout = "ring"   // evenly on a ring: a line whose ends meet
	GridLayout   Layout = "grid"   // row by row on a square grid
	RandomLayout Layout = "random" // uniformly, independently
	FileLayout   Layout = "file"   // as a table says
)

// PositionParams is what a user sets of the positions of N cells (µm). Cell i is at
//
//	line, ring   x = (i + ½) extent/N
//	grid         x = (i mod c + ½) extent/c,  y = (⌊i/c⌋ + ½) extent/c,  c = ⌈√N⌉
//	random       drawn uniformly from [0, extent] in each dimension
//
// Where distances go round, that along an axis is min(|d|, extent - |d|), d the
// difference: a ring, a torus.
type PositionParams struct {
	Layout     Layout  `toml:"layout" must:"yes" of:"line ring grid random file" doc:"line, ring, grid, random or file"`
	Extent     float64 `toml:"extent" unset:"0" must:"except for a file that is not periodic" unit:"um" doc:"length of the line, circumference of the ring, side of the square (random: or line, or cube)"`
	Dimensions int     `toml:"dimensions" doc:"random: 1, 2 or 3, a line, a square or a cube"`
	Periodic   bool    `toml:"periodic" doc:"distances go round: what leaves the extent on one side comes in on the other"`
	File       string  `toml:"file" must:"for layout = file" file:"table" doc:"file: CSV with columns cell, x_um, [y_um], [z_um], every cell once"`

	Points [][3]float64 `toml:"-"` // [N] positions from the file, of Dimensions dimensions
}

// DefaultPosition returns the defaults; layout and extent have none.
func DefaultPosition() PositionParams { return PositionParams{Dimensions: 2} }

// check reports every rule that p breaks for n cells.
func (p *PositionParams) check(n int, bad func(key, rule string, args ...any)) {
	switch p.Layout {
	case LineLayout, RingLayout, GridLayout, RandomLayout, FileLayout:
	default:
		bad("layout", "must be %q, %q, %q, %q or %q", LineLayout, RingLayout, GridLayout, RandomLayout, FileLayout)
		return
	}
	if needed := p.Layout != FileLayout || p.Periodic; needed && !(p.Extent > 0) {
		bad("extent", "must be given, and positive")
		return
	}
	if axes := p.axes(); axes < 1 || axes > 3 {
		bad("dimensions", "must be 1, 2 or 3")
	}
	if c := columns(n); p.Layout == GridLayout && p.Periodic && c*c != n {
		bad("periodic", "needs a full grid, and %d cells are no square; %d and %d are", n, (c-1)*(c-1), c*c)
	}
	for i, x := range p.Points {
		for _, v := range x[:min(3, max(1, p.axes()))] {
			if p.Periodic && !(v >= 0 && v <= p.Extent) {
				bad("file", "puts cell %d at %g um; where distances go round, positions are from 0 to extent (%g um)", i, v, p.Extent)
				return
			}
		}
	}
}

// columns returns the number of cells in a row of a grid of n.
func columns(n int) int { return int(math.Ceil(math.Sqrt(float64(n)))) }

// axes returns how many axes the positions have.
func (p *PositionParams) axes() int {
	switch p.Layout {
	case LineLayout, RingLayout:
		return 1
	case GridLayout:
		return 2
	}
	return p.Dimensions
}

// round returns the extent of the axes along which distances go round, and how many they
// are; 0 for none.
func (p *PositionParams) round() (extent float64, axes int) {
	if p.Periodic || p.Layout == RingLayout {
		return p.Extent, p.axes()
	}
	return 0, 0
}

// at returns the position of cell i of population q (µm).
func (p *PositionParams) at(seed uint64, q *Population, i int) (x [3]float64) {
	switch n := q.Size(); p.Layout {
	case LineLayout, RingLayout:
		x[0] = (float64(i) + 0.5) * p.Extent / float64(n)
	case GridLayout:
		c := columns(n)
		x[0], x[1] = (float64(i%c)+0.5)*p.Extent/float64(c), (float64(i/c)+0.5)*p.Extent/float64(c)
	case RandomLayout:
		r := rng.New(seed, rng.Position, rng.Name(q.Name), uint64(i))
		for k := range p.Dimensions {
			x[k] = p.Extent * r.Float64()
		}
	case FileLayout:
		x = p.Points[i]
	}
	return x
}

// Profile is how a probability falls with distance.
type Profile string

const (
	Gaussian    Profile = "gaussian"
	Exponential Profile = "exponential"
)

// DistanceParams is what a user sets of a connection probability that falls with the
// distance d of two cells,
//
//	p(d) = p e^(-d²/2σ²)   gaussian
//	p(d) = p e^(-d/λ)      exponential
//
// p the probability at distance 0.
type DistanceParams struct {
	Profile Profile `toml:"profile" must:"yes" of:"gaussian exponential" doc:"gaussian: probability e^(-d²/2σ²); exponential: probability e^(-d/λ)"`
	Sigma   float64 `toml:"sigma" unset:"0" must:"for profile = gaussian" unit:"um" doc:"gaussian: standard deviation, σ"`
	Lambda  float64 `toml:"lambda" unset:"0" must:"for profile = exponential" unit:"um" doc:"exponential: length constant, λ"`
}

// Check reports every rule that p breaks.
func (p DistanceParams) Check(bad func(key, rule string, args ...any)) {
	switch p.Profile {
	case Gaussian:
		if !(p.Sigma > 0) {
			bad("sigma", "must be given for profile = %q, and positive", p.Profile)
		}
	case Exponential:
		if !(p.Lambda > 0) {
			bad("lambda", "must be given for profile = %q, and positive", p.Profile)
		}
	default:
		bad("profile", "must be %q or %q", Gaussian, Exponential)
	}
}

// at returns p(d)/p.
func (p DistanceParams) at(d float64) float64 {
	x := d / p.Lambda
	if p.Profile == Gaussian {
		x = d / p.Sigma
		x = float64(x * x / 2)
	}
	return fpmath.ExpAll(-x)
}

// A metric measures distances between the cells of two populations.
type metric struct {
	seed     uint64
	src, dst *Population
	extent   float64 // of the axes that go round
	axes     int     // how many they are
}

func newMetric(seed uint64, src, dst *Population) metric {
	m := metric{seed: seed, src: src, dst: dst}
	m.extent, m.axes = src.Position.round()
	return m
}

// between returns the distance of two positions (µm).
func (m *metric) between(a, b [3]float64) float64 {
	sum := 0.0
	for k := range a {
		d := math.Abs(a[k] - b[k])
		if k < m.axes {
			d = min(d, m.extent-d)
		}
		sum += float64(d * d)
	}
	return math.Sqrt(sum)
}

// mean returns the mean of p(d)/p over pairs of a source and a target cell, of large
// populations every so many cells; without a cell and itself if not self.
func (m *metric) mean(p DistanceParams, self bool) float64 {
	every := func(n int) int { return max(1, n/meanCells) }
	sum, pairs := 0.0, 0.0
	for i := 0; i < m.dst.Size(); i += every(m.dst.Size()) {
		to := m.dst.Position.at(m.seed, m.dst, i)
		for j := 0; j < m.src.Size(); j += every(m.src.Size()) {
			if m.src == m.dst && !self && i == j {
				continue
			}
			sum += p.at(m.between(m.src.Position.at(m.seed, m.src, j), to))
			pairs++
		}
	}
	return sum / max(1, pairs)
}

// meanCells is the number of cells of a population from twice which on not all are taken.
const meanCells = 500
