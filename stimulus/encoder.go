package stimulus

import (
	"math"
	"slices"

	"neurosim/internal/rng"
)

// An Encoder turns a number into an SDR: similar numbers into overlapping ones.
type Encoder interface {
	// Size is the number of cells, n.
	Size() int
	// Encode appends the active cells of x, ascending and each once, raised by
	// offset. A NaN, a missing value, has none.
	Encode(x float64, offset int32, out []int32) []int32
}

// Category encodes whole numbers 0 … Categories-1, each by Active cells of its
// own: categories have no cell in common. Other numbers have no cells.
type Category struct {
	Categories, Active int
}

// Size is Categories·Active.
func (e Category) Size() int { return e.Categories * e.Active }

// Encode appends the cells of category x.
func (e Category) Encode(x float64, offset int32, out []int32) []int32 {
	if !(x >= 0 && x < float64(e.Categories)) || x != math.Trunc(x) {
		return out
	}
	return appendRun(out, offset+int32(int(x)*e.Active), e.Active)
}

// Scalar encodes a number of [Min, Max] by Active neighbouring cells of N. The
// first is
//
//	⌊(x - Min) / (Max - Min) · (N - Active) + 1/2⌋
//
// so numbers (Max - Min)·Active/(N - Active) apart have no cell in common.
// Numbers outside count as Min or Max.
type Scalar struct {
	Min, Max  float64
	N, Active int
}

// Size is N.
func (e Scalar) Size() int { return e.N }

// Encode appends the cells of x.
func (e Scalar) Encode(x float64, offset int32, out []int32) []int32 {
	if math.IsNaN(x) {
		return out
	}
	part := (min(max(x, e.Min), e.Max) - e.Min) / (e.Max - e.Min)
	return appendRun(out, offset+int32(float64(part*float64(e.N-e.Active))+0.5), e.Active)
}

// Periodic encodes a number modulo Period by Active neighbouring cells of a ring
// of N: a time of day, a day of the week.
type Periodic struct {
	Period    float64
	N, Active int
}

// Size is N.
func (e Periodic) Size() int { return e.N }

// Encode appends the cells of x.
func (e Periodic) Encode(x float64, offset int32, out []int32) []int32 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return out
	}
	turns := x / e.Period
	first := int((turns - math.Floor(turns)) * float64(e.N))
	wrapped := max(0, first+e.Active-e.N)
	out = appendRun(out, offset, wrapped)
	return appendRun(out, offset+int32(first), e.Active-wrapped)
}

// RandomScalar encodes numbers without bounds: bucket b = ⌊x/Resolution + 1/2⌋ has the
// cells h(b) … h(b+Active-1), where h draws a cell of N for every whole number.
// Neighbouring buckets share all but one, buckets Active apart only what chance
// gives them. Where two of the draws agree a cell counts once, so an SDR has
// about Active²/2N cells less than Active.
//
// This is the random distributed scalar encoder of Purdy, arXiv:1602.05925
// (2016), section 3.2, with a hash for its table.
type RandomScalar struct {
	Resolution float64
	N, Active  int
	Seed       uint64
	Name       string // encoders of other names have other cells
}

// Size is N.
func (e RandomScalar) Size() int { return e.N }

// Encode appends the cells of x.
func (e RandomScalar) Encode(x float64, offset int32, out []int32) []int32 {
	const most = 1 << 50 // buckets
	b := math.Floor(x/e.Resolution + 0.5)
	if !(math.Abs(b) <= most) {
		return out
	}
	begin := len(out)
	for i := range e.Active {
		draw := rng.New(e.Seed, rng.EncoderBits, rng.Name(e.Name), uint64(int64(b)+int64(i)))
		out = append(out, offset+int32(draw.IntN(e.N)))
	}
	return sortTail(out, begin)
}

// Joined puts the cells of several encoders side by side.
type Joined []Encoder

// Size is the sum of the sizes.
func (e Joined) Size() int {
	n := 0
	for _, part := range e {
		n += part.Size()
	}
	return n
}

// Encode appends the cells of one number for each encoder.
func (e Joined) Encode(x []float64, out []int32) []int32 {
	offset := int32(0)
	for i, part := range e {
		out = part.Encode(x[i], offset, out)
		offset += int32(part.Size())
	}
	return out
}

func appendRun(out []int32, first int32, n int) []int32 {
	for i := range int32(n) {
		out = append(out, first+i)
	}
	return out
}

// sortTail sorts out[begin:] and drops repetitions.
func sortTail(out []int32, begin int) []int32 {
	slices.Sort(out[begin:])
	return out[:begin+len(slices.Compact(out[begin:]))]
}
