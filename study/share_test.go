package study

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"sync/atomic"
	"testing"
)

// board is what processes have left, as their files would.
type board map[string]State

func (b board) all() (State, error) {
	all := State{}
	for _, s := range b {
		for stage, of := range s {
			to := all[stage]
			if to.Done == nil {
				to = StageState{Parts: of.Parts, Done: map[int][]byte{}}
			}
			maps.Copy(to.Done, of.Done)
			all[stage] = to
		}
	}
	return all, nil
}

// Processes that each do their share have, together, what one does alone: each part once, and a
// stage that depends on another when all have done that. A stage that is quick everybody does.
func TestSharesAreTheWhole(t *testing.T) {
	var calls atomic.Int64
	count := func(ctx context.Context, p *Part) (result, error) {
		calls.Add(1)
		return square(ctx, p)
	}
	do := func(w *Work) (sum int, err error) {
		quick, err := Parts(context.Background(), w, Stage{Name: "quick", Quick: true}, 2, square)
		if err != nil {
			return 0, err
		}
		first, err := Parts(context.Background(), w, squares, 30, count)
		if err != nil {
			return 0, err
		}
		second, err := Parts(context.Background(), w, Stage{Name: "sums"}, 7, func(_ context.Context, p *Part) (int, error) {
			calls.Add(1)
			return first[p.Index].Square + first[29-p.Index].Square, nil
		})
		for _, x := range second {
			sum += x + len(quick)
		}
		return sum, err
	}
	whole, err := do(New(Options{Threads: 2}))
	if err != nil {
		t.Fatal(err)
	}
	calls.Store(0)
	for _, n := range []int{1, 2, 5, 40} {
		b := board{}
		part := func(i int) (int, *Share, error) {
			name := fmt.Sprint(i)
			s := &Share{Index: i, Of: n, Others: b.all}
			sum, err := do(New(Options{Threads: 2, Share: s, From: b[name], Keep: func(s State) error {
				b[name] = s
				return nil
			}}))
			return sum, s, err
		}
		for round := range 2 {
			for i := range n {
				sum, s, err := part(i)
				waits := AllWaits(err)
				switch {
				case err == nil && sum != whole:
					t.Fatalf("part %d of %d: %d, want %d", i, n, sum, whole)
				case err != nil && (waits == nil || round == 1 && i == n-1):
					t.Fatalf("part %d of %d, round %d: %v", i, n, round+1, err)
				case err != nil && s.HasOwn(waits[0]):
					t.Fatalf("part %d of %d left parts of its own: %v", i, n, err)
				}
				if !s.Divided() {
					t.Fatal("nothing was divided")
				}
			}
		}
		if got := calls.Swap(0); got != 37 {
			t.Errorf("%d processes computed %d parts, want 37", n, got)
		}
		// What is missing is said by those who do nothing themselves.
		delete(b, "0")
		_, err := do(New(Options{Share: &Share{Index: -1, Of: 1, Others: b.all}}))
		if waits := AllWaits(fmt.Errorf("a: %w", errors.Join(err))); len(waits) != 1 || waits[0].Stage != "squares" || len(waits[0].Missing) != (30+n-1-offset("squares", n))/n {
			t.Errorf("of %d: %v", n, err)
		}
	}
}

// offset returns the first part of a stage that share 0 of n does.
func offset(stage string, n int) int {
	for i := range n {
		if (&Share{Index: 0, Of: n}).mine(stage, i) {
			return i
		}
	}
	return 0
}

// Parts of a stage are dealt to all processes, as evenly as can be, whatever the stage is called.
func TestPartsAreDealtEvenly(t *testing.T) {
	for _, stage := range []string{"", "sweep", "fig4a 2"} {
		for _, n := range []int{1, 3, 8} {
			count := make([]int, n)
			for i := range 25 {
				for k := range n {
					if (&Share{Index: k, Of: n}).mine(stage, i) {
						count[k]++
					}
				}
			}
			for _, c := range count {
				if c != 25/n && c != (25+n-1)/n {
					t.Errorf("%q: %v", stage, count)
				}
			}
		}
	}
}

func TestRanges(t *testing.T) {
	got := []string{ranges(nil), ranges([]int{3}), ranges([]int{0, 1, 2, 5, 7, 8})}
	if want := []string{"", "3", "0-2, 5, 7-8"}; !reflect.DeepEqual(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
