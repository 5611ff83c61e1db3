package infile

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
)

// A file is read to its limit and no further, and the error has both numbers.
func TestLimit(t *testing.T) {
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte("12345"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, read := range []func(string, int64) ([]byte, error){Read, ReadStream} {
		if text, err := read(name, 5); string(text) != "12345" || err != nil {
			t.Errorf("%q, %v", text, err)
		}
		_, err := read(name, 4)
		if rule, ok := Reason(err); !ok || rule != "has 5 bytes; at most 4 bytes of such a file are read" {
			t.Errorf("%v", err)
		}
		if _, err := read(name+"s", 4); !os.IsNotExist(err) {
			t.Errorf("%v", err)
		}
	}
	if _, err := ReadAll("it", strings.NewReader("12345"), 4); err == nil {
		t.Error("a stream beyond its limit is read")
	}
	if text, err := ReadAll("it", iotest.OneByteReader(strings.NewReader("12345")), Any); string(text) != "12345" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
}

// Lines are as long as allowed, however the reader cuts them.
func TestLimitLines(t *testing.T) {
	for text, want := range map[string]string{"abc\nab\nabc": "", "": "", "\n\nabc\n": "", "abc\nabcd\n": "line 2 has more than 3 bytes", "\n\nabcd": "line 3 has more than 3 bytes"} {
		for _, r := range []io.Reader{strings.NewReader(text), iotest.OneByteReader(strings.NewReader(text))} {
			got := ""
			if all, err := io.ReadAll(LimitLines(r, 3)); err != nil {
				got = err.Error()
			} else if string(all) != text {
				t.Errorf("%q is read as %q", text, all)
			}
			if got != want {
				t.Errorf("%q: %q, want %q", text, got, want)
			}
		}
	}
}
