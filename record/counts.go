package record

// Counts says how often units recognised what they were shown.
type Counts struct {
	Presentations int64 `json:"presentations"` // whose interval lies whole in the run
	Novel         int64 `json:"novel"`         // of these, those of a novel pattern
	Segments      Unit  `json:"segments"`
	Cells         Unit  `json:"cells"`
}

// A Unit is the counts of all segments of a group, or of all their cells. A unit
// is tried once in every presentation, in one of three kinds of trial; a hit is
// a trial in whose interval an NMDA spike starts.
type Unit struct {
	Detection Tally `json:"detection"`  // the unit stores the pattern; other trials than hits are false negatives
	Novel     Tally `json:"novel"`      // the pattern is novel; hits are false positives
	CrossTalk Tally `json:"cross_talk"` // the pattern is another one, or the unit stores none; hits are false positives

	// Blocked is the number of detection trials without a hit in which a segment
	// that stores the pattern was in a plateau as the interval began. If it is a
	// large part of the false negatives, the presentations follow too quickly.
	Blocked int64 `json:"blocked"`

	// Latency is the sum, over the hits of Detection, of the steps from the
	// beginning of the presentation to the first start; jittered spikes that
	// come early can make one negative.
	Latency int64 `json:"latency_steps"`
}

// A Tally is a number of successes among trials.
type Tally struct {
	Hits   int64 `json:"hits"`
	Trials int64 `json:"trials"`
}

// Add pools the counts of another run.
func (c *Counts) Add(x Counts) {
	c.Presentations += x.Presentations
	c.Novel += x.Novel
	c.Segments.add(x.Segments)
	c.Cells.add(x.Cells)
}

func (u *Unit) add(x Unit) {
	u.Detection.add(x.Detection)
	u.Novel.add(x.Novel)
	u.CrossTalk.add(x.CrossTalk)
	u.Blocked += x.Blocked
	u.Latency += x.Latency
}

func (t *Tally) add(x Tally) {
	t.Hits += x.Hits
	t.Trials += x.Trials
}
