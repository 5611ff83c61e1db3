package grammar

import (
	"math"
	"slices"
)

// SweepFigure asks for metrics of the points of a sweep over its first axis, a curve for
// each value of the second and a panel for each of the third. Studies of every kind have it.
type SweepFigure struct {
	*Figure `toml:"-"`
	Metrics []string `toml:"metrics" must:"yes" doc:"a panel for each: names of metrics of a run, as in metrics.json"`
	Labels  []string `toml:"labels" doc:"labels of the panels; default: the names of the metrics"`
	XLabel  string   `toml:"x_label" doc:"label of the horizontal axis, without its unit; default: the key"`
	Log     bool     `toml:"log" doc:"draw the metrics on logarithmic axes"`
}

// SweepKind is the kind of a SweepFigure.
func SweepKind() FigureKind {
	return FigureKind{Name: "sweep", Text: "Metrics of the points of a sweep over its first axis, a curve for each value of the second; of three axes one metric, a panel for each value of the third. Needs [sweep].", Default: &SweepFigure{}}
}

// HeatMap asks for metrics of the points of a sweep over its two axes, as colours.
type HeatMap struct {
	*Figure `toml:"-"`
	Metrics []string `toml:"metrics" must:"yes" doc:"a panel for each: names of metrics of a run, as in metrics.json"`
	Labels  []string `toml:"labels" doc:"what the colours are; default: the names of the metrics"`
	XLabel  string   `toml:"x_label" doc:"label of the horizontal axis, the first of the sweep, without its unit; default: the key"`
	YLabel  string   `toml:"y_label" doc:"label of the vertical axis, the second of the sweep; default: the key"`
	Contour float64  `toml:"contour" doc:"draw the line on which the metrics have this value, such as a threshold"`
}

// HeatKind is the kind of a HeatMap.
func HeatKind() FigureKind {
	return FigureKind{Name: "heatmap", Text: "Metrics of the points of a sweep over its two axes, as colours. Needs [sweep].", Default: &HeatMap{Contour: math.NaN()}, NoData: "colours stand for its numbers"}
}

// SweepKinds are the kinds of figures that every study has.
func SweepKinds() []FigureKind { return []FigureKind{SweepKind(), HeatKind()} }

// heatMap reads a heat map.
func (d *Decoder) heatMap(f *Figure) {
	t := &HeatMap{Figure: f, Contour: math.NaN()}
	f.kind = HeatKind()
	d.IntoFigure(f, t)
	if n := d.axes(); n != 2 {
		d.Bad(f.Path+".kind", "needs [sweep.axes] with two keys; there are %d", n)
	}
	d.metricsDrawn(f, t.Metrics, t.Labels)
	d.CheckFigure(f)
	d.conf.HeatMaps = append(d.conf.HeatMaps, t)
}

// metricsDrawn checks the metrics of a figure and their labels.
func (d *Decoder) metricsDrawn(f *Figure, metrics, labels []string) {
	if d.Require(f.Path+".metrics") && len(metrics) == 0 {
		d.Bad(f.Path+".metrics", "must name at least one")
	}
	if len(labels) > 0 && len(labels) != len(metrics) {
		d.Bad(f.Path+".labels", "has %d names; there are %d metrics", len(labels), len(metrics))
	}
	for i, m := range metrics {
		d.Rule(!slices.Contains(metrics[:i], m), f.Path+".metrics", "names %q twice", m)
	}
}

// axes returns the number of axes of the sweep, as it is written.
func (d *Decoder) axes() int {
	sweep, _ := d.src.tree["sweep"].(map[string]any)
	axes, _ := sweep["axes"].(map[string]any)
	return len(axes)
}

// sweepFigure reads a figure of the metrics of a sweep.
func (d *Decoder) sweepFigure(f *Figure) {
	t := &SweepFigure{Figure: f}
	d.IntoFigure(f, t)
	if d.axes() == 3 {
		d.Rule(len(t.Metrics) <= 1, f.Path+".metrics", "must be one where the sweep has three axes: the third gives the panels")
	} else {
		d.NeedsAxes(f)
	}
	d.metricsDrawn(f, t.Metrics, t.Labels)
	d.CheckFigure(f)
	d.conf.SweepFigures = append(d.conf.SweepFigures, t)
}

// NeedsAxes reports whether the sweep, as it is written, has the one or two axes that a
// figure draws, and reports a figure for which it has not.
func (d *Decoder) NeedsAxes(f *Figure) bool {
	if n := d.axes(); n == 1 || n == 2 {
		return true
	}
	d.Bad(f.Path+".kind", "needs [sweep.axes] with one or two keys: the first is drawn along x, the second gives the curves")
	return false
}
