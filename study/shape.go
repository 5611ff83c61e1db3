package study

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

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
	return shape(fig, r.FigureShape, r.Colours, r.Panels)
}

// shape gives a figure the size of its text, its legends and letters, or none, its series their
// colours, and panels their axes.
func shape(fig *figure.Figure, s grammar.FigureShape, colours []grammar.SeriesColour, panels []grammar.PanelShape) error {
	fig.FontSize, fig.NoLetters = s.FontSize, !s.Letters
	for i := range fig.Panels {
		p := &fig.Panels[i]
		if !p.Legend {
			continue // what it shows is named in another panel
		}
		if err := placeLegend(p, s.Legend); err != nil {
			return fmt.Errorf("figures.%s.legend: %w", fig.Name, err)
		}
	}
	if err := colourSeries(fig, colours); err != nil {
		return err
	}
	return shapePanels(fig, panels)
}

// placeLegend says where the legend of a panel stands.
func placeLegend(p *figure.Panel, at grammar.LegendAt) error {
	switch at {
	case "":
	case "true":
		p.LegendAt = figure.AnyPlace
	case "false":
		p.LegendAt = figure.NoPlace
	case "right":
		if p.Scale != nil || p.Colours != nil || len(p.Parts) > 0 {
			return fmt.Errorf("right of the axes stand the names of colours or parts")
		}
		fallthrough
	default:
		p.LegendAt = figure.Place(at)
	}
	return nil
}

// colourSeries gives series their colours by their names.
func colourSeries(fig *figure.Figure, colours []grammar.SeriesColour) error {
	var names []string
	for _, p := range fig.Panels {
		for _, s := range p.Series {
			if s.Name != "" && s.Z == nil && !slices.Contains(names, s.Name) {
				names = append(names, s.Name)
			}
		}
	}
	for _, c := range colours {
		if !slices.Contains(names, c.Series) {
			quoted := strings.Join(grammar.Names(names, strconv.Quote), ", ")
			return fmt.Errorf("figures.%s.colours: there is no series %q%s; the figure has %s", fig.Name, c.Series, grammar.DidYouMean(c.Series, names), cmp.Or(quoted, "none with a name"))
		}
		for i := range fig.Panels {
			for k := range fig.Panels[i].Series {
				if s := &fig.Panels[i].Series[k]; s.Name == c.Series && s.Z == nil {
					s.Colour = c.Colour
				}
			}
		}
	}
	return nil
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
		if err == nil {
			err = setTicks(&p.X, "x_ticks", s.XTicks)
		}
		if err == nil {
			err = setTicks(&p.Y, "y_ticks", s.YTicks)
		}
		if err != nil {
			return fmt.Errorf("figures.%s.axes.%s.%w", fig.Name, s.Letter, err)
		}
		if len(s.XTicks) > 0 && fig.ShareX { // the labels are those of the lowest panel
			for k := i % max(fig.Cols, 1); k < len(fig.Panels); k += max(fig.Cols, 1) {
				fig.Panels[k].X.Ticks = p.X.Ticks
			}
		}
		if s.Legend != "" {
			p.Legend = true
		}
		if err := placeLegend(p, s.Legend); err != nil {
			return fmt.Errorf("figures.%s.axes.%s.legend: %w", fig.Name, s.Letter, err)
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

// setTicks gives an axis ticks at stated places, each with its number.
func setTicks(a *figure.Axis, key string, places []grammar.Literal) error {
	if len(places) == 0 {
		return nil
	}
	a.Ticks = nil
	for _, text := range places {
		x, err := text.In(a.Unit)
		switch {
		case err != nil:
			return fmt.Errorf("%s: %s: %w", key, text, err)
		case a.Log && x <= 0:
			return fmt.Errorf("%s: %s has no place on a logarithmic axis", key, text)
		case a.Min < a.Max && (x < a.Min || x > a.Max):
			return fmt.Errorf("%s: %s is not on the axis, which goes from %.4g to %.4g%s", key, text, a.Min, a.Max, strings.TrimRight(" "+a.Unit, " "))
		}
		a.Ticks = append(a.Ticks, figure.Tick{At: x, Label: tickLabel(x, a.Log)})
	}
	slices.SortFunc(a.Ticks, func(s, t figure.Tick) int { return cmp.Compare(s.At, t.At) })
	return nil
}

// tickLabel writes a number as computed ticks have it: a power of ten on a logarithmic axis,
// plain, or as 2×10^{6} where that would be many digits.
func tickLabel(x float64, log bool) string {
	digits := strconv.FormatFloat(x, 'e', -1, 64)
	if len(digits) > 14 { // the rounding of a conversion
		digits = strconv.FormatFloat(x, 'e', 11, 64)
	}
	mantissa, exponent, _ := strings.Cut(digits, "e")
	if strings.Contains(mantissa, ".") {
		mantissa = strings.TrimRight(strings.TrimRight(mantissa, "0"), ".")
	}
	e, err := strconv.Atoi(exponent)
	switch {
	case err == nil && log && mantissa == "1":
		return fmt.Sprintf("10^{%d}", e)
	case err == nil && (e >= 5 || e < -3) && x != 0:
		return fmt.Sprintf("%s×10^{%d}", mantissa, e)
	}
	rounded, _ := strconv.ParseFloat(mantissa+"e"+exponent, 64)
	return strconv.FormatFloat(rounded, 'f', -1, 64)
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
