package plots

import (
	"bytes"
	"flag"
	"math"
	"os"
	"path/filepath"
	"testing"

	"neurosim/figure"
)

var update = flag.Bool("update", false, "rewrite testdata")

// One small picture for each mark, compared byte for byte. When one changes,
// look at both before updating.
func TestGolden(t *testing.T) {
	for name, fig := range goldens() {
		got := render(t, fig, "svg")
		file := filepath.Join("testdata", name+".svg")
		if *update {
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s differs from what is drawn now; run with -update, look at both, and say why", file)
		}
		if len(want) > 50_000 {
			t.Errorf("%s has %d bytes, want at most 50000", file, len(want))
		}
	}
}

func goldens() map[string]figure.Figure {
	x := []float64{0, 1, 2, 3, 4, 5, 6}
	y := []float64{1, 3, 2, math.NaN(), 4, 2, 5}
	lo, hi := make([]float64, len(x)), make([]float64, len(x))
	for i := range y {
		lo[i], hi[i] = y[i]-0.7, y[i]+0.5
	}
	rows, ends := []float64{0, 1, 2, 0, 1, 2, 0}, []float64{0.5, 3, 3, 4, 7, 5.5, 6.5}
	figs := map[string]figure.Figure{}
	for i, m := range marks {
		s := figure.Series{Mark: m, Role: figure.Excitatory, Index: i % 3, X: x, Y: y, Lo: lo, Hi: hi}
		if m == figure.Raster || m == figure.Spans {
			s.Y, s.Lo, s.Hi, s.X2 = rows, nil, nil, ends
		}
		p := figure.Panel{X: figure.Axis{Label: "t", Unit: "ms"}}
		switch m {
		case figure.Image, figure.Strokes: // with all that goes with colours of values
			s = figure.Series{Mark: m, X: x, Y: rows, X2: ends, Y2: x, Lo: rows, Hi: []float64{1, 2, 3, 1, 2, 3, 1}, Z: y, Width: ends}
			p.Colours = &figure.Colours{Label: "potential", Unit: "mV", High: 5}
			p.Parts = []figure.Part{{Label: "a", Hi: 1}, {Label: "b", Lo: 1, Hi: 3}}
			if m == figure.Strokes {
				p.Equal, p.ScaleBar = true, 2
			}
		}
		p.Series = []figure.Series{s}
		figs[string(m)] = small(p)
	}
	// Everything else in one: letters, log axes, limits, rule, band, legend.
	none := figure.Series{Name: "θ", Mark: figure.Points, Role: figure.Simulation, Index: 1,
		X: []float64{1, 2, 3}, Y: []float64{0.5, 1e-3, 0}, Lo: []float64{0.3, 1e-4, 0}, Hi: []float64{0.7, 4e-3, 1e-3}}
	line := figure.Series{Name: "θ", Mark: figure.Dashed, Role: figure.Theory, Index: 1, X: none.X, Y: []float64{0.6, 2e-3, 1e-5}}
	p := figure.Panel{X: figure.Axis{Label: "n"}, Y: figure.Axis{Label: "P", Log: true}, Legend: true,
		Series: []figure.Series{line, none},
		Bands:  []figure.Band{{Name: "I", Axis: "x", Lo: 1.5, Hi: 2, Role: figure.Dendritic}},
		Rules:  []figure.Rule{{Axis: "y", At: 0.1, Label: "q"}}}
	q := figure.Panel{X: p.X, Y: figure.Axis{Ticks: []figure.Tick{{At: 0, Label: "E"}, {At: 0.5}, {At: 1, Label: "I"}}}}
	figs["panels"] = figure.Figure{Width: 60, Height: 45, ShareX: true, Panels: []figure.Panel{p, q}}
	return figs
}
