package sweep

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
)

func TestMapKeepsTheOrder(t *testing.T) {
	for _, workers := range []int{1, 2, 8, 100} {
		got, _, err := Map(context.Background(), workers, 50, func(i int) (int, error) { return i * i, nil })
		if err != nil {
			t.Fatal(err)
		}
		for i, x := range got {
			if x != i*i {
				t.Fatalf("%d workers: result %d is %d", workers, i, x)
			}
		}
	}
}

func TestMapReturnsTheFirstErrorOfASerialLoop(t *testing.T) {
	first, second := errors.New("3"), errors.New("7")
	for range 50 {
		_, done, err := Map(context.Background(), 4, 20, func(i int) (int, error) {
			switch i {
			case 3:
				return 0, first
			case 7:
				return 0, second
			}
			return i, nil
		})
		if err != first || !slices.Equal(done[:3], []bool{true, true, true}) || done[3] {
			t.Fatalf("error %v, done %v", err, done)
		}
	}
}

func TestMapStopsWhenInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	var ran atomic.Int32
	_, done, err := Map(ctx, 2, 1000, func(i int) (int, error) {
		switch k := ran.Add(1); {
		case k == 5:
			cancel()
		case k > 5: // begun before the fifth came to cancel
			<-ctx.Done()
		}
		return i, nil
	})
	if err != context.Canceled || ran.Load() > 6 {
		t.Errorf("error %v after %d jobs", err, ran.Load())
	}
	if n := len(slices.DeleteFunc(done, func(d bool) bool { return !d })); n != int(ran.Load()) {
		t.Errorf("%d jobs ran, %d are done", ran.Load(), n)
	}
}
