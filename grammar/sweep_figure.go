package grammar

import (
	"slices"
)

// SweepFigure asks for metrics of the points of a sweep over its first axis, a curve for
// each value of the second. Studies of every kind have it.
type SweepFigure struct {
	*Figure `toml:"-"`
	Metrics []string `toml:"metrics" must:"yes" doc:"a panel for each: names of metrics of a run, as in metrics.json"`
	Labels  []string `toml:"labels" doc:"labels of the panels; default: the names of the metrics"`
	XLabel  string   `toml:"x_label" doc:"label of the horizontal axis; default: the key"`
	Log     bool     `toml:"log" doc:"draw the metrics on logarithmic axes"`
}

// SweepKind is the kind of a SweepFigure.
func SweepKind() FigureKind {
	return FigureKind{Name: "sweep", Text: "Metrics of the points of a sweep over its first axis, a curve for each value of the second. Needs [sweep].", Default: &SweepFigure{}}
}

// sweepFigure reads a figure of the metrics of a sweep.
func (d *Decoder) sweepFigure(f *Figure) {
	t := &SweepFigure{Figure: f}
	d.IntoFigure(f, t)
	d.NeedsAxes(f)
	if d.Require(f.Path+".metrics") && len(t.Metrics) == 0 {
		d.Bad(f.Path+".metrics", "must name at least one")
	}
	if len(t.Labels) > 0 && len(t.Labels) != len(t.Metrics) {
		d.Bad(f.Path+".labels", "has %d names; there are %d metrics", len(t.Labels), len(t.Metrics))
	}
	for i, m := range t.Metrics {
		d.Rule(!slices.Contains(t.Metrics[:i], m), f.Path+".metrics", "names %q twice", m)
	}
	d.CheckFigure(f)
	d.conf.SweepFigures = append(d.conf.SweepFigures, t)
}

// NeedsAxes reports whether the sweep, as it is written, has the one or two axes that a
// figure draws, and reports a figure for which it has not.
func (d *Decoder) NeedsAxes(f *Figure) bool {
	sweep, _ := d.src.tree["sweep"].(map[string]any)
	axes, _ := sweep["axes"].(map[string]any)
	if n := len(axes); n == 1 || n == 2 {
		return true
	}
	d.Bad(f.Path+".kind", "needs [sweep.axes] with one or two keys: the first is drawn along x, the second gives the curves")
	return false
}
