package experiments

import (
	"fmt"
	"math"

	"neurosim/configs"
	"neurosim/grammar"
)

// uncagingTables lists every response, and one row for every point of the sweep.
func uncagingTables(x *configs.Experiment, results []UncagingResult) []NamedTable {
	all := Table{Header: append(pointColumns(x), "K", "dendrite_peak_mV", "dendrite_sum_mV", "soma_peak_mV", "soma_sum_mV",
		"supralinearity", "above_level_ms", "nmda_spike")}
	each := Table{Header: append(pointColumns(x), "distance_um", "K_star", "dendrite_peak_mV", "soma_peak_mV", "above_level_ms",
		"supralinearity", "K_steepest", "K_most_supralinear")}
	for i := range results {
		r := &results[i]
		for k, q := range r.Responses {
			all.Rows = append(all.Rows, append(pointValues(x, r.Point), itoa(k), measured(q.Dendrite), measured(q.SumDendrite),
				measured(q.Soma), measured(q.SumSoma), measured(q.Supralinearity()), measured(q.Above), fmt.Sprint(q.Spike)))
		}
		row := append(pointValues(x, r.Point), measured(r.Distance))
		if k := r.Threshold(); k >= 0 {
			q := r.Responses[k]
			row = append(row, itoa(k), measured(q.Dendrite), measured(q.Soma), measured(q.Above), measured(q.Supralinearity()))
		} else {
			row = append(row, "", "", "", "", "")
		}
		step, most := r.Steepest()
		each.Rows = append(each.Rows, append(row, itoa(step), itoa(most)))
	}
	return []NamedTable{{"tables/responses.csv", all}, {"tables/thresholds.csv", each}}
}

// summary shortens what many points say.
func summary(says []string) []string {
	const most = 12
	if len(says) > most {
		return append(says[:most:most], fmt.Sprintf("and %d more points in tables/thresholds.csv", len(says)-most))
	}
	return says
}

// measured writes a measured quantity with six digits; nothing for none.
func measured(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return ""
	}
	return fmt.Sprintf("%.6g", x)
}

// uncagingMetrics fills in the numbers of each point, and what they say.
func uncagingMetrics(x *configs.Experiment, results []UncagingResult, s *CellStudy) {
	for i := range results {
		r := &results[i]
		at := pointKey(x, r.Point)
		step, most := r.Steepest()
		s.Metrics["K_steepest"+at], s.Metrics["K_most_supralinear"+at] = step, most
		name := pointLabel(x, r.Point, nil, 0)
		if name != "" {
			name += ": "
		}
		if r.Cut > 0 {
			s.Warnings = append(s.Warnings, name+cutWarning(x, x.Uncaging.Population, x.Uncaging.Group, r.Cut, "response"))
		}
		k := r.Threshold()
		if k < 0 {
			s.Metrics["K_star"+at] = nil
			s.Metrics["K_star"+at+WhyKey] = "no NMDA spike with up to " + grammar.Count(float64(len(r.Responses)-1), "synapse")
			if r.Cut > 0 {
				s.Metrics["K_star"+at+WhyKey] = cutWarning(x, x.Uncaging.Population, x.Uncaging.Group, r.Cut, "response")
			}
			s.Says = append(s.Says, fmt.Sprintf("%sno NMDA spike with up to %s", name, grammar.Count(float64(len(r.Responses)-1), "synapse")))
			continue
		}
		q := r.Responses[k]
		s.Metrics["K_star"+at] = k
		s.Metrics["dendrite_peak_mV"+at], s.Metrics["soma_peak_mV"+at], s.Metrics["above_level_ms"+at] = q.Dendrite, q.Soma, q.Above
		s.Metrics["supralinearity"+at] = q.Supralinearity()
		s.Says = append(s.Says, fmt.Sprintf("%sK* = %d; %.3g mV at the dendrite, %.3g mV at the soma; %.3g ms above the level; steepest at K = %d, most supralinear at %d",
			name, k, q.Dendrite, q.Soma, q.Above, step, most))
	}
}
