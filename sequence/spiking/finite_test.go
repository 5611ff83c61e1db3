package spiking

import (
	"errors"
	"math"
	"testing"

	"neurosim/internal/fpmath"
)

// A potential that is not finite is the error of every engine that the program knows,
// and ends with status 3. It was a text of its own, with status 1.
func TestNonFiniteIsTheCommonError(t *testing.T) {
	p, task := small(t)
	net, err := New(p, Draw(&p, &task, 1), 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := net.checkFinite(); err != nil {
		t.Fatal(err)
	}
	net.shards[0].cells[3].v = math.Inf(1)
	if err := net.checkFinite(); !errors.Is(err, fpmath.ErrNonFinite) {
		t.Errorf("%v", err)
	}
}
