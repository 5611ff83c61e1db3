package hdf5

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"neurosim/internal/fixture"
)

// dump describes a file as testdata/dump.py does, from what this package reads.
func dump(f *File) (string, error) { return dumpUpTo(f, 1<<26) }

// dumpUpTo is dump with a limit for the elements that are read of all datasets: a damaged
// file may claim more than there is time for.
func dumpUpTo(f *File, room uint64) (string, error) {
	var b strings.Builder
	err := dumpObject(&b, f.Root(), "/", 0, &room)
	return b.String(), err
}

func dumpObject(b *strings.Builder, o *Object, path string, depth int, room *uint64) error {
	// A loop of hard links has no end, and every object takes from the room.
	if depth > 50 || *room < 16 {
		return fmt.Errorf("%s: too deep, or too much for a test", path)
	}
	*room -= 16
	attributes := func() error {
		all, err := o.Attributes()
		if err != nil {
			return err
		}
		for _, a := range all {
			raw, err := a.Bytes()
			if err != nil {
				return err
			}
			sum := crc32.ChecksumIEEE(raw)
			if a.Type.Class == String || a.Type.Class == VarString {
				text, err := a.Strings()
				if err != nil {
					return err
				}
				sum = textSum(0, text)
			}
			dumpLine(b, path+"@"+a.Name, &a.Type, a.Shape, sum)
		}
		return nil
	}
	if o.IsDataset() {
		d, err := o.Dataset()
		if err != nil {
			return err
		}
		sum, err := datasetSum(d, room)
		if err != nil {
			return err
		}
		dumpLine(b, path, &d.Type, d.Shape, sum)
		return attributes()
	}
	if !o.IsGroup() {
		fmt.Fprintf(b, "%s type\n", path)
		return nil
	}
	fmt.Fprintf(b, "%s group\n", path)
	if err := attributes(); err != nil {
		return err
	}
	links, err := o.Links()
	if err != nil {
		return err
	}
	for _, l := range links {
		child, err := o.Object(l.Name)
		if err != nil {
			return err
		}
		if err := dumpObject(b, child, strings.TrimSuffix(path, "/")+"/"+l.Name, depth+1, room); err != nil {
			return err
		}
	}
	return nil
}

func dumpLine(b *strings.Builder, path string, t *Type, shape []uint64, sum uint32) {
	dims := "-"
	if len(shape) > 0 {
		dims = strings.ReplaceAll(strings.Trim(fmt.Sprint(shape), "[]"), " ", "x")
	}
	fmt.Fprintf(b, "%s %s %s %08x\n", path, numpyType(t), dims, sum)
}

// numpyType is how numpy calls a type.
func numpyType(t *Type) string {
	switch t.Class {
	case String:
		return fmt.Sprintf("S%d", t.Size)
	case VarString:
		return "str"
	}
	order := map[bool]string{false: "<", true: ">"}[t.BigEndian]
	if t.Size == 1 {
		order = "|"
	}
	letter := map[bool]string{false: "u", true: "i"}[t.Signed]
	if t.Class == Float {
		letter = "f"
	}
	s := fmt.Sprintf("%s%s%d", order, letter, t.Size)
	if t.Class == Enum {
		var names []string
		for i, n := range t.Names {
			names = append(names, fmt.Sprintf("%s=%d", n, t.Values[i]))
		}
		slices.Sort(names)
		s = "enum" + s + "{" + strings.Join(names, ",") + "}"
	}
	return s
}

func textSum(sum uint32, text []string) uint32 {
	for _, s := range text {
		sum = crc32.Update(sum, crc32.IEEETable, append([]byte(s), 0))
	}
	return sum
}

// datasetSum reads a dataset a few rows at a time.
func datasetSum(d *Dataset, room *uint64) (sum uint32, err error) {
	if d.Len() == 0 {
		return 0, nil
	}
	if d.Len() > *room || d.size > 1<<16 {
		return 0, fmt.Errorf("%s has too many elements for a test", d.path)
	}
	*room -= d.Len()
	n, step := uint64(1), uint64(1)
	if len(d.Shape) > 0 {
		n = d.Shape[0]
		step = max(1, 100_003*n/d.Len()) // no multiple of a chunk
	}
	for first := uint64(0); first < n; first += step {
		rows := min(step, n-first)
		if d.Type.Class == String || d.Type.Class == VarString {
			text, err := d.ReadStrings(first, rows)
			if err != nil {
				return 0, err
			}
			sum = textSum(sum, text)
			continue
		}
		b, err := d.rows(first, rows)
		if err != nil {
			return 0, err
		}
		sum = crc32.Update(sum, crc32.IEEETable, b)
	}
	return sum, nil
}

// python runs a script with h5py and returns what it prints.
func python(t testing.TB, args ...string) string {
	t.Helper()
	name := fixture.Python(t, "h5py")
	var out, fail bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = &out, &fail
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, fail.String())
	}
	return out.String()
}
