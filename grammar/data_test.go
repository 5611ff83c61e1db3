package grammar

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A large file is read again where it is needed, and never taken for what it was when it was
// changed in between.
func TestLargeFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.csv")
	text := []byte(strings.Repeat("1,2\n", largeFile/4+1))
	write := func(text []byte) {
		t.Helper()
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(text)
	c := newFiles(Library{}, nil).large(path, MaxTable)
	if c == nil || c.size != int64(len(text)) || c.rows != len(text)/4 {
		t.Fatalf("%+v", c)
	}
	in := Input{Name: "a.csv", content: *c}
	whole := contentOf(text)
	if in.SHA256() != whole.sha256() {
		t.Error("the hash of a large file is another one than in memory")
	}
	var b bytes.Buffer
	if err := in.Put(&b); err != nil || !bytes.Equal(b.Bytes(), text) {
		t.Errorf("%d of %d bytes, %v", b.Len(), len(text), err)
	}
	text[5]++
	for _, other := range [][]byte{text, text[:len(text)-4], append(text, '1')} {
		write(other)
		if err := in.Put(io.Discard); !errors.Is(err, errChanged) || !strings.HasPrefix(err.Error(), "a.csv: ") {
			t.Errorf("%d bytes: %v", len(other), err)
		}
	}
	write([]byte("1,2\n"))
	if c := newFiles(Library{}, nil).large(path, MaxTable); c != nil {
		t.Error("a small file is read twice")
	}
	if c := newFiles(Library{}, nil).large(path+"x", MaxTable); c != nil {
		t.Error("a file that is not there is large")
	}
}

// A large file that is read at any place is not in memory, and closing it says that it was changed
// meanwhile.
func TestLargeFilesAtAnyPlace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.h5")
	text := []byte(strings.Repeat("0123456789", largeFile/10+1))
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
	c := newFiles(Library{}, nil).large(path, MaxTable)
	if c == nil || c.text != nil {
		t.Fatalf("%+v", c)
	}
	small := contentOf(text[:20])
	for _, c := range []*content{c, &small} {
		f, err := c.at()
		if err != nil {
			t.Fatal(err)
		}
		got := make([]byte, 4)
		if _, err := f.ReadAt(got, 13); err != nil || string(got) != "3456" || f.Size != c.size {
			t.Errorf("%q of %d bytes, %v", got, f.Size, err)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
	f, err := c.at()
	if err != nil {
		t.Fatal(err)
	}
	text[5]++
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); !errors.Is(err, errChanged) {
		t.Errorf("of a file that was changed Close says %v", err)
	}
}
