package dendrite

import (
	"fmt"
	"math/bits"
)

// Lanes is the number of activity vectors in an Activity: the bits of a word.
const Lanes = 64

// An Activity holds up to 64 static activity vectors A over n cells, turned
// over: for each cell the set of vectors in which it is active, one bit (lane)
// each. It serves one goroutine that writes, and any number that read.
type Activity struct {
	word []uint64 // [n+1] lanes in which the cell is active; the last, padding, is 0
	all  uint64   // lanes that were set
}

// NewActivity returns an Activity of n cells without vectors.
func NewActivity(n int) *Activity { return &Activity{word: make([]uint64, n+1)} }

// Set makes the given cells active in a lane, 0 to 63, beside those that are.
func (a *Activity) Set(lane int, cells []int32) {
	bit := uint64(1) << lane
	for _, c := range cells {
		a.word[c] |= bit
	}
	a.all |= bit
}

// Clear removes all vectors.
func (a *Activity) Clear() {
	clear(a.word)
	a.all = 0
}

// Static is a set of stored segments without time, [AH16]'s vectors D, for
// counting their overlaps A·D with many activity vectors. A segment with s
// synapses costs s words read and about 5s operations on words for 64 vectors
// at once, whatever n and the number of active cells are.
//
// Overlaps are counted in bit planes: word k holds bit k of the 64 counts.
// Synapses are added eight at a time by carry-save adders (Harley & Seal's
// population count: H. S. Warren, Hacker's Delight, 2nd ed. 2012, section 5-1),
// turned by a right angle: bits of one word are never added to each other.
type Static struct {
	cells   int
	longest int
	start   []uint32 // [M+1] first synapse of each segment, a multiple of 8
	source  []uint32 // presynaptic cells; padded with cell n, which is never active
}

// adderWidth is the number of synapses that are added together.
const adderWidth = 8

// planes is the number of bits of an overlap; mostSynapsesStatic its greatest.
const (
	planes             = 12
	mostSynapsesStatic = 1<<(planes-1) - 1
)

// NewStatic returns a set without segments on n cells.
func NewStatic(n int) *Static { return &Static{cells: n, start: []uint32{0}} }

// Add stores a segment with synapses from the given cells of 0 … n-1, at most
// 2047. A cell that is given twice counts twice.
func (d *Static) Add(cells []int32) {
	if len(cells) > mostSynapsesStatic {
		panic(fmt.Sprintf("dendrite: Static.Add: %d synapses, most are %d", len(cells), mostSynapsesStatic))
	}
	for _, c := range cells {
		if c < 0 || int(c) >= d.cells {
			panic(fmt.Sprintf("dendrite: Static.Add: cell %d of %d", c, d.cells))
		}
		d.source = append(d.source, uint32(c))
	}
	for len(d.source)%adderWidth != 0 {
		d.source = append(d.source, uint32(d.cells))
	}
	d.start = append(d.start, uint32(len(d.source)))
	d.longest = max(d.longest, len(cells))
}

// Len returns the number of segments M.
func (d *Static) Len() int { return len(d.start) - 1 }

// Matches sets out[i], for every segment i, to the lanes of a whose activity
// vector fires it [AH16, equation (1)]: A·D ≥ theta. theta ≥ 0.
func (d *Static) Matches(a *Activity, theta int, out []uint64) {
	d.check(a)
	out = out[:d.Len()]
	if theta <= 0 || theta > d.longest {
		never := a.all
		if theta > 0 {
			never = 0
		}
		for i := range out {
			out[i] = never
		}
		return
	}
	// Counting starts at 2^top - theta, so that bit top of a count says that
	// theta was reached; 2^top > longest - theta keeps it from moving up with a carry.
	top := bits.Len(uint(max(theta-1, d.longest-theta)))
	var preset [planes]uint64
	for k := range top {
		preset[k] = -(uint64(1<<top-theta) >> k & 1)
	}
	for i := range out {
		p := preset
		add(&p, top, a.word, d.source[d.start[i]:d.start[i+1]])
		out[i] = p[top]
	}
}

// Tally adds to hist[b], for every b, the number of pairs of a segment and a
// vector of a with overlap b. hist has an element for each number of synapses
// up to the largest of a segment.
func (d *Static) Tally(a *Activity, hist []int64) {
	d.check(a)
	top := bits.Len(uint(d.longest))
	for i := range d.Len() {
		var p [planes]uint64
		add(&p, top, a.word, d.source[d.start[i]:d.start[i+1]])
		k := top
		for k > 0 && p[k] == 0 {
			k--
		}
		split(&p, k, a.all, hist, 0)
	}
}

// mostSynapsesSum is the largest overlap of which Sum takes a response: a byte.
const mostSynapsesSum = 1<<8 - 1

// spread holds, for every byte, its bits as the bytes of a word, the lowest first.
var spread = func() (t [256]uint64) {
	for b := range t {
		for i := range 8 {
			t[b] |= uint64(b>>i&1) << (8 * i)
		}
	}
	return t
}()

// Sum adds to sum[lane], for every lane, f[overlap] of each segment, in the order of
// segments. f has an element for each number of synapses up to the largest of a
// segment, which is at most 255. Lanes that were not set have overlaps of 0.
//
// Eight lanes of all planes are turned back at once, into the bytes of a word.
func (d *Static) Sum(a *Activity, f []float64, sum *[Lanes]float64) {
	d.check(a)
	if d.longest > mostSynapsesSum {
		panic(fmt.Sprintf("dendrite: Static.Sum: %d synapses, most are %d", d.longest, mostSynapsesSum))
	}
	var of [mostSynapsesSum + 1]float64 // an index that is a byte is not checked
	copy(of[:], f[:d.longest+1])
	top := bits.Len(uint(d.longest))
	for i := range d.Len() {
		var p [planes]uint64
		add(&p, top, a.word, d.source[d.start[i]:d.start[i+1]])
		high := top
		for high > 3 && p[high] == 0 {
			high--
		}
		for lane := 0; lane < Lanes; lane += 8 {
			w := spread[byte(p[0]>>lane)] | spread[byte(p[1]>>lane)]<<1 | spread[byte(p[2]>>lane)]<<2 | spread[byte(p[3]>>lane)]<<3
			for k := 4; k <= high; k++ {
				w |= spread[byte(p[k]>>lane)] << k
			}
			s := (*[8]float64)(sum[lane:])
			s[0] += of[byte(w)]
			s[1] += of[byte(w>>8)]
			s[2] += of[byte(w>>16)]
			s[3] += of[byte(w>>24)]
			s[4] += of[byte(w>>32)]
			s[5] += of[byte(w>>40)]
			s[6] += of[byte(w>>48)]
			s[7] += of[byte(w>>56)]
		}
	}
}

// split adds to hist the lanes of a mask by their overlap: base plus what bits
// 0 to k say.
func split(p *[planes]uint64, k int, mask uint64, hist []int64, base int) {
	for ; k > 0; k-- {
		if high := mask & p[k]; high != 0 {
			split(p, k-1, high, hist, base+1<<k)
			mask &^= high
		}
	}
	odd := bits.OnesCount64(mask & p[0])
	even := bits.OnesCount64(mask) - odd
	if even > 0 {
		hist[base] += int64(even)
	}
	if odd > 0 {
		hist[base+1] += int64(odd)
	}
}

func (d *Static) check(a *Activity) {
	if len(a.word) != d.cells+1 {
		panic(fmt.Sprintf("dendrite: Static: activity of %d cells for segments on %d", len(a.word)-1, d.cells))
	}
}

// add adds to the counts in planes 0 … top of p the words of the given sources,
// whose number is a multiple of adderWidth.
func add(p *[planes]uint64, top int, word []uint64, source []uint32) {
	p0, p1, p2 := p[0], p[1], p[2]
	for ; len(source) >= adderWidth; source = source[adderWidth:] {
		s := (*[adderWidth]uint32)(source)
		var a, b, c, e, f uint64
		p0, a = full(p0, word[s[0]], word[s[1]])
		p0, b = full(p0, word[s[2]], word[s[3]])
		p1, e = full(p1, a, b)
		p0, a = full(p0, word[s[4]], word[s[5]])
		p0, b = full(p0, word[s[6]], word[s[7]])
		p1, f = full(p1, a, b)
		p2, c = full(p2, e, f)
		for k := 3; k <= top && k < planes; k++ {
			p[k], c = p[k]^c, p[k]&c
		}
	}
	p[0], p[1], p[2] = p0, p1, p2
}

// full is 64 full adders: the sum and the carry of three bits.
func full(x, y, z uint64) (sum, carry uint64) {
	h := x ^ y
	return h ^ z, x&y | h&z
}
