package study

import (
	"fmt"
	"math"

	"neurosim/figure"
	"neurosim/grammar"
)

// Redraw gives a figure the shape that a user asks for.
func Redraw(fig *figure.Figure, r grammar.Redraw) error {
	fig.Title, fig.Width, fig.Height = r.Title, r.Width, r.Height
	if !r.Note {
		fig.Note = ""
	}
	for i := range fig.Panels {
		p := &fig.Panels[i]
		if p.X.Unit != "ms" && p.X.Unit != "s" {
			continue
		}
		x, _ := ends(p)
		if err := limits(&p.X, x, "start", r.Start, "stop", r.Stop); err != nil {
			return err
		}
	}
	return shape(fig, r.Legend, r.Letters, r.Panels)
}

// shape gives a figure its legends and letters, or none, and panels their axes.
func shape(fig *figure.Figure, legend, letters bool, panels []grammar.PanelShape) error {
	fig.NoLetters = !letters
	for i := range fig.Panels {
		fig.Panels[i].Legend = fig.Panels[i].Legend && legend
	}
	return shapePanels(fig, panels)
}

// shapePanels gives the axes of panels what a user asks for.
func shapePanels(fig *figure.Figure, shapes []grammar.PanelShape) error {
	for _, s := range shapes {
		i := panelOf(fig, s.Letter)
		if i < 0 {
			return fmt.Errorf("figures.%s.axes.%s: there is no such panel; panels are a to %s", fig.Name, s.Letter, figure.Letter(len(fig.Panels)-1))
		}
		p := &fig.Panels[i]
		for _, text := range []struct {
			to *string
			is string
		}{{&p.Title, s.Title}, {&p.X.Label, s.XLabel}, {&p.Y.Label, s.YLabel}} {
			if text.is != "" {
				*text.to = text.is
			}
		}
		for _, scale := range []struct {
			of *figure.Axis
			is string
		}{{&p.X, s.XScale}, {&p.Y, s.YScale}} {
			if scale.is != "" {
				scale.of.Log = scale.is == "log"
			}
			if scale.of.Log && scale.of.Min <= 0 && scale.of.Min < scale.of.Max { // begins where the data do
				scale.of.Min, scale.of.Max = 0, 0
			}
		}
		x, y := ends(p)
		err := limits(&p.X, x, "x_min", s.XMin, "x_max", s.XMax)
		if err == nil {
			err = limits(&p.Y, y, "y_min", s.YMin, "y_max", s.YMax)
		}
		if err != nil {
			return fmt.Errorf("figures.%s.axes.%s.%w", fig.Name, s.Letter, err)
		}
	}
	return nil
}

// panelOf returns the panel of a letter, -1 for none.
func panelOf(fig *figure.Figure, letter string) int {
	for i := range fig.Panels {
		if figure.Letter(i) == letter {
			return i
		}
	}
	return -1
}

// limits sets the ends of an axis. Where one alone is given, the other stays or is that of the
// data, whose ends are given.
func limits(a *figure.Axis, data [2]float64, lowKey string, low grammar.Literal, highKey string, high grammar.Literal) error {
	if low == "" && high == "" {
		return nil
	}
	if a.Min == a.Max {
		a.Min, a.Max = around(data, a.Log)
	}
	for _, end := range []struct {
		key  string
		text grammar.Literal
		to   *float64
	}{{lowKey, low, &a.Min}, {highKey, high, &a.Max}} {
		if end.text == "" {
			continue
		}
		x, err := end.text.In(a.Unit)
		if err != nil {
			return fmt.Errorf("%s = %s: %w", end.key, end.text, err)
		}
		*end.to = x
	}
	switch {
	case a.Log && a.Min <= 0:
		return fmt.Errorf("%s: must be above 0 on a logarithmic axis", lowKey)
	case !(a.Min < a.Max):
		return fmt.Errorf("%s: the axis would go from %.4g to %.4g", lowKey, a.Min, a.Max)
	}
	return nil
}

// around returns the ends of an axis that has room around its data.
func around(data [2]float64, log bool) (lo, hi float64) {
	if log {
		return data[0] / 1.2, data[1] * 1.2
	}
	room := float64(0.05 * (data[1] - data[0]))
	return data[0] - room, data[1] + room
}

// ends returns the ends of the data of a panel along x and y; on a logarithmic axis of what is
// above 0.
func ends(p *figure.Panel) (x, y [2]float64) {
	x, y = [2]float64{math.Inf(1), math.Inf(-1)}, [2]float64{math.Inf(1), math.Inf(-1)}
	widen := func(to *[2]float64, log bool, values ...[]float64) {
		for _, list := range values {
			for _, v := range list {
				if !math.IsInf(v, 0) && v == v && (v > 0 || !log) {
					to[0], to[1] = min(to[0], v), max(to[1], v)
				}
			}
		}
	}
	for _, s := range p.Series {
		widen(&x, p.X.Log, s.X, s.X2)
		widen(&y, p.Y.Log, s.Y, s.Y2, s.Lo, s.Hi)
	}
	return x, y
}
