package onecell

import (
	"fmt"
	"strconv"

	"neurosim/grammar"
	"neurosim/internal/dictionary"
	"neurosim/study"
)

// uncagingTables lists every response, and one row for every point of the sweep.
func uncagingTables(x *Study, results []uncagingResult) []study.NamedTable {
	all := study.Table{Text: "Responses to synapses that are activated together, a row for each number of them.", Columns: pointColumns(x, [][3]string{
		{"K", "", "synapses that are activated"},
		{"dendrite_peak_mV", "mV", "highest potential of the segment above that at the beginning"},
		{"dendrite_sum_mV", "mV", "sum of the peaks of the single synapses at the segment"},
		{"soma_peak_mV", "mV", "highest potential of the soma above that at the beginning"},
		{"soma_sum_mV", "mV", "sum of the peaks of the single synapses at the soma"},
		{"supralinearity", "", "soma_peak_mV over soma_sum_mV"},
		{"nonlinearity_percent", "%", "supralinearity - 1"},
		{"above_level_ms", "ms", "time in which the segment is at or above the level of the criterion"},
		{"nmda_spike", "", "true: there is an NMDA spike"},
	})}
	for _, at := range x.Uncaging.Places {
		all.Columns = append(all.Columns, at.column())
	}
	each := study.Table{Text: "Thresholds of NMDA spikes, a row for each point of the sweep.", Columns: pointColumns(x, [][3]string{
		{"distance_um", "um", "path from the soma to the segment"},
		{"K_star", "", "least number of synapses with an NMDA spike"},
		{"dendrite_peak_mV", "mV", "highest potential of the segment at K_star above that at the beginning"},
		{"soma_peak_mV", "mV", "highest potential of the soma at K_star above that at the beginning"},
		{"above_level_ms", "ms", "time at or above the level at K_star"},
		{"supralinearity", "", "supralinearity at K_star"},
		{"K_steepest", "", "number of synapses with the largest step of the peak at the soma before it"},
		{"K_most_supralinear", "", "number of synapses with the largest supralinearity"},
	})}
	for _, c := range criteria {
		each.Columns = append(each.Columns, dictionary.Column{Name: "K_" + string(c), Text: "number of synapses at the threshold by the criterion " + string(c) + ", interpolated"})
	}
	for _, at := range x.Uncaging.Places {
		each.Columns = append(each.Columns, at.column())
	}
	for i := range results {
		r := &results[i]
		for k, q := range r.Responses {
			row := append(pointValues(x, r.Point), strconv.Itoa(k), study.Measured(q.Dendrite), study.Measured(q.SumDendrite),
				study.Measured(q.Soma), study.Measured(q.SumSoma), study.Measured(q.supralinearity()), study.Measured(100*(q.supralinearity()-1)), study.Measured(q.Above), fmt.Sprint(q.Spike))
			for _, peak := range q.Places {
				row = append(row, study.Measured(peak))
			}
			all.Rows = append(all.Rows, row)
		}
		row := append(pointValues(x, r.Point), study.Measured(r.Distance))
		if k := r.threshold(); k >= 0 {
			q := r.Responses[k]
			row = append(row, strconv.Itoa(k), study.Measured(q.Dendrite), study.Measured(q.Soma), study.Measured(q.Above), study.Measured(q.supralinearity()))
		} else {
			row = append(row, "", "", "", "", "")
		}
		step, most := r.steepest()
		row = append(row, strconv.Itoa(step), strconv.Itoa(most))
		for _, c := range criteria {
			row = append(row, study.Measured(r.K[c].value()))
		}
		for i := range x.Uncaging.Places {
			peak := ""
			if k := r.threshold(); k >= 0 {
				peak = study.Measured(r.Responses[k].Places[i])
			}
			row = append(row, peak)
		}
		each.Rows = append(each.Rows, row)
	}
	return []study.NamedTable{{Name: "responses", Table: all}, {Name: "thresholds", Table: each}}
}

// column is that of the highest potentials of a place, above those at the beginning.
func (w *watched) column() dictionary.Column {
	return dictionary.Column{Name: w.Name + "_peak_mV", Unit: "mV", Text: "highest potential at the place " + w.Name + " above that at the beginning"}
}

// summary shortens what many points say.
func summary(says []string) []string {
	const most = 12
	if len(says) > most {
		return append(says[:most:most], fmt.Sprintf("and %d more points in tables/thresholds.csv", len(says)-most))
	}
	return says
}

// metrics returns the numbers of a point, and adds to a report what they say.
func (r *uncagingResult) metrics(x *Study, s *study.Report) map[string]any {
	step, most := r.steepest()
	m := map[string]any{"K_steepest": step, "K_most_supralinear": most}
	name := pointPrefix(x, r.Point)
	for _, c := range criteria {
		key := "K_" + string(c)
		if at := r.K[c]; at.Why == "" {
			m[key] = at.K
		} else {
			m[key], m[key+study.WhyKey] = nil, at.Why
		}
	}
	if r.Cut > 0 {
		s.Warnings = append(s.Warnings, name+cutWarning(x, x.Uncaging.Population, x.Uncaging.Group, r.Cut, "response"))
	}
	k := r.threshold()
	if k < 0 {
		m["K_star"] = nil
		m["K_star"+study.WhyKey] = "no NMDA spike with up to " + grammar.Count(float64(len(r.Responses)-1), "synapse")
		if r.Cut > 0 {
			m["K_star"+study.WhyKey] = cutWarning(x, x.Uncaging.Population, x.Uncaging.Group, r.Cut, "response")
		}
		s.Lines = append(s.Lines, fmt.Sprintf("%sno NMDA spike with up to %s: %s", name, grammar.Count(float64(len(r.Responses)-1), "synapse"), r.K[Local].Why))
		return m
	}
	q := r.Responses[k]
	m["K_star"] = k
	m["dendrite_peak_mV"], m["soma_peak_mV"], m["above_level_ms"] = q.Dendrite, q.Soma, q.Above
	m["supralinearity"] = q.supralinearity()
	elsewhere := ""
	for i, at := range x.Uncaging.Places {
		m[at.column().Name] = q.Places[i]
		elsewhere += fmt.Sprintf("%.3g mV at the place %s, ", q.Places[i], at.Name)
	}
	s.Lines = append(s.Lines, fmt.Sprintf("%sK* = %d%s; %.3g mV at the dendrite, %s%.3g mV at the soma; %.3g ms above the level; steepest at K = %d, most supralinear at %d",
		name, k, r.chosen(x.Uncaging.Criterion), q.Dendrite, elsewhere, q.Soma, q.Above, step, most))
	return m
}

// chosen says the continuous threshold of the criterion that was asked for.
func (r *uncagingResult) chosen(c Criterion) string {
	by := ""
	if c != Local {
		by = " by " + string(c)
	}
	if at := r.K[c]; at.Why != "" {
		return fmt.Sprintf(", no K%s: %s", by, at.Why)
	}
	return fmt.Sprintf(" (K%s = %.2f)", by, r.K[c].K)
}
