package spiking

// Schedule is when the elements of a task come, episode after episode, in steps.
type Schedule struct {
	origin   int64 // of the first element of episode 0
	starts   []int64
	lengths  []int
	interval int64
	length   int64 // of an episode
	lead     int64 // of the pulse before a first element; 0: there is none
}

// NewSchedule lays out a task, resolved and checked, whose first element comes in
// step origin.
func NewSchedule(p *Params, t *Task, origin int64) Schedule {
	s := Schedule{origin: origin, interval: p.steps(t.Interval)}
	for _, name := range t.Sequences {
		s.starts, s.lengths = append(s.starts, s.length), append(s.lengths, len(name))
		s.length += int64(len(name)-1)*s.interval + p.steps(t.Pause)
	}
	if p.SparseFirst > 0 {
		s.lead = p.steps(p.PulseLead)
	}
	return s
}

// Begin returns the step of the first stimulus of an episode, that of a pulse
// included.
func (s *Schedule) Begin(episode int) int64 {
	return s.origin + int64(episode)*s.length - s.lead
}

// Element returns the step of element k of a sequence in an episode.
func (s *Schedule) Element(episode, sequence, k int) int64 {
	return s.origin + int64(episode)*s.length + s.starts[sequence] + int64(k)*s.interval
}

// Locate returns the element that came last before a step, or in it, if it came
// less than an interval before.
func (s *Schedule) Locate(episode int, step int64) (sequence, element int, ok bool) {
	at := step - s.origin - int64(episode)*s.length
	for sequence = len(s.starts) - 1; sequence >= 0; sequence-- {
		if since := at - s.starts[sequence]; since >= 0 {
			element = int(since / s.interval)
			return sequence, element, element < s.lengths[sequence]
		}
	}
	return 0, 0, false
}
