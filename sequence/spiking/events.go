package spiking

import "slices"

// Kind is what happened.
type Kind uint8

const (
	Spike      Kind = iota // of an excitatory cell
	DAPStart               // of an excitatory cell
	DAPEnd                 // of an excitatory cell: its plateau is over, or cut short by a spike
	Inhibitory             // spike of an inhibitory cell
)

// Event is what happened to a cell in a step.
type Event struct {
	Step int64
	Kind Kind
	Cell int32 // excitatory cell, or subpopulation of an inhibitory one
}

// note adds an event of cell i of the shard.
func (s *shard) note(k int64, kind Kind, i int) {
	s.events = append(s.events, Event{k, kind, int32(s.lo + i)})
}

// merge appends the events of the block to out, sorted.
func (n *Network) merge(out []Event) []Event {
	for _, s := range n.shards {
		out = append(out, s.events...)
	}
	sortEvents(out)
	return out
}

// sortEvents sorts events by step, then by kind and cell.
func sortEvents(events []Event) {
	slices.SortFunc(events, func(a, b Event) int {
		switch {
		case a.Step != b.Step:
			return int(a.Step - b.Step)
		case a.Kind != b.Kind:
			return int(a.Kind) - int(b.Kind)
		default:
			return int(a.Cell - b.Cell)
		}
	})
}
