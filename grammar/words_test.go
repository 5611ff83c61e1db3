package grammar

import "testing"

func TestCount(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Count(1, "cell"), "1 cell"}, {Count(0, "cell"), "0 cells"}, {Count(2148, "cell"), "2,148 cells"},
		{Count(1, "match", "matches"), "1 match"}, {Count(3, "match", "matches"), "3 matches"},
		{Grouped(630000), "630,000"}, {Grouped(95400.4), "95,400"}, {Grouped(0.25), "0.25"}, {Grouped(12.3456), "12.35"}, {Grouped(-123), "-123"}, {Grouped(-1234567), "-1,234,567"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
