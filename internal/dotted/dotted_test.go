package dotted

import (
	"slices"
	"testing"
)

// Names of every kind come back from a dotted key, and are in it as TOML reads
// them.
func TestSplitUndoesJoin(t *testing.T) {
	for _, c := range []struct {
		parts []string
		want  string
	}{
		{[]string{"run", "tstop"}, "run.tstop"}, {[]string{"L5 PC", "a.b", ""}, `"L5 PC"."a.b".""`},
		{[]string{`say "x"`, "tab\t\n\a"}, `"say \"x\""."tab\t\n\u0007"`}, {[]string{"größe", "x-y_1"}, "größe.x-y_1"},
	} {
		got := Join(c.parts...)
		if back := Split(got); got != c.want || !slices.Equal(back, c.parts) {
			t.Errorf("%q: %s, back %q", c.parts, got, back)
		}
	}
	for path, want := range map[string][]string{`"a`: {`"a`}, `"a"b.c`: {`"a"b`, "c"}, "a..b": {"a", "", "b"}} {
		if got := Split(path); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}
