package ranks

import (
	"bytes"
	"slices"
	"sync"
)

// Together runs f as each of size processes, which are goroutines of this one, and returns
// the number of bytes that they exchanged. It is for tests.
func Together(size int, f func(of Ranks)) (exchanged int) {
	c := &crew{all: make([][]byte, size), first: make([][]byte, size)}
	c.here = sync.NewCond(&c.mu)
	var wg sync.WaitGroup
	for rank := range size {
		wg.Go(func() { f(member{c, rank}) })
	}
	wg.Wait()
	return c.bytes
}

// A crew is goroutines in place of processes.
type crew struct {
	mu         sync.Mutex
	here       *sync.Cond
	round      int
	came       int
	all, first [][]byte // of the round
	allWas     [][]byte // of the round before
	firstWas   [][]byte
	bytes      int
}

// A member is one of a crew.
type member struct {
	*crew
	rank int
}

func (m member) Rank() int { return m.rank }
func (m member) Size() int { return len(m.all) }

func (m member) Exchange(toAll, toFirst []byte) (all, first [][]byte) {
	c := m.crew
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all[m.rank], c.first[m.rank] = bytes.Clone(toAll), bytes.Clone(toFirst)
	c.bytes += len(toAll) + len(toFirst)
	if c.came++; c.came == len(c.all) {
		c.allWas, c.firstWas = slices.Clone(c.all), slices.Clone(c.first)
		c.came, c.round = 0, c.round+1
		c.here.Broadcast()
	} else {
		for round := c.round; c.round == round; {
			c.here.Wait()
		}
	}
	if m.rank > 0 {
		return c.allWas, nil
	}
	return c.allWas, c.firstWas
}
