package spiking

import (
	"fmt"
	"strings"
	"testing"
)

// problems of a preset after a change.
func problems(change func(p *Params, t *Task)) []string {
	x, _ := PresetNamed("set-I")
	p, task := x.Params, x.Task
	change(&p, &task)
	task.Resolve(&p)
	p.Resolve(&task)
	var out []string
	bad := func(key, rule string, args ...any) { out = append(out, key+": "+fmt.Sprintf(rule, args...)) }
	p.Check(bad)
	task.Check(&p, bad)
	if out == nil {
		p.CheckTogether(&task, bad)
	}
	return out
}

func TestPresetsAreGood(t *testing.T) {
	for _, x := range Presets() {
		bad := func(key, rule string, args ...any) { t.Errorf("%s: %s: %s", x.Name, key, fmt.Sprintf(rule, args...)) }
		x.Task.Resolve(&x.Params)
		x.Params.Resolve(&x.Task)
		x.Params.Check(bad)
		x.Task.Check(&x.Params, bad)
		x.Params.CheckTogether(&x.Task, bad)
		for _, w := range x.Params.Warnings(&x.Task) {
			t.Errorf("%s: warning: %s", x.Name, w)
		}
	}
	if _, err := PresetNamed("set-IV"); err == nil {
		t.Error("set-IV is a preset")
	}
}

// τ_h of the published sets, and the Hebbian step of set I: Bouhadjar et al.
func TestResolved(t *testing.T) {
	for name, tauH := range map[string]float64{"set-I": 440, "set-II": 1560, "set-III": 1560} {
		if p, _ := resolved(t, name); p.TauH != tauH || p.PeakIE != 0.9 || p.PairingMax != 80 {
			t.Errorf("%s: tau_h %g, peak_IE %g, Delta_t_max %g", name, p.TauH, p.PeakIE, p.PairingMax)
		}
	}
	p, task := resolved(t, "set-I")
	// (0.196 + 0.28 - 0.03)/20
	if g := p.netGrowth(&task); g < 0.02229 || g > 0.02231 {
		t.Errorf("net growth %g", g)
	}
	p.Subpopulations, p.Cells, p.Probability = 26, 240, 0.15
	if p.InDegree() != 936 {
		t.Errorf("K = %d, want 936", p.InDegree())
	}
}

// Bad parameters are refused with the arithmetic, under their key.
func TestRefusals(t *testing.T) {
	cases := map[string]struct {
		change func(p *Params, t *Task)
		want   string
	}{
		"threshold never met":     {func(p *Params, t *Task) { p.Probability = 0.005 }, "probability: gives floor(0.005 × 900) = 4 synapses on a cell; a dendritic action potential needs 5"},
		"more sources than cells": {func(p *Params, t *Task) { p.Probability = 1 }, "probability: gives floor(1 × 900) = 900 synapses on a cell; there are 899"},
		"coincident":              {func(p *Params, t *Task) { p.Coincident = 151 }, "coincident: must be from 1 to 150"},
		"plateau fires cells":     {func(p *Params, t *Task) { p.IDAP = 500 }, "I_dAP: lifts V to tau_m I_dAP/C_m = 20 mV"},
		"plateau below threshold": {func(p *Params, t *Task) { p.IDAP = 40 }, "I_dAP: must be above I_dAP_th"},
		"weak input":              {func(p *Params, t *Task) { p.PeakEX = 19 }, "peak_EX: must be above V_th_E"},
		"weak inhibition":         {func(p *Params, t *Task) { p.PeakIE = 0.09 }, "peak_IE: lifts the inhibitory cell by at most cells × peak_IE = 13.5 mV"},
		"maturity out of range":   {func(p *Params, t *Task) { p.PTheta = 20 }, "P_theta: must be below P_max (20)"},
		"initial out of range":    {func(p *Params, t *Task) { p.PInit = 21 }, "P_init: must be from 0 to P_max (20)"},
		"no learning":             {func(p *Params, t *Task) { p.LambdaPlus = 0 }, "lambda_plus: must be positive"},
		"depression wins":         {func(p *Params, t *Task) { p.LambdaMinus = 0.024 }, "lambda_minus: takes more than a pairing can give: lambda_plus exp(-42/20) + lambda_h z_target = 0.0238"},
		"window too short":        {func(p *Params, t *Task) { p.PairingMax = 40 }, "Delta_t_max: neighbouring elements pair at interval + delay_EE = 42 ms"},
		"window backwards":        {func(p *Params, t *Task) { p.PairingMin = 90 }, "Delta_t_min: must be below Delta_t_max"},
		"no delay":                {func(p *Params, t *Task) { p.Delay = 0 }, "delay_EE: must be from 0.1"},
		"unknown symbol":          {func(p *Params, t *Task) { t.Sequences[0] = "ADGE" }, `sequences: sequence 1 names 'G'; with 6 subpopulations symbols are A to F`},
		"short sequence":          {func(p *Params, t *Task) { t.Sequences[1] = "A" }, `sequences: sequence 2, "A", has fewer than 2 elements`},
		"late sample":             {func(p *Params, t *Task) { t.Sample = 40 }, "sample: must be below interval"},
		"weak pulse":              {func(p *Params, t *Task) { p.SparseFirst, p.PulseStrength = 21, 0.9 }, "pulse_strength: must be above 1"},
		"too many subpopulations": {func(p *Params, t *Task) { p.Subpopulations = 27 }, "subpopulations: must be from 1 to 26"},
		"time constant":           {func(p *Params, t *Task) { p.TauED = 0 }, "tau_ED: must be positive"},
		"reading":                 {func(p *Params, t *Task) { p.Reading = "nest" }, "reading: must be"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := problems(c.change)
			for _, g := range got {
				if strings.HasPrefix(g, c.want) {
					return
				}
			}
			t.Errorf("problems %q, want %q", got, c.want)
		})
	}
}
