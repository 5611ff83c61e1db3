package networks

import (
	"context"
	"errors"
	"io"
	"slices"

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

// redraw makes figures of a run again from its recordings. Figures of a sweep are not among
// what was recorded.
func redraw(ctx context.Context, s study.Study, names []string, workers int, open func(name string) (io.ReadCloser, error)) []study.Figure {
	x := s.(*Study)
	var wanted []Figure
	var made []study.Figure
	for _, f := range x.Figures {
		switch {
		case !slices.Contains(names, f.Name):
		case f.Accuracy != nil:
			made = append(made, study.Figure{Name: f.Name, Err: errors.New("its points are those of the sweep, which are not recorded: change the configuration and run it")})
		default:
			wanted = append(wanted, f)
		}
	}
	return append(made, makeFigures(ctx, x, wanted, workers, open, nil)...)
}
