package sequence

import "slices"

// index lists the synapses of every presynaptic cell: segment·2, plus 1 where
// the synapse is connected, in any order.
type index struct {
	at    []uint32 // [N] block of the cell's list; 0: none yet
	n     []uint32 // [N] synapses
	class []uint8  // [N] size of the block
	lists arena
}

func (x *index) init(sources int) {
	x.at, x.n, x.class = make([]uint32, sources), make([]uint32, sources), make([]uint8, sources)
	x.lists = newArena()
}

// of returns the list of a cell.
func (x *index) of(c uint32) []uint32 {
	lo := x.at[c]
	return x.lists.words[lo:][:x.n[c]]
}

func (x *index) add(c, entry uint32) {
	n := x.n[c]
	if x.at[c] == 0 {
		x.class[c] = 0
		x.at[c] = x.lists.take(0)
	} else if n == x.lists.sizes[x.class[c]] {
		class := x.lists.class(int(n)+1, x.class[c])
		at := x.lists.take(class)
		copy(x.lists.words[at:], x.lists.words[x.at[c]:][:n])
		x.lists.give(x.at[c], x.class[c])
		x.at[c], x.class[c] = at, class
	}
	x.lists.words[x.at[c]+n] = entry
	x.n[c]++
}

// remove takes an entry from a cell's list; the last takes its place.
func (x *index) remove(c, entry uint32) {
	list := x.of(c)
	list[slices.Index(list, entry)] = list[len(list)-1]
	x.n[c]--
}

// flip exchanges connected and not.
func (x *index) flip(c, entry uint32) {
	list := x.of(c)
	list[slices.Index(list, entry)] = entry ^ 1
}

// compact lays the lists out in the order of cells, each with the slack of its
// class.
func (x *index) compact() {
	words := x.lists.words
	x.lists.reset(len(words) - x.lists.idle)
	for c, n := range x.n {
		from := x.at[c]
		if n == 0 {
			x.at[c], x.class[c] = 0, 0
			continue
		}
		x.class[c] = x.lists.class(int(n), 0)
		x.at[c] = x.lists.take(x.class[c])
		copy(x.lists.words[x.at[c]:], words[from:][:n])
	}
}

func (x *index) bytes() int { return 4*cap(x.at) + 4*cap(x.n) + cap(x.class) + 4*cap(x.lists.words) }
