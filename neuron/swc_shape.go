package neuron

import (
	"fmt"
	"math"
)

// checkShape checks what samples mean together.
func (f *swcFile) checkShape() {
	for i, s := range f.samples {
		if s.parent < 0 {
			if s.kind != typeSoma {
				f.bad(s.line, "the root must be a sample of the soma (type 1), is of type %d", s.kind)
			}
			continue
		}
		p := f.samples[s.parent]
		switch {
		case s.kind == typeSoma && p.kind != typeSoma:
			f.bad(s.line, "a sample of the soma begins on sample %d of type %d", p.id, p.kind)
		case s.kind != typeSoma && p.kind != typeSoma && s.distance(p) == 0:
			f.bad(s.line, "lies where its parent %d lies (line %d)", p.id, p.line)
		case f.kept(s) && !f.kept(p):
			f.bad(s.line, "begins on sample %d of the axon, which is left out", p.id)
		case f.kept(s) && s.kind != typeSoma && p.kind == typeSoma && len(f.keptChildren(i)) == 0:
			f.bad(s.line, "a neurite of one sample has no length: a neurite begins at its first sample, not at the soma")
		}
	}
}

// kept tells whether a sample becomes part of the cell.
func (f *swcFile) kept(s sample) bool { return s.kind != typeAxon || f.params.Axon }

// keptChildren returns the children of sample i that are kept neurites.
func (f *swcFile) keptChildren(i int) []int {
	var out []int
	for _, c := range f.children[i] {
		if s := f.samples[c]; f.kept(s) && s.kind != typeSoma {
			out = append(out, c)
		}
	}
	return out
}

// soma returns the soma as a cylinder as long as wide.
func (f *swcFile) soma() branch {
	var soma []sample
	for _, s := range f.samples {
		if s.kind == typeSoma {
			soma = append(soma, s)
		}
	}
	root := soma[0]
	width := 2 * root.radius
	switch {
	case len(soma) == 1:
	case threeSamples(soma):
	case f.params.Soma == "":
		f.bad(root.line, "a soma of %d samples: say whether they are %s or a %s", len(soma), SomaCylinders, SomaContour)
	case !chained(f, soma):
		f.bad(root.line, "the %d samples of the soma must be a chain, each the parent of the next", len(soma))
	case f.params.Soma == SomaCylinders:
		width = math.Sqrt(lateral(soma) / math.Pi)
		if width == 0 {
			f.bad(root.line, "the samples of the soma have no area")
		}
	case len(soma) < 4:
		f.bad(root.line, "a contour has at least 4 samples, this one has %d", len(soma))
	default:
		width = 2 * meanDistance(soma)
		if width == 0 {
			f.bad(root.line, "the contour of the soma has no width")
		}
	}
	return branch{name: "soma", region: "soma", parent: -1, profile: []Point{{0, width / 2}, {width, width / 2}}}
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
		if s.up != root.id || !near(s.radius) || !near(s.distance(root)) {
			return false
		}
	}
	return near(float64(soma[1].distance(soma[2]) / 2))
}

// chained tells whether each soma sample is the parent of the next.
func chained(f *swcFile, soma []sample) bool {
	for i, s := range soma[1:] {
		if s.up != soma[i].id {
			return false
		}
	}
	return true
}

// lateral returns the area of a chain of frusta (µm²).
func lateral(chain []sample) float64 {
	var sum float64
	for i, q := range chain[1:] {
		p := chain[i]
		h, dr := p.distance(q), p.radius-q.radius
		sum += float64(math.Pi * (p.radius + q.radius) * math.Sqrt(float64(h*h)+float64(dr*dr)))
	}
	return sum
}

// meanDistance returns the mean distance of samples from their centre (µm).
func meanDistance(soma []sample) float64 {
	var centre sample
	for _, s := range soma {
		for i := range s.x {
			centre.x[i] += s.x[i] / float64(len(soma))
		}
	}
	var sum float64
	for _, s := range soma {
		sum += s.distance(centre)
	}
	return sum / float64(len(soma))
}

// neurites adds the sections of the neurites, in the order of their first
// samples, so parents first.
func (f *swcFile) neurites(m *Morphology) {
	on := make([]int, len(f.samples)) // section that a child of the sample begins on
	grown := make([]bool, len(f.samples))
	for i, s := range f.samples {
		if s.kind == typeSoma || !f.kept(s) || grown[i] {
			continue
		}
		r := branch{region: regionOf(s.kind)}
		at := i
		if p := f.samples[s.parent]; p.kind == typeSoma {
			// The first sample only says where the neurite begins.
			r.profile = []Point{{0, s.radius}}
			next := f.keptChildren(i)
			grown[i] = true
			on[i] = 0
			if len(next) != 1 || f.samples[next[0]].kind != s.kind {
				continue // its children begin on the soma, at this sample
			}
			r.samples = append(r.samples, s.id)
			at = next[0]
		} else {
			r.parent = on[s.parent]
			r.profile = []Point{{0, p.radius}}
		}
		index := len(m.branches)
		for {
			q := f.samples[at]
			last := r.profile[len(r.profile)-1]
			r.profile = append(r.profile, Point{last.Path + q.distance(f.samples[q.parent]), q.radius})
			r.samples = append(r.samples, q.id)
			grown[at], on[at] = true, index
			next := f.keptChildren(at)
			if len(next) != 1 || f.samples[next[0]].kind != q.kind {
				break
			}
			at = next[0]
		}
		r.name = fmt.Sprint(r.region, f.samples[at].id)
		m.branches = append(m.branches, r)
	}
}
