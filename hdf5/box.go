package hdf5

// A box is a part of an array: start and count of each dimension. Arrays are in row-major
// order, the last dimension running fastest.

// runs calls copy for every longest run of elements of a box that is contiguous in both of
// two arrays: with the offset in a, the offset in b and the number, in elements.
func runs(count, aShape, aStart, bShape, bStart []uint64, copy func(a, b, n uint64) error) error {
	for _, n := range count {
		if n == 0 {
			return nil
		}
	}
	// From the dimension k on the box is one run in both.
	k := max(len(count)-1, 0)
	for k > 0 && count[k] == aShape[k] && count[k] == bShape[k] {
		k--
	}
	n := uint64(1)
	for _, c := range count[k:] {
		n *= c
	}
	at := make([]uint64, k) // in the box, the dimensions before k
	for {
		a, b := uint64(0), uint64(0)
		for d := range count {
			i := uint64(0)
			if d < k {
				i = at[d]
			}
			a, b = a*aShape[d]+aStart[d]+i, b*bShape[d]+bStart[d]+i
		}
		if err := copy(a, b, n); err != nil {
			return err
		}
		if !advance(at, count) {
			return nil
		}
	}
}

// advance moves an index to the next of an array, and reports whether there is one.
func advance(at, shape []uint64) bool {
	for d := len(at) - 1; d >= 0; d-- {
		if at[d]++; at[d] < shape[d] {
			return true
		}
		at[d] = 0
	}
	return false
}
