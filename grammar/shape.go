package grammar

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"neurosim/figure"
)

// A FigureShape is what a user sets of the text, the legends and the letters of a figure.
type FigureShape struct {
	FontSize float64  `toml:"font_size" doc:"size of text in points, from 5 to 14; panel letters and titles are 8/7 of it, the note 6/7"`
	Legend   LegendAt `toml:"legend" doc:"name what is drawn: true or false, or where: \"above\" or \"right\" of the axes, \"top left\", \"top right\", \"bottom left\" or \"bottom right\" on the data, \"none\"; true: outside the data, where it takes least space"`
	Letters  bool     `toml:"letters" doc:"give the panels letters, where there are several"`
}

// TextSize is the size of text (pt) of figures that say no other.
const TextSize = 7

// A LegendAt says whether there is a legend, as true or false, or where; "" for what is not said.
type LegendAt string

// Places are those that a legend may have.
func Places() []string {
	return []string{"above", "right", "top left", "top right", "bottom left", "bottom right", "none"}
}

// A SeriesColour is the colour of a series, as [figures.NAME.colours] says it.
type SeriesColour struct{ Series, Colour string }

// A PanelShape is what a user sets of the axes of one panel, [figures.NAME.axes.LETTER].
type PanelShape struct {
	Letter string    `toml:"-"`
	Title  string    `toml:"title" doc:"drawn above the panel"`
	XLabel string    `toml:"x_label" doc:"label of the horizontal axis; its unit follows"`
	YLabel string    `toml:"y_label" doc:"label of the vertical axis"`
	XMin   Literal   `toml:"x_min" doc:"begin of the horizontal axis: a number of its unit, or with another, like \"0.2 s\""`
	XMax   Literal   `toml:"x_max" doc:"its end"`
	YMin   Literal   `toml:"y_min" doc:"begin of the vertical axis"`
	YMax   Literal   `toml:"y_max" doc:"its end"`
	XScale string    `toml:"x_scale" of:"linear log" doc:"linear or log"`
	YScale string    `toml:"y_scale" of:"linear log" doc:"linear or log"`
	XTicks []Literal `toml:"x_ticks" doc:"where the horizontal axis has ticks with labels, like [0, 100, \"0.2 s\"]"`
	YTicks []Literal `toml:"y_ticks" doc:"the same of the vertical axis"`
	Legend LegendAt  `toml:"legend" doc:"whether this panel has a legend, or where, as legend of the figure; default: as the figure"`
}

// A Redraw is what `neurosim plot --set` changes of a figure that is drawn already.
type Redraw struct {
	Title  string  `toml:"title"`
	Width  float64 `toml:"width" unit:"mm"`
	Height float64 `toml:"height" unit:"mm"`
	Note   bool    `toml:"note"`
	FigureShape
	Start Literal `toml:"start"`
	Stop  Literal `toml:"stop"`

	Panels  []PanelShape   `toml:"-"`
	Colours []SeriesColour `toml:"-"`
}

// checkSize checks the size of a figure where a user says it.
func (d *Decoder) checkSize(path string, width, height float64) {
	d.Rule(width >= 40 && width <= 400 || !d.Present(path+".width"), path+".width", "must be from 40 to 400 mm")
	d.Rule(height >= 30 && height <= 400 || !d.Present(path+".height"), path+".height", "must be from 30 to 400 mm")
}

// checkFont checks the size of the text of a figure.
func (d *Decoder) checkFont(path string, size float64) {
	d.Rule(size >= 5 && size <= 14, path+".font_size", "must be from 5 to 14 (points)")
}

// In returns the number in a unit of an axis: a plain one is of that unit.
func (l Literal) In(unit string) (float64, error) {
	if x, err := strconv.ParseFloat(string(l), 64); err == nil {
		return x, nil
	}
	text := strings.Trim(string(l), `"`)
	if _, ok := parseUnit(plain(unit)); !ok {
		return 0, fmt.Errorf("must be a number without a unit")
	}
	return ParseQuantity(text, plain(unit))
}

// panelShapes reads [figures.NAME.axes].
func (d *Decoder) panelShapes(path string, tree map[string]any) (out []PanelShape) {
	at := path + ".axes"
	for letter, tree := range d.Tables(at, d.Table(at, tree, "axes")) {
		p := &PanelShape{Letter: letter}
		d.Into(Join(at, letter), tree, p)
		d.Rule(isPanel(letter), Join(at, letter), "is no panel: panels are a, b ...")
		d.checkEnds(Join(at, letter)+".x_min", p.XMin, p.XMax)
		d.checkEnds(Join(at, letter)+".y_min", p.YMin, p.YMax)
		d.checkTicks(Join(at, letter)+".x_ticks", p.XTicks, p.XMin, p.XMax, p.XScale == "log")
		d.checkTicks(Join(at, letter)+".y_ticks", p.YTicks, p.YMin, p.YMax, p.YScale == "log")
		for _, text := range []struct{ key, text string }{{"title", p.Title}, {"x_label", p.XLabel}, {"y_label", p.YLabel}} {
			d.checkText(Join(at, letter)+"."+text.key, text.text)
		}
		out = append(out, *p)
	}
	return out
}

// checkEnds refuses an axis that goes backwards, where that is known before its unit is: both
// ends are said, in one unit or none.
func (d *Decoder) checkEnds(path string, low, high Literal) {
	if x, y, known := pair(low, high); known {
		d.Rule(x < y, path, "the axis would go from %s to %s", low.text(), high.text())
	}
}

// checkTicks refuses ticks that are no numbers, and those beyond the ends of their axis where
// that is known before its unit is.
func (d *Decoder) checkTicks(path string, ticks []Literal, low, high Literal, log bool) {
	for _, tick := range ticks {
		x, _, isNumber := tick.parts()
		switch {
		case !isNumber:
			d.Bad(path, "%s is neither a number nor a quantity, like %q", tick, "200 ms")
		case log && x <= 0:
			d.Bad(path, "%s has no place on a logarithmic axis", tick.text())
		}
		if x, y, known := pair(low, tick); known && y < x {
			d.Bad(path, "%s is not on the axis, which begins at %s", tick.text(), low.text())
		}
		if x, y, known := pair(tick, high); known && y < x {
			d.Bad(path, "%s is not on the axis, which ends at %s", tick.text(), high.text())
		}
	}
}

// text is what a user reads of a Literal.
func (l Literal) text() string { return strings.Trim(string(l), `"`) }

// parts returns number and unit of a quantity.
func (l Literal) parts() (x float64, unit string, ok bool) {
	number, unit := numberAndUnit(plain(l.text()))
	x, err := strconv.ParseFloat(strings.ReplaceAll(number, "_", ""), 64)
	return x, unit, err == nil && !math.IsNaN(x) && !math.IsInf(x, 0)
}

// pair returns two numbers in the unit of the first; false where one is missing or they have
// units of their own that cannot be compared.
func pair(a, b Literal) (x, y float64, ok bool) {
	x, unit, okX := a.parts()
	y, other, okY := b.parts()
	if !okX || !okY {
		return 0, 0, false
	}
	if unit != other {
		u, okU := parseUnit(unit)
		w, okW := parseUnit(other)
		if !okU || !okW || u.dimension != w.dimension {
			return 0, 0, false
		}
		y = w.scaled(y, u)
	}
	return x, y, true
}

// seriesColours reads [figures.NAME.colours].
func (d *Decoder) seriesColours(path string, tree map[string]any) (out []SeriesColour) {
	at := path + ".colours"
	table := d.Table(at, tree, "colours")
	if table == nil {
		return nil
	}
	texts := map[string]*string{}
	for _, name := range d.Free(at, table, "", "colour of a series", func(name string) any {
		texts[name] = new(string)
		return texts[name]
	}) {
		text := *texts[name]
		colour, ok := figure.Colour(text)
		if !ok && !d.reported[Join(at, name)] {
			names := figure.ColourNames()
			d.Bad(Join(at, name), "must be a colour like %q, or %s%s", "#1b9e77", strings.Join(names, ", "), DidYouMean(text, names))
		}
		out = append(out, SeriesColour{name, colour})
	}
	return out
}

// Reshapes returns the name of the figure that an override is of, and whether it changes no more
// than the shape of what is drawn, as a Redraw does: its key is figures.NAME.KEY.
func (o Override) Reshapes() (name string, shape bool) {
	parts := splitPath(o.Key)
	if len(parts) < 2 || parts[0] != "figures" {
		return "", true // which no figure takes
	}
	if len(parts) == 2 {
		return parts[1], false
	}
	if parts[2] == "axes" || parts[2] == "colours" {
		return parts[1], true
	}
	return parts[1], slices.ContainsFunc(reflect.VisibleFields(reflect.TypeFor[Redraw]()), func(f reflect.StructField) bool {
		return f.Tag.Get("toml") == parts[2]
	})
}

// Redrawn reads what a user changes of figures, as he would write it in a configuration: begin
// has what the figures are now.
func Redrawn(set []Override, names []string, begin map[string]Redraw) (map[string]Redraw, error) {
	out := map[string]Redraw{}
	read := func(d *Decoder) bool {
		d.Into("", d.Root(), &struct{}{}, "figures")
		for name, tree := range d.Tables("figures", d.Table("figures", d.Root(), "figures")) {
			path := Join("figures", name)
			if !slices.Contains(names, name) {
				d.Bad(path, "there is no figure %q%s", name, DidYouMean(name, names))
				continue
			}
			r := begin[name]
			d.Into(path, tree, &r, "axes", "colours")
			d.checkText(path+".title", r.Title)
			d.checkSize(path, r.Width, r.Height)
			d.checkFont(path, r.FontSize)
			r.Panels = d.panelShapes(path, tree)
			r.Colours = d.seriesColours(path, tree)
			out[name] = r
		}
		return true
	}
	_, err := Load("--set", Library{}, Options{Set: set, Read: func(string) ([]byte, error) { return nil, nil }}, read)
	return out, err
}
