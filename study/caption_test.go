package study

import (
	"testing"

	"neurosim/figure"
)

// A caption names the panels with their axes and units, what is drawn, what the marks are, and
// the parameters.
func TestCaption(t *testing.T) {
	fig := figure.Figure{Note: "Lines: cells.", Panels: []figure.Panel{
		{Title: "Both", X: figure.Axis{Label: "Time", Unit: "ms"}, Y: figure.Axis{Label: "V_{m}", Unit: "mV"}, Series: []figure.Series{{Name: "soma"}, {Name: "soma"}, {Name: "tuft"}}, Bands: []figure.Band{{Name: "Pulse"}}},
		{X: figure.Axis{Label: "x", Hidden: true}, Y: figure.Axis{Label: "Path", Unit: "µm"}, Colours: &figure.Colours{Label: "Potential", Unit: "mV"}},
		{X: figure.Axis{Label: "K"}, Y: figure.Axis{Label: "cells"}},
	}}
	want := "A cell. (a) Both: V_m (mV) against time (ms): soma; tuft; Pulse. (b) Potential (mV) in colour over path (µm). (c) Cells against K. Lines: cells.\n\nneurosim, seed = 1\n"
	if got := Caption(&fig, "A cell", "neurosim, seed = 1"); got != want {
		t.Errorf("%q\nwant\n%q", got, want)
	}
}
