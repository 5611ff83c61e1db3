package experiments

import (
	"context"

	"neurosim/configs"
	"neurosim/internal/grid"
	"neurosim/network"
	"neurosim/record"
	"neurosim/sweep"
)

// A PointResult is what one point of a sweep gave.
type PointResult struct {
	Point    configs.Point
	Counts   record.Counts
	Estimate *Estimate // of false positives, in place of Counts, where the estimator is stratified
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
		r, err := RunPoint(ctx, x, points[i], max(1, workers/len(points)))
		if err == nil && progress != nil {
			progress()
		}
		return r, err
	})
}

// RunPoint simulates one point and counts detections.
func RunPoint(ctx context.Context, x *configs.Experiment, p configs.Point, workers int) (PointResult, error) {
	r := PointResult{Point: p}
	y, err := x.At(p)
	if err != nil {
		return r, err
	}
	if y.Detection.Estimator == configs.Stratified {
		e, err := EstimateFalsePositives(ctx, y, workers, nil)
		r.Estimate = &e
		return r, err
	}
	n, err := network.Build(&y.Network, 1)
	if err != nil {
		return r, err
	}
	d, err := NewDetection(n, y.Detection)
	if err != nil {
		return r, err
	}
	err = n.Run(ctx, y.Network.Steps, d)
	r.Counts = d.Counts()
	return r, err
}

// NewDetection returns the recorder that a [detection] table asks for.
func NewDetection(n *network.Network, of *configs.Detection) (*record.Detection, error) {
	return record.NewDetection(n, record.DetectionOf{
		Input:    of.Input,
		Group:    record.Group{Population: of.Population, Name: of.Group},
		Stored:   n.Stored(of.Population, of.Group),
		Response: grid.Steps(of.Response, n.Spec().Dt),
	})
}
