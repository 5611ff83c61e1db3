package hdf5

import (
	"fmt"
	"math"
)

// Value is what numbers of a file are read as.
type Value interface{ float64 | int64 | uint64 }

// convert converts elements to numbers. None changes its value: an integer beyond the range
// of T, one of more than 53 bits as a float64, and a float as an integer are refused.
func convert[T Value](dst []T, b []byte, t *Type) error {
	if t.Class != Int && t.Class != Enum && t.Class != Float {
		return fmt.Errorf("is %s, no number", t)
	}
	switch d := any(dst).(type) {
	case []float64:
		if t.Class != Float {
			return toFloats(d, b, t)
		}
		for i := range d {
			v := t.bits(b[i*t.Size : (i+1)*t.Size])
			if t.Size == 4 {
				d[i] = float64(math.Float32frombits(uint32(v)))
			} else {
				d[i] = math.Float64frombits(v)
			}
		}
	case []int64:
		if t.Class == Float {
			return fmt.Errorf("is %s, where integers are wanted", t)
		}
		for i := range d {
			d[i] = t.int64(b[i*t.Size : (i+1)*t.Size])
			if d[i] < 0 && !t.Signed {
				return fmt.Errorf("has %d, more than a signed integer holds", uint64(d[i]))
			}
		}
	case []uint64:
		if t.Class == Float {
			return fmt.Errorf("is %s, where integers are wanted", t)
		}
		for i := range d {
			v := t.int64(b[i*t.Size : (i+1)*t.Size])
			if v < 0 && t.Signed {
				return fmt.Errorf("has %d, where numbers from 0 on are wanted", v)
			}
			d[i] = uint64(v)
		}
	}
	return nil
}

// toFloats converts integers.
func toFloats(d []float64, b []byte, t *Type) error {
	for i := range d {
		v := t.int64(b[i*t.Size : (i+1)*t.Size])
		if v > 1<<53 || v < -1<<53 || v < 0 && !t.Signed {
			return fmt.Errorf("has an integer of more than 53 bits, which a float64 does not hold")
		}
		d[i] = float64(v)
	}
	return nil
}
