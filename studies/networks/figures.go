package networks

import (
	"context"

	"neurosim/figure"
	"neurosim/study"
)

// Figures makes every figure that a configuration asks for, from the files of
// its run and the points of its sweep, on workers threads.
func Figures(ctx context.Context, x *Study, workers int, open Open, points []PointResult) []study.Figure {
	return study.MakeFigures(x.Figures, func(f Figure) (figure.Figure, error) {
		if err := ctx.Err(); err != nil {
			return figure.Figure{}, err
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
