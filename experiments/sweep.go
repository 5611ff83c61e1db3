package experiments

import (
	"context"
	"fmt"
	"time"

	"neurosim/configs"
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

// sweepDetections runs every point of the sweep of x, points in parallel, and counts
// detections, without recordings.
func sweepDetections(ctx context.Context, x *configs.Experiment, w *study.Work) ([]PointResult, error) {
	start, points := time.Now(), x.Points()
	results, err := study.Parts(ctx, w, SweepStage(x), len(points), func(ctx context.Context, p *study.Part) (PointResult, error) {
		return RunPoint(ctx, x, points[p.Index], p.Threads)
	})
	if err == nil {
		w.Say("  sweep of %s in %.3g s", grammar.Count(float64(len(points)), "run"), time.Since(start).Seconds())
	}
	return results, err
}

// SweepStage is the stage of the points of a sweep. A network may go on to a later end,
// and then its points are of other runs than before.
func SweepStage(x *configs.Experiment) study.Stage {
	return study.Stage{Name: fmt.Sprintf("sweep to %g ms", x.Run.Tstop), Label: "  sweep", Unit: "runs"}
}

// RunPoint simulates one point and counts detections.
func RunPoint(ctx context.Context, x *configs.Experiment, p grammar.Point, threads int) (PointResult, error) {
	r := PointResult{Point: p}
	y, err := x.At(p)
	if err != nil {
		return r, err
	}
	if y.Detection.Estimator == configs.Stratified {
		e, err := EstimateFalsePositives(ctx, y, study.New(study.Options{Threads: threads}))
		r.Estimate, r.Metrics = &e, map[string]any{}
		EstimateMetrics(e, r.Metrics)
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
	totals := record.NewTotals(n)
	err = n.Run(ctx, y.Network.Steps, d, totals)
	r.Counts, r.Metrics = d.Counts(), totalMetrics(y, totals.Populations())
	DetectionMetrics(r.Counts, y.Run.Dt, r.Metrics)
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
