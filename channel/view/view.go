// Package view shows what a channel does: tables and a figure of the steady states and time
// constants of its gates.
package view

import (
	"fmt"
	"math"
	"strings"

	"neurosim/channel"
	"neurosim/figure"
	"neurosim/internal/fpmath"
)

// A Gate is a gate at the potentials or concentrations of a table. A gate that reads both has
// a table over potentials for each of several concentrations.
type Gate struct {
	Name  string    `json:"name"`
	Power int       `json:"power"`
	Reads string    `json:"reads"` // V, ca or both
	Ca    *float64  `json:"ca_mM,omitempty"`
	At    []float64 `json:"at"`     // mV, or mM for a gate that reads ca alone
	Inf   []float64 `json:"inf"`    // steady state
	Tau   []float64 `json:"tau_ms"` // null: instantaneous
}

// Concentrations at which gates that read both are shown: powers of ten (mM).
var concentrations = []int{-4, -3, -2}

// legend names the gate in a figure.
func (g *Gate) legend() string {
	if g.Ca == nil {
		return g.Name
	}
	return fmt.Sprintf("%s at 10^{−%.0f} mM Ca", g.Name, -fpmath.Log10(*g.Ca))
}

// Gates returns the gates of a channel over potentials from -120 to 60 mV, or concentrations
// from 1e-5 to 1e-2 mM: points of them for each 10 mV or each decade.
func Gates(k *channel.Kinetics, points int) (gates []Gate) {
	names, powers := k.Gates()
	for i, name := range names {
		v, ca := k.Reads(i)
		g := Gate{Name: name, Power: powers[i], Reads: "V"}
		switch {
		case v && ca:
			for _, power := range concentrations {
				c := fpmath.Pow10(float64(power))
				g.Reads, g.Ca = "both", &c
				gates = append(gates, g.over(potentials(points), func(v float64) (float64, float64) { return k.Steady(i, v, c), k.Tau(i, v, c) }))
			}
			continue
		case ca:
			g.Reads = "ca"
			g = g.over(decades(points), func(c float64) (float64, float64) { return k.Steady(i, 0, c), k.Tau(i, 0, c) })
		default:
			g = g.over(potentials(points), func(v float64) (float64, float64) { return k.Steady(i, v, 0), k.Tau(i, v, 0) })
		}
		gates = append(gates, g)
	}
	return gates
}

// over fills in the table of a gate.
func (g Gate) over(at []float64, f func(x float64) (inf, tau float64)) Gate {
	g.At = at
	for _, x := range at {
		inf, tau := f(x)
		g.Inf = append(g.Inf, inf)
		if tau > 0 {
			g.Tau = append(g.Tau, tau)
		}
	}
	return g
}

func potentials(points int) (out []float64) {
	for i := range 18*points + 1 {
		out = append(out, -120+float64(10*i)/float64(points))
	}
	return out
}

// decades divides decades at 1, 2 and 5, or evenly where there are more points.
func decades(points int) (out []float64) {
	if points == 1 {
		for _, c := range []float64{1e-5, 1e-4, 1e-3} {
			out = append(out, c, 2*c, 5*c)
		}
		return append(out, 1e-2)
	}
	for i := range 3*points + 1 {
		out = append(out, fpmath.Pow10(float64(i)/float64(points)-5))
	}
	return out
}

// Formula writes the current of a channel, with _{..} and ^{..} of figures where they are
// wanted.
func Formula(k *channel.Kinetics, typeset bool) string {
	names, powers := k.Gates()
	text := "g"
	if typeset {
		text = "g_{max}"
	}
	for i, name := range names {
		text += " " + name
		switch {
		case powers[i] > 1 && typeset:
			text += fmt.Sprintf("^{%d}", powers[i])
		case powers[i] > 1:
			text += fmt.Sprintf("^%d", powers[i])
		}
	}
	nernst := k.Ion == channel.Calcium && math.IsNaN(k.E)
	switch {
	case nernst && typeset:
		return text + " (V − E_{Ca})"
	case nernst:
		return text + " (V - E_Ca)"
	case typeset:
		return text + " (V − E)"
	}
	return text + " (V - E)"
}

// wide is how many times a time constant changes before its axis has decades.
const wide = 50

// Figure draws steady states above time constants, gates of the potential beside those of
// calcium.
func Figure(name string, k *channel.Kinetics, celsius float64) figure.Figure {
	fig := figure.Figure{
		Name: name, Width: 89, Height: 90, ShareX: true,
		Note: fmt.Sprintf("%s at %g °C: the gates of the current %s. (a) Steady states. (b) Time constants.", k.Name, celsius, Formula(k, true)),
	}
	gates := Gates(k, 40)
	for _, g := range gates {
		if text := " " + g.Name + " is instantaneous."; g.Tau == nil && !strings.Contains(fig.Note, text) {
			fig.Note += text
		}
	}
	var inf, tau []figure.Panel
	for _, calcium := range []bool{false, true} {
		x := figure.Axis{Label: "Membrane potential, V", Unit: "mV", Min: -120, Max: 60}
		if calcium {
			x = figure.Axis{Label: "Calcium concentration", Unit: "mM", Log: true, Min: 1e-5, Max: 1e-2}
		}
		upper := figure.Panel{X: x, Y: figure.Axis{Label: "Steady state", Min: 0, Max: 1}, Legend: true}
		lower := figure.Panel{X: x, Y: figure.Axis{Label: "Time constant", Unit: "ms"}}
		least, most := math.Inf(1), 0.0
		for i, g := range gates {
			if (g.Reads == "ca") != calcium {
				continue
			}
			s := figure.Series{Name: g.legend(), Mark: figure.Line, Role: figure.Theory, Index: i, X: g.At, Y: g.Inf}
			upper.Series = append(upper.Series, s)
			if s.Y = g.Tau; s.Y == nil {
				s.Y = make([]float64, len(g.At))
				for j := range s.Y {
					s.Y[j] = math.NaN()
				}
			}
			for _, t := range g.Tau {
				least, most = min(least, t), max(most, t)
			}
			lower.Series = append(lower.Series, s)
		}
		if upper.Series == nil {
			continue
		}
		switch {
		case most > wide*least:
			lower.Y.Log = true
		case most > 0:
			lower.Y.Max = 1.1 * most // from 0, so that a constant one is no fine structure
		}
		inf, tau = append(inf, upper), append(tau, lower)
	}
	fig.Panels, fig.Cols = append(inf, tau...), len(inf)
	if len(inf) == 2 {
		fig.Width = 183
		fig.Note = strings.ReplaceAll(strings.ReplaceAll(fig.Note, "(a)", "(a), (b)"), "(b) Time", "(c), (d) Time")
	}
	return fig
}
