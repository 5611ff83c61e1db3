package grammar_test

import (
	"fmt"
	"testing"

	"neurosim/grammar"
)

// What is kept is made once for a configuration and the points of its sweep, and again for another
// configuration; what asks not to be kept is made each time; and no more is kept than has room.
func TestKept(t *testing.T) {
	made, refused, reads := 0, 0, 0
	read := func(d *grammar.Decoder) *lamp {
		reads++
		for k := range 4 {
			want := 7 + k%2
			if got := grammar.Kept(d, fmt.Sprint("kept ", k%2), func() (int, bool) { made++; return want, true }); got != want {
				t.Errorf("%d is %d", k, got)
			}
		}
		grammar.Kept(d, "not to be kept", func() (int, bool) { refused++; return 0, false })
		return readLamp(d)
	}
	load := func() *lamp {
		t.Helper()
		l, err := grammar.Load("lamp.toml", grammar.Library{}, grammar.Options{Read: func(string) ([]byte, error) {
			return []byte("[run]\ntime = \"2 s\"\n[sweep.axes]\n\"run.time\" = [\"1 s\", \"3 s\"]\n"), nil
		}}, read)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	l := load()
	if reads != 3 || made != 2 || refused != 3 { // the configuration and two points
		t.Errorf("%d reads: kept values were made %d times, the other %d times", reads, made, refused)
	}
	if load(); made != 4 {
		t.Errorf("of a second configuration: made %d times", made)
	}
	_, err := grammar.At(l.Configuration, l.Points()[0], func(d *grammar.Decoder) *lamp {
		for k := range 10_000 {
			grammar.Kept(d, fmt.Sprint("one of many ", k), func() (int, bool) { return k, true })
		}
		return read(d)
	})
	if err != nil || made != 6 { // they had to go
		t.Errorf("%v; after many others: made %d times", err, made)
	}
}
