package experiments

import (
	"neurosim/analysis"
	"neurosim/configs"
)

// Figures makes every figure that a configuration asks for, from the files of
// its run and the points of its sweep.
func Figures(x *configs.Experiment, open Open, points []PointResult) ([]analysis.Figure, error) {
	var figs []analysis.Figure
	for _, f := range x.Figures {
		var fig analysis.Figure
		var err error
		switch {
		case f.Raster != nil:
			fig, err = Raster(x, f, open)
		case f.Traces != nil:
			fig, err = Traces(x, f, open)
		case f.Accuracy != nil:
			fig, err = Accuracy(x, f, points)
		}
		if err != nil {
			return nil, err
		}
		figs = append(figs, fig)
	}
	return figs, nil
}
