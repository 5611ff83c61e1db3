package sequence

// An arena is a flat array of words from which blocks are taken. A block has
// one of some sizes, its class; blocks that were given back wait in the free
// list of their class, each holding the position of the next. Word 0 is never
// handed out and ends the lists.
type arena struct {
	words []uint32
	sizes []uint32 // words of a block, by class; all multiples of 4
	free  []uint32 // first free block, by class
	idle  int      // words in free blocks
}

// classes are 4, 8, ... 32 words, then steps of an eighth: slack costs at most
// three words or a ninth of a block.
func newArena() arena {
	a := arena{words: make([]uint32, 1)}
	for size := uint64(4); size < 1<<31; size += max(4, size/8&^3) {
		a.sizes = append(a.sizes, uint32(size))
	}
	a.free = make([]uint32, len(a.sizes))
	return a
}

// class returns the smallest class, not below from, whose blocks hold n words.
func (a *arena) class(n int, from uint8) uint8 {
	c := from
	for int(a.sizes[c]) < n {
		c++
	}
	return c
}

// take returns the position of a block.
func (a *arena) take(class uint8) uint32 {
	if at := a.free[class]; at != 0 {
		a.free[class] = a.words[at]
		a.idle -= int(a.sizes[class])
		return at
	}
	at := len(a.words)
	a.words = extended(a.words, int(a.sizes[class]))
	return uint32(at)
}

// give takes a block back.
func (a *arena) give(at uint32, class uint8) {
	a.words[at] = a.free[class]
	a.free[class] = at
	a.idle += int(a.sizes[class])
}

// wasteful reports whether it is time to lay the blocks out anew.
func (a *arena) wasteful() bool { return a.idle > 4096 && a.idle > len(a.words)/8 }

// reset forgets all blocks and makes room for n words.
func (a *arena) reset(n int) {
	a.words = make([]uint32, 1, n)
	clear(a.free)
	a.idle = 0
}

// extended is s with n more elements, of any value. Room grows by an eighth: a
// large array that doubled would waste half of its memory.
func extended[T any](s []T, n int) []T {
	if len(s)+n > cap(s) {
		s = append(make([]T, 0, len(s)+max(n, len(s)/8, 64)), s...)
	}
	return s[:len(s)+n]
}
