package npz

import (
	"bytes"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"neurosim/internal/fixture"
)

// archive writes one array of every type and shape.
func archive(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	w := NewWriter(&b)
	ints := func(values ...int64) func(a *Array) error {
		return func(a *Array) error {
			for _, x := range values {
				a.Int(x)
			}
			return nil
		}
	}
	for _, err := range []error{
		w.Array("steps", Int64, []int64{3}, ints(-1, 0, math.MaxInt64)),
		w.Array("population", Uint16, []int64{2}, ints(0, math.MaxUint16)),
		w.Array("cell", Uint32, []int64{2}, ints(1, math.MaxUint32)),
		w.Array("end", Bool, []int64{2}, ints(0, 1)),
		w.Array("values", Float64, []int64{2, 3}, func(a *Array) error {
			for _, x := range []float64{0.1, math.Inf(1), math.NaN(), -0.25, 5e-324, 1e300} {
				a.Float(x)
			}
			return nil
		}),
		w.Array("none", Float64, []int64{0, 4}, ints()),
		w.Array("dt_ms", Float64, nil, func(a *Array) error { a.Float(0.1); return nil }),
		w.Strings("names", []string{"E", "", "α→😀"}),
		w.Strings("no names", nil),
		w.Close(),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

// NumPy, an independent reader, finds the values, types and shapes that were written.
func TestNumPyReadsArchives(t *testing.T) {
	python := fixture.Python(t, "numpy")
	file := filepath.Join(t.TempDir(), "a.npz")
	if err := os.WriteFile(file, archive(t), 0o644); err != nil {
		t.Fatal(err)
	}
	const check = `
import sys, zipfile, numpy as np
assert zipfile.ZipFile(sys.argv[1]).testzip() is None
d = np.load(sys.argv[1])
def same(name, values, dtype):
    want = np.array(values, dtype=dtype)
    assert d[name].dtype == want.dtype and d[name].shape == want.shape, (name, d[name].dtype, d[name].shape)
    assert d[name].tobytes() == want.tobytes(), (name, d[name])
same('steps', [-1, 0, 2**63 - 1], '<i8')
same('population', [0, 2**16 - 1], '<u2')
same('cell', [1, 2**32 - 1], '<u4')
same('end', [False, True], bool)
assert d['values'].shape == (2, 3) and d['values'][0, 0] == 0.1 and np.isnan(d['values'][0, 2]) and d['values'][1].tolist() == [-0.25, 5e-324, 1e300]
assert np.isposinf(d['values'][0, 1])
assert d['none'].shape == (0, 4)
same('dt_ms', 0.1, '<f8')
same('names', ['E', '', 'α→😀'], '<U3')
same('no names', [], '<U1')
assert len(d.files) == 9
`
	if out, err := exec.Command(python, "-c", check, file).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

func TestSameArraysSameBytes(t *testing.T) {
	if !bytes.Equal(archive(t), archive(t)) {
		t.Error("two archives of the same arrays differ")
	}
}

// What does not fit the shape or the type is refused, and the first error stays.
func TestWhatDoesNotFit(t *testing.T) {
	full := errors.New("no space left")
	for want, write := range map[string]func(w *Writer) error{
		"array a: 1 values for an array of 2": func(w *Writer) error {
			return w.Array("a", Int64, []int64{2}, func(a *Array) error { a.Int(1); return nil })
		},
		"array a: 65536 does not fit the type <u2": func(w *Writer) error {
			return w.Array("a", Uint16, []int64{1}, func(a *Array) error { a.Int(1 << 16); return nil })
		},
		"array a: -1 does not fit the type <u4": func(w *Writer) error {
			return w.Array("a", Uint32, []int64{1}, func(a *Array) error { a.Int(-1); return nil })
		},
		"array a: 2 does not fit the type |b1": func(w *Writer) error {
			return w.Array("a", Bool, []int64{1}, func(a *Array) error { a.Int(2); return nil })
		},
		"array a: 0.5 does not fit the type <i8": func(w *Writer) error {
			return w.Array("a", Int64, []int64{1}, func(a *Array) error { a.Float(0.5); return nil })
		},
		"array a: no space left": func(w *Writer) error { return w.Array("a", Int64, nil, func(a *Array) error { return full }) },
		`array a: "long" has more than 3 characters`: func(w *Writer) error {
			return w.Texts("a", 1, 3, func(add func(string)) error { add("long"); return nil })
		},
		"array a: 0 texts for an array of 1": func(w *Writer) error { return w.Texts("a", 1, 3, func(add func(string)) error { return nil }) },
	} {
		w := NewWriter(&bytes.Buffer{})
		for _, err := range []error{write(w), w.Strings("b", nil), w.Close()} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%v, want %s", err, want)
			}
		}
	}
}
