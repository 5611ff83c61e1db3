package sequence

// A Synapse is one synapse as it is read and given.
type Synapse struct {
	Cell       uint32 // presynaptic
	Permanence float32
}

// Connected reports whether a synapse of some permanence is connected.
func Connected(permanence float32, p *SegmentParams) bool {
	return permanence >= p.connectedFrom()
}

// connectedFrom is where synapses are connected, in single precision.
func (p *SegmentParams) connectedFrom() float32 {
	return float32(p.ConnectedPermanence - connectedSlack)
}

// SegmentsOf returns the segments of a cell with their synapses, oldest first.
func (m *Memory) SegmentsOf(cell uint32) [][]Synapse {
	var out [][]Synapse
	s, ok := m.storeOf(cell)
	if !ok {
		return nil
	}
	for k := s.head[int32(cell)-s.first]; k != 0; k = s.next[k] {
		pre, permanence := s.of(k)
		synapses := make([]Synapse, len(pre))
		for i := range pre {
			synapses[i] = Synapse{pre[i], permanence[i]}
		}
		out = append(out, synapses)
	}
	return out
}

func (m *Memory) storeOf(cell uint32) (*store, bool) {
	for _, s := range m.shards {
		x := s.basal
		if int32(cell) >= x.first && int(cell) < int(x.first)+len(x.head) {
			return x, true
		}
	}
	return nil, false
}

// PermanenceHistogram counts synapses by permanence in equal bins of [0, 1],
// the last with its upper end.
func (m *Memory) PermanenceHistogram(bins int) []int {
	out := make([]int, bins)
	for _, sh := range m.shards {
		s := sh.basal
		for _, k := range s.head {
			for ; k != 0; k = s.next[k] {
				_, permanence := s.of(k)
				for _, p := range permanence {
					out[min(int(float64(p)*float64(bins)), bins-1)]++
				}
			}
		}
	}
	return out
}
