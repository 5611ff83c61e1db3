package stimulus

import (
	"math"
	"slices"
	"strings"
	"testing"

	"neurosim/internal/rng"
)

func run(first, n int32) []int32 { return appendRun(nil, first, int(n)) }

// Cells of known numbers, ends and wrap-around among them.
func TestEncodersKnownCells(t *testing.T) {
	for _, c := range []struct {
		name string
		e    Encoder
		x    float64
		want []int32
	}{
		{"category", Category{5, 3}, 2, run(6, 3)},
		{"unknown category", Category{5, 3}, 5, nil},
		{"no whole category", Category{5, 3}, 1.5, nil},
		{"scalar at min", Scalar{0, 10, 25, 5}, 0, run(0, 5)},
		{"scalar at max", Scalar{0, 10, 25, 5}, 10, run(20, 5)},
		{"scalar between: 3/10 of 20 places", Scalar{0, 10, 25, 5}, 3, run(6, 5)},
		{"scalar below min", Scalar{0, 10, 25, 5}, -4, run(0, 5)},
		{"scalar above max", Scalar{0, 10, 25, 5}, 1e9, run(20, 5)},
		{"scalar missing", Scalar{0, 10, 25, 5}, math.NaN(), nil},
		{"periodic", Periodic{24, 48, 4}, 6, run(12, 4)},
		{"periodic, a period later", Periodic{24, 48, 4}, 30, run(12, 4)},
		{"periodic, before 0", Periodic{24, 48, 4}, -18, run(12, 4)},
		{"periodic over the end", Periodic{24, 48, 4}, 23, []int32{0, 1, 46, 47}},
	} {
		if got := c.e.Encode(c.x, 0, nil); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// Numbers k buckets apart share all but k cells of the random encoder, up to
// the draws that coincide; far ones share what chance gives: each of the active
// cells is among the other's with probability a/n at most, so 1.1 of 21 are
// expected, and seven or more have probability 1e-4.
func TestRandomScalarOverlaps(t *testing.T) {
	e := RandomScalar{Resolution: 0.5, N: 400, Active: 21, Seed: 1, Name: "x"}
	overlap := func(x, y float64) int {
		a, n := e.Encode(x, 0, nil), 0
		for _, c := range e.Encode(y, 0, nil) {
			if slices.Contains(a, c) {
				n++
			}
		}
		return n
	}
	for k := range 10 {
		if got := overlap(7, 7+0.5*float64(k)); got < 21-k-4 || got > 21-k+4 {
			t.Errorf("%d buckets apart: overlap %d", k, got)
		}
	}
	for i := range 50 {
		if got := overlap(0, 100+37*float64(i)); got > 7 {
			t.Errorf("far apart: overlap %d", got)
		}
	}
	if !slices.Equal(e.Encode(7.2, 0, nil), e.Encode(7.0, 0, nil)) {
		t.Error("7.2 and 7.0 are in one bucket of 0.5")
	}
	other := e
	other.Name = "y"
	if slices.Equal(e.Encode(7, 0, nil), other.Encode(7, 0, nil)) {
		t.Error("encoders of other names share their cells")
	}
	if e.Encode(math.NaN(), 0, nil) != nil || e.Encode(math.Inf(1), 0, nil) != nil {
		t.Error("a missing or infinite number has cells")
	}
}

// Whatever is encoded: cells ascend, each once, below the size.
func TestEncodersGiveSDRs(t *testing.T) {
	r := rng.New(1, rng.Trial, rng.Name("encoders"), 0)
	joined := Joined{Category{7, 3}, Scalar{-5, 5, 60, 11}, Periodic{7, 30, 30}, RandomScalar{Resolution: 0.1, N: 40, Active: 15, Name: "z"}}
	for range 2000 {
		x := []float64{float64(r.IntN(9)) - 1, 20*r.Float64() - 10, 100*r.Float64() - 50, 1e6 * r.Normal()}
		got := joined.Encode(x, nil)
		if !slices.IsSorted(got) || len(slices.Compact(slices.Clone(got))) != len(got) || len(got) == 0 || got[0] < 0 || int(got[len(got)-1]) >= joined.Size() {
			t.Fatalf("%v: %v", x, got)
		}
	}
	if got := joined.Encode([]float64{2, -5, 0, math.NaN()}, nil); !slices.Equal(got, slices.Concat(run(6, 3), run(21, 11), run(81, 30))) {
		t.Errorf("joined: %v", got)
	}
}

// Columns of numbers and times; what is wrong is named by file and line.
func TestReadSeries(t *testing.T) {
	text := []byte("time,n,other\n# a comment\nT,int,\n1970-01-02 00:30:00,4,x\n1970-01-01,,y\n")
	got, _, errs := ReadSeries(text, "a.csv", []string{"n", "time"}, 1)
	if errs != nil || got[0][0] != 4 || !math.IsNaN(got[0][1]) || got[1][0] != 88200 || got[1][1] != 0 {
		t.Errorf("%v, %v", got, errs)
	}
	for _, c := range []struct{ text, column, want string }{
		{"a,b\n1,2\n1,x\n", "b", `f.csv:3: b = "x": must be a number, a time like 2006-01-02 15:04:05, or missing (empty, NaN, NA)`},
		{"a,b\n1,2\n", "c", `f.csv:1: has no column "c"; columns are a, b`},
		{"a,b\n1,2\n1\n", "b", "f.csv:3: has 1 field; the header has 2"},
		{"a,b\n", "b", "f.csv: has no rows"},
		{"", "b", "f.csv:1: has no header"},
		{"a,b\n1,Inf\n", "b", `f.csv:2: b = "Inf": must be finite`},
	} {
		_, _, errs := ReadSeries([]byte(c.text), "f.csv", []string{c.column}, 0)
		if len(errs) != 1 || errs[0].Error() != c.want {
			t.Errorf("%q: %v, want %s", c.text, errs, c.want)
		}
	}
	many := "a\n"
	for range 100 {
		many += "x\n"
	}
	if _, _, errs := ReadSeries([]byte(many), "f.csv", []string{"a"}, 0); len(errs) != maxSeriesErrors+1 {
		t.Errorf("%d errors listed, want %d", len(errs), maxSeriesErrors+1)
	}
}

// The stream holds whole sequences at their places, each about as often, random
// patterns elsewhere, and changes after the element that it should.
func TestMixedStream(t *testing.T) {
	m := Mixed{Columns: 200, Active: 5, Noise: 4, Sequences: []string{"ABCDEF", "GHIJKL"}, Changed: []string{"LKJIHG"}, ChangeAfter: 5003, Seed: 1}
	count := map[string]int{}
	for i := 3; i < 10000; i += 10 {
		word := ""
		for k := range 6 {
			c := m.Element(i+k, nil)
			if !slices.Equal(c, run(c[0], 5)) {
				t.Fatalf("element %d is no letter: %v", i+k, c)
			}
			word += string(rune('A' + c[0]/5))
		}
		if i <= 5003 {
			count[word]++
		} else if word != "LKJIHG" {
			t.Fatalf("element %d: %s after the change", i, word)
		}
	}
	// 501 draws of two: a standard deviation of 11.
	if n := count["ABCDEF"]; n+count["GHIJKL"] != 501 || n < 195 || n > 306 {
		t.Errorf("sequences %v", count)
	}
	hits := make([]int, 200)
	noise := 0
	for i := range 10000 {
		if i%10 >= 3 && i%10 < 9 {
			continue
		}
		noise++
		c := m.Element(i, nil)
		if len(c) != 5 || !slices.IsSorted(c) {
			t.Fatalf("element %d: %v", i, c)
		}
		for _, x := range c {
			hits[x]++
		}
	}
	// 4000 patterns: 100 hits a column, standard deviation 9.9.
	if noise != 4000 || slices.Min(hits) < 55 || slices.Max(hits) > 145 {
		t.Errorf("%d random patterns; hits from %d to %d", noise, slices.Min(hits), slices.Max(hits))
	}
	if m.Ceiling() != 0.5 {
		t.Errorf("ceiling %g, want 5 of 10", m.Ceiling())
	}
}

// Series in the forms of other programs: separators, words for missing values, dates.
// Only our own form was tried before.
func TestSeriesOfOtherPrograms(t *testing.T) {
	const day = 1404172800 // 2014-07-01
	for text, want := range map[string]float64{
		"2014-07-01": day, "2014-07-01 00:30": day + 1800, "2014-07-01T00:30:00": day + 1800, "2014-07-01T00:30:00+02:00": day + 1800, "2014-07-01T00:30:00Z": day + 1800,
		"2014-07-01 00:30:00.25": day + 1800, "2014/07/01 00:30": day + 1800, "01.07.2014 00:30": day + 1800, "1-Jul-2014": day, "1 Jul 2014": day,
	} {
		got, _, errs := ReadSeries([]byte("t;y\n"+text+";1,5\n"), "f.csv", []string{"t", "y"}, 0)
		if errs != nil || got[0][0] != want || got[1][0] != 1.5 {
			t.Errorf("%s: %v, %v, want %v", text, got, errs, want)
		}
	}
	for _, word := range []string{"", "NaN", "nan", "NA", "N/A", "null", "None", "?", "-", "."} {
		for _, sep := range []string{",", ";", "\t"} {
			got, notes, errs := ReadSeries([]byte("\ufefft"+sep+"y\r\n1"+sep+word+"\r\n2"+sep+"3\r\n"), "f.csv", []string{"y"}, 0)
			if errs != nil || !math.IsNaN(got[0][0]) || got[0][1] != 3 || !slices.Equal(notes, []string{"column y: 1 of 2 values are missing"}) {
				t.Errorf("%q: %v, %q, %v", word+sep, got, notes, errs)
			}
		}
	}
	_, notes, errs := ReadSeries([]byte("t,y\n2014-07-02,1\n2014-07-01,2\n2014-07-01,3\n2014-07-03,4\n"), "f.csv", []string{"t", "y", "t"}, 0)
	want := []string{
		"column t: 1 of 4 times are earlier than that of the row before; rows count in the order in which they stand",
		"column t: 1 of 4 times are that of the row before; each row counts",
	}
	if errs != nil || !slices.Equal(notes, want) {
		t.Errorf("%q, %v", notes, errs)
	}
	for text, want := range map[string]string{
		"y,y\n1,2\n":        `f.csv:1: column "y" is there twice`,
		"y\n01/02/2006\n":   "a date with slashes begins with the year",
		"y\n\"1,5\"\n":      "a number has a decimal point, or semicolons separate the columns",
		"\x1f\x8b\x08":      "is compressed by gzip",
		"y\n2014-13-01\n":   "must be a number, a time",
		"y\n1\n2\n\"3\n4\n": "f.csv:4: has a quote that is not closed",
	} {
		if _, _, errs := ReadSeries([]byte(text), "f.csv", []string{"y"}, 0); len(errs) != 1 || !strings.Contains(errs[0].Error(), want) {
			t.Errorf("%q: %v, want %s", text, errs, want)
		}
	}
}
