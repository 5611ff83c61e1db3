package stimulus

import (
	"math"
	"slices"

	"neurosim/internal/rng"
)

// SwapMode says where the cells that replace swapped ones come from.
type SwapMode string

const (
	// Strict replaces the removed cells by cells outside the stored pattern, so
	// that exactly v of its a cells are lost [AH16, figure 4B, equation (6)].
	Strict SwapMode = "strict"
	// Readd draws the replacements from all cells that are silent after the
	// removal, the removed ones included, as the noise routine of the authors'
	// later experiments does; some removed cells come back.
	Readd SwapMode = "readd"
)

// Noise says how a shown pattern differs from the stored one. The fractions
// refer to the a active cells; the numbers of cells are rounded, v = round(f·a),
// and the same in every presentation.
type Noise struct {
	Swap float64  `toml:"swap" doc:"fraction of the active cells that are replaced by others, v/a"`
	Mode SwapMode `toml:"swap_mode" of:"strict readd" doc:"strict: replaced by cells outside the pattern; readd: by any silent cell"`
	Drop float64  `toml:"drop" doc:"fraction of the active cells that stay silent"`
	Add  float64  `toml:"add" doc:"extra active cells, as a fraction of a"`
}

// Count returns the number of cells of a fraction f of a, rounded half up.
func Count(f float64, a int) int { return int(math.Floor(float64(f*float64(a)) + 0.5)) }

// Apply appends to dst a corrupted copy of p, ascending: first Swap, then Drop
// among the cells that are left of p, then Add among the silent ones.
func (z Noise) Apply(r *rng.Stream, s *Sampler, p Pattern, dst []int32) []int32 {
	a := len(p)
	from := len(dst)
	swap, drop, add := Count(z.Swap, a), Count(z.Drop, a), Count(z.Add, a)
	dst = s.Subset(r, a-swap, p, dst) // the cells of p that no swap removes
	kept := slices.Clone(dst[from:])
	switch z.Mode {
	case Readd:
		dst = s.DrawOutside(r, swap, kept, dst)
	default:
		dst = s.DrawOutside(r, swap, p, dst)
	}
	slices.Sort(dst[from:])
	if drop > 0 {
		silent := s.Subset(r, min(drop, len(kept)), kept, nil)
		dst = slices.DeleteFunc(dst, func(c int32) bool {
			_, gone := slices.BinarySearch(silent, c)
			return gone
		})
	}
	if add > 0 {
		// cells of p stay silent, so that Add never undoes Swap or Drop
		out := slices.Clone(dst[from:])
		out = append(out, p...)
		slices.Sort(out)
		out = slices.Compact(out)
		dst = s.DrawOutside(r, add, out, dst)
		slices.Sort(dst[from:])
	}
	return dst
}
