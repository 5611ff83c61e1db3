package temporalmemory

import (
	"slices"

	"neurosim/study"
)

// Idle returns keys that change nothing: sequences after a change that no case has.
func (t *Study) Idle() []study.Idle {
	if t.Mixed != nil && !slices.ContainsFunc(t.Mixed.Cases, func(c Case) bool { return c.Change }) {
		return []study.Idle{{Key: "stream.changed", Why: "no case has change = true"}}
	}
	return nil
}
