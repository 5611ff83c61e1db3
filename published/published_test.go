package published

import (
	"bytes"
	"neurosim/internal/fixture"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// names lists the files without their ending.
func names(t *testing.T) []string {
	t.Helper()
	entries, err := files.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, strings.TrimSuffix(e.Name(), ".csv"))
	}
	return out
}

// Every file can be read, names its source at the top, and has a value in a column
// of each row.
func TestFiles(t *testing.T) {
	for _, name := range names(t) {
		text, err := files.ReadFile(name + ".csv")
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(text, []byte("# ")) {
			t.Errorf("%s: no comment at the top says where the numbers are from", name)
		}
		rows := Rows(name)
		if len(rows) == 0 {
			t.Errorf("%s: no rows", name)
		}
		for i, r := range rows {
			if strings.Join(values(r), "") == "" {
				t.Errorf("%s: row %d is empty", name, i+1)
			}
		}
	}
}

func values(r Row) []string {
	var out []string
	for _, v := range r {
		out = append(out, v)
	}
	return out
}

// The numbers are those of the collection that they were copied from, which is read
// where NEUROSIM_SHARED names its folder; comments are our own.
func TestCopies(t *testing.T) {
	shared := filepath.Dir(fixture.Shared(t, "anchors"))
	compared := 0
	for _, name := range names(t) {
		want, err := os.ReadFile(filepath.Join(shared, "anchors", name+".csv"))
		if os.IsNotExist(err) {
			continue // gathered for neurosim: see the head of the file
		}
		if err != nil {
			t.Fatal(err)
		}
		got, err := files.ReadFile(name + ".csv")
		if err != nil {
			t.Fatal(err)
		}
		if numbers(got) != numbers(want) {
			t.Errorf("%s differs from the original", name)
		}
		compared++
	}
	if compared < 18 {
		t.Errorf("%d files were compared", compared)
	}
}

// numbers returns the lines of a file that are no comments.
func numbers(text []byte) string {
	var b strings.Builder
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "#") {
			b.WriteString(line)
		}
	}
	return b.String()
}
