package neuron

import (
	"container/heap"
	"fmt"
	"slices"
)

// connect finds parents and children.
func (f *swcFile) connect() {
	index, axon := map[int]int{}, map[int]bool{}
	var kept []sample
	repeated := 0
	for _, s := range f.samples {
		if s.kind == typeAxon && f.params.Axon != KeepAxon {
			axon[s.id] = true
			continue
		}
		first, twice := index[s.id]
		switch {
		case twice && kept[first].same(s):
			repeated++
		case twice:
			f.bad(s.line, "sample %d is on line %d already", s.id, kept[first].line)
		default:
			index[s.id] = len(kept)
			kept = append(kept, s)
		}
	}
	f.samples = kept
	f.note(repeated, "is there twice and counts once", "are there twice and count once")
	later := 0
	for i := range f.samples {
		s := &f.samples[i]
		parent, known := index[s.up]
		switch {
		case s.up < 0:
		case s.up == s.id:
			f.bad(s.line, "sample %d is its own parent", s.id)
		case known:
			s.parent = parent
			if parent > i {
				later++
			}
		case axon[s.up]:
			s.up = onAxon
		case s.up == 0:
			s.up = -1 // as programs write it that number from 1
		default:
			f.bad(s.line, "its parent %d does not exist", s.up)
		}
	}
	f.note(later, "stands before its parent; the samples were sorted", "stand before their parents; the samples were sorted")
	f.family()
}

// onAxon is in the place of the parent of a sample that begins on an axon that
// is left out.
const onAxon = -1 << 62

// same tells whether two lines say the same.
func (s sample) same(o sample) bool {
	s.line = o.line
	return s == o
}

// family makes the children from the parents.
func (f *swcFile) family() {
	f.children = make([][]int, len(f.samples))
	for i, s := range f.samples {
		if s.parent >= 0 {
			f.children[s.parent] = append(f.children[s.parent], i)
		}
	}
}

// choose keeps the one tree that is the cell, makes its soma the root and puts
// parents before children.
func (f *swcFile) choose() {
	trees, circle := f.trees()
	if circle >= 0 {
		f.bad(f.samples[circle].line, "sample %d is its own ancestor", f.samples[circle].id)
		return
	}
	if len(trees) == 0 {
		f.bad(0, "no sample is left without the axon (axon = \"keep\" keeps it)")
		return
	}
	main := 0
	for i, t := range trees {
		if t.soma > 0 && trees[main].soma == 0 || (t.soma > 0) == (trees[main].soma > 0) && len(t.samples) > len(trees[main].samples) {
			main = i
		}
	}
	loose, pieces, hung := 0, 0, 0
	for i, t := range trees {
		switch {
		case i == main:
		case t.soma > 0 && t.soma < len(t.samples):
			f.bad(f.samples[t.samples[0]].line, "a second cell, with a soma of its own: the first begins on line %d, and a file has one",
				f.samples[trees[main].samples[0]].line)
			return
		case f.samples[t.samples[0]].up == onAxon:
			hung += len(t.samples)
		default:
			loose += len(t.samples)
			pieces++
		}
	}
	f.note(hung, "begins on the axon and is left out with it (axon = \"keep\" keeps both)", "begin on the axon and are left out with it (axon = \"keep\" keeps both)")
	if pieces > 0 {
		f.notes = append(f.notes, fmt.Sprintf("%s, of %s, joined to nothing: left out",
			counted(pieces, "loose piece", "loose pieces"), counted(loose, "sample", "samples")))
	}
	root := f.turn(trees[main].samples)
	f.keep(trees[main].samples, root)
}

// swcTree is what hangs on one root.
type swcTree struct {
	samples []int // the root first
	soma    int   // of them of the soma
}

// trees returns the trees, and a sample that is in none, being its own ancestor,
// or -1.
func (f *swcFile) trees() (trees []swcTree, circle int) {
	seen := make([]bool, len(f.samples))
	for i, s := range f.samples {
		if s.parent >= 0 {
			continue
		}
		t := swcTree{samples: []int{i}}
		for k := 0; k < len(t.samples); k++ {
			at := t.samples[k]
			seen[at] = true
			if f.samples[at].kind == typeSoma {
				t.soma++
			}
			t.samples = append(t.samples, f.children[at]...)
		}
		trees = append(trees, t)
	}
	return trees, slices.Index(seen, false)
}

// turn makes a sample of the soma the root of a tree and returns it; of several
// bodies of soma samples that at the root is the soma, else the largest.
func (f *swcFile) turn(tree []int) int {
	body := map[int]int{} // sample of a soma → the first of its body
	size := map[int]int{}
	best := -1
	for _, i := range tree { // parents first
		if f.samples[i].kind != typeSoma {
			continue
		}
		first, joined := body[f.samples[i].parent]
		if !joined {
			first = i
		}
		body[i] = first
		size[first]++
		if best < 0 || size[first] > size[best] {
			best = first
		}
	}
	if f.samples[tree[0]].kind == typeSoma {
		best = tree[0]
	}
	stray := 0
	for _, i := range tree {
		if s := &f.samples[i]; s.kind == typeSoma && body[i] != best {
			stray++
			s.kind = typeBasal
			if s.parent >= 0 && f.samples[s.parent].kind != typeSoma {
				s.kind = f.samples[s.parent].kind
			}
		}
	}
	f.note(stray, "of type 1 (soma) lies apart from the soma and is taken as neurite", "of type 1 (soma) lie apart from the soma and are taken as neurite")
	if best < 0 || f.samples[best].parent < 0 {
		return tree[0]
	}
	f.notes = append(f.notes, fmt.Sprintf("the root, sample %d, is not of the soma; the tree was turned to begin at sample %d, which is",
		f.samples[tree[0]].id, f.samples[best].id))
	for i, parent := best, -1; i >= 0; {
		next := f.samples[i].parent
		f.samples[i].parent = parent
		i, parent = next, i
	}
	f.family()
	return best
}

// keep keeps the samples of one tree, parents before children and otherwise in
// the order of the file. Samples without children that lie where their parents lie
// go.
func (f *swcFile) keep(tree []int, root int) {
	place := map[int]int{} // old index → new
	var order []sample
	next := &byIndex{root}
	for next.Len() > 0 {
		i := heap.Pop(next).(int)
		s := f.samples[i]
		if s.parent >= 0 {
			s.parent = place[s.parent]
		}
		place[i] = len(order)
		order = append(order, s)
		for _, c := range f.children[i] {
			heap.Push(next, c)
		}
	}
	f.samples = order
	f.family()
	f.dropCopies()
}

// dropCopies takes away ends of neurites that lie where their parents lie.
func (f *swcFile) dropCopies() {
	copies, ends := 0, make([]bool, len(f.samples))
	for i := len(f.samples) - 1; i > 0; i-- {
		s := f.samples[i]
		p := f.samples[s.parent]
		if s.kind == typeSoma || s.distance(p) > 0 {
			continue
		}
		ends[i] = !slices.ContainsFunc(f.children[i], func(c int) bool { return !ends[c] })
		if p.kind != typeSoma || ends[i] {
			copies++
		}
	}
	f.note(copies, "lies where its parent lies; there is no cable between them", "lie where their parents lie; there is no cable between them")
	place := make([]int, len(f.samples))
	var left []sample
	for i, s := range f.samples {
		if ends[i] {
			continue
		}
		if s.parent >= 0 {
			s.parent = place[s.parent]
		}
		place[i] = len(left)
		left = append(left, s)
	}
	f.samples = left
	f.family()
}

// byIndex is a heap of indices, the least on top.
type byIndex []int

func (h byIndex) Len() int           { return len(h) }
func (h byIndex) Less(i, j int) bool { return h[i] < h[j] }
func (h byIndex) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *byIndex) Push(x any)        { *h = append(*h, x.(int)) }
func (h *byIndex) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
