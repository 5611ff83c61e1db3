package spiking

import (
	"fmt"
	"math"
	"strings"
)

// Task is the sequences that are shown, and when. A letter is a symbol: A is
// subpopulation 0.
type Task struct {
	Sequences []string `toml:"sequences" list:"twice" doc:"in the order in which an episode shows them; a letter is a symbol, A the first"`
	Interval  float64  `toml:"interval" unit:"ms" grid:"dt" doc:"Delta T, time from one element to the next"`
	Pause     float64  `toml:"pause" unit:"ms" grid:"dt" doc:"time from the last element of a sequence to the next sequence; default: 2.5 intervals, at least tau_dAP"`
	First     float64  `toml:"first" unit:"ms" grid:"dt" doc:"time of the first element"`
	Sample    float64  `toml:"sample" unit:"ms" grid:"dt" doc:"time after the last but one element at which the prediction is read"`
}

// defaultTask returns the times of the article, without sequences.
func defaultTask() Task {
	return Task{Interval: 40, Pause: math.NaN(), First: 30, Sample: 8}
}

// Resolve fills in what follows: ΔT_seq = max(2.5 ΔT, τ_dAP), on the grid of dt.
func (t *Task) Resolve(p *Params) {
	if math.IsNaN(t.Pause) {
		t.Pause = max(2.5*t.Interval, p.TauDAP)
		if steps := t.Pause / p.Dt; math.Abs(steps-math.Round(steps)) > 1e-6 {
			t.Pause = float64(p.steps(t.Pause)) * p.Dt
		}
	}
}

// EpisodeMs returns the length of an episode, all sequences once (ms).
func (t *Task) EpisodeMs() float64 {
	ms := 0.0
	for _, s := range t.Sequences {
		ms += float64(float64(len(s)-1)*t.Interval) + t.Pause
	}
	return ms
}

// Symbol returns the letter of a subpopulation.
func Symbol(subpopulation int) string { return string(rune('A' + subpopulation)) }

// subpopulation of element k of sequence s.
func (t *Task) subpopulation(s, k int) int { return int(t.Sequences[s][k] - 'A') }

// firsts returns the distinct first symbols, in order of their appearance.
func (t *Task) firsts() (subpopulations []int) {
	seen := ""
	for i, s := range t.Sequences {
		if c := s[:1]; !strings.Contains(seen, c) {
			seen += c
			subpopulations = append(subpopulations, t.subpopulation(i, 0))
		}
	}
	return subpopulations
}

// Check reports every rule that the task breaks with the network of p, resolved.
func (t *Task) Check(p *Params, bad func(key, rule string, args ...any)) {
	for _, x := range []struct {
		key string
		ms  float64
	}{{"interval", t.Interval}, {"pause", t.Pause}} {
		if !(x.ms >= p.Dt) || math.IsInf(x.ms, 0) {
			bad(x.key, "must be at least one step (%g ms)", p.Dt)
		}
	}
	if !(t.First >= 0) || math.IsInf(t.First, 0) {
		bad("first", "must not be negative")
	} else if p.SparseFirst > 0 && t.First < p.PulseLead {
		bad("first", "must be at least pulse_lead (%g ms): the pulse would come before the run", p.PulseLead)
	}
	if !(t.Sample >= 0) {
		bad("sample", "must not be negative")
	} else if t.Sample >= t.Interval {
		bad("sample", "must be below interval (%g ms): the last element comes before then", t.Interval)
	}
	if p.SparseFirst > 0 && t.Pause < p.PulseLead {
		bad("pause", "must be at least pulse_lead (%g ms): the pulse would come into the sequence before", p.PulseLead)
	}
	if len(t.Sequences) == 0 {
		bad("sequences", "must name at least one sequence")
	}
	for i, s := range t.Sequences {
		if len(s) < 2 {
			bad("sequences", "sequence %d, %q, has fewer than 2 elements: nothing can be predicted", i+1, s)
		}
		for _, c := range s {
			if c < 'A' || c > 'Z' || int(c-'A') >= p.Subpopulations {
				bad("sequences", "sequence %d names %q; with %d subpopulations symbols are %s", i+1, c, p.Subpopulations, alphabet(p.Subpopulations))
				break
			}
		}
	}
}

func alphabet(m int) string {
	if m < 1 {
		return "none"
	}
	return fmt.Sprintf("A to %s", Symbol(min(m, 26)-1))
}
