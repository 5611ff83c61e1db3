package experiments

import (
	"context"

	"neurosim/configs"
	"neurosim/network"
	"neurosim/record"
	"neurosim/sweep"
)

// A PointResult is what one point of a sweep gave.
type PointResult struct {
	Point  configs.Point
	Counts record.Counts
}

// Sweep runs every point of the sweep of x, points in parallel and each on one
// thread, and returns their results in order. Results in have, by index, are
// taken over and not computed again. progress is called after each point, from
// any goroutine. If ctx is done, the results so far are returned with its error.
func Sweep(ctx context.Context, x *configs.Experiment, workers int, have map[int]PointResult, progress func()) (results []PointResult, done []bool, err error) {
	points := x.Points()
	return sweep.Map(ctx, workers, len(points), func(i int) (PointResult, error) {
		if r, ok := have[i]; ok {
			return r, nil
		}
		counts, err := runPoint(ctx, x, points[i])
		if err == nil && progress != nil {
			progress()
		}
		return PointResult{points[i], counts}, err
	})
}

// runPoint simulates one point and counts detections.
func runPoint(ctx context.Context, x *configs.Experiment, p configs.Point) (record.Counts, error) {
	y, err := x.At(p)
	if err != nil {
		return record.Counts{}, err
	}
	n, err := network.Build(&y.Network, 1)
	if err != nil {
		return record.Counts{}, err
	}
	d, err := NewDetection(n, y.Detection)
	if err != nil {
		return record.Counts{}, err
	}
	if err := n.Run(ctx, y.Network.Steps, d); err != nil {
		return record.Counts{}, err
	}
	return d.Counts(), nil
}

// NewDetection returns the recorder that a [detection] table asks for.
func NewDetection(n *network.Network, of *configs.Detection) (*record.Detection, error) {
	return record.NewDetection(n, record.DetectionOf{
		Input:    of.Input,
		Group:    record.Group{Population: of.Population, Name: of.Group},
		Stored:   n.Stored(of.Population, of.Group),
		Response: int64(of.Response/n.Spec().Dt + 0.5),
	})
}
