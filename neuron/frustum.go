package neuron

import "math"

// radiusAt returns the radius of frustum p–q at path x.
func radiusAt(p, q Point, x float64) float64 {
	return p.Radius + float64((q.Radius-p.Radius)*(x-p.Path))/(q.Path-p.Path)
}

// stretch returns, of the part of a profile between the paths from and to, the
// lateral area (µm²) and the integral of 1/(π r²) along the path (1/µm), which
// times the resistivity is the axial resistance. A frustum of height h with the
// radii a and b has the area π (a+b) √(h² + (a-b)²) and the integral h/(π a b).
func stretch(profile []Point, from, to float64) (area, perRa float64) {
	for i, q := range profile[1:] {
		p := profile[i]
		lo, hi := max(from, p.Path), min(to, q.Path)
		if !(lo < hi) {
			continue
		}
		a, b, h := radiusAt(p, q, lo), radiusAt(p, q, hi), hi-lo
		area += float64(math.Pi * (a + b) * math.Sqrt(float64(h*h)+float64((a-b)*(a-b))))
		perRa += h / (math.Pi * a * b)
	}
	return area, perRa
}
