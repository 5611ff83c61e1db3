package plots

import (
	"math"

	"gonum.org/v1/plot/vg"

	"neurosim/internal/fpmath"
)

// An ink remembers roughly where a panel has been drawn on, in cells of one
// point, so that a label can be put where it hides least.
type ink struct {
	origin vg.Point
	w, h   int
	dark   []bool // [h*w]
}

func newInk(r vg.Rectangle) ink {
	w, h := int(math.Ceil(float64(r.Size().X)))+1, int(math.Ceil(float64(r.Size().Y)))+1
	return ink{r.Min, w, h, make([]bool, w*h)}
}

// cells calls f with the index of every cell of r that lies in the panel.
func (k *ink) cells(r vg.Rectangle, f func(int)) {
	x0, x1 := int(r.Min.X-k.origin.X), int(r.Max.X-k.origin.X)
	y0, y1 := int(min(r.Min.Y, r.Max.Y)-k.origin.Y), int(max(r.Min.Y, r.Max.Y)-k.origin.Y)
	for y := max(y0, 0); y <= min(y1, k.h-1); y++ {
		for x := max(x0, 0); x <= min(x1, k.w-1); x++ {
			f(y*k.w + x)
		}
	}
}

func (k *ink) rect(r vg.Rectangle) { k.cells(r, func(i int) { k.dark[i] = true }) }

// line marks a polyline that lies in the panel.
func (k *ink) line(pts []vg.Point) {
	for i := 1; i < len(pts); i++ {
		d := pts[i].Sub(pts[i-1])
		steps := math.Ceil(fpmath.Hypot(float64(d.X), float64(d.Y)))
		for j := 0.0; j <= steps; j++ {
			q := pts[i-1].Add(d.Scale(vg.Length(j / max(steps, 1))))
			k.rect(vg.Rectangle{Min: q, Max: q})
		}
	}
}

// under returns how many cells of r have been drawn on.
func (k *ink) under(r vg.Rectangle) (n int) {
	k.cells(r, func(i int) {
		if k.dark[i] {
			n++
		}
	})
	return n
}
