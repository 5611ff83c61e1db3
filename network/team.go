package network

import (
	"runtime"
	"sync"
	"sync/atomic"

	"neurosim/internal/rescue"
)

// A team advances shards in parallel, the first on the calling goroutine. It
// meets twice per block, which is as short as the shortest delay: waiting
// spins first, because waking a parked goroutine takes longer than a block of a
// small network.
type team struct {
	shards []*shard
	first  int64
	steps  int
	go_    signal
	done   signal
	quit   bool
	wg     sync.WaitGroup
	panics rescue.Panics
}

func newTeam(shards []*shard) *team {
	t := &team{shards: shards}
	t.go_.init()
	t.done.init()
	for _, s := range shards[1:] {
		t.wg.Go(func() {
			for round := uint64(1); ; round++ {
				t.go_.await(round)
				if t.quit {
					return
				}
				t.advanceOne(s)
			}
		})
	}
	return t
}

// advanceOne runs one block on a shard, and says that it is done even if it panics.
func (t *team) advanceOne(s *shard) {
	defer t.done.add(1)
	defer t.panics.Catch()
	s.advance(t.first, t.steps)
}

// advance runs one block on all shards and returns when all are done.
func (t *team) advance(first int64, steps int) {
	t.first, t.steps = first, steps
	t.go_.add(1)
	t.shards[0].advance(first, steps)
	t.done.await(t.go_.count.Load() * uint64(len(t.shards)-1))
	t.panics.Rethrow()
}

// stop ends the goroutines.
func (t *team) stop() {
	t.quit = true
	t.go_.add(1)
	t.wg.Wait()
}

// signal is a counter that goroutines wait on.
type signal struct {
	count    atomic.Uint64
	sleepers atomic.Int32
	mu       sync.Mutex
	cond     *sync.Cond
	_        [64]byte // the two signals of a team on cache lines of their own
}

func (s *signal) init() { s.cond = sync.NewCond(&s.mu) }

func (s *signal) add(n uint64) {
	s.count.Add(n)
	if s.sleepers.Load() > 0 {
		s.mu.Lock()
		s.cond.Broadcast()
		s.mu.Unlock()
	}
}

// await returns when the counter has reached n.
func (s *signal) await(n uint64) {
	const spins, yields = 4000, 50
	for range spins {
		if s.count.Load() >= n {
			return
		}
	}
	for range yields {
		runtime.Gosched()
		if s.count.Load() >= n {
			return
		}
	}
	s.mu.Lock()
	s.sleepers.Add(1)
	for s.count.Load() < n {
		s.cond.Wait()
	}
	s.sleepers.Add(-1)
	s.mu.Unlock()
}
