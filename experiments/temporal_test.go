package experiments

import (
	"bytes"
	"context"
	"encoding/gob"
	"errors"
	"reflect"
	"strings"
	"testing"

	"neurosim/configs"
	"neurosim/grammar"
	"neurosim/sequence"
)

// A study that is interrupted between two runs and goes on from what was saved
// gives what the uninterrupted one gives.
func TestStudyGoesOn(t *testing.T) {
	x, err := configs.Load("sequence-highorder", grammar.Options{Set: []grammar.Override{
		{Key: "stream.elements", Value: "300"}, {Key: "stream.change_after", Value: "200"}, {Key: "run.repeats", Value: "1"}}})
	if err != nil {
		t.Fatal(err)
	}
	whole, _, err := RunTemporal(context.Background(), x.Temporal, 2, nil, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	steps := 0
	out, done, err := RunTemporal(ctx, x.Temporal, 1, nil, func(n int) {
		if steps += n; steps > 700 { // in the third run
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	var file bytes.Buffer
	have := map[int]TemporalResult{}
	for i := range out {
		if done[i] {
			have[i] = out[i]
		}
	}
	if len(have) != 2 {
		t.Fatalf("%d runs are done, want 2", len(have))
	}
	saved := map[int]TemporalResult{}
	if err := gob.NewEncoder(&file).Encode(have); err != nil {
		t.Fatal(err)
	}
	if err := gob.NewDecoder(&file).Decode(&saved); err != nil {
		t.Fatal(err)
	}
	again, _, err := RunTemporal(context.Background(), x.Temporal, 2, saved, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(again, whole) {
		t.Error("the resumed study differs")
	}
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
	r, err := RunMixed(context.Background(), MixedCase{Memory: sequence.Default(), Stream: publishedMixed(1, false), Elements: 3000, Seed: 1}, 1, nil)
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
