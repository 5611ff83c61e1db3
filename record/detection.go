package record

import (
	"errors"
	"fmt"
	"slices"

	"neurosim/network"
	"neurosim/stimulus"
)

// DetectionOf says what a Detection counts.
type DetectionOf struct {
	Input string // an input that shows patterns
	Group Group  // the segments that should recognise them

	// Stored are the patterns that each segment stores, as network.Stored gives
	// them; nil if no segment stores one. The patterns are
	// those of the population that Input drives: segments that store patterns of
	// another population store none of these.
	Stored [][]int32

	// Response is the number of steps, from the last possible spike of a
	// presentation on, in which a start counts; 0: until the next presentation.
	Response int64
}

// Detection counts how well the segments of a group, and their cells, recognise
// the patterns of an input, in memory that depends on their number alone.
//
// Presentation k owns the steps from its earliest possible spike to that of the
// next one,
//
//	Time(k) + early ≤ step < Time(k+1) + early ,
//
// early and late being those of stimulus.Presentations.Window. Where these bounds,
// more than eight standard deviations of Gaussian jitter, of two presentations
// overlap, the steps that both could own are halved between them. If Response > 0,
// only those before Time(k) + late + Response count. A start in another
// step counts for nothing. The interval of the last presentation is as long as
// the others. Presentations whose interval is not whole in the run, or began
// before the first block recorded, are left out; so are those at the end of which
// a detected NMDA spike could start without becoming certain within the run.
//
// A segment that starts twice in an interval has one hit. A cell has a hit if
// any segment of the group starts; it stores the patterns of all of them. A
// recorder that joins a run late, without a saved state, takes no segment to be
// in a plateau.
type Detection struct {
	of      DetectionOf
	shown   *stimulus.Presentations
	group   chosen
	settled settled
	storing [][]uint32 // [pattern] segments, ascending
	cellsOf [][]uint32 // [pattern] cells with such a segment, ascending

	st detectionState
}

// detectionState is what changes as the run goes on.
type detectionState struct {
	Counts  Counts
	Next    int64  // the presentation in progress or, between intervals, the next one
	Open    bool   // its interval has begun
	Trial   Counts // hits in the interval so far
	Running []bool // [segment] in a plateau
	Blocked []bool // [segment] was in a plateau as the interval began
	Started []bool // [segment] has started in the interval
	Cells   []bool // [cell] a segment has
	Held    settledState
}

// NewDetection returns a recorder that counts what of says.
func NewDetection(n *network.Network, of DetectionOf) (*Detection, error) {
	d := &Detection{of: of, shown: n.Presentations(of.Input)}
	if d.shown == nil {
		return nil, fmt.Errorf("record: there is no input %q that shows patterns", of.Input)
	}
	gs, err := chooseGroups(n, []Group{of.Group})
	if err != nil {
		return nil, err
	}
	d.group, d.settled = gs[0], newSettled(n, gs)
	segments := d.group.cells * int(d.group.perCell)
	if of.Stored != nil && len(of.Stored) != segments {
		return nil, fmt.Errorf("record: %d stored patterns for %d segments of %s", len(of.Stored), segments, of.Group)
	}
	if of.Response < 0 {
		return nil, errors.New("record: a response window must not be negative")
	}
	for s, patterns := range of.Stored {
		for _, pattern := range patterns {
			for int(pattern) >= len(d.storing) {
				d.storing, d.cellsOf = append(d.storing, nil), append(d.cellsOf, nil)
			}
			d.storing[pattern] = append(d.storing[pattern], uint32(s))
			cell, cells := uint32(s)/d.group.perCell, &d.cellsOf[pattern]
			if len(*cells) == 0 || (*cells)[len(*cells)-1] != cell {
				*cells = append(*cells, cell)
			}
		}
	}
	d.st = detectionState{
		Running: make([]bool, segments), Blocked: make([]bool, segments), Started: make([]bool, segments),
		Cells: make([]bool, d.group.cells),
	}
	return d, nil
}

// Counts returns the counts of the presentations that are over.
func (d *Detection) Counts() Counts { return d.st.Counts }

// first and end bound the interval of presentation k.
func (d *Detection) first(k int64) int64 {
	early, late := d.shown.Window()
	earliest, latestBefore := d.shown.Time(k)+early, d.shown.Time(k-1)+late
	return earliest + max(0, latestBefore-earliest)/2
}

func (d *Detection) end(k int64) int64 {
	_, late := d.shown.Window()
	if d.of.Response > 0 {
		return min(d.first(k+1), d.shown.Time(k)+late+d.of.Response)
	}
	return d.first(k + 1)
}

// Record counts the events of a block.
func (d *Detection) Record(b *network.Block) error {
	st := &d.st
	from := b.First
	if d.settled.st.Begun {
		from = d.settled.st.Next
	}
	for !st.Open && st.Next < d.shown.Count() && d.first(st.Next) < from {
		st.Next++
	}
	for i := range b.Steps {
		k, ok := d.settled.observe(b, i)
		if !ok {
			continue
		}
		starts, ends, _ := d.settled.take(0, k)
		if st.Next < d.shown.Count() && k == d.first(st.Next) {
			d.open()
		}
		for _, s := range starts {
			st.Running[s] = true
			if st.Open {
				d.start(s, k)
			}
		}
		for _, s := range ends {
			st.Running[s] = false
		}
		if st.Open && k+1 == d.end(st.Next) {
			d.close()
		}
	}
	return nil
}

// open begins the interval of the next presentation, before the events of its
// first step.
func (d *Detection) open() {
	st := &d.st
	st.Open = true
	st.Trial = Counts{}
	copy(st.Blocked, st.Running)
	clear(st.Started)
	clear(st.Cells)
}

// start counts the start of an NMDA spike within an interval.
func (d *Detection) start(s uint32, step int64) {
	st := &d.st
	if st.Started[s] {
		return
	}
	shown := d.shown.Pattern(st.Next)
	latency := step - d.shown.Time(st.Next)
	st.Started[s] = true
	st.Trial.Segments.hit(shown, d.stores(s, s+1, shown), latency)
	cell := s / d.group.perCell
	if !st.Cells[cell] {
		st.Cells[cell] = true
		st.Trial.Cells.hit(shown, d.stores(cell*d.group.perCell, (cell+1)*d.group.perCell, shown), latency)
	}
}

// stores reports whether one of the segments from..to-1 stores a pattern.
func (d *Detection) stores(from, to uint32, pattern int) bool {
	if d.of.Stored == nil || pattern == stimulus.NovelPattern {
		return false
	}
	return slices.ContainsFunc(d.of.Stored[from:to], func(patterns []int32) bool {
		return slices.Contains(patterns, int32(pattern))
	})
}

func (u *Unit) hit(shown int, stored bool, latency int64) {
	switch {
	case shown == stimulus.NovelPattern:
		u.Novel.Hits++
	case stored:
		u.Detection.Hits++
		u.Latency += latency
	default:
		u.CrossTalk.Hits++
	}
}

// close ends the interval of a presentation and adds it to the counts.
func (d *Detection) close() {
	st := &d.st
	t := &st.Trial
	t.Presentations = 1
	segments, cells := int64(len(st.Started)), int64(len(st.Cells))
	if shown := d.shown.Pattern(st.Next); shown == stimulus.NovelPattern {
		t.Novel = 1
		t.Segments.Novel.Trials = segments
		t.Cells.Novel.Trials = cells
	} else {
		var storing, cellsOf []uint32
		if shown < len(d.storing) {
			storing, cellsOf = d.storing[shown], d.cellsOf[shown]
		}
		t.Segments.Detection.Trials = int64(len(storing))
		t.Segments.CrossTalk.Trials = segments - int64(len(storing))
		t.Cells.Detection.Trials = int64(len(cellsOf))
		t.Cells.CrossTalk.Trials = cells - int64(len(cellsOf))
		d.countBlocked(storing)
	}
	st.Counts.Add(*t)
	st.Open = false
	st.Next++
}

// countBlocked counts the misses of segments in a plateau, and those of cells of
// which such a segment is one; the segments of a cell follow each other.
func (d *Detection) countBlocked(storing []uint32) {
	st := &d.st
	counted := -1
	for _, s := range storing {
		if !st.Blocked[s] {
			continue
		}
		if !st.Started[s] {
			st.Trial.Segments.Blocked++
		}
		if cell := int(s / d.group.perCell); !st.Cells[cell] && cell != counted {
			st.Trial.Cells.Blocked++
			counted = cell
		}
	}
}

// MarshalBinary returns the state for a checkpoint.
func (d *Detection) MarshalBinary() ([]byte, error) {
	d.st.Held = d.settled.st
	return marshal(d.st)
}

// UnmarshalBinary sets the state; call it before the first Record.
func (d *Detection) UnmarshalBinary(data []byte) error {
	var st detectionState
	if err := unmarshal(data, &st); err != nil {
		return err
	}
	for _, flags := range [][]bool{st.Running, st.Blocked, st.Started} {
		if len(flags) != len(d.st.Running) {
			return errState
		}
	}
	if len(st.Cells) != len(d.st.Cells) || st.Next < 0 || st.Next > d.shown.Count() {
		return errState
	}
	if err := d.settled.restore(st.Held); err != nil {
		return err
	}
	d.st = st
	return nil
}
