package results

import (
	"math"
	"math/rand/v2"
	"os"
	"reflect"
	"strings"
	"testing"

	"neurosim/figure"
)

func example() figure.Figure {
	return figure.Figure{
		Name: "rate", Title: "Rate", Width: 89, Height: 60, ShareX: true,
		Panels: []figure.Panel{{
			X: figure.Axis{Label: "time", Unit: "ms"},
			Y: figure.Axis{Label: "rate", Unit: "Hz", Log: true, Min: 1, Max: 100, Ticks: []figure.Tick{{At: 1, Label: "one"}}},
			Series: []figure.Series{
				{Name: `E, "deep"`, Mark: figure.Points, Role: figure.Simulation, X: []float64{0, 1e6}, Y: []float64{0.1, math.NaN()},
					Lo: []float64{math.Inf(-1), 1e-7}, Hi: []float64{1e15, math.Inf(1)}},
				{Name: "theory", Mark: figure.Line, Index: 2, X: []float64{-2.5}, Y: []float64{3}},
			},
			Bands: []figure.Band{{Axis: "x", Lo: 1, Hi: 2}},
			Rules: []figure.Rule{{Label: "theta", Axis: "y", At: 13}},
		}, {
			X:      figure.Axis{Label: "time", Unit: "ms"},
			Y:      figure.Axis{Label: "cell"},
			Series: []figure.Series{{Mark: figure.Raster, X: []float64{}, Y: []float64{}}},
		}},
	}
}

func TestTable(t *testing.T) {
	d := start(t, t.TempDir(), New)
	check(t, d.SaveFigure(example()))
	for name, want := range map[string]string{
		"tables/rate_a.csv": `series,name,time (ms),rate (Hz),"rate, low (Hz)","rate, high (Hz)"
1,"E, ""deep""",0,0.1,-Inf,1e+15
1,"E, ""deep""",1000000,NaN,1e-07,Inf
2,theory,-2.5,3,,
`,
		"tables/rate_b.csv": "series,name,time (ms),cell\n",
	} {
		if got, err := os.ReadFile(d.Path(name)); err != nil || string(got) != want {
			t.Errorf("%v: got\n%swant\n%s", err, got, want)
		}
	}
}

// The columns of a table have names of their own, whatever the axes are called.
func TestColumnsOfFigures(t *testing.T) {
	both := figure.Axis{Label: "V_{m}", Unit: "mV"}
	for _, c := range []struct {
		x, y figure.Axis
		want string
	}{
		{both, both, "V_m, x (mV),V_m, y (mV),V_m, x, end (mV)"},
		{figure.Axis{}, figure.Axis{Unit: "um"}, "x,y (um),x, end"},
		{figure.Axis{Label: "name"}, figure.Axis{Label: "series"}, "name, x,series, y,name, end"},
	} {
		names := header(&figure.Panel{X: c.x, Y: c.y, Series: []figure.Series{{X: []float64{1}, Y: []float64{1}, X2: []float64{1}}}})
		if got := strings.Join(names[2:], ","); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}

// A saved figure comes back as it was, whatever it holds.
func TestFigureRoundTrip(t *testing.T) {
	d := start(t, t.TempDir(), New)
	check(t, d.SaveFigure(figure.Figure{Name: "rate-2"}))
	check(t, d.SaveFigure(example()))
	for seed := range uint64(60) {
		want := randomFigure(rand.New(rand.NewPCG(seed, 0)))
		check(t, d.SaveFigure(want))
		got, err := d.LoadFigure(want.Name)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		got, want = markNaN(got), markNaN(want)
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d:\ngot  %+v\nwant %+v", seed, got, want)
		}
	}
	if names := d.Figures(); !reflect.DeepEqual(names, []string{"random", "rate", "rate-2"}) {
		t.Errorf("figures %v", names)
	}
}

// markNaN puts a number in the place of every NaN and of every -0, which
// DeepEqual takes for unequal and for equal to 0.
func markNaN(fig figure.Figure) figure.Figure {
	for _, p := range fig.Panels {
		for s := range p.Series {
			for _, values := range slicesOf(&p.Series[s]) {
				for i, v := range *values {
					if math.IsNaN(v) {
						(*values)[i] = 123.456
					} else if v == 0 && math.Signbit(v) {
						(*values)[i] = 654.321
					}
				}
			}
		}
	}
	return fig
}

func randomFigure(rng *rand.Rand) figure.Figure {
	some := func(most int) int { return rng.IntN(most + 1) }
	text := func() string {
		parts := []string{"", " ", ",", `"`, "\n", "\r\n", "a", "τ_{m}", "<&>", ": ", "; "}
		return parts[rng.IntN(len(parts))] + parts[rng.IntN(len(parts))]
	}
	number := func() float64 {
		switch some(8) {
		case 0:
			return math.NaN()
		case 1:
			return math.Inf(1 - 2*some(1))
		case 2:
			return math.Copysign(0, float64(some(1))-0.5)
		case 3:
			return float64(rng.IntN(1e9))
		default: // any finite pattern of bits
			v := math.Float64frombits(rng.Uint64())
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return math.SmallestNonzeroFloat64
			}
			return v
		}
	}
	axis := func() figure.Axis {
		a := figure.Axis{Label: text(), Unit: text(), Log: some(1) == 1, Min: rng.NormFloat64(), Max: 7}
		for range some(2) {
			a.Ticks = append(a.Ticks, figure.Tick{At: rng.Float64(), Label: text()})
		}
		return a
	}
	fig := figure.Figure{Name: "random", Title: text(), Width: 183, Height: rng.Float64(), FontSize: float64(some(14)), Cols: some(3), ShareX: some(1) == 1}
	for range some(4) {
		p := figure.Panel{Title: text(), Weight: float64(some(2)), X: axis(), Y: axis(), Legend: some(1) == 1, LegendAt: figure.Places[some(len(figure.Places)-1)]}
		if some(1) == 1 {
			p.Colours = &figure.Colours{Label: text(), Unit: text(), Low: rng.NormFloat64(), High: 9, NoBar: some(1) == 1}
			p.Parts = []figure.Part{{Label: text(), Hi: rng.Float64()}}
			p.Equal, p.ScaleBar = some(1) == 1, rng.Float64()
		}
		for range some(2) {
			p.Bands = append(p.Bands, figure.Band{Name: text(), Axis: "x", Lo: rng.Float64(), Role: figure.Input})
			p.Rules = append(p.Rules, figure.Rule{Label: text(), Axis: "y", At: rng.Float64()})
		}
		for range some(3) {
			s := figure.Series{Name: text(), Mark: figure.Points, Role: figure.Theory, Index: some(5), Colour: text()}
			n := some(20)
			for _, values := range slicesOf(&s) {
				if n > 0 && values == &s.X || some(1) == 1 {
					*values = make([]float64, n)
					for i := range *values {
						(*values)[i] = number()
					}
				}
			}
			p.Series = append(p.Series, s)
		}
		fig.Panels = append(fig.Panels, p)
	}
	return fig
}

func TestFigureRefuses(t *testing.T) {
	d := start(t, t.TempDir(), New)
	fig := example()
	fig.Panels[0].Series[1].Y = []float64{1, 2}
	refused(t, d.SaveFigure(fig), `figure rate: panel 1: series 2 "theory": 2 values in y for 1 in x`)
	fig = example()
	fig.Panels[0].X.Max = math.NaN()
	refused(t, d.SaveFigure(fig), "figures/rate.json: ", "NaN")
	for _, name := range []string{"", "a/b", `a\b`, "..", "/"} {
		fig = example()
		fig.Name = name
		if d.SaveFigure(fig) == nil {
			t.Errorf("name %q was taken", name)
		}
	}
	_, err := d.LoadFigure("absent")
	refused(t, err, "figures/absent.json: no such file")

	check(t, d.SaveFigure(example()))
	good, err := os.ReadFile(d.Path("tables/rate_a.csv"))
	check(t, err)
	for _, damage := range []struct{ old, new, part string }{
		{"2,theory,-2.5,3,,\n", "", "0 values of x in series 2: 1 were saved"},
		{"-2.5", "two", `line 4: x = "two": must be a number`},
		{"2,theory,-2.5,3,,", "2,theory,-2.5,3,4,", "line 4: lo = 4: series 2 has no such values"},
		{"2,theory", "3,theory", "line 4: series 3: the panel has none such"},
		{"2,theory", "0,theory", "none such"},
		{"theory,-2.5", "theory", "line 4: wrong number of fields"},
		{"name,time", "name,hour", `"hour (ms)"`},
		{"series,", "trial,", "not the table of this panel"},
		{string(good), "", "is empty"},
	} {
		bad := strings.Replace(string(good), damage.old, damage.new, 1)
		check(t, os.WriteFile(d.Path("tables/rate_a.csv"), []byte(bad), 0o644))
		_, err := d.LoadFigure("rate")
		refused(t, err, "tables/rate_a.csv: ", damage.part)
	}
}

// The budget for a million points is 1.5 s to save and as much to load.
func BenchmarkFigure(b *testing.B) {
	d, err := Create(b.TempDir(), New)
	if err == nil {
		err = d.Begin(Record{})
	}
	if err != nil {
		b.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	s := figure.Series{Name: "E", Mark: figure.Raster, X: make([]float64, 1e6), Y: make([]float64, 1e6)}
	for i := range s.X {
		s.X[i], s.Y[i] = rng.Float64()*1e4, float64(rng.IntN(1e4))
	}
	fig := figure.Figure{Name: "raster", Panels: []figure.Panel{{Series: []figure.Series{s}}}}
	b.Run("save", func(b *testing.B) {
		for b.Loop() {
			if err := d.SaveFigure(fig); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("load", func(b *testing.B) {
		for b.Loop() {
			if _, err := d.LoadFigure("raster"); err != nil {
				b.Fatal(err)
			}
		}
	})
	d.Close()
}
