package experiments

import (
	"bytes"
	"context"
	"encoding/gob"
	"errors"
	"reflect"
	"testing"

	"neurosim/configs"
)

// A study that is interrupted between two runs and goes on from what was saved
// gives what the uninterrupted one gives.
func TestStudyGoesOn(t *testing.T) {
	x, err := configs.Load("sequence-highorder", configs.Options{Set: []configs.Override{
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
