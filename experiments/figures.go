package experiments

import (
	"context"

	"neurosim/analysis"
	"neurosim/configs"
	"neurosim/study"
)

// makeAll makes every figure that a configuration asks for, but those of the metrics of
// a sweep. One that fails, even with a panic, costs that figure alone.
func makeAll(x *configs.Experiment, of func(f configs.Figure) (analysis.Figure, error)) []study.Figure {
	var all []study.Figure
	for _, f := range x.Figures {
		if f.Sweep == nil {
			all = append(all, study.MakeFigure(f.Name, func() (analysis.Figure, error) { return of(f) }))
		}
	}
	return all
}

// Figures makes every figure that a configuration asks for, from the files of
// its run and the points of its sweep, on workers threads.
func Figures(ctx context.Context, x *configs.Experiment, workers int, open Open, points []PointResult) []study.Figure {
	return makeAll(x, func(f configs.Figure) (analysis.Figure, error) {
		if err := ctx.Err(); err != nil {
			return analysis.Figure{}, err
		}
		switch {
		case f.Raster != nil:
			return Raster(x, f, open)
		case f.Traces != nil:
			return Traces(x, f, open)
		}
		return Accuracy(ctx, x, f, workers, points)
	})
}
