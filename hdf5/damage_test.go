package hdf5

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
)

// small writes a file that has one of each structure that a writer writes.
func small(t testing.TB) []byte {
	t.Helper()
	var m memory
	w := Create(&m)
	g, err := w.Root().Group("spikes")
	if err != nil {
		t.Fatal(err)
	}
	d, err1 := g.Growing("t", Float64, Growth{nil, []uint64{4}, 1})
	ids, err2 := g.Growing("ids", Uint64, Growth{nil, []uint64{4}, 1})
	two, err3 := g.Growing("two", Float32, Growth{[]uint64{3}, []uint64{2, 2}, 1})
	_, err4 := g.Values("compact", nil, []uint32{1, 2, 3})
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		t.Fatal(err)
	}
	for i := range uint64(11) {
		if err := errors.Join(d.Append([]float64{float64(i) / 3}), ids.Append([]uint64{i * i}), two.Append([]float32{1, float32(i), 3})); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(
		g.Link("second", d), d.SetAttribute("units", "ms"), w.Root().SetAttribute("version", []uint32{0, 1}),
		g.SetAttribute("sorting", EnumValue{[]string{"none", "by_time"}, 1}), w.Close(),
	); err != nil {
		t.Fatal(err)
	}
	return m.b
}

// read is the dump of bytes, or an error.
func read(b []byte) (string, error) {
	f, err := Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return "", err
	}
	return dumpUpTo(f, 1<<14)
}

// A file that was cut anywhere is refused.
func TestCutAnywhere(t *testing.T) {
	b := small(t)
	if _, err := read(b); err != nil {
		t.Fatal(err)
	}
	for n := range b {
		if _, err := read(b[:n]); err == nil {
			t.Fatalf("cut to %d of %d bytes, the file is read", n, len(b))
		}
	}
}

// A byte that is wrong gives an error or changes nothing, but where the format has no
// checksum and every value a meaning: a string in a global heap; how many children a node of
// chunks has, since a chunk may be missing; which filters a chunk was written without.
func TestEveryByteWrong(t *testing.T) {
	b := small(t)
	want, err := read(b)
	if err != nil {
		t.Fatal(err)
	}
	heap := bytes.Index(b, []byte("GCOL"))
	text := bytes.Index(b[heap:], []byte("ms")) + heap
	open := map[int]bool{text: true, text + 1: true}
	for at := 0; at < len(b)-8; at++ {
		if string(b[at:at+6]) != "TREE\x01\x00" {
			continue
		}
		if b[at+6]%2 == 1 {
			open[at+6] = true // one less by the last bit; one more would be no chunk
		}
		key := 24 // of one dimension
		if b[at+6] > 3 {
			key = 32 // the tree of spikes/two
		}
		for i := range int(b[at+6]) {
			open[at+24+i*(key+8)+4] = true
		}
	}
	silent := map[int]bool{}
	for i := range b {
		if testing.Short() && !open[i] && i%5 != 0 {
			continue
		}
		for _, flip := range []byte{1, 0xff} {
			b[i] ^= flip
			got, err := read(b)
			b[i] ^= flip
			if err == nil && got != want {
				silent[i] = true
				if !open[i] {
					t.Errorf("byte %d ^ %#x: read without an error, but otherwise", i, flip)
				}
			}
		}
	}
	if len(silent) != len(open) {
		t.Errorf("%d bytes change silently of %d that may", len(silent), len(open))
	}
}

// What is read of files of other programs with a wrong byte is bounded: no panic, no
// memory beyond what a chunk and a header may take.
func TestEveryByteWrongElsewhere(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(50))
	for _, name := range seeds(t) {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		step := 1
		if testing.Short() {
			step = 37
		}
		for i := 0; i < len(b); i += step {
			b[i] ^= 0xff
			read(b)
			b[i] ^= 0xff
		}
	}
}

// seeds lists the small files of testdata, which h5py has written.
func seeds(t testing.TB) []string {
	names, err := filepath.Glob("testdata/*.h5")
	if err != nil || len(names) < 3 {
		t.Fatal(names, err)
	}
	return names
}

// The small files of testdata as h5py reads them: testdata/small.py wrote both.
func TestReadsTestdata(t *testing.T) {
	table, err := os.ReadFile("testdata/small.txt")
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(table), "file ")[1:]
	if len(parts) != len(seeds(t)) {
		t.Fatal(len(parts), "files in the table")
	}
	for _, part := range parts {
		name, want, _ := strings.Cut(part, "\n")
		compareLines(t, name, mustDump(t, filepath.Join("testdata", name)), want)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(small(f))
	for _, name := range seeds(f) {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		read(b)
		// The same with its checksums put right, so that what is behind them is reached.
		read(resum(b))
	})
}

// resum writes the right checksums into structures whose length is known from their
// beginning.
func resum(b []byte) []byte {
	b = bytes.Clone(b)
	put := func(at, n int) {
		if n >= 4 && at+n <= len(b) {
			sum := lookup3(b[at : at+n-4])
			b[at+n-4], b[at+n-3], b[at+n-2], b[at+n-1] = byte(sum), byte(sum>>8), byte(sum>>16), byte(sum>>24)
		}
	}
	if len(b) > 9 && string(b[:8]) == signature && b[8] >= 2 {
		put(0, 48)
	}
	for at := 0; at+16 < len(b); at++ {
		switch string(b[at : at+4]) {
		case "FRHP":
			put(at, 26+12*8+3*8)
		case "BTHD":
			put(at, 22+16)
		case "OHDR":
			prefix := 6 + int(b[at+5]>>5&1)*16 + int(b[at+5]>>4&1)*4
			width := 1 << (b[at+5] & 3)
			if at+prefix+width <= len(b) {
				c := cursor{b: b[at+prefix:]}
				put(at, prefix+width+int(min(c.uint(width), 1<<30))+4)
			}
		}
	}
	return b
}
