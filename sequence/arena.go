package sequence

// An arena hands out blocks of words from chunks, which never move, so growing
// copies nothing. A block has one of some sizes, its class; blocks that were
// given back wait in the free list of their class, each holding the position of
// the next. A position is the chunk's number and the word in it, chunkBits of
// them; position 0 is never handed out and ends the lists.
type arena struct {
	chunks [][]uint32
	sizes  []uint32 // words of a block, by class; all multiples of 4
	free   []uint32 // first free block, by class
	next   uint32   // position of the words of the last chunk that are left
	room   uint32   // how many there are
	idle   int      // words in free blocks and behind the last block of full chunks
	total  int      // words of all chunks
}

const (
	chunkBits   = 16
	firstChunk  = 1 << 10              // words; later chunks are half of all before, up to 1<<chunkBits
	ownChunk    = 1 << (chunkBits - 3) // larger blocks have chunks to themselves
	leastWasted = 4096                 // idle words that are no reason to rebuild
)

// newArena makes the classes: 4, 8, ... 32 words, then steps of an eighth, so
// that slack costs at most three words or a ninth of a block.
func newArena() arena {
	var a arena
	for size := uint64(4); size < 1<<31; size += max(4, size/8&^3) {
		a.sizes = append(a.sizes, uint32(size))
	}
	a.free = make([]uint32, len(a.sizes))
	a.reset()
	return a
}

// reset forgets all blocks.
func (a *arena) reset() {
	a.chunks, a.next, a.room, a.idle, a.total = nil, 0, 0, 0, 0
	clear(a.free)
	a.chunk(firstChunk)
	a.next, a.room, a.idle = 4, firstChunk-4, 4
}

// chunk adds a chunk and returns its position.
func (a *arena) chunk(words int) uint32 {
	if len(a.chunks) == 1<<(32-chunkBits) {
		panic("sequence: more synapses than an index of 32 bits can hold")
	}
	a.chunks = append(a.chunks, make([]uint32, words))
	a.total += words
	return uint32(len(a.chunks)-1) << chunkBits
}

// block returns n words from a position on.
func (a *arena) block(at uint32, n int) []uint32 {
	return a.chunks[at>>chunkBits][at&(1<<chunkBits-1):][:n:n]
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
	size := a.sizes[class]
	if at := a.free[class]; at != 0 {
		a.free[class] = a.block(at, 1)[0]
		a.idle -= int(size)
		return at
	}
	if size > ownChunk {
		return a.chunk(int(size))
	}
	if a.room < size {
		a.idle += int(a.room)
		words := max(firstChunk, int(size), min(a.total/2, 1<<chunkBits))
		a.next, a.room = a.chunk(words), uint32(words)
	}
	at := a.next
	a.next += size
	a.room -= size
	return at
}

// give takes a block back.
func (a *arena) give(at uint32, class uint8) {
	a.block(at, 1)[0] = a.free[class]
	a.free[class] = at
	a.idle += int(a.sizes[class])
}

// wasteful reports whether it is time to rebuild the blocks.
func (a *arena) wasteful() bool { return a.idle > leastWasted && a.idle > a.total/8 }

// extended is s with n more elements, of any value. Room grows by an eighth: a
// large array that doubled would waste half of its memory.
func extended[T any](s []T, n int) []T {
	if len(s)+n > cap(s) {
		s = append(make([]T, 0, len(s)+max(n, len(s)/8, 64)), s...)
	}
	return s[:len(s)+n]
}
