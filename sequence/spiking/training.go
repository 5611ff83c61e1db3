package spiking

import (
	"context"
	"math"
)

// Training shows the sequences of a task to a network, episode after episode,
// and measures.
type Training struct {
	Schedule
	net    *Network
	task   Task
	pulsed map[int][]int32 // cells of a first symbol that a pulse predicts
	cells  [][]int32       // [subpopulations]
}

// NewTraining prepares the task, resolved and checked, for a network.
func NewTraining(n *Network, t Task) *Training {
	tr := &Training{Schedule: NewSchedule(&n.p, &t, n.p.steps(t.First)), net: n, task: t, pulsed: map[int][]int32{}}
	for i, q := range t.firsts() {
		if i < len(n.pulsed) {
			tr.pulsed[q] = n.pulsed[i]
		}
	}
	for q := range n.p.Subpopulations {
		tr.cells = append(tr.cells, n.subpopulation(q))
	}
	return tr
}

// Outcome is what an episode showed, per sequence.
type Outcome struct {
	Episode   int
	Sequences []SequenceOutcome
	Mature    int // synapses above P_θ after the episode
	Segments  int // with at least γ of them
}

// SequenceOutcome is how a sequence's last element was predicted, and the cells
// that answered its elements.
type SequenceOutcome struct {
	Predicted []int // [subpopulations] cells in a dAP when the prediction is read
	Active    []int // [elements] spikes of the subpopulation until the next element
	Target    int   // subpopulation of the last element
	Threshold int   // cells that make a prediction: ⌈ρ/2⌉
}

// wrong counts the subpopulations that are predicted and do not come, and those
// that come and are not predicted.
func (o *SequenceOutcome) wrong() (falsePositives, falseNegatives int) {
	for q, cells := range o.Predicted {
		predicted := cells >= o.Threshold
		switch {
		case predicted && q != o.Target:
			falsePositives++
		case !predicted && q == o.Target:
			falseNegatives++
		}
	}
	return falsePositives, falseNegatives
}

// Error is ‖o - v‖, the distance of the prediction from what comes.
func (o *SequenceOutcome) Error() float64 {
	fp, fn := o.wrong()
	return math.Sqrt(float64(fp + fn))
}

// last returns the cells that answered the last element.
func (o *SequenceOutcome) last() int { return o.Active[len(o.Active)-1] }

// mean of f over the sequences of an episode.
func (o *Outcome) mean(f func(s *SequenceOutcome) float64) float64 {
	sum := 0.0
	for i := range o.Sequences {
		sum += f(&o.Sequences[i])
	}
	return sum / float64(len(o.Sequences))
}

// Error, FalsePositives, FalseNegatives, Active and DAPs are means over the
// sequences: of the last element, the cells that answered it, and the cells of
// its subpopulation that had a dAP when the prediction was read.
func (o *Outcome) Error() float64 {
	return o.mean(func(s *SequenceOutcome) float64 { return s.Error() })
}
func (o *Outcome) FalsePositives() float64 {
	return o.mean(func(s *SequenceOutcome) float64 { fp, _ := s.wrong(); return float64(fp) })
}
func (o *Outcome) FalseNegatives() float64 {
	return o.mean(func(s *SequenceOutcome) float64 { _, fn := s.wrong(); return float64(fn) })
}
func (o *Outcome) Active() float64 {
	return o.mean(func(s *SequenceOutcome) float64 { return float64(s.last()) })
}
func (o *Outcome) DAPs() float64 {
	return o.mean(func(s *SequenceOutcome) float64 { return float64(s.Predicted[s.Target]) })
}

// cue queues one sequence's inputs: of its first elements, with the pulse where
// there is one.
func (t *Training) cue(episode, s, elements int) error {
	for k := range elements {
		q, at := t.task.subpopulation(s, k), t.Element(episode, s, k)
		if cells := t.pulsed[q]; k == 0 && cells != nil {
			if err := t.net.add(Input{Step: at - t.net.p.steps(t.net.p.PulseLead), Cells: cells, Pulse: true}); err != nil {
				return err
			}
		}
		if err := t.net.add(Input{Step: at, Cells: t.cells[q]}); err != nil {
			return err
		}
	}
	return nil
}

// Run shows all sequences once and returns what they brought. The network is
// advanced to the begin of the next episode; it must not have gone beyond the
// begin of this one.
func (t *Training) Run(ctx context.Context, episode int, observers ...Observer) (Outcome, error) {
	n := t.net
	out := Outcome{Episode: episode}
	count := make([][]int, len(t.task.Sequences))
	observers = append(observers, func(events []Event) { t.count(episode, events, count) })
	for s := range t.task.Sequences {
		count[s] = make([]int, len(t.task.Sequences[s]))
		if err := t.cue(episode, s, len(count[s])); err != nil {
			return out, err
		}
	}
	for s, name := range t.task.Sequences {
		sample := t.Element(episode, s, len(name)-2) + n.p.steps(t.task.Sample)
		if err := n.run(ctx, sample+1, observers...); err != nil {
			return out, err
		}
		out.Sequences = append(out.Sequences, SequenceOutcome{Predicted: n.predicted(), Active: count[s],
			Target: t.task.subpopulation(s, len(name)-1), Threshold: (n.p.Active + 1) / 2})
	}
	err := n.run(ctx, t.Begin(episode+1), observers...)
	out.Mature, out.Segments = n.mature()
	return out, err
}

// count adds the spikes of the elements' subpopulations.
func (t *Training) count(episode int, events []Event, count [][]int) {
	for _, e := range events {
		if e.Kind != Spike {
			continue
		}
		if s, k, ok := t.Locate(episode, e.Step); ok && int(e.Cell)/t.net.p.Cells == t.task.subpopulation(s, k) {
			count[s][k]++
		}
	}
}
