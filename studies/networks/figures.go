package networks

import (
	"context"

	"neurosim/figure"
	"neurosim/study"
)

// makeFigures makes figures that a configuration asks for, from the files of its run and the
// points of its sweep, on workers threads.
func makeFigures(ctx context.Context, x *Study, figures []Figure, workers int, open opener, points []PointResult) []study.Figure {
	return study.MakeFigures(figures, func(f Figure) (figure.Figure, error) {
		if err := ctx.Err(); err != nil {
			return figure.Figure{}, err
		}
		switch {
		case f.Raster != nil:
			return raster(x, f, open)
		case f.Traces != nil:
			return traces(x, f, open)
		case f.Kymograph != nil:
			return kymograph(x, f, open)
		case f.Cell != nil:
			return cell(x, f, open)
		}
		return accuracy(ctx, x, f, workers, points)
	})
}
