package configs

import "slices"

// SweepFigure asks for metrics of the points of a sweep over its first axis, a curve for
// each value of the second. Studies of every kind have it.
type SweepFigure struct {
	Metrics []string `toml:"metrics" must:"yes" doc:"a panel for each: names of metrics of a run, as in metrics.json"`
	Labels  []string `toml:"labels" doc:"labels of the panels; default: the names of the metrics"`
	XLabel  string   `toml:"x_label" doc:"label of the horizontal axis; default: the key"`
	Log     bool     `toml:"log" doc:"draw the metrics on logarithmic axes"`
}

// sweepKind is the kind of a SweepFigure.
const sweepKind = "sweep"

// sweepFigure reads a figure of the metrics of a sweep.
func (d *decoder) sweepFigure(x *Experiment, path string, tree map[string]any, f *Figure) *SweepFigure {
	t := &struct {
		FigureSize
		SweepFigure
	}{f.FigureSize, SweepFigure{}}
	d.into(path, tree, t)
	f.FigureSize = t.FigureSize
	if n := d.axesWritten(); n < 1 || n > 2 {
		d.bad(path+".kind", "needs [sweep.axes] with one or two keys: the first is drawn along x, the second gives the curves")
	}
	if d.must(path+".metrics") && len(t.Metrics) == 0 {
		d.bad(path+".metrics", "must name at least one")
	}
	if len(t.Labels) > 0 && len(t.Labels) != len(t.Metrics) {
		d.bad(path+".labels", "has %d names; there are %d metrics", len(t.Labels), len(t.Metrics))
	}
	for i, m := range t.Metrics {
		if slices.Contains(t.Metrics[:i], m) {
			d.bad(path+".metrics", "names %q twice", m)
		}
	}
	return &t.SweepFigure
}
