package plots

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg"

	"neurosim/figure"
	"neurosim/internal/fpmath"
)

// maxLabels is the most tick labels on one axis; more cannot be read.
const maxLabels = 8

// ticksFor returns the ticks of an axis: its own where it has some, else
// computed ones that leave room for their labels; a hidden one has none. size measures a label along
// the axis with the room to the next.
func ticksFor(a figure.Axis, s scale, size func(string) vg.Length) []figure.Tick {
	if a.Hidden {
		return nil
	}
	if len(a.Ticks) > 0 {
		var in []figure.Tick
		for _, t := range a.Ticks {
			if s.holds(t.At) {
				in = append(in, t)
			}
		}
		return in
	}
	if s.log {
		if ticks := decadeTicks(s, size); ticks != nil {
			return ticks
		}
		if ticks := logTicks(s, size); ticks != nil {
			return ticks
		}
	}
	return linearTicks(s, a.Whole, size)
}

// linearTicks returns the finest ticks at multiples of 1, 2 or 5 times a power
// of ten whose labels fit; where the axis ends at no multiple of them, those of
// 2.5, 3 or 4 times a power of ten, or coarser ones, that reach both ends.
func linearTicks(s scale, whole bool, size func(string) vg.Length) []figure.Tick {
	const least = 4 // labels, for ticks that are chosen for their ends
	mag := int(math.Floor(fpmath.Log10(s.hi-s.lo))) - 1
	if whole {
		mag = max(mag, 0)
	}
	var finest, ending, last []figure.Tick
	for e := mag; e <= mag+2; e++ {
		for _, m := range []struct {
			digits, exponent int
			plain            bool
		}{{1, e, true}, {2, e, true}, {25, e - 1, false}, {3, e, false}, {4, e, false}, {5, e, true}} {
			if whole && m.exponent < 0 {
				continue
			}
			ticks := multiples(s.lo, s.hi, m.digits, m.exponent)
			if m.plain {
				last = ticks
			}
			if len(ticks) > maxLabels || !fits(ticks, s, size) {
				continue
			}
			if finest == nil && m.plain {
				finest = ticks
			}
			if ending == nil && len(ticks) >= least && reach(ticks, s) {
				ending = ticks
			}
		}
	}
	switch {
	case finest == nil:
		return last
	case ending != nil && !reach(finest, s):
		return ending
	}
	return finest
}

// reach reports whether the first and last tick are the ends of the axis.
func reach(ticks []figure.Tick, s scale) bool {
	near := float64(1e-9 * (s.hi - s.lo))
	return math.Abs(ticks[0].At-s.lo) <= near && math.Abs(ticks[len(ticks)-1].At-s.hi) <= near
}

// multiples returns the ticks at multiples of m·10^e in [lo, hi].
func multiples(lo, hi float64, m, e int) []figure.Tick {
	step := float64(m) * math.Pow10(e)
	first, last := math.Ceil(lo/step-1e-9), math.Floor(hi/step+1e-9)
	if last-first > 100 {
		last = first + 100 // too many to fit, whatever the room
	}
	big := math.Max(math.Abs(lo), math.Abs(hi))
	var ticks []figure.Tick
	for k := first; k <= last; k++ {
		ticks = append(ticks, figure.Tick{At: k * step, Label: number(k*float64(m), e, big)})
	}
	return ticks
}

// number writes k·10^e. All labels of an axis whose largest value is big are
// written alike: plain, or as 2×10^{6} where plain digits would be too many.
func number(k float64, e int, big float64) string {
	switch {
	case k == 0:
		return "0"
	case big >= 1e5 || big < 1e-3:
		digits := strconv.FormatFloat(math.Abs(k), 'f', 0, 64)
		exp := e + len(digits) - 1
		digits = strings.TrimRight(digits, "0")
		if len(digits) > 1 {
			digits = digits[:1] + "." + digits[1:]
		}
		sign := ""
		if k < 0 {
			sign = "-"
		}
		return fmt.Sprintf("%s%s×10^{%d}", sign, digits, exp)
	case e >= 0:
		return strconv.FormatFloat(k*math.Pow10(e), 'f', 0, 64)
	default:
		return strconv.FormatFloat(k/math.Pow10(-e), 'f', -e, 64)
	}
}

// decadeTicks labels powers of ten, thinned to what fits; the decades between
// labels and, up to 8 decades, the steps within a decade are minor ticks. It
// returns nil when fewer than two decades lie on the axis.
func decadeTicks(s scale, size func(string) vg.Length) []figure.Tick {
	first := int(math.Ceil(fpmath.Log10(s.lo) - 1e-9))
	last := int(math.Floor(fpmath.Log10(s.hi) + 1e-9))
	if last <= first {
		return nil
	}
	for _, every := range []int{1, 2, 3, 5, 10, 20, 50, 100, 200, 500} {
		var major, all []figure.Tick
		for e := first; e <= last; e++ {
			t := figure.Tick{At: math.Pow10(e)}
			if e%every == 0 {
				t.Label = fmt.Sprintf("10^{%d}", e)
				major = append(major, t)
			} else if last-first > 40 {
				continue
			}
			all = append(all, t)
		}
		if len(major) > maxLabels || !fits(major, s, size) {
			continue
		}
		if len(major) == 0 {
			return nil
		}
		if every == 1 && last-first <= 8 {
			all = append(all, withinDecades(s, first-1, last)...)
		}
		return all
	}
	return nil
}

// withinDecades returns minor ticks at 2 … 9 times each power of ten.
func withinDecades(s scale, first, last int) []figure.Tick {
	var ticks []figure.Tick
	for e := first; e <= last; e++ {
		for m := 2; m <= 9; m++ {
			if v := float64(m) * math.Pow10(e); s.holds(v) {
				ticks = append(ticks, figure.Tick{At: v})
			}
		}
	}
	return ticks
}

// logTicks labels 1, 2 and 5 times the powers of ten, for log axes of about a
// decade. It returns nil when fewer than two lie on the axis or they do not
// fit.
func logTicks(s scale, size func(string) vg.Length) []figure.Tick {
	var ticks []figure.Tick
	first := int(math.Floor(fpmath.Log10(s.lo)))
	for e := first; e <= first+2; e++ {
		for _, m := range []float64{1, 2, 5} {
			if v := m * math.Pow10(e); s.holds(v) {
				ticks = append(ticks, figure.Tick{At: v, Label: number(m, e, s.hi)})
			}
		}
	}
	if len(ticks) < 2 || !fits(ticks, s, size) {
		return nil
	}
	return ticks
}

// fits reports whether the labels of neighbouring ticks stay apart.
func fits(ticks []figure.Tick, s scale, size func(string) vg.Length) bool {
	for i := 1; i < len(ticks); i++ {
		a, _ := s.at(ticks[i-1].At)
		b, _ := s.at(ticks[i].At)
		if b-a < (size(ticks[i-1].Label)+size(ticks[i].Label))/2 {
			return false
		}
	}
	return true
}
