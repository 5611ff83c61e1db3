package experiments

import (
	"context"

	"neurosim/analysis"
	"neurosim/configs"
	"neurosim/internal/rescue"
)

// A Made is a figure, or why it could not be made.
type Made struct {
	Name   string
	Figure analysis.Figure
	Err    error
}

// makeAll makes every figure that a configuration asks for. One that fails, even with
// a panic, costs that figure alone.
func makeAll(x *configs.Experiment, of func(f configs.Figure) (analysis.Figure, error)) []Made {
	var all []Made
	for _, f := range x.Figures {
		m := Made{Name: f.Name}
		m.Err = rescue.Do(func() (err error) {
			m.Figure, err = of(f)
			return err
		})
		all = append(all, m)
	}
	return all
}

// Figures makes every figure that a configuration asks for, from the files of
// its run and the points of its sweep, on workers threads.
func Figures(ctx context.Context, x *configs.Experiment, workers int, open Open, points []PointResult) []Made {
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
