package networks

import (
	"neurosim/analysis"
	"neurosim/network"
	"neurosim/record"
)

// detectionMetrics adds counts, rates and 95 % intervals to a flat set of
// metrics.
func detectionMetrics(c record.Counts, dt float64, m map[string]any) {
	m["detection.presentations"] = c.Presentations
	for unit, u := range map[string]record.Unit{"segments": c.Segments, "cells": c.Cells} {
		for kind, t := range map[string]record.Tally{"detected": u.Detection, "false_positives": u.Novel, "cross_talk": u.CrossTalk} {
			at := "detection." + unit + "." + kind
			p := analysis.Proportion{Hits: t.Hits, Trials: t.Trials}
			lo, hi := p.Wilson(analysis.Z95)
			m[at+".hits"], m[at+".trials"] = t.Hits, t.Trials
			m[at+".rate"], m[at+".rate_lo95"], m[at+".rate_hi95"] = p.Rate(), lo, hi
		}
		m["detection."+unit+".blocked"] = u.Blocked
		clock := network.NewClock(dt)
		m["detection."+unit+".latency_ms"] = clock.Ms(u.Latency) / float64(u.Detection.Hits)
	}
}

// estimateMetrics adds a stratified estimate of false positives to a flat set of
// metrics.
func estimateMetrics(e Estimate, m map[string]any) {
	const at = "detection.stratified.false_positives."
	rate, lo, hi := e.Probability()
	m[at+"rate"], m[at+"rate_lo95"], m[at+"rate_hi95"] = rate, lo, hi
	m[at+"log10_rate"] = e.log10()
	m[at+"trials"], m[at+"strata"] = e.trials(), len(e.Strata)
}
