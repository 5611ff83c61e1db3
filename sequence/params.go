package sequence

import (
	"fmt"
	"math"
	"slices"
)

// Rules names a published implementation of the temporal memory, where the two
// that there are differ.
type Rules string

const (
	// NuPIC made the published figures. A burst without a match is won by a
	// random one of the cells with fewest segments; at the limit of segments the
	// one that has not been active for longest is dropped; a segment goes with
	// its last synapse.
	NuPIC Rules = "nupic"
	// HTMCore: the winner is a cell of the column that won in the step before,
	// else the lowest with fewest segments; the segment with the smallest Σp² is
	// dropped; a segment goes when fewer than min_threshold synapses are left;
	// growth onto a cell that the segment has raises that permanence to
	// initial_permanence.
	HTMCore Rules = "htm.core"
)

// Params are the parameters of a temporal memory.
type Params struct {
	Columns        int   `toml:"columns" doc:"columns, C"`
	CellsPerColumn int   `toml:"cells_per_column" doc:"cells of a column, P; 1: a memory of first order"`
	Rules          Rules `toml:"rules" of:"nupic htm.core" doc:"nupic or htm.core: ties, limits and how segments end"`
	SegmentParams
}

// SegmentParams are the parameters of learning on segments.
// Permanences are in single precision, as in both published implementations.
type SegmentParams struct {
	ActivationThreshold int     `toml:"activation_threshold" doc:"connected synapses from active cells that make a segment active, θ"`
	MinThreshold        int     `toml:"min_threshold" doc:"synapses from active cells, connected or not, that make a segment matching"`
	MaxNewSynapseCount  int     `toml:"max_new_synapse_count" doc:"active synapses up to which a learning segment grows new ones"`
	InitialPermanence   float64 `toml:"initial_permanence" doc:"permanence of a new synapse"`
	ConnectedPermanence float64 `toml:"connected_permanence" doc:"permanence from which a synapse is connected"`
	PermanenceIncrement float64 `toml:"permanence_increment" doc:"gain of an active synapse of a learning segment, p+"`
	PermanenceDecrement float64 `toml:"permanence_decrement" doc:"loss of its other synapses, p-"`
	PredictedDecrement  float64 `toml:"predicted_segment_decrement" doc:"loss of the active synapses of a segment that was matching when its column did not become active"`
	MaxSegmentsPerCell  int     `toml:"max_segments_per_cell" doc:"most segments of a cell"`
	MaxSynapses         int     `toml:"max_synapses_per_segment" doc:"most synapses of a segment"`
}

// Default returns the parameters of figure 6 of [HA16].
func Default() Params {
	return Params{Columns: 2048, CellsPerColumn: 32, Rules: NuPIC, SegmentParams: SegmentParams{
		ActivationThreshold: 15, MinThreshold: 15, MaxNewSynapseCount: 40,
		InitialPermanence: 0.21, ConnectedPermanence: 0.5,
		PermanenceIncrement: 0.1, PermanenceDecrement: 0.1, PredictedDecrement: 0.01,
		MaxSegmentsPerCell: 255, MaxSynapses: 255,
	}}
}

// Limits of the integer types of the flat arrays.
const (
	maxCells    = 1 << 28
	maxSynapses = 255     // of a segment: an overlap is a byte
	maxSegments = 1 << 16 // of a cell
)

// Check reports every rule that the parameters break, by key. active is the
// number of columns that an element activates; 0 if it is not known.
func (p *Params) Check(active int, bad func(key, rule string, args ...any)) {
	if p.Columns < 1 || p.Columns > maxCells {
		bad("columns", "must be from 1 to %d", maxCells)
	} else if p.CellsPerColumn < 1 || p.CellsPerColumn > maxCells/p.Columns {
		bad("cells_per_column", "must be from 1 to %d: there can be %d cells", maxCells/p.Columns, maxCells)
	}
	if p.Rules != NuPIC && p.Rules != HTMCore {
		bad("rules", "must be %q or %q", NuPIC, HTMCore)
	}
	if active > p.Columns && p.Columns > 0 {
		bad("columns", "must be at least the %d active columns of an element", active)
	}
	p.SegmentParams.check(p.Columns*p.CellsPerColumn, bad)
	// Where every predicted column has one winner, no more than active cells can
	// be active together in one context.
	if active > 0 && p.ActivationThreshold > active*p.CellsPerColumn {
		bad("activation_threshold", "can never be met: %d active columns of %d cells are %d cells", active, p.CellsPerColumn, active*p.CellsPerColumn)
	}
	if active > 0 && p.MinThreshold > active*p.CellsPerColumn {
		bad("min_threshold", "can never be met: %d active columns of %d cells are %d cells", active, p.CellsPerColumn, active*p.CellsPerColumn)
	}
}

func (s *SegmentParams) check(cells int, bad func(key, rule string, args ...any)) {
	whole := func(key string, n, lo, hi int) {
		if n < lo || n > hi {
			bad(key, "must be from %d to %d", lo, hi)
		}
	}
	whole("activation_threshold", s.ActivationThreshold, 1, maxSynapses)
	whole("min_threshold", s.MinThreshold, 1, maxSynapses)
	whole("max_new_synapse_count", s.MaxNewSynapseCount, 1, maxSynapses)
	whole("max_segments_per_cell", s.MaxSegmentsPerCell, 1, maxSegments-1)
	whole("max_synapses_per_segment", s.MaxSynapses, 1, maxSynapses)
	if s.MinThreshold > s.ActivationThreshold {
		bad("min_threshold", "must be at most activation_threshold (%d): an active segment matches", s.ActivationThreshold)
	}
	if most := min(s.MaxSynapses, cells); s.ActivationThreshold > most {
		bad("activation_threshold", "can never be met: a segment has at most %d synapses", most)
	}
	if s.MinThreshold > s.MaxSynapses {
		bad("min_threshold", "can never be met: a segment has at most %d synapses", s.MaxSynapses)
	}
	if s.MaxNewSynapseCount > s.MaxSynapses {
		bad("max_new_synapse_count", "must be at most max_synapses_per_segment (%d)", s.MaxSynapses)
	}
	for _, x := range []struct {
		key   string
		value float64
	}{
		{"initial_permanence", s.InitialPermanence}, {"connected_permanence", s.ConnectedPermanence},
		{"permanence_increment", s.PermanenceIncrement}, {"permanence_decrement", s.PermanenceDecrement},
		{"predicted_segment_decrement", s.PredictedDecrement},
	} {
		if !(x.value >= 0 && x.value <= 1) {
			bad(x.key, "must be from 0 to 1")
		}
	}
	if s.InitialPermanence < leastPermanence {
		bad("initial_permanence", "must be at least %g: a synapse below it is destroyed", leastPermanence)
	}
	if s.ConnectedPermanence < leastPermanence {
		bad("connected_permanence", "must be at least %g: a synapse below it is destroyed", leastPermanence)
	}
	if s.PermanenceIncrement == 0 && s.InitialPermanence < s.ConnectedPermanence {
		bad("permanence_increment", "must be positive: a new synapse of permanence %g could never reach connected_permanence = %g", s.InitialPermanence, s.ConnectedPermanence)
	}
}

// Warnings lists what is allowed and probably not meant. active is the number
// of columns that an element activates.
func (p *Params) Warnings(active int) []string {
	var out []string
	warn := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if p.MaxNewSynapseCount < p.ActivationThreshold {
		warn("max_new_synapse_count = %d: a segment grows until %d synapses are active, so activation_threshold = %d can be met only by segments that mix contexts",
			p.MaxNewSynapseCount, p.MaxNewSynapseCount, p.ActivationThreshold)
	}
	if active > 0 && p.MaxNewSynapseCount > active {
		warn("max_new_synapse_count = %d: an element has only %d winners; the rest grows onto other contexts and merges them", p.MaxNewSynapseCount, active)
	}
	if active > 0 && p.ActivationThreshold > active {
		warn("activation_threshold = %d: an element in context has %d active cells, so only bursts can make a segment active", p.ActivationThreshold, active)
	}
	if p.PermanenceIncrement > 0 && p.InitialPermanence < p.ConnectedPermanence {
		if n := math.Ceil((p.ConnectedPermanence - connectedSlack - p.InitialPermanence) / p.PermanenceIncrement); n > 10 {
			warn("permanence_increment = %g: a new synapse needs %g repetitions to connect", p.PermanenceIncrement, n)
		}
	}
	if p.PermanenceDecrement == 0 && p.PredictedDecrement == 0 {
		warn("permanence_decrement = 0: nothing is ever forgotten")
	}
	return slices.Clip(out)
}
