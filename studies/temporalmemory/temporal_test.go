package temporalmemory

import (
	"context"
	"strings"
	"testing"

	"neurosim/configs"
	"neurosim/figure"
	"neurosim/grammar"
	"neurosim/sequence"
	"neurosim/study"
	"neurosim/study/studytest"
)

// A study that is interrupted within its runs, again and again, gives what the
// uninterrupted one gives.
func TestTemporalStudyGoesOn(t *testing.T) {
	x, err := load("sequence-highorder", grammar.Options{Set: []grammar.Override{
		{Key: "stream.elements", Value: "300"}, {Key: "stream.change_after", Value: "200"}, {Key: "run.repeats", Value: "1"}}})
	if err != nil {
		t.Fatal(err)
	}
	studytest.GoesOn(t, 150, func(ctx context.Context, w *study.Work) ([]result, error) {
		return learnAll(ctx, x, w)
	})
}

// The share of predicted columns that come.
func TestShare(t *testing.T) {
	for _, c := range []struct {
		predicted, active []int32
		want              float64
	}{
		{nil, []int32{1, 2}, 0},
		{[]int32{1, 2}, nil, 0},
		{[]int32{1, 2, 5, 9}, []int32{0, 2, 3, 9, 10}, 0.5},
		{[]int32{4}, []int32{4}, 1},
	} {
		if got := share(c.predicted, c.active); got != c.want {
			t.Errorf("%v of %v: %g, want %g", c.predicted, c.active, got, c.want)
		}
	}
}

// What a memory has learned of the published stream is what it should: the
// segments that can be active predict the letters of the sequences but the first,
// each from the letter before it.
func TestLearnedSegmentsSeeTheLetterBefore(t *testing.T) {
	r, err := runMixed(context.Background(), mixedRun{Memory: sequence.Default(), Stream: publishedMixed(1, false), Elements: 3000, Seed: 1}, &study.Part{})
	if err != nil {
		t.Fatal(err)
	}
	follows := map[string]bool{}
	for _, s := range publishedMixed(1, false).Sequences {
		for i := range len(s) - 1 {
			follows[s[i:i+2]] = true
		}
	}
	learned := map[string]int{}
	for _, s := range r.Learned {
		pair := s.Sees[:1] + s.Predicts
		if !follows[pair] || strings.Contains(s.Sees, ",") {
			t.Errorf("cell %d sees %s and predicts %s", s.Cell, s.Sees, s.Predicts)
		}
		learned[pair]++
	}
	for pair := range follows {
		if learned[pair] < 40 { // a segment on a cell of each column at least
			t.Errorf("%s is learned by %d segments, want at least 40", pair, learned[pair])
		}
	}
}

// load reads a configuration of this kind of study.
func load(name string, o grammar.Options) (*Study, error) {
	c, err := configs.Load([]study.Kind{Kind()}, name, o)
	if err != nil {
		return nil, err
	}
	return c.Study.(*Study), nil
}

// Of rings that would hide each other one is drawn, and every case keeps some.
func TestThinOut(t *testing.T) {
	rings := make([]figure.Series, 5)
	for i := range rings {
		for k := range 40 {
			y := 0.5
			if k == 20 {
				y = 0.1 * float64(i)
			}
			rings[i].X, rings[i].Y = append(rings[i].X, float64(k)), append(rings[i].Y, y)
		}
	}
	thinOut(rings)
	at := map[float64]int{}
	for i, s := range rings {
		if len(s.X) < 7 {
			t.Errorf("case %d keeps %d rings", i, len(s.X))
		}
		for _, x := range s.X {
			at[x]++
		}
	}
	for x, n := range at {
		if want := 1; x != 20 && n != want || x == 20 && n != 5 {
			t.Errorf("%d rings at %g", n, x)
		}
	}
}
