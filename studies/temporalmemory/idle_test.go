package temporalmemory

import (
	"slices"
	"testing"

	"neurosim/grammar"
	"neurosim/study"
)

// The sequences after a change are named as idle where no case changes, and not where one does.
func TestIdleSequences(t *testing.T) {
	for change, want := range map[string]bool{"true": false, "false": true} {
		x, err := load("sequence-highorder", grammar.Options{Set: []grammar.Override{
			{Key: "cases", Value: "{ one = { change = " + change + " } }"}, {Key: "figures", Value: "{}"}}})
		if err != nil {
			t.Fatal(err)
		}
		got := slices.ContainsFunc(x.Idle(), func(k study.Idle) bool { return k.Key == "stream.changed" })
		if got != want {
			t.Errorf("change = %s: named %v", change, got)
		}
	}
}
