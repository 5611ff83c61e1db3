package dendrite

import (
	"math"

	"neurosim/internal/grid"
)

// DetectorParams is the criterion by which an NMDA spike is found in a voltage:
// it stays at or above a level for a time. The potential of a segment is the
// highest of its compartments.
type DetectorParams struct {
	Enabled  bool    `toml:"enabled" doc:"detect NMDA spikes; false: the segments have none, and are only places for synapses or for reading a potential"`
	Level    float64 `toml:"level" unit:"mV" doc:"least potential of an NMDA spike"`
	Duration float64 `toml:"duration" unit:"ms" grid:"dt" doc:"least time for which the potential must stay at or above level"`
}

// DefaultDetector returns the criterion of Eyal et al. (2018, Front. Cell.
// Neurosci. 12:181): above -40 mV for 20 ms. A backpropagating spike is shorter.
func DefaultDetector() DetectorParams { return DetectorParams{Enabled: true, Level: -40, Duration: 20} }

// Check reports every rule that p breaks; dt in ms.
func (p DetectorParams) Check(dt float64, bad func(key, rule string, args ...any)) {
	if !(math.Abs(p.Level) <= 100) {
		bad("level", "must be from -100 to 100 mV")
	}
	if !(p.Duration >= dt) {
		bad("duration", "must be at least one step (dt = %g ms)", dt)
	} else if most := math.MaxInt32 * dt; p.Duration > most {
		bad("duration", "must be at most %g ms (%d steps)", most, math.MaxInt32)
	}
}

// A Spike is an NMDA spike that was found: the potential was at or above the
// level after steps Start … End-1, and highest after step PeakStep.
type Spike struct {
	Cell, Segment int32
	Start, End    int64
	PeakStep      int64
	Peak          float64 // (mV)
}

// Detector finds NMDA spikes on S segments of N cells.
type Detector struct {
	n     int
	level []float64 // [S]
	need  []int32   // [S] steps that make a spike
	above []int32   // [S][N] steps at or above the level so far, 0 below it
	since []int32   // [S][N] steps since the peak
	peak  []float64 // [S][N] (mV)
}

// NewDetector returns a detector for n cells, with the criterion of each segment;
// dt in ms.
func NewDetector(n int, criteria []DetectorParams, dt float64) *Detector {
	size := n * len(criteria)
	d := &Detector{n: n, above: make([]int32, size), since: make([]int32, size), peak: make([]float64, size)}
	for _, p := range criteria {
		need := grid.Steps32(p.Duration, dt)
		if !p.Enabled {
			need = math.MaxInt32 // and the potential is never shown
		}
		d.level, d.need = append(d.level, p.Level), append(d.need, need)
	}
	return d
}

// Observe shows the potentials v of a segment after a step, by cell (mV). Spikes
// that have become certain in it are appended to found, with End and the peak as
// they are so far; those that ended in it are appended to ended. A potential
// that is below the level after step k ends a spike there: End = k.
func (d *Detector) Observe(step int64, segment int, v []float64, found, ended []Spike) (f, e []Spike) {
	above := d.above[segment*d.n : (segment+1)*d.n][:len(v)]
	level, need := d.level[segment], d.need[segment]
	for j, x := range v {
		if x >= level {
			i := segment*d.n + j
			if above[j] == 0 || x > d.peak[i] {
				d.peak[i], d.since[i] = x, 0
			} else {
				d.since[i]++
			}
			if above[j]++; above[j] == need {
				found = append(found, d.spike(step, segment, j))
			}
		} else if above[j] > 0 {
			if above[j] >= need {
				ended = append(ended, d.spike(step-1, segment, j))
			}
			above[j] = 0
		}
	}
	return found, ended
}

// spike describes the excursion of a cell that goes on after step.
func (d *Detector) spike(step int64, segment, cell int) Spike {
	i := segment*d.n + cell
	return Spike{
		Cell: int32(cell), Segment: int32(segment),
		Start: step + 1 - int64(d.above[i]), End: step + 1,
		PeakStep: step - int64(d.since[i]), Peak: d.peak[i],
	}
}

// Undecided returns the number of cells whose excursion on a segment goes on and is not
// yet a spike.
func (d *Detector) Undecided(segment int) (n int) {
	for _, a := range d.above[segment*d.n : (segment+1)*d.n] {
		if a > 0 && a < d.need[segment] {
			n++
		}
	}
	return n
}

// Active tells whether a segment of a cell is in a spike that is certain.
func (d *Detector) Active(segment, cell int) bool {
	return d.above[segment*d.n+cell] >= d.need[segment]
}

// State returns the arrays that make up the state, for a checkpoint. They are
// the state itself: copying into them restores it.
func (d *Detector) State() (above, since []int32, peak []float64) { return d.above, d.since, d.peak }
