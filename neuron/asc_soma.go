package neuron

import (
	"math"
	"slices"
)

// apart returns the distance of two places (µm).
func apart(a, b [3]float64) float64 {
	var sum float64
	for i := range a {
		d := a[i] - b[i]
		sum += float64(d * d)
	}
	return math.Sqrt(sum)
}

// dot returns the product of two vectors.
func dot(a, b [3]float64) float64 {
	return float64(a[0]*b[0]) + float64(a[1]*b[1]) + float64(a[2]*b[2])
}

// soma returns the section of the soma.
func (f *ascFile) soma() branch {
	b := branch{name: "soma", region: "soma", parent: -1}
	for i, o := range f.somas[1:] {
		if !f.somas[i].meets(o) {
			f.bad(o.line, "a second soma, apart from that of line %d: a file has one cell", f.somas[0].line)
			return b
		}
	}
	if len(f.somas) == 1 {
		b.profile, b.points = f.outlineProfile(f.somas[0])
	} else {
		b.profile, b.points = f.stackProfile()
	}
	for _, p := range b.profile {
		if !(p.Radius >= leastRadius) {
			f.noWidth(f.somas[0])
			break
		}
	}
	return b
}

func (f *ascFile) noWidth(o ascOutline) {
	f.bad(o.line, "the outline of the soma has no width, or crosses itself")
}

// lies tells whether an outline has an area, ½ |Σ p × q| over its points p and the next
// ones q, and a tenth of it in x and y; NEURON drops the z of its width.
func (f *ascFile) lies(o ascOutline) bool {
	var area [3]float64
	length := 0.0
	for i, q := range o.points {
		p := o.points[(i+len(o.points)-1)%len(o.points)]
		length += p.distance(q)
		var a, b [3]float64 // from the first point
		for k := range a {
			a[k], b[k] = p.x[k]-o.points[0].x[k], q.x[k]-o.points[0].x[k]
		}
		for k := range area {
			m, n := (k+1)%3, (k+2)%3
			area[k] += float64((float64(a[m]*b[n]) - float64(a[n]*b[m])) / 2)
		}
	}
	whole := math.Sqrt(dot(area, area))
	switch {
	case !(whole > 1e-6*length*length) || !(length > leastRadius):
		f.noWidth(o)
	case math.Abs(area[2]) < whole/10:
		f.bad(o.line, "the outline of the soma stands upright; it must lie in x and y")
	default:
		return true
	}
	return false
}

// bounds returns the box of an outline.
func (o ascOutline) bounds() (lo, hi [3]float64) {
	lo, hi = o.points[0].x, o.points[0].x
	for _, p := range o.points {
		for i, x := range p.x {
			lo[i], hi[i] = min(lo[i], x), max(hi[i], x)
		}
	}
	return lo, hi
}

// meets tells whether the boxes of two outlines overlap in x and y.
func (o ascOutline) meets(q ascOutline) bool {
	lo, hi := o.bounds()
	low, high := q.bounds()
	return lo[0] <= high[0] && low[0] <= hi[0] && lo[1] <= high[1] && low[1] <= hi[1]
}

// middle returns the middle of the soma, and a function that tells whether a tree begins
// on it: within the box of its outlines, and ½ µm around it.
func (f *ascFile) middle() (middle ascPoint, holds func(ascPoint) bool) {
	lo, hi := f.somas[0].bounds()
	for _, o := range f.somas {
		low, high := o.bounds()
		c, _ := o.resample()
		for i := range lo {
			lo[i], hi[i] = min(lo[i], low[i]), max(hi[i], high[i])
			middle.x[i] += c[i] / float64(len(f.somas))
		}
	}
	const margin = 0.5
	return middle, func(p ascPoint) bool {
		return p.x[0] >= lo[0]-margin && p.x[0] <= hi[0]+margin && p.x[1] >= lo[1]-margin && p.x[1] <= hi[1]+margin
	}
}

// resample returns 101 places along an outline, from its first to its last point, at
// equal steps of its length in x and y, and their mean.
func (o ascOutline) resample() (centre [3]float64, places [][3]float64) {
	const steps = 100
	n := len(o.points)
	along := make([]float64, n)
	for i := 1; i < n; i++ {
		a, b := o.points[i-1].x, o.points[i].x
		a[2], b[2] = 0, 0
		along[i] = along[i-1] + apart(a, b)
	}
	places = make([][3]float64, steps+1)
	for axis := range 3 {
		values := make([]float64, n)
		for i, p := range o.points {
			values[i] = p.x[axis]
		}
		for k := range places {
			places[k][axis] = interpolate(float64(along[n-1]/steps)*float64(k), along, values)
			centre[axis] += places[k][axis]
		}
		centre[axis] /= steps + 1
	}
	return centre, places
}

// interpolate returns the value at x between those at ascending places, and beyond them
// the first or the last.
func interpolate(x float64, at, values []float64) float64 {
	last := len(at) - 1
	switch {
	case !(x > at[0]):
		return values[0]
	case !(x < at[last]):
		return values[last]
	}
	i, _ := slices.BinarySearch(at, x) // at[i-1] < x ≤ at[i]
	return values[i-1] + float64((values[i]-values[i-1])*((x-at[i-1])/(at[i]-at[i-1])))
}

// outlineProfile returns the frusta that one outline of the soma stands for, as NEURON
// makes them. Its 101 places (resample) have coordinates d along the axis a of their
// largest scatter and r along that of the second, b, with its z dropped. The two sides
// from the largest d to the smallest, without places where d does not grow, are
// interpolated at 21 stations from the second smallest to the second largest d; the
// diameter there is the difference of their r, and at the first and last station its mean
// with the neighbour. Which way a points NEURON leaves to its library of linear algebra;
// here its largest component is positive, as for the cell of Hay et al. That tells which
// end of the soma is its beginning, and matters for the area where d does not grow or a
// tip stands twice in the outline, as its first and its last point. In space the stations lie
// on the line along a through the mean of the places.
func (f *ascFile) outlineProfile(o ascOutline) (profile []Point, points [][3]float64) {
	if !f.lies(o) {
		return nil, nil
	}
	centre, places := o.resample()
	var scatter [3][3]float64
	for k := range places {
		for i := range centre {
			places[k][i] -= centre[i]
		}
		for i := range 3 {
			for j := range 3 {
				scatter[i][j] += float64(places[k][i] * places[k][j])
			}
		}
	}
	a, b := axes(scatter)
	b[2] = 0
	size := math.Sqrt(dot(b, b))
	n := len(places)
	d, r := make([]float64, n), make([]float64, n)
	for k, p := range places {
		d[k], r[k] = dot(p, a), dot(p, b)/size
	}
	largest := slices.Index(d, slices.Max(d))
	d, r = append(d[largest:n:n], d[:largest]...), append(r[largest:n:n], r[:largest]...)
	smallest := slices.Index(d, slices.Min(d))
	d2, r2 := growing(d[smallest:], r[smallest:])
	slices.Reverse(d[:smallest])
	slices.Reverse(r[:smallest])
	d1, r1 := growing(d[:smallest], r[:smallest])
	all := slices.Sorted(slices.Values(slices.Concat(d1, d2)))
	const frusta = 20
	from, to := all[1], all[len(all)-2]
	profile, points = make([]Point, frusta+1), make([][3]float64, frusta+1)
	for k := range profile {
		path := float64(float64(k) * ((to - from) / frusta))
		profile[k] = Point{path, math.Abs(interpolate(from+path, d1, r1)-interpolate(from+path, d2, r2)) / 2}
		for i := range centre {
			points[k][i] = centre[i] + float64(a[i]*(from+path))
		}
	}
	profile[0].Radius = (profile[0].Radius + profile[1].Radius) / 2
	profile[frusta].Radius = (profile[frusta].Radius + profile[frusta-1].Radius) / 2
	return profile, points
}

// growing returns places and values without those whose place is not beyond the one
// before, looked at from the last one on.
func growing(at, values []float64) ([]float64, []float64) {
	at, values = slices.Clone(at), slices.Clone(values)
	for i := len(at) - 1; i > 0; i-- {
		if at[i] <= at[i-1] {
			at, values = slices.Delete(at, i, i+1), slices.Delete(values, i, i+1)
		}
	}
	return at, values
}

// stackProfile returns the frusta that several outlines of the soma stand for, one above
// the other, as NEURON makes them: between circles at their centres (resample), each with
// the mean of two radii, the perimeter over 2π and the mean distance from the centre.
func (f *ascFile) stackProfile() (profile []Point, points [][3]float64) {
	var last [3]float64
	path, up := 0.0, 0.0
	for i, o := range f.somas {
		if !f.lies(o) {
			return nil, nil
		}
		z := o.points[0].x[2]
		for _, p := range o.points {
			if p.x[2] != z {
				f.bad(o.line, "an outline of a soma of several has points of different z; only flat ones can be stacked")
				return nil, nil
			}
		}
		centre, places := o.resample()
		if i > 0 {
			step := z - last[2]
			if !(step*up > 0) && (i > 1 || step == 0) {
				f.bad(o.line, "the outlines of the soma do not ascend or descend in z: it is %g and, before, %g", z, last[2])
				return nil, nil
			}
			up = step
			path += apart(centre, last)
		}
		last = centre
		last[2] = z
		perimeter := o.points[len(o.points)-1].distance(o.points[0])
		for k, p := range o.points[1:] {
			perimeter += p.distance(o.points[k])
		}
		mean := 0.0
		for _, p := range places {
			mean += apart(p, centre) / float64(len(places))
		}
		profile, points = append(profile, Point{path, (mean + perimeter/(2*math.Pi)) / 2}), append(points, last)
	}
	return profile, points
}

// axes returns the directions of the largest and of the second largest eigenvalue of a
// symmetric matrix, by Jacobi's rotations, of length 1 and with their largest component
// positive.
func axes(m [3][3]float64) (first, second [3]float64) {
	v := [3][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}} // columns are directions
	for range 50 {
		var off float64
		for _, ij := range [][2]int{{0, 1}, {0, 2}, {1, 2}} {
			i, j := ij[0], ij[1]
			off = max(off, math.Abs(m[i][j]))
			if m[i][j] == 0 {
				continue
			}
			// the rotation by φ with tan 2φ = 2 m_ij/(m_jj - m_ii) makes m_ij 0; t = tan φ
			theta := (m[j][j] - m[i][i]) / (2 * m[i][j])
			t := 1 / (math.Abs(theta) + math.Sqrt(float64(theta*theta)+1))
			if theta < 0 {
				t = -t
			}
			c := 1 / math.Sqrt(float64(t*t)+1)
			s := t * c
			for k := range 3 {
				a, b := m[k][i], m[k][j]
				m[k][i], m[k][j] = float64(c*a)-float64(s*b), float64(s*a)+float64(c*b)
			}
			for k := range 3 {
				a, b := m[i][k], m[j][k]
				m[i][k], m[j][k] = float64(c*a)-float64(s*b), float64(s*a)+float64(c*b)
			}
			for k := range 3 {
				a, b := v[k][i], v[k][j]
				v[k][i], v[k][j] = float64(c*a)-float64(s*b), float64(s*a)+float64(c*b)
			}
		}
		if off == 0 {
			break
		}
	}
	order := []int{0, 1, 2}
	slices.SortStableFunc(order, func(i, j int) int {
		switch {
		case m[i][i] > m[j][j]:
			return -1
		case m[i][i] < m[j][j]:
			return 1
		}
		return 0
	})
	direction := func(i int) [3]float64 {
		d := [3]float64{v[0][i], v[1][i], v[2][i]}
		largest := 0
		for k := range d {
			if math.Abs(d[k]) > math.Abs(d[largest]) {
				largest = k
			}
		}
		if d[largest] < 0 {
			for k := range d {
				d[k] = -d[k]
			}
		}
		return d
	}
	return direction(order[0]), direction(order[1])
}
