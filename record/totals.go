package record

import "neurosim/network"

// Totals counts spikes and NMDA spikes.
type Totals struct {
	totals   []PopulationTotal
	cells    []int32  // scratch
	segments []uint32 // scratch
}

// A PopulationTotal is what happened in one population.
type PopulationTotal struct {
	Name   string       `json:"name"`
	Cells  int64        `json:"cells"`
	Spikes int64        `json:"spikes"`
	Groups []GroupTotal `json:"groups,omitempty"`
}

// A GroupTotal is what happened in one group of segments.
type GroupTotal struct {
	Name       string `json:"name"`
	Segments   int64  `json:"segments"`
	NMDASpikes int64  `json:"nmda_spikes"` // starts
}

// NewTotals returns a recorder that counts in all populations and groups.
func NewTotals(n *network.Network) *Totals {
	t := &Totals{}
	for _, p := range n.Populations() {
		pt := PopulationTotal{Name: p.Name, Cells: int64(p.Size())}
		for _, g := range groups(p) {
			pt.Groups = append(pt.Groups, GroupTotal{Name: g.Name, Segments: pt.Cells * int64(g.Count)})
		}
		t.totals = append(t.totals, pt)
	}
	return t
}

// Record counts the events of a block.
func (t *Totals) Record(b *network.Block) error {
	for p := range t.totals {
		pt := &t.totals[p]
		for i := range b.Steps {
			t.cells = b.Spikes(p, i, t.cells[:0])
			pt.Spikes += int64(len(t.cells))
			for g := range pt.Groups {
				t.segments = b.Starts(p, g, i, t.segments[:0])
				pt.Groups[g].NMDASpikes += int64(len(t.segments))
			}
		}
	}
	return nil
}

// Populations returns the counts so far, in the order of the configuration. The
// slice is the state itself: read it between blocks.
func (t *Totals) Populations() []PopulationTotal { return t.totals }

// MarshalBinary returns the state for a checkpoint.
func (t *Totals) MarshalBinary() ([]byte, error) { return marshal(t.totals) }

// UnmarshalBinary sets the state.
func (t *Totals) UnmarshalBinary(data []byte) error {
	var totals []PopulationTotal
	if err := unmarshal(data, &totals); err != nil {
		return err
	}
	if len(totals) != len(t.totals) {
		return errState
	}
	for p := range totals {
		if totals[p].Name != t.totals[p].Name || len(totals[p].Groups) != len(t.totals[p].Groups) {
			return errState
		}
	}
	t.totals = totals
	return nil
}
