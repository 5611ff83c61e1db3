package plots

import (
	"math"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"

	"neurosim/figure"
)

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		lo, hi float64
		log    bool
		length vg.Length
		want   string // labels; a dot for each minor tick, in any order
	}{
		{0, 1, false, 100, "0 0.2 0.4 0.6 0.8 1.0"},
		{0, 500, false, 400, "0 100 200 300 400 500"},
		{-80, 40, false, 100, "-80 -60 -40 -20 0 20 40"},
		{-0.013, 0.013, false, 60, "-0.01 0 0.01"},
		{0, 2.5e6, false, 100, "0 5×10^{5} 1×10^{6} 1.5×10^{6} 2×10^{6} 2.5×10^{6}"},
		{1e9, 1e9 + 3, false, 50, "1×10^{9} 1.000000001×10^{9} 1.000000002×10^{9} 1.000000003×10^{9}"},
		{0, 3e-6, false, 50, "0 1×10^{-6} 2×10^{-6} 3×10^{-6}"},
		{1e-3, 1, true, 100, "10^{-3} 10^{-2} 10^{-1} 10^{0} ........................"},
		{0.5e-3, 0.9, true, 100, "10^{-3} 10^{-2} 10^{-1} ............................."},
		{1e-20, 1, true, 200, "10^{-18} 10^{-15} 10^{-12} 10^{-9} 10^{-6} 10^{-3} 10^{0} .............."},
		{1e-300, 1e300, true, 200, "10^{-300} 10^{-200} 10^{-100} 10^{0} 10^{100} 10^{200} 10^{300}"},
		{2, 7, true, 100, "2 5"},
		{0.02, 0.3, true, 100, "0.02 0.05 0.1 0.2"},
		{1, 1.5, true, 100, "1.0 1.1 1.2 1.3 1.4 1.5"},
		{0, 1500, false, 400, "0 250 500 750 1000 1250 1500"}, // not 200, which ends at 1400
		{0, 1250, false, 400, "0 250 500 750 1000 1250"},
		{0, 9000, false, 400, "0 3000 6000 9000"},
		{0, 2999, false, 400, "0 500 1000 1500 2000 2500"},
	} {
		s := scale{c.lo, c.hi, c.log, 0, c.length}
		var labels []string
		minor := ""
		for _, tick := range ticksFor(figure.Axis{}, s, func(string) vg.Length { return textSize + tickSpace }) {
			if !s.holds(tick.At) {
				t.Errorf("%g..%g: tick %g lies outside", c.lo, c.hi, tick.At)
			}
			if tick.Label == "" {
				minor += "."
			} else {
				labels = append(labels, tick.Label)
			}
		}
		got := strings.TrimSpace(strings.Join(labels, " ") + " " + minor)
		if got != c.want {
			t.Errorf("%g..%g log %v on %v pt:\n got %s\nwant %s", c.lo, c.hi, c.log, c.length, got, c.want)
		}
	}
}

// Data sets 0, 0.5 ... 3.0 are none.
func TestWholeTicks(t *testing.T) {
	for _, c := range []struct {
		hi   float64
		want string
	}{{3, "0 1 2 3"}, {1, "0 1"}, {40, "0 10 20 30 40"}} {
		var labels []string
		for _, tick := range ticksFor(figure.Axis{Whole: true}, scale{0, c.hi, false, 0, 60}, func(string) vg.Length { return textSize + tickSpace }) {
			labels = append(labels, tick.Label)
		}
		if got := strings.Join(labels, " "); got != c.want {
			t.Errorf("0..%g: %s, want %s", c.hi, got, c.want)
		}
	}
}

// Ticks that a figure states are kept as they are, except for those off the axis.
func TestStatedTicks(t *testing.T) {
	a := figure.Axis{Ticks: []figure.Tick{{At: 5, Label: "Input"}, {At: 10}, {At: 99, Label: "off"}}}
	got := ticksFor(a, scale{0, 20, false, 0, 100}, func(string) vg.Length { return 1000 })
	if len(got) != 2 || got[0].Label != "Input" || got[1].At != 10 {
		t.Errorf("%v", got)
	}
}

func TestScale(t *testing.T) {
	lin, log := scale{0, 10, false, 100, 200}, scale{1e-4, 1, true, 0, 100}
	for _, c := range []struct {
		s    scale
		v    float64
		want vg.Length
		ok   bool
	}{
		{lin, 5, 150, true}, {lin, -10, 0, true}, {lin, math.NaN(), 0, false}, {lin, math.Inf(1), 0, false},
		{log, 1e-2, 50, true}, {log, 0, 0, false}, {log, -1, 0, false},
	} {
		if got, ok := c.s.at(c.v); ok != c.ok || math.Abs(float64(got-c.want)) > 1e-9 {
			t.Errorf("at(%g) = %v, %v, want %v, %v", c.v, got, ok, c.want, c.ok)
		}
	}
	if got := log.clamp(0); got != 0 {
		t.Errorf("clamp(0) on a log axis = %v, want its start", got)
	}
}
