package grammar

import (
	"fmt"
	"math"
	"strconv"
)

// gridded is a duration that must be a whole number of steps.
type gridded struct {
	path  string
	value *float64
	one   bool // of several
}

// movedDefault is a default that was moved to a whole number of steps.
type movedDefault struct{ path, to string }

// SetStep tells the length of a step (ms), once it is known and sound. Defaults of keys
// marked grid are moved to whole steps from then on.
func (d *Decoder) SetStep(dt float64) { d.dt = dt }

// Step returns the length of a step (ms); 0 where it is unknown or wrong.
func (d *Decoder) Step() float64 { return d.dt }

// RoundDefault returns a default, a time in a unit, moved to the nearest whole number
// of steps, at least one: no one who wrote dt has written the default.
func (d *Decoder) RoundDefault(path, unit string, t float64) float64 {
	if d.dt == 0 || t <= 0 || isWhole(t/d.dt) {
		return t
	}
	to := tidy(max(1, math.Round(t/d.dt)) * d.dt)
	d.rounded = append(d.rounded, movedDefault{path, FormatQuantity(to, unit)})
	return to
}

// roundedKeys lists the defaults that were moved to whole steps and have a meaning.
func (d *Decoder) roundedKeys() []string {
	var out []string
	for _, r := range d.rounded {
		if !d.Dropped(r.path) {
			out = append(out, r.path+" "+r.to)
		}
	}
	return out
}

// Grid holds the time (ms) at a path to whole steps, as CheckGrid does those of keys
// marked grid.
func (d *Decoder) Grid(path string, ms *float64) {
	d.grid = append(d.grid, gridded{path, ms, false})
}

// Bounds of a step (ms) and of the number of steps.
const (
	MinStep  = 1e-6
	MaxSteps = 1e15
)

// CheckGrid holds every duration marked grid to whole steps of dt (ms). Of those that
// are not written, constants are rounded where they are read, and others follow from
// what is written.
func (d *Decoder) CheckGrid(dt float64) {
	for _, g := range d.grid {
		if !d.Present(g.path) || d.Dropped(g.path) {
			continue
		}
		switch x := *g.value; {
		case math.Abs(x)/dt > MaxSteps && !math.IsInf(x, 0):
			d.Bad(g.path, "is %.3g steps of %g ms; at most %g", x/dt, dt, float64(MaxSteps))
		case !isWhole(x / dt):
			if x < 0 {
				continue // negative times are reported with their rules
			}
			which := ""
			if g.one {
				which = FormatQuantity(x, "ms") + " "
			}
			d.Bad(g.path, "%s%s", which, offGrid(x, dt))
		}
	}
}

// offGrid is the rule that a time (ms) breaks that is no whole number of steps.
func offGrid(ms, dt float64) string {
	lo := math.Floor(ms/dt) * dt
	return fmt.Sprintf("must be a whole number of steps of dt = %s ms: %s or %s ms", FormatNumber(dt), FormatRounded(lo), FormatRounded(lo+dt))
}

// OnGrid returns a check of the times (ms) in a column of a table, as of keys marked grid.
func OnGrid(dt float64) func(line int, ms float64) string {
	return func(_ int, ms float64) string {
		if isWhole(ms / dt) {
			return ""
		}
		return offGrid(ms, dt)
	}
}

// isWhole reports whether a ratio is a whole number up to the rounding of its
// parts, and not 0 for what is more. Infinite and missing durations count as whole.
func isWhole(r float64) bool {
	if math.IsNaN(r) || math.IsInf(r, 0) {
		return true
	}
	return math.Abs(r-math.Round(r)) <= 1e-6 && (r == 0 || math.Round(r) != 0)
}

// tidy drops the rounding errors that a product of decimals carries.
func tidy(x float64) float64 {
	y, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 12, 64), 64)
	return y
}
