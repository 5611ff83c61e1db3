package network

import (
	"context"
	"fmt"
	"slices"

	"neurosim/internal/fpmath"
)

// A Recorder watches a run. Record is called after every block of steps, in
// order; it must not change what it is shown, and keeps nothing of it.
type Recorder interface {
	Record(b *Block) error
}

// A NonFiniteError says that a membrane potential is not a finite number.
type NonFiniteError struct {
	Population string
	Cell       int
	Section    string // of Compartmental cells
	Step       int64
	Ms         float64
	Why        string // what is known of the cause
}

func (e *NonFiniteError) Error() string {
	where, why := "", "a weight or current is too large"
	if e.Section != "" {
		where = ", section " + e.Section + ","
	}
	if e.Why != "" {
		why = e.Why + ": " + why
	}
	return fmt.Sprintf("the membrane potential of cell %d of %s%s is not finite at %g ms (step %d): %s", e.Cell, e.Population, where, e.Ms, e.Step, why)
}

// Is tells errors.Is that the error is fpmath.ErrNonFinite.
func (e *NonFiniteError) Is(target error) bool { return target == fpmath.ErrNonFinite }

// checkEvery is the number of blocks between checks for non-finite potentials.
const checkEvery = 64

// Run advances the network to step until (exclusive), calling the recorders
// after every block of steps. If ctx is done it stops between blocks and
// returns ctx's error; the network is then whole, and State or another Run may
// follow. Of several processes all call Run, rank 0 alone with recorders; they stop where
// ctx of one is done.
func (n *Network) Run(ctx context.Context, until int64, recorders ...Recorder) error {
	until = min(until, n.spec.Steps)
	team := newTeam(n.shards)
	defer team.stop()
	for blocks := 0; n.now < until; blocks++ {
		if err := n.stopped(ctx); err != nil {
			return err
		}
		b := Block{net: n, First: n.now, Steps: int(min(n.exchange, until-n.now))}
		n.emit(b.First + int64(b.Steps))
		team.advance(b.First, b.Steps)
		if n.ranks != nil {
			n.share(ctx, &b)
		}
		n.now += int64(b.Steps)
		for _, r := range recorders {
			if err := r.Record(&b); err != nil {
				return err
			}
		}
		if blocks%checkEvery == 0 || n.now == until {
			if err := n.checkFinite(); err != nil {
				return err
			}
		}
	}
	return nil
}

// advance runs one block of steps on the shard.
func (s *shard) advance(first int64, steps int) {
	for _, c := range s.neurons {
		for _, g := range c.own().groups {
			g.clear()
		}
	}
	for _, p := range s.probes {
		p.samples = p.samples[:0]
	}
	for k := first; k < first+int64(steps); k++ {
		s.step(k)
	}
}

// emit makes the spikes of the input cells known for steps before to.
func (n *Network) emit(to int64) {
	for n.emitted < to {
		from := n.emitted
		n.emitted = (from/inputBlock + 1) * inputBlock
		spikes := make([][]int32, n.emitted-from)
		for p := range n.pops {
			if n.pops[p].Kind != SDR {
				continue
			}
			ring := n.pops[p].parts[0]
			for i := range spikes {
				spikes[i] = ring[(from+int64(i))%int64(n.ring)][:0]
			}
			for _, s := range n.sources[p] {
				s.Emit(from, n.emitted, spikes)
			}
			for i, x := range spikes {
				slices.Sort(x)
				ring[(from+int64(i))%int64(n.ring)] = x
			}
		}
	}
}

// at returns the spikes of step k in one part of the history; none before 0.
func (n *Network) at(part [][]int32, k int64) []int32 {
	if k < 0 {
		return nil
	}
	return part[k%int64(n.ring)]
}

func (n *Network) checkFinite() error {
	e := n.fault()
	if n.ranks != nil {
		e = n.firstFault(e)
	}
	if e == nil {
		return nil
	}
	return e
}

// fault returns the first of the shards' cells whose potential is not finite.
func (n *Network) fault() *NonFiniteError {
	for i := range n.shards[0].neurons {
		for _, s := range n.shards {
			c := s.neurons[i]
			if e := c.nonFinite(); e != nil {
				e.Population = n.pops[c.own().population].Name
				if e.Step < 0 {
					e.Step = n.now - 1
				}
				e.Ms = n.clock.Ms(e.Step)
				return e
			}
		}
	}
	return nil
}

// Now returns the next step.
func (n *Network) Now() int64 { return n.now }

// Spec returns the description that the network was built from.
func (n *Network) Spec() *Spec { return &n.spec }
