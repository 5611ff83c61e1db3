package spiking

import (
	"bytes"
	"encoding/gob"
	"errors"
	"slices"
)

// fingerprint tells wirings apart: the sum over the cells of FNV-1a over a cell's number,
// sources and permanences, so that processes add up theirs.
func (w *Wiring) fingerprint() uint64 {
	sum := uint64(0)
	for x := range w.cells() {
		h := uint64(0xcbf29ce484222325)
		mix := func(x uint64) { h = (h ^ x) * 0x100000001b3 }
		mix(uint64(w.First + x))
		for s := x * w.InDegree; s < (x+1)*w.InDegree; s++ {
			mix(uint64(w.Source[s]))
			mix(uint64(w.Permanence[s] * (1 << 20)))
		}
		sum += h
	}
	return sum
}

// saved is the state before step Now, for any number of shards and processes: of all cells
// in order, of all synapses by target and source.
type saved struct {
	Wiring        uint64
	Now           int64
	Mode          Mode
	Inputs        []Input
	Floats        []float64 // [N][5] V, I_ED, A, I_EX, I_EI
	Steps         []int32   // [N][2] plateau, refractory
	Active        []bool    // [N]
	At            []int64   // [N] step of the state of an inactive cell
	Z             []float64 // [N]
	ZAt           []int64   // [N]
	X             []float64 // [N]
	Last          []int64   // [N]
	Inh           [][]float64
	InhRefractory []int32
	Fired         []int
	Silenced      []int32
	Posts         [][]post2  // [d_EE] of steps Now-d_EE … Now-1
	Arrivals      [][]uint32 // [d_EE] of steps Now … Now+d_EE-1, ascending
	Perm          []float64  // [N·K] of each target, by source
}

// post2 is a post with the cell's number in the network.
type post2 struct {
	Cell int32
	Z    float64
}

// MarshalBinary returns the state of the network: of its cells, of its synapses
// and of what is on its way. The wiring is not in it: it is drawn again. Of several
// processes, all of which call it, rank 0 gets the state, the others nothing.
func (n *Network) MarshalBinary() ([]byte, error) {
	st, err := n.gather(n.ownState())
	if st == nil || err != nil {
		return nil, err
	}
	return encode(st)
}

// ownState returns the state of the cells of this process.
func (n *Network) ownState() *saved {
	d := n.k.delay
	st := &saved{Wiring: n.wiring, Now: n.now, Mode: n.mode, Inputs: n.inputs,
		Posts: make([][]post2, d), Arrivals: make([][]uint32, d)}
	st.X, st.Last = n.shards[0].pre.x, n.shards[0].pre.last
	for _, s := range n.shards {
		for i := range s.cells {
			c := &s.cells[i]
			st.Floats = append(st.Floats, c.v, c.ed, c.a, c.ex, c.ei)
			st.Steps = append(st.Steps, c.plateau, c.refractory)
			st.Active, st.At = append(st.Active, s.active[i]), append(st.At, s.at[i])
			st.Z, st.ZAt = append(st.Z, s.daps[i].z), append(st.ZAt, s.daps[i].at)
		}
		floats, refractory := s.inh.State()
		if st.Inh == nil {
			st.Inh = make([][]float64, len(floats))
		}
		for f := range floats {
			st.Inh[f] = append(st.Inh[f], floats[f]...)
		}
		st.InhRefractory = append(st.InhRefractory, refractory...)
		st.Fired = append(st.Fired, s.arrived...)
		for _, q := range s.silenced {
			st.Silenced = append(st.Silenced, q+int32(s.lo/s.cellsPer))
		}
		for a := range d {
			if n.now-d+a >= 0 {
				for _, p := range s.posts[(n.now-d+a)%(2*d)] {
					st.Posts[a] = append(st.Posts[a], post2{int32(s.lo) + int32(p.cell), p.z})
				}
			}
			for _, i := range s.arrivals[(n.now+a)%d] {
				st.Arrivals[a] = append(st.Arrivals[a], uint32(s.lo)+i)
			}
		}
		first, k := len(st.Perm), n.p.InDegree()
		st.Perm = append(st.Perm, make([]float64, len(s.cells)*k)...)
		s.syn.byTarget(k, func(at int, x uint32) { st.Perm[first+at] = s.syn.perm[x] })
	}
	for _, x := range st.Arrivals {
		slices.Sort(x)
	}
	return st
}

// add appends the state of the cells of the process with the next rank.
func (st *saved) add(more *saved) {
	st.Floats, st.Steps = append(st.Floats, more.Floats...), append(st.Steps, more.Steps...)
	st.Active, st.At = append(st.Active, more.Active...), append(st.At, more.At...)
	st.Z, st.ZAt = append(st.Z, more.Z...), append(st.ZAt, more.ZAt...)
	for f := range st.Inh {
		st.Inh[f] = append(st.Inh[f], more.Inh[f]...)
	}
	st.InhRefractory, st.Fired = append(st.InhRefractory, more.InhRefractory...), append(st.Fired, more.Fired...)
	st.Silenced, st.Perm = append(st.Silenced, more.Silenced...), append(st.Perm, more.Perm...)
	for a := range st.Posts {
		st.Posts[a], st.Arrivals[a] = append(st.Posts[a], more.Posts[a]...), append(st.Arrivals[a], more.Arrivals[a]...)
	}
}

// UnmarshalBinary sets the state of a network just built from the same
// parameters and wiring, for any number of threads and processes. Each process is given
// the whole state.
func (n *Network) UnmarshalBinary(data []byte) error {
	var st saved
	if err := gob.NewDecoder(bytes.NewReader(data)).Decode(&st); err != nil {
		return err
	}
	if !n.fits(&st) {
		return errors.New("the state is that of another network")
	}
	d, nE := n.k.delay, n.p.Cells
	n.now, n.inputs = st.Now, st.Inputs
	n.SetMode(st.Mode)
	for _, s := range n.shards {
		clear(s.activeCells)
		for i := range s.cells {
			g := s.lo + i
			f := st.Floats[5*g : 5*g+5]
			s.cells[i] = excitatory{f[0], f[1], f[2], f[3], f[4], st.Steps[2*g], st.Steps[2*g+1]}
			s.daps[i] = dapTrace{st.Z[g], st.ZAt[g]}
			s.active[i], s.at[i] = st.Active[g], st.At[g]
			if s.active[i] {
				s.activeCells[i/nE]++
			}
		}
		first, m := s.lo/nE, len(s.activeCells)
		floats, refractory := s.inh.State()
		for f := range floats {
			if len(floats[f]) > 0 {
				copy(floats[f], st.Inh[f][first:first+m])
			}
		}
		copy(refractory, st.InhRefractory[first:first+m])
		copy(s.arrived, st.Fired[first:first+m])
		s.silenced = s.silenced[:0]
		for _, q := range st.Silenced {
			if int(q) >= first && int(q) < first+m {
				s.silenced = append(s.silenced, q-int32(first))
			}
		}
		for a := range d {
			if n.now-d+a >= 0 {
				slot := &s.posts[(n.now-d+a)%(2*d)]
				*slot = (*slot)[:0]
				for _, p := range st.Posts[a] {
					if int(p.Cell) >= s.lo && int(p.Cell) < s.hi {
						*slot = append(*slot, post{uint32(int(p.Cell) - s.lo), p.Z})
					}
				}
			}
			slot := &s.arrivals[(n.now+a)%d]
			*slot = (*slot)[:0]
			for _, i := range st.Arrivals[a] {
				if int(i) >= s.lo && int(i) < s.hi {
					*slot = append(*slot, i-uint32(s.lo))
				}
			}
		}
		copy(s.pre.x, st.X)
		copy(s.pre.last, st.Last)
		s.pre.list(n.now, n.k.pairingMax)
	}
	k := n.p.InDegree()
	for _, s := range n.shards {
		perm := st.Perm[s.lo*k : s.hi*k]
		s.syn.byTarget(k, func(at int, x uint32) { s.syn.perm[x] = perm[at] })
	}
	return nil
}

// fits tells whether a state is one of this network.
func (n *Network) fits(st *saved) bool {
	cells, m := n.p.N(), n.p.Subpopulations
	ok := st.Wiring == n.wiring && st.Now >= 0 && len(st.Floats) == 5*cells && len(st.Steps) == 2*cells && len(st.Active) == cells && len(st.At) == cells && len(st.Z) == cells &&
		len(st.ZAt) == cells && len(st.X) == cells && len(st.Last) == cells && len(st.InhRefractory) == m && len(st.Fired) == m &&
		len(st.Posts) == int(n.k.delay) && len(st.Arrivals) == int(n.k.delay) && len(st.Perm) == cells*n.p.InDegree()
	if !ok {
		return false
	}
	for _, f := range st.Inh {
		ok = ok && (len(f) == 0 || len(f) == m)
	}
	floats, _ := n.shards[0].inh.State()
	return ok && len(st.Inh) == len(floats)
}
