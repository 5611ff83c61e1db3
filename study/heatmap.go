package study

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"neurosim/figure"
	"neurosim/grammar"
	"neurosim/internal/fpmath"
)

// heatMap draws metrics over the two axes of a sweep, a panel for each: a cell of equal size for
// every pair of values, coloured by the mean over the runs of the point. Axes are of numbers where
// the values are those of a range.
func heatMap(c *Config, f *grammar.HeatMap, metrics []map[string]any) (figure.Figure, error) {
	fig, names := Frame(f.Figure), metricNames(metrics)
	x, y := placed(c.Sweep.Axes[0], f.XLabel), placed(c.Sweep.Axes[1], f.YLabel)
	contours := false
	for i, name := range f.Metrics {
		if !slices.Contains(names, name) {
			return fig, fmt.Errorf("metrics names %q, which no point of the sweep has%s; there are %s", name, grammar.DidYouMean(name, names), strings.Join(names, ", "))
		}
		label := name
		if i < len(f.Labels) {
			label = f.Labels[i]
		}
		z, err := c.grid(metrics, name)
		if err != nil {
			return fig, err
		}
		p := figure.Panel{X: x.axis, Y: y.axis, Legend: true, Colours: &figure.Colours{Label: label, Low: math.Inf(1), High: math.Inf(-1)}}
		image := figure.Series{Mark: figure.Image, Role: figure.Simulation}
		for a := range z {
			for b, v := range z[a] {
				if v != v {
					continue
				}
				image.AddInterval(x.at(float64(a)-0.5), y.at(float64(b)), y.at(float64(b)-0.5), y.at(float64(b)+0.5))
				image.X2, image.Z = append(image.X2, x.at(float64(a)+0.5)), append(image.Z, v)
				p.Colours.Low, p.Colours.High = min(p.Colours.Low, v), max(p.Colours.High, v)
			}
		}
		if len(image.X) == 0 {
			return fig, fmt.Errorf("metrics names %q, which has no value at any point", name)
		}
		if p.Colours.Low == p.Colours.High { // one colour
			p.Colours.Low, p.Colours.High = p.Colours.Low-0.5, p.Colours.High+0.5
		}
		p.Series = append(p.Series, image)
		if !math.IsNaN(f.Contour) {
			line := contour(z, f.Contour)
			for i := range line.X {
				line.X[i], line.Y[i] = x.at(line.X[i]), y.at(line.Y[i])
			}
			line.Name = fmt.Sprintf("%s = %g", label, f.Contour)
			if len(line.X) > 0 {
				p.Series = append(p.Series, line)
				contours = true
			}
		}
		fig.Panels = append(fig.Panels, p)
	}
	Arrange(&fig, 66)
	says := figure.Meanings{More: []string{"Each cell is one point of the sweep; white has no value."}}
	if c.Sweep.Repeats > 1 {
		says.More[0] = fmt.Sprintf("Each cell is the mean of %d runs of one point of the sweep; white has no value.", c.Sweep.Repeats)
	}
	if contours {
		says.Lines = "where the colour's quantity has the value in the legend, straight between the centres of cells"
	}
	return Noted(f.Figure, fig, says), nil
}

// grid returns the mean of a metric at every pair of values of the two axes, NaN where it has
// none.
func (c *Config) grid(metrics []map[string]any, name string) ([][]float64, error) {
	x, y := c.Sweep.Axes[0], c.Sweep.Axes[1]
	z, n := make([][]float64, len(x.Values)), make([][]float64, len(x.Values))
	for a := range z {
		z[a], n[a] = make([]float64, len(y.Values)), make([]float64, len(y.Values))
	}
	for k, p := range c.Points() {
		v, ok := metricNumber(metrics[k][name])
		if !ok {
			return nil, fmt.Errorf("metrics names %q, which is no number but %v", name, metrics[k][name])
		}
		if v == v {
			z[p.At[0]][p.At[1]] += v
			n[p.At[0]][p.At[1]]++
		}
	}
	for a := range z {
		for b := range z[a] {
			if z[a][b] /= n[a][b]; n[a][b] == 0 {
				z[a][b] = math.NaN()
			}
		}
	}
	return z, nil
}

// A heatAxis is an axis of a heat map, on which the values of an axis of a sweep lie at equal
// distances.
type heatAxis struct {
	axis  figure.Axis
	first float64 // value 0, or its logarithm
	step  float64 // from one value to the next, 0 where they stand side by side by number
}

// at returns the place of value i on the axis; between values too.
func (h *heatAxis) at(i float64) float64 {
	switch {
	case h.step == 0 || i != i:
		return i
	case h.axis.Log:
		return fpmath.Exp(h.first + float64(i*h.step))
	}
	return h.first + float64(i*h.step)
}

// placed returns the axis of a heat map for an axis of a sweep: one of numbers where its values
// are those of a range, linear or logarithmic, to the four digits that they have; else the values
// stand side by side.
func placed(a grammar.SweepAxis, label string) heatAxis {
	h := heatAxis{axis: SweepAxis(a, label)}
	if h.axis.Ticks == nil && len(a.Points) > 1 {
		for _, log := range []bool{false, true} {
			if first, step, ok := evenly(a.Points, log); ok {
				h.first, h.step, h.axis.Log = first, step, log
				low, high := h.at(-0.5), h.at(float64(len(a.Points))-0.5)
				h.axis.Min, h.axis.Max = min(low, high), max(low, high)
				return h
			}
		}
	}
	h.axis = cells(a, h.axis)
	return h
}

// evenly returns how numbers go on from the first, if the step is the same everywhere, to a
// thousandth of it: of the numbers, or of their logarithms.
func evenly(points []float64, log bool) (first, step float64, ok bool) {
	of := func(x float64) float64 { return x }
	if log {
		if slices.Min(points) <= 0 {
			return 0, 0, false
		}
		of = fpmath.Log
	}
	n := float64(len(points) - 1)
	first, step = of(points[0]), (of(points[len(points)-1])-of(points[0]))/n
	for i, x := range points {
		if math.Abs(of(x)-first-float64(float64(i)*step)) > 1e-3*math.Abs(step) {
			return 0, 0, false
		}
	}
	return first, step, step > 0
}

// cells is an axis on which the values of an axis of a sweep stand side by side.
func cells(a grammar.SweepAxis, axis figure.Axis) figure.Axis {
	if axis.Unit != "" { // ticks are no numbers to the drawing, which says units of those alone
		axis.Label, axis.Unit = fmt.Sprintf("%s (%s)", axis.Label, axis.Unit), ""
	}
	axis.Log, axis.Whole, axis.Ticks = false, false, nil
	axis.Min, axis.Max = -0.5, float64(len(a.Values))-0.5
	const most = 8
	every := (len(a.Values) + most - 1) / most
	for i, v := range a.Values {
		text := Unquoted(v)
		if a.Unit != "" {
			text = Digits(a.Points[i], 3)
		}
		if i%every != 0 {
			text = ""
		}
		axis.Ticks = append(axis.Ticks, figure.Tick{At: float64(i), Label: text})
	}
	return axis
}

// contour returns the line on which a grid has a value, by marching squares: through every square
// of four neighbouring centres it is straight, and it crosses their sides where they have the
// value on straight lines.
func contour(z [][]float64, at float64) figure.Series {
	s := figure.Series{Mark: figure.Line, Role: figure.Theory}
	type point struct{ x, y float64 }
	for a := 0; a+1 < len(z); a++ {
		for b := 0; b+1 < len(z[a]); b++ {
			corners := [4]struct {
				point
				z float64
			}{{point{float64(a), float64(b)}, z[a][b]}, {point{float64(a + 1), float64(b)}, z[a+1][b]},
				{point{float64(a + 1), float64(b + 1)}, z[a+1][b+1]}, {point{float64(a), float64(b + 1)}, z[a][b+1]}}
			var crossed []point
			for i, p := range corners {
				q := corners[(i+1)%4]
				if p.z != p.z || q.z != q.z {
					crossed = nil
					break
				}
				if (p.z < at) != (q.z < at) {
					f := (at - p.z) / (q.z - p.z)
					crossed = append(crossed, point{p.x + float64(f*(q.x-p.x)), p.y + float64(f*(q.y-p.y))})
				}
			}
			for i := 0; i+1 < len(crossed); i += 2 {
				s.Add(crossed[i].x, crossed[i].y)
				s.Add(crossed[i+1].x, crossed[i+1].y)
				s.Add(crossed[i+1].x, math.NaN())
			}
		}
	}
	return s
}
