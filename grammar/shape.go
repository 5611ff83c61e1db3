package grammar

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// A PanelShape is what a user sets of the axes of one panel, [figures.NAME.axes.LETTER].
type PanelShape struct {
	Letter string  `toml:"-"`
	Title  string  `toml:"title" doc:"drawn above the panel"`
	XLabel string  `toml:"x_label" doc:"label of the horizontal axis; its unit follows"`
	YLabel string  `toml:"y_label" doc:"label of the vertical axis"`
	XMin   Literal `toml:"x_min" doc:"begin of the horizontal axis: a number of its unit, or with another, like \"0.2 s\""`
	XMax   Literal `toml:"x_max" doc:"its end"`
	YMin   Literal `toml:"y_min" doc:"begin of the vertical axis"`
	YMax   Literal `toml:"y_max" doc:"its end"`
	XScale string  `toml:"x_scale" of:"linear log" doc:"linear or log"`
	YScale string  `toml:"y_scale" of:"linear log" doc:"linear or log"`
}

// A Redraw is what `neurosim plot --set` changes of a figure that is drawn already.
type Redraw struct {
	Title   string  `toml:"title"`
	Width   float64 `toml:"width" unit:"mm"`
	Height  float64 `toml:"height" unit:"mm"`
	Note    bool    `toml:"note"`
	Legend  bool    `toml:"legend"`
	Letters bool    `toml:"letters"`
	Start   Literal `toml:"start"`
	Stop    Literal `toml:"stop"`

	Panels []PanelShape `toml:"-"`
}

// checkSize checks the size of a figure where a user says it.
func (d *Decoder) checkSize(path string, width, height float64) {
	d.Rule(width >= 40 && width <= 400 || !d.Present(path+".width"), path+".width", "must be from 40 to 400 mm")
	d.Rule(height >= 30 && height <= 400 || !d.Present(path+".height"), path+".height", "must be from 30 to 400 mm")
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
	var x [2]float64
	var units [2]string
	for i, l := range []Literal{low, high} {
		number, name := numberAndUnit(plain(strings.Trim(string(l), `"`)))
		v, err := strconv.ParseFloat(strings.ReplaceAll(number, "_", ""), 64)
		if err != nil {
			return
		}
		x[i], units[i] = v, name
	}
	if units[1] != units[0] {
		u, okU := parseUnit(units[0])
		w, okW := parseUnit(units[1])
		if !okU || !okW || u.dimension != w.dimension {
			return
		}
		x[1] = w.scaled(x[1], u)
	}
	d.Rule(x[0] < x[1], path, "the axis would go from %s to %s", strings.Trim(string(low), `"`), strings.Trim(string(high), `"`))
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
	if parts[2] == "axes" {
		return parts[1], true
	}
	t := reflect.TypeFor[Redraw]()
	for i := range t.NumField() {
		if t.Field(i).Tag.Get("toml") == parts[2] {
			return parts[1], true
		}
	}
	return parts[1], false
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
			d.Into(path, tree, &r, "axes")
			d.checkText(path+".title", r.Title)
			d.checkSize(path, r.Width, r.Height)
			r.Panels = d.panelShapes(path, tree)
			out[name] = r
		}
		return true
	}
	_, err := Load("--set", Library{}, Options{Set: set, Read: func(string) ([]byte, error) { return nil, nil }}, read)
	return out, err
}
