package grammar_test

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// A range has both ends and equal differences or ratios; keys that follow an axis have its
// multiples or their own values; a resolved sweep resolves to itself.
func TestRangesOfSweeps(t *testing.T) {
	text := `
[run]
time = "2 s"
[bulbs.a]
voltage = "1 mV"
[bulbs.b]
voltage = "1 mV"
[bulbs.c]
voltage = "1 mV"
[sweep.axes]
"bulbs.a.voltage" = { from = "0.5 mV", to = "4 mV", steps = 4, scale = "log" }
[sweep.linked]
"bulbs.b.voltage" = { with = "bulbs.a.voltage", factor = 0.5 }
"bulbs.c.voltage" = { with = "bulbs.a.voltage", values = ["1 mV", "2 mV", "3 mV", "4 mV"] }
`
	l, err := loadLamp(text)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{0.5, 1, 2, 4} {
		if got := l.Sweep.Axes[0].Points[i]; got != want {
			t.Errorf("value %d is %g, want %g", i, got, want)
		}
	}
	if got := l.Sweep.Linked; len(got) != 2 || !slices.Equal(got[0].Values, []string{`"0.25 mV"`, `"0.5 mV"`, `"1 mV"`, `"2 mV"`}) || got[1].Values[3] != `"4 mV"` {
		t.Errorf("linked %+v", got)
	}
	again, err := loadLamp(l.Resolved())
	if err != nil || again.Resolved() != l.Resolved() {
		t.Errorf("resolved again: %v\n%s", err, l.Resolved())
	}
	text = strings.Replace(text, `{ from = "0.5 mV", to = "4 mV", steps = 4, scale = "log" }`, `{ from = "1 mV", to = "2 mV", steps = 4 }`, 1)
	if l, err = loadLamp(text); err != nil || !slices.Equal(l.Sweep.Axes[0].Points, []float64{1, 1.333, 1.667, 2}) {
		t.Errorf("%v %v", err, l.Sweep.Axes)
	}
}

// Of a Latin hypercube every n-th of each range has one point, and the keys are not tied to each
// other; points do not move when a key is added.
func TestSamples(t *testing.T) {
	text := `
[run]
time = "2 s"
[bulbs.a]
voltage = "1 mV"
[bulbs.b]
voltage = "1 mV"
[sweep.samples]
n = 64
[sweep.samples.keys]
"bulbs.a.voltage" = { from = "1 mV", to = "4 mV" }
`
	one, err := loadLamp(text)
	if err != nil {
		t.Fatal(err)
	}
	l, err := loadLamp(text + `"bulbs.b.voltage" = { from = "0.01 mV", to = "1 mV", scale = "log" }` + "\n")
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Points()) != 64 || !slices.Equal(l.Points()[5].At, []int{5, 5}) {
		t.Errorf("%d points, the fifth %v", len(l.Points()), l.Points()[5].At)
	}
	a, b := l.Sweep.Axes[0].Points, l.Sweep.Axes[1].Points
	if !slices.Equal(a, one.Sweep.Axes[0].Points) {
		t.Error("another key has moved the points of the first")
	}
	seen := map[int]bool{}
	var sx, sy, sxy, sxx, syy float64
	for i := range a {
		x, y := (a[i]-1)/3, 1+math.Log10(b[i])/2
		seen[int(x*64)] = true
		seen[100+int(y*64)] = true
		sx, sy, sxy, sxx, syy = sx+x, sy+y, sxy+x*y, sxx+x*x, syy+y*y
	}
	if len(seen) < 126 { // rounding to four digits may move one over the border of its part
		t.Errorf("%d of 128 parts have a point", len(seen))
	}
	// Correlations of independent columns of 64 have a standard deviation of 1/8.
	if r := (64*sxy - sx*sy) / math.Sqrt((64*sxx-sx*sx)*(64*syy-sy*sy)); math.Abs(r) > 0.5 {
		t.Errorf("the keys are correlated by %g", r)
	}
	again, err := loadLamp(l.Resolved())
	if err != nil || again.Resolved() != l.Resolved() || !slices.Equal(again.Sweep.Axes[1].Points, b) {
		t.Errorf("resolved again: %v\n%s", err, l.Resolved())
	}
}
