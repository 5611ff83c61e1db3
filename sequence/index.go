package sequence

import "slices"

// index lists, for every presynaptic cell, the segments of its synapses. Cells
// are in groups, the columns: the lists of a group stand side by side in one
// block, without gaps, so that those of a bursting column are one run. Within a
// list the order is any.
type index struct {
	group int32    // cells of a group, g
	off   []uint32 // [groups·(g+1)] where in the block the list of each cell begins, and the end of the last
	at    []uint32 // [groups] block; 0: none yet
	class []uint8  // [groups] size of the block
	lists arena
}

func (x *index) init(cells, group int) {
	groups := (cells + group - 1) / group
	x.group = int32(group)
	x.off = make([]uint32, groups*(group+1))
	x.at, x.class = make([]uint32, groups), make([]uint8, groups)
	x.lists = newArena()
}

// offsets returns the group of a cell, its place in it, and the g+1 offsets.
func (x *index) offsets(c uint32) (group, i uint32, off []uint32) {
	g := uint32(x.group)
	group = c / g
	return group, c - group*g, x.off[group*(g+1):][: g+1 : g+1]
}

// of returns the lists of the cells first … last, which are of one group.
func (x *index) of(first, last uint32) []uint32 {
	group, i, off := x.offsets(first)
	lo, hi := off[i], off[i+1+last-first]
	if lo == hi {
		return nil
	}
	return x.lists.block(x.at[group], int(hi))[lo:]
}

// run returns the end of the cells from active[i] on that follow each other
// within a group, exclusive.
func (x *index) run(active []uint32, i int) int {
	g := uint32(x.group)
	room := int(g - active[i]%g) // to the end of the group
	j := i + 1
	for j < len(active) && j-i < room && active[j] == active[j-1]+1 {
		j++
	}
	return j
}

// add enters a segment in the list of cell c. Each list behind it in the block
// gives up its first place and takes the one behind its end.
func (x *index) add(c, segment uint32) {
	group, i, off := x.offsets(c)
	last := len(off) - 1
	n := off[last]
	if x.at[group] == 0 {
		x.class[group] = x.lists.class(1, 0)
		x.at[group] = x.lists.take(x.class[group])
	} else if n == x.lists.sizes[x.class[group]] {
		class := x.lists.class(int(n)+1, x.class[group])
		at := x.lists.take(class)
		copy(x.lists.block(at, int(n)), x.lists.block(x.at[group], int(n)))
		x.lists.give(x.at[group], x.class[group])
		x.at[group], x.class[group] = at, class
	}
	block := x.lists.block(x.at[group], int(n+1))
	hole := n
	for j := last - 1; j > int(i); j-- {
		first := off[j]
		block[hole] = block[first] // itself where the list is empty
		hole = first
		off[j] = first + 1
	}
	off[last] = n + 1
	block[hole] = segment
}

// remove takes a segment from the list of cell c; the lists behind it move up by
// one place each.
func (x *index) remove(c, segment uint32) {
	group, i, off := x.offsets(c)
	last := len(off) - 1
	block := x.lists.block(x.at[group], int(off[last]))
	hole := off[i] + uint32(slices.Index(block[off[i]:off[i+1]], segment))
	for j := int(i) + 1; j <= last; j++ {
		end := off[j] - 1 // the last of list j-1
		block[hole] = block[end]
		hole = end
		off[j] = end
	}
}

// compact lays the blocks out in the order of groups, each with the slack of its
// class.
func (x *index) compact() {
	old := x.lists
	x.lists.free = make([]uint32, len(old.free))
	x.lists.reset()
	for group := range x.at {
		n := x.off[(group+1)*int(x.group+1)-1]
		from := x.at[group]
		x.at[group], x.class[group] = 0, 0
		if n > 0 {
			x.class[group] = x.lists.class(int(n), 0)
			x.at[group] = x.lists.take(x.class[group])
			copy(x.lists.block(x.at[group], int(n)), old.block(from, int(n)))
		}
	}
}
