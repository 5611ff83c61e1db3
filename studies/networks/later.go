package networks

import (
	"fmt"
	"strings"

	"neurosim/grammar"
	"neurosim/study"
)

const tstopKey = "run.tstop"

// laterEnd returns which differences of a configuration from that of an interrupted run
// only follow from a later end of the run of a network: run.tstop, and each stop that was
// at the end and is again. Where the run so far would have been another one with the
// later end, bad says so.
func laterEnd(s study.Study, state study.State, differences []grammar.Difference) (follows func(grammar.Difference) bool, bad []string) {
	no := func(grammar.Difference) bool { return false }
	var end grammar.Difference
	for _, d := range differences {
		if d.Key == tstopKey {
			end = d
		}
	}
	x := s.(*Study)
	if end.Key == "" {
		return no, nil
	}
	was, err := grammar.ParseQuantity(strings.Trim(end.Old, `"`), "ms")
	if err != nil || was >= x.Run.Tstop {
		return no, nil
	}
	var from networkState
	if saved := state[simulation].Begun[0]; saved != nil {
		if err := study.Decode(saved, &from); err != nil {
			return no, []string{err.Error()}
		}
		at := float64(from.State.Step) * x.Run.Dt
		if same := sameUntil(x, was); at > same {
			return no, []string{fmt.Sprintf("%s was %s, now %s: a presentation that begins after the old end has spikes from %g ms on, but the run has come to %g ms",
				tstopKey, end.Old, end.New, same, at)}
		}
	}
	delete(state, study.SweepStage().Name) // its points are of other runs
	return func(d grammar.Difference) bool {
		return d == end || strings.HasSuffix(d.Key, ".stop") && d.Old == end.Old && d.New == end.New
	}, nil
}
