package neuron

import (
	"fmt"
	"math"
)

// least radius that a cable may have (µm), far below any real one: the resistance
// of a thinner one overflows.
const leastRadius = 1e-6

// soma returns the soma as a cylinder as long as wide.
func (f *swcFile) soma() branch {
	var soma []sample
	for _, s := range f.samples {
		if s.kind == typeSoma {
			soma = append(soma, s)
		}
	}
	root := f.samples[0]
	sphere := 2 * root.radius
	width := sphere
	switch {
	case len(soma) == 0:
		if f.wide(root.line, root.radius) {
			f.notes = append(f.notes, fmt.Sprintf("no sample is of type 1 (soma); a sphere of %.4g µm² at the root, sample %d, is the soma", math.Pi*sphere*sphere, root.id))
		}
	case len(soma) == 1 || threeSamples(soma):
		f.wide(root.line, root.radius)
	case f.params.Soma == SomaContour:
		if len(soma) < 4 {
			f.bad(root.line, "a contour has at least 4 samples, this one has %d", len(soma))
		}
		if width = 2 * meanDistance(soma); !(width >= leastRadius) {
			f.bad(root.line, "the contour of the soma has no width")
		}
	default:
		width = math.Sqrt(f.lateral() / math.Pi)
		if !(width >= leastRadius) {
			f.bad(root.line, "the samples of the soma have no area")
		} else if f.params.Soma == "" {
			other := ""
			if outline := 2 * meanDistance(soma); len(soma) >= 4 {
				other = fmt.Sprintf("; morphology.soma = %q, the outline of a sphere, would have %.4g µm²", SomaContour, math.Pi*outline*outline)
			}
			f.notes = append(f.notes, fmt.Sprintf("the soma of %d samples is read as cylinders of %.4g µm²%s", len(soma), math.Pi*width*width, other))
		}
	}
	middle := root.x
	if len(soma) > 1 && !threeSamples(soma) {
		middle = centreOf(soma).x
	}
	begin, end := middle, middle
	begin[1] -= float64(width / 2)
	end[1] += float64(width / 2)
	return branch{name: "soma", region: "soma", parent: -1, profile: []Point{{0, width / 2}, {width, width / 2}}, points: [][3]float64{begin, end}}
}

// threeSamples tells whether the soma is the three-sample form of NeuroMorpho.org:
// the second and third on either side of the root, of its radius and one radius
// away, within 5 % for the rounding of files.
func threeSamples(soma []sample) bool {
	if len(soma) != 3 {
		return false
	}
	root := soma[0]
	near := func(x float64) bool { return math.Abs(x-root.radius) <= root.radius/20 }
	for _, s := range soma[1:] {
		if s.parent != 0 || !near(s.radius) || !near(s.distance(root)) {
			return false
		}
	}
	return near(float64(soma[1].distance(soma[2]) / 2))
}

// lateral returns the area of the frusta between the samples of the soma (µm²).
func (f *swcFile) lateral() float64 {
	var sum float64
	for _, q := range f.samples[1:] {
		if q.kind != typeSoma {
			continue
		}
		p := f.samples[q.parent]
		h, a, b := p.distance(q), max(p.radius, 0), max(q.radius, 0)
		if h > 0 { // of a copy only the radius counts
			sum += float64(math.Pi * (a + b) * math.Sqrt(float64(h*h)+float64((a-b)*(a-b))))
		}
	}
	return sum
}

// centreOf returns the mean place of samples.
func centreOf(soma []sample) (centre sample) {
	for _, s := range soma {
		for i := range s.x {
			centre.x[i] += s.x[i] / float64(len(soma))
		}
	}
	return centre
}

// meanDistance returns the mean distance of samples from their centre (µm).
func meanDistance(soma []sample) float64 {
	centre := centreOf(soma)
	var sum float64
	for _, s := range soma {
		sum += s.distance(centre)
	}
	return sum / float64(len(soma))
}

// neuriteChildren returns the children of sample i that are no soma.
func (f *swcFile) neuriteChildren(i int) []int {
	var out []int
	for _, c := range f.children[i] {
		if f.samples[c].kind != typeSoma {
			out = append(out, c)
		}
	}
	return out
}

// neurites adds the sections of the neurites, in the order of their first
// samples, so parents first.
func (f *swcFile) neurites(m *Morphology) {
	on := make([]int, len(f.samples)) // section that a child of the sample begins on
	grown := make([]bool, len(f.samples))
	grown[0] = true // the soma, or in its place the root
	single := 0
	for i, s := range f.samples {
		if s.kind == typeSoma || grown[i] {
			continue
		}
		p := f.samples[s.parent]
		r := branch{region: regionOf(s.kind), parent: on[s.parent], profile: []Point{{0, p.radius}}, points: [][3]float64{p.x}}
		at := i
		if p.kind == typeSoma {
			r.profile[0].Radius = s.radius
			next := f.neuriteChildren(i)
			if len(next) == 0 { // from the soma to it
				single++
			} else { // it only says where the neurite begins
				grown[i] = true
				r.points[0] = s.x
				f.wide(s.line, s.radius)
				if len(next) > 1 || f.samples[next[0]].kind != s.kind {
					continue // its children begin on the soma, at this sample
				}
				at = next[0]
			}
		}
		last := f.grow(&r, at, len(m.branches), on, grown)
		if length := r.profile[len(r.profile)-1].Path; length > 0 {
			r.name = sectionName(r.region, f.samples[last].id)
			m.branches = append(m.branches, r)
		} else { // all at the place of the parent: children begin there
			for k := last; k >= at; k = f.samples[k].parent {
				on[k] = r.parent
			}
		}
	}
	f.note(single, "is a neurite by itself: it runs from the soma to there", "are neurites by themselves: they run from the soma to there")
}

// grow adds the samples of an unbranched run of one type to a branch, section
// index to be, and returns the last of them.
func (f *swcFile) grow(r *branch, at, index int, on []int, grown []bool) (last int) {
	for {
		q := f.samples[at]
		f.wide(q.line, q.radius)
		end := r.profile[len(r.profile)-1]
		if step := q.distance(f.samples[q.parent]); end.Path+step > 0 {
			r.profile, r.points = append(r.profile, Point{end.Path + step, q.radius}), append(r.points, q.x)
		} else {
			r.profile[0].Radius = q.radius // a copy of where the branch begins
		}
		grown[at], on[at] = true, index
		next := f.neuriteChildren(at)
		if len(next) != 1 || f.samples[next[0]].kind != q.kind {
			return at
		}
		at = next[0]
	}
}

// sectionName names a section after its region and its last sample, with a line
// between numbers: type5 and 112 would be type51 and 12.
func sectionName(region string, id int) string {
	if c := region[len(region)-1]; c >= '0' && c <= '9' {
		return fmt.Sprint(region, "_", id)
	}
	return fmt.Sprint(region, id)
}
