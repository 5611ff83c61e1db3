package hdf5

import (
	"bytes"
	"runtime"
	"testing"
)

// Whoever reads a dataset in blocks and keeps none leaves next to nothing behind, however long it
// is: garbage as large as the dataset makes programs twice as large as what they keep.
func TestBlocksLeaveNoGarbage(t *testing.T) {
	const rows, block = 1 << 20, 1 << 16
	for name, growth := range map[string]Growth{"chunked": {Chunk: []uint64{1 << 14}}, "deflated": {Chunk: []uint64{1 << 14}, Deflate: 1}} {
		var file memory
		w := Create(&file)
		d, err := w.Root().Growing("x", Float64, growth)
		if err != nil {
			t.Fatal(err)
		}
		want := make([]float64, rows)
		for i := range want {
			want[i] = float64(i) / 8
		}
		if err := d.Append(want); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		f, err := Open(bytes.NewReader(file.b), int64(len(file.b)))
		if err != nil {
			t.Fatal(err)
		}
		x, err := f.Dataset("x")
		if err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		var got []float64
		runtime.ReadMemStats(&before)
		for at := uint64(0); at < rows; at += block {
			if got, err = x.AppendFloat64s(got[:0], at, block); err != nil {
				t.Fatal(err)
			}
			for i, v := range got {
				if v != want[at+uint64(i)] {
					t.Fatalf("%s: %g at %d, not %g", name, v, at+uint64(i), want[at+uint64(i)])
				}
			}
		}
		runtime.ReadMemStats(&after)
		// A block as it is in the file and as numbers, a chunk between its filters, and nodes of
		// the tree of chunks: 64 look-ups of a few kB.
		if n := after.TotalAlloc - before.TotalAlloc; n > 8*rows/4 {
			t.Errorf("%s: reading %d bytes in blocks takes %d", name, 8*rows, n)
		}
	}
}
