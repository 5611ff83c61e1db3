package networks

import (
	"context"

	"neurosim/grammar"
	"neurosim/internal/grid"
	"neurosim/network"
	"neurosim/record"
	"neurosim/study"
)

// A PointResult is what one point of a sweep gave.
type PointResult struct {
	Point    grammar.Point
	Counts   record.Counts
	Estimate *Estimate // of false positives, in place of Counts, where the estimator is stratified
	Metrics  map[string]any
}

// sweepDetections runs every point of the sweep of x and counts detections, without
// recordings.
func sweepDetections(ctx context.Context, x *Study, w *study.Work) ([]PointResult, error) {
	return study.EachPoint(ctx, x.Configuration, w, func(ctx context.Context, p *study.Part, of grammar.Point) (PointResult, error) {
		return RunPoint(ctx, x, of, p.Threads)
	})
}

// RunPoint simulates one point and counts detections.
func RunPoint(ctx context.Context, x *Study, p grammar.Point, threads int) (PointResult, error) {
	r := PointResult{Point: p}
	y, err := x.At(p)
	if err != nil {
		return r, err
	}
	if y.Detection.Estimator == Stratified {
		e, err := estimateFalsePositives(ctx, y, study.New(study.Options{Threads: threads}))
		r.Estimate, r.Metrics = &e, map[string]any{}
		estimateMetrics(e, r.Metrics)
		return r, err
	}
	n, err := network.Build(&y.Network, 1)
	if err != nil {
		return r, err
	}
	d, err := newDetection(n, y.Detection)
	if err != nil {
		return r, err
	}
	totals := record.NewTotals(n)
	err = n.Run(ctx, y.Network.Steps, d, totals)
	r.Counts, r.Metrics = d.Counts(), totalMetrics(y, totals.Populations())
	detectionMetrics(r.Counts, y.Run.Dt, r.Metrics)
	return r, err
}

// newDetection returns the recorder that a [detection] table asks for.
func newDetection(n *network.Network, of *Detection) (*record.Detection, error) {
	return record.NewDetection(n, record.DetectionOf{
		Input:    of.Input,
		Group:    record.Group{Population: of.Population, Name: of.Group},
		Stored:   n.Stored(of.Population, of.Group),
		Response: grid.Steps(of.Response, n.Spec().Dt),
	})
}
