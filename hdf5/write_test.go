package hdf5

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// memory is a file in memory.
type memory struct{ b []byte }

func (m *memory) WriteAt(b []byte, at int64) (int, error) {
	if n := int(at) + len(b); n > len(m.b) {
		m.b = append(m.b, make([]byte, n-len(m.b))...)
	}
	return copy(m.b[at:], b), nil
}

// randomValues returns n numbers of a random type, and the type.
func randomValues(r *rand.Rand, kind, n int) any {
	switch kind {
	case 0:
		return random(r, n, func() int8 { return int8(r.Uint64()) })
	case 1:
		return random(r, n, func() int16 { return int16(r.Uint64()) })
	case 2:
		return random(r, n, func() int32 { return int32(r.Uint64()) })
	case 3:
		return random(r, n, func() int64 { return int64(r.Uint64()) })
	case 4:
		return random(r, n, func() uint8 { return uint8(r.Uint64()) })
	case 5:
		return random(r, n, func() uint16 { return uint16(r.Uint64()) })
	case 6:
		return random(r, n, func() uint32 { return uint32(r.Uint64()) })
	case 7:
		return random(r, n, func() uint64 { return r.Uint64() })
	case 8:
		return random(r, n, func() float32 { return float32(r.NormFloat64()) })
	}
	return random(r, n, func() float64 {
		return []float64{r.NormFloat64(), math.Inf(1), math.NaN(), math.Copysign(0, -1), 5e-324}[r.IntN(5)]
	})
}

func random[T any](r *rand.Rand, n int, one func() T) []T {
	out := make([]T, n)
	for i := range out {
		out[i] = one()
	}
	return out
}

var randomTypes = []Type{Int8, Int16, Int32, Int64, Uint8, Uint16, Uint32, Uint64, Float32, Float64}

func randomText(r *rand.Rand) string {
	return strings.Repeat([]string{"a", "mV", "µ", "β-γ", "日本"}[r.IntN(5)], []int{0, 1, 3, 50, 3000}[r.IntN(5)])
}

// writeRandom writes a tree of groups and datasets and returns, line by line, what h5py
// and this package must say of it apart from the values.
func writeRandom(w io.WriterAt, seed uint64) error {
	r := rand.New(rand.NewPCG(seed, 1))
	f := Create(w)
	groups := []*GroupWriter{f.Root()}
	var growing []func() error
	var datasets []*DatasetWriter
	attribute := func(name string, h interface{ SetAttribute(string, any) error }) error {
		switch r.IntN(4) {
		case 0:
			return h.SetAttribute(name, randomText(r))
		case 1:
			return h.SetAttribute(name, EnumValue{[]string{"none", "by_id", "by_time"}, uint8(r.IntN(3))})
		case 2:
			return h.SetAttribute(name, randomValues(r, r.IntN(10), r.IntN(20)))
		}
		return h.SetAttribute(name, []any{int8(-3), uint32(0x0a7a), 2.5, float32(1.5), int64(-1 << 60)}[r.IntN(5)])
	}
	for i := range 2 + r.IntN(60) {
		g := groups[r.IntN(len(groups))]
		name := fmt.Sprintf("%c %d µ", 'a'+rune(r.IntN(26)), i)
		var err error
		switch r.IntN(8) {
		case 0, 1:
			if g, err = g.Group(name); err != nil {
				return err
			}
			groups = append(groups, g)
			for k := range []int{0, 1, 5, 30}[r.IntN(4)] {
				if err := attribute(fmt.Sprint("attribute ", k), g); err != nil {
					return err
				}
			}
			continue
		case 2, 3:
			shape := [][]uint64{nil, {3, 4, 5}, {0}, {1}, {70, 90}, {0, 4}, {9000}}[r.IntN(7)]
			n := r.IntN(100)
			if shape != nil {
				p, _ := product(shape...)
				n = int(p)
			}
			var d *DatasetWriter
			if d, err = g.Values(name, shape, randomValues(r, r.IntN(10), n)); err == nil {
				datasets = append(datasets, d)
				err = attribute("units", d)
			}
		case 4:
			_, err = g.Values(name, nil, random(r, r.IntN(50), func() string { return randomText(r) }))
		case 5:
			if len(datasets) > 0 {
				err = g.Link(name, datasets[r.IntN(len(datasets))])
			}
		default:
			kind := r.IntN(10)
			growth := []Growth{
				{nil, []uint64{1 + uint64(r.IntN(40))}, r.IntN(10)},
				{nil, []uint64{3000}, 1},
				{[]uint64{7}, []uint64{3, 4}, r.IntN(10)},
				{[]uint64{4, 3, 2}, []uint64{2, 5, 1, 2}, r.IntN(3)},
			}[r.IntN(4)]
			var d *DatasetWriter
			if d, err = g.Growing(name, randomTypes[kind], growth); err != nil {
				return err
			}
			datasets = append(datasets, d)
			row, _ := product(append([]uint64{1}, growth.Row...)...)
			times := r.IntN(5)
			growing = append(growing, func() error {
				if times--; times < 0 {
					return nil
				}
				return d.Append(randomValues(r, kind, int(row)*r.IntN(400)))
			})
		}
		if err != nil {
			return err
		}
	}
	for range 5 { // all grow at once
		for _, g := range growing {
			if err := g(); err != nil {
				return err
			}
		}
	}
	return f.Close()
}

// Random trees are the same by this package, by h5py and after h5repack and h5dump, which
// check all of a file.
func TestOthersReadWhatIsWritten(t *testing.T) {
	dir := t.TempDir()
	var names []string
	var dumps []string
	for seed := range uint64(12) {
		name := filepath.Join(dir, fmt.Sprintf("%d.h5", seed))
		f, err := os.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := writeRandom(f, seed); err != nil {
			t.Fatal(seed, err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
		dumps = append(dumps, mustDump(t, name))
	}
	for i, part := range strings.Split(python(t, append([]string{"testdata/dump.py"}, names...)...), "file ")[1:] {
		_, want, _ := strings.Cut(part, "\n")
		compareLines(t, names[i], dumps[i], want)
	}
	for _, program := range []string{"h5dump", "h5repack"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("needs the program %s: Debian has it in hdf5-tools", program)
		}
	}
	for i, name := range names {
		if out, err := exec.Command("h5dump", name).CombinedOutput(); err != nil {
			t.Errorf("h5dump %s: %v\n%.2000s", name, err, out)
		}
		// What the library copies in its own old form has the same values.
		to := filepath.Join(dir, "repacked.h5")
		if out, err := exec.Command("h5repack", name, to).CombinedOutput(); err != nil {
			t.Errorf("h5repack %s: %v\n%s", name, err, out)
			continue
		}
		compareLines(t, name, mustDump(t, to), dumps[i])
	}
}

// What was written is read back: names, attributes, values.
func TestReadsBack(t *testing.T) {
	for seed := range uint64(20) {
		var m, again memory
		if err := writeRandom(&m, seed); err != nil {
			t.Fatal(seed, err)
		}
		if err := writeRandom(&again, seed); err != nil || !bytes.Equal(m.b, again.b) {
			t.Fatal(seed, "the same calls wrote other bytes", err)
		}
		f, err := Open(bytes.NewReader(m.b), int64(len(m.b)))
		if err != nil {
			t.Fatal(seed, err)
		}
		if _, err := dump(f); err != nil {
			t.Fatal(seed, err)
		}
	}
	var m memory
	w := Create(&m)
	g, err := w.Root().Group("spikes")
	if err != nil {
		t.Fatal(err)
	}
	d, err := g.Growing("t", Float64, Growth{nil, []uint64{8}, 1})
	if err != nil {
		t.Fatal(err)
	}
	want := []float64{}
	for i := range 1001 {
		want = append(want, float64(i)/10)
	}
	for at := 0; at < len(want); at += 7 {
		if err := d.Append(want[at:min(at+7, len(want))]); err != nil {
			t.Fatal(err)
		}
	}
	if d.Rows() != 1001 {
		t.Error(d.Rows(), "rows")
	}
	if err := errors.Join(d.SetAttribute("units", "ms"), g.Link("u", d), w.Root().SetAttribute("version", []uint32{0, 1}), w.Close()); err != nil {
		t.Fatal(err)
	}
	f, err := Open(bytes.NewReader(m.b), int64(len(m.b)))
	if err != nil {
		t.Fatal(err)
	}
	back, err := f.Dataset("/spikes/u")
	if err != nil {
		t.Fatal(err)
	}
	for _, first := range []uint64{0, 1, 7, 8, 500, 1000, 1001} {
		for _, n := range []uint64{0, 1, 8, 9, 1001 - first} {
			if first+n > 1001 {
				continue
			}
			got, err := back.ReadFloat64s(first, n)
			if err != nil || len(got) != int(n) {
				t.Fatal(first, n, len(got), err)
			}
			for i := range got {
				if got[i] != want[int(first)+i] {
					t.Fatal(first, n, i, got[i])
				}
			}
		}
	}
	if _, err := back.ReadFloat64s(1000, 2); err == nil {
		t.Error("rows beyond the end are read")
	}
}

// Many links, and the most: h5py finds each.
func TestManyLinks(t *testing.T) {
	name := filepath.Join(t.TempDir(), "links.h5")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := Create(f)
	d, err := w.Root().Values("x", nil, []uint64{7})
	if err != nil {
		t.Fatal(err)
	}
	for i := range maxLinks - 1 {
		if err := w.Root().Link(fmt.Sprint("link ", i), d); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Root().Link("one more", d); err == nil {
		t.Error("more links than an unindexed group takes")
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if links, err := openFile(t, name).Root().Links(); err != nil || len(links) != maxLinks {
		t.Error(len(links), err)
	}
	got := python(t, "-c", `
import h5py, sys
with h5py.File(sys.argv[1], "r") as f:
    print(len(f), f["link 65533"][0], f["link 0"] == f["x"])
`, name)
	if got != "65535 7 True\n" {
		t.Error(got)
	}
}

// h5py goes on with a file that this package has written: it appends rows, links and
// attributes, and what was there stays.
func TestH5pyAppends(t *testing.T) {
	name := filepath.Join(t.TempDir(), "append.h5")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := Create(f)
	one, err1 := w.Root().Growing("one", Uint32, Growth{nil, []uint64{4}, 1})
	two, err2 := w.Root().Growing("two", Float32, Growth{[]uint64{5}, []uint64{3, 2}, 0})
	none, err3 := w.Root().Growing("none", Float64, Growth{nil, []uint64{4}, 6})
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	for i := range uint32(1000) {
		if err := errors.Join(one.Append([]uint32{i}), two.Append(make([]float32, 5))); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(none.SetAttribute("units", "ms"), w.Close()); err != nil {
		t.Fatal(err)
	}
	python(t, "-c", `
import h5py, sys
with h5py.File(sys.argv[1], "r+") as f:
    for name, row in [("one", 7), ("two", 3), ("none", 1.5)]:
        d = f[name]
        n = d.shape[0]
        d.resize((n + 500,) + d.shape[1:])
        d[n:] = row
    for i in range(100):
        f["link %d" % i] = f["one"]
        f["none"].attrs["attribute %d" % i] = i
`, name)
	back := openFile(t, name)
	for path, want := range map[string][2]float64{"one": {999, 7}, "link 99": {999, 7}, "two": {0, 3}} {
		d, err := back.Dataset(path)
		if err != nil {
			t.Fatal(err)
		}
		v, err := d.ReadFloat64s(999, 501)
		if err != nil || d.Shape[0] != 1500 || v[0] != want[0] || v[len(v)-1] != want[1] {
			t.Error(path, d.Shape, v[0], v[len(v)-1], err)
		}
	}
	o, err := back.Object("none")
	if err != nil {
		t.Fatal(err)
	}
	if all, err := o.Attributes(); err != nil || len(all) != 101 {
		t.Error(len(all), err)
	}
}

// What a file cannot hold is refused, and a failure to write is kept.
func TestWriterRefuses(t *testing.T) {
	var m memory
	w := Create(&m)
	d, err := w.Root().Growing("d", Float64, Growth{nil, []uint64{10}, 1})
	if err != nil {
		t.Fatal(err)
	}
	bad := func(name string, _ any, err error) {
		t.Helper()
		if err == nil || !strings.HasPrefix(err.Error(), "hdf5: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	again, err := w.Root().Group("d")
	bad("a name twice", again, err)
	for _, name := range []string{"", ".", "a/b", "a\x00", "\xff"} {
		g, err := w.Root().Group(name)
		bad(name, g, err)
		bad("attribute", nil, d.SetAttribute(strings.ReplaceAll(strings.Trim(name, "."), "/", "\x00"), 1.0))
	}
	bad("other type", nil, d.Append([]float32{1}))
	bad("no slice", nil, d.Append(1.0))
	v, err := w.Root().Values("v", []uint64{3}, []float64{1})
	bad("shape", v, err)
	v, err = w.Root().Values("v", nil, []bool{true})
	bad("type", v, err)
	v, err = w.Root().Growing("g", Float64, Growth{[]uint64{3}, []uint64{10}, 1})
	bad("rank", v, err)
	v, err = w.Root().Growing("g", Float64, Growth{nil, []uint64{1 << 30}, 1})
	bad("chunk", v, err)
	bad("attribute", nil, d.SetAttribute("long", make([]float64, 10000)))
	bad("attribute", nil, d.SetAttribute("int", 1))
	if err := d.SetAttribute("a", "b"); err != nil {
		t.Error(err)
	}
	bad("attribute twice", nil, d.SetAttribute("a", "c"))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	bad("append after close", nil, d.Append([]float64{1}))
	g, err := w.Root().Group("late")
	bad("group after close", g, err)

	full := Create(fullDisk{})
	d, err = full.Root().Growing("d", Float64, Growth{nil, []uint64{10}, 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Append(make([]float64, 9)); err != nil {
		t.Error("nothing is written yet:", err)
	}
	if err := d.Append(make([]float64, 9)); !errors.Is(err, errFull) {
		t.Error(err)
	}
	if err := full.Close(); !errors.Is(err, errFull) {
		t.Error(err)
	}
}

var errFull = errors.New("no space left on device")

type fullDisk struct{}

func (fullDisk) WriteAt([]byte, int64) (int, error) { return 0, errFull }
