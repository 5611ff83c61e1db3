package figure

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"
)

// What is not finite is left out, so that the rest can be saved; a figure of finite
// numbers stays as it is.
func TestFinite(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	f := Figure{Name: "a", Width: 89, Height: 60, Panels: []Panel{{
		X:      Axis{Min: 0, Max: inf, Ticks: []Tick{{At: 1}, {At: nan}}},
		Y:      Axis{Min: 1, Max: 2},
		Bands:  []Band{{Lo: 0, Hi: inf}, {Lo: 0, Hi: 1}},
		Rules:  []Rule{{At: nan}, {At: 3}},
		Series: []Series{{X: []float64{1}, Y: []float64{nan}}},
	}}}
	want := Figure{Name: "a", Width: 89, Height: 60, Panels: []Panel{{
		X: Axis{Ticks: []Tick{{At: 1}}}, Y: Axis{Min: 1, Max: 2}, Bands: []Band{{Lo: 0, Hi: 1}}, Rules: []Rule{{At: 3}},
	}}}
	if _, err := json.Marshal(f); err == nil {
		t.Error("JSON holds what is not finite")
	}
	got := f.Finite()
	if len(got.Panels[0].Series) != 1 || len(f.Panels[0].Bands) != 2 {
		t.Error("a series is lost, or the figure that was given has changed")
	}
	got.Panels[0].Series = nil
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	if again := got.Finite(); !reflect.DeepEqual(again, want) {
		t.Errorf("a finite figure became %+v", again)
	}
}

func TestEmpty(t *testing.T) {
	of := func(s ...Series) Figure { return Figure{Panels: []Panel{{}, {Series: s}}} }
	gaps := Series{X: []float64{1, 2}, Y: []float64{math.NaN(), math.NaN()}}
	for name, c := range map[string]struct {
		fig  Figure
		want bool
	}{
		"no series":  {of(), true},
		"no points":  {of(Series{Name: "a"}), true},
		"gaps alone": {of(gaps), true},
		"one point":  {of(gaps, Series{X: []float64{1}, Y: []float64{3}}), false},
		"a ribbon":   {of(Series{X: []float64{1}, Lo: []float64{1}, Hi: []float64{2}}), false},
	} {
		if got := c.fig.Empty(); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
