package study

import (
	"slices"
	"strings"
)

// An Idle is a key whose value cannot change the results, and why. The key may be a table.
type Idle struct{ Key, Why string }

// An Idler is a study that knows which of its keys do nothing, written or not.
type Idler interface{ Idle() []Idle }

// mostTried bounds the points of a sweep at which is looked whether a key does something.
const mostTried = 30

// Idle says which keys of the configuration were written and can change no result: neither
// as it stands, nor at a point of its sweep or for the data of a fit. Each is
// "file:line: key: why".
func (c *Config) Idle() (notes []string) {
	idler, able := c.Study.(Idler)
	if !able {
		return nil
	}
	idle := slices.DeleteFunc(idler.Idle(), func(k Idle) bool { return c.Place(k.Key) == "" || c.varied(k.Key) })
	points := c.Points()
	n := min(mostTried, len(points))
	for i := range n {
		if len(idle) == 0 {
			return nil
		}
		if at, err := c.At(points[i*(len(points)-1)/max(1, n-1)]); err == nil {
			idle = c.also(idle, at)
		}
	}
	if c.Fit != nil {
		for _, d := range c.Fit.Data {
			if at, err := c.With(d.Set); err == nil && len(d.Set) > 0 {
				idle = c.also(idle, at)
			}
		}
	}
	for _, k := range idle {
		notes = append(notes, c.Place(k.Key)+": "+k.Key+" has no effect: "+k.Why)
	}
	return notes
}

// also returns those of some keys that do nothing in a variant of the configuration either.
// What a point of a sweep does without, as figures, is not asked again.
func (c *Config) also(idle []Idle, variant *Config) []Idle {
	there := variant.Study.(Idler).Idle()
	return slices.DeleteFunc(idle, func(k Idle) bool {
		table, _, _ := strings.Cut(k.Key, ".")
		if table == "figures" || slices.Contains(c.Kind.Aside, table) {
			return false
		}
		return !slices.ContainsFunc(there, func(t Idle) bool { return t.Key == k.Key })
	})
}

// varied tells whether a key is an axis of the sweep or free in the fit, or a table that
// holds one.
func (c *Config) varied(key string) bool {
	within := func(k string) bool { return k == key || strings.HasPrefix(k, key+".") }
	if c.Sweep != nil {
		for _, a := range c.Sweep.Axes {
			if within(a.Key) {
				return true
			}
		}
	}
	if c.Fit != nil {
		for i := range c.Fit.Free {
			if slices.ContainsFunc(c.Fit.Free[i].All(), within) {
				return true
			}
		}
	}
	return false
}
