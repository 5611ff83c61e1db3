package sequence

import (
	"bytes"
	"math"
	"slices"
	"testing"

	"neurosim/internal/rng"
)

// The step of learning is the gradient of the cross-entropy, by central
// differences of the loss in every weight.
func TestReadoutFollowsTheGradient(t *testing.T) {
	const cells, classes, rate, h = 6, 4, 0.01, 1e-3
	r := rng.New(1, rng.Trial, rng.Name("readout"), 0)
	m := NewReadout(cells, classes, rate)
	for i := range m.weights {
		m.weights[i] = float32(r.Normal())
	}
	active, target := []uint32{0, 2, 5}, []float64{0.1, 0.6, 0.3, 0}
	loss := func() float64 {
		sum := 0.0
		for k, p := range m.Predict(active) {
			sum -= target[k] * math.Log(p)
		}
		return sum
	}
	before := slices.Clone(m.weights)
	var want []float64
	for i := range m.weights {
		m.weights[i] = before[i] + h
		up := loss()
		m.weights[i] = before[i] - h
		want = append(want, -rate*(up-loss())/(2*h))
		m.weights[i] = before[i]
	}
	m.Learn(active, target)
	for i := range want {
		// Weights are in single precision: h itself is off by 1e-7 in 1e-3.
		if got := float64(m.weights[i] - before[i]); math.Abs(got-want[i]) > 2e-6 {
			t.Errorf("weight %d moves by %g, the gradient says %g", i, got, want[i])
		}
	}
}

// What is learned is predicted, and the saved weights predict the same.
func TestReadoutLearns(t *testing.T) {
	m := NewReadout(20, 3, 1)
	for range 200 {
		m.Learn([]uint32{1, 2, 3}, []float64{1, 0, 0})
		m.Learn([]uint32{4, 5, 6}, []float64{0, 0, 1})
	}
	if p := m.Predict([]uint32{1, 2, 3}); p[0] < 0.95 {
		t.Errorf("after 200 examples p = %v", p)
	}
	saved, err := m.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	n := NewReadout(20, 3, 1)
	if err := n.UnmarshalBinary(saved); err != nil {
		t.Fatal(err)
	}
	if again, _ := n.MarshalBinary(); !bytes.Equal(saved, again) {
		t.Error("the restored weights differ")
	}
	if err := NewReadout(21, 3, 1).UnmarshalBinary(saved); err == nil {
		t.Error("weights of another size are accepted")
	}
	sum := 0.0
	for _, p := range m.Predict([]uint32{1, 5, 19}) {
		sum += p
	}
	if math.Abs(sum-1) > 1e-12 {
		t.Errorf("probabilities add up to %g", sum)
	}
}

// Targets are a normalised Gaussian around the bucket; quantiles invert them.
func TestBuckets(t *testing.T) {
	b := Buckets{Min: 10, Max: 30, N: 40, Spread: 2}
	p := make([]float64, b.N)
	b.Target(20.1, p) // bucket 20, of 20 to 20.5
	if r := p[22] / p[20]; math.Abs(r-math.Exp(-0.5)) > 1e-12 {
		t.Errorf("two buckets off: %g, want e^-1/2", r)
	}
	if q := b.Quantile(p, 0.5); math.Abs(q-20.25) > 1e-12 {
		t.Errorf("median %g, want the middle of the bucket", q)
	}
	b.Spread = 0
	for x, want := range map[float64]int{-1e9: 0, 10: 0, 10.5: 1, 29.9: 39, 30: 39, 1e9: 39} {
		if b.Target(x, p); p[want] != 1 {
			t.Errorf("%g is not in bucket %d", x, want)
		}
	}
	uniform := slices.Repeat([]float64{1.0 / 40}, 40)
	for _, q := range []float64{0, 0.25, 0.9, 1} {
		if got := b.Quantile(uniform, q); math.Abs(got-(10+20*q)) > 1e-9 {
			t.Errorf("quantile %g of a uniform: %g, want %g", q, got, 10+20*q)
		}
	}
}

// The map is a function of its input and seed, always activates as many columns
// if it can, and similar inputs activate similar columns.
func TestColumnMap(t *testing.T) {
	a, b := NewColumnMap(500, 10, 100, 20, 7), NewColumnMap(500, 10, 100, 20, 7)
	input := func(first int32) []int32 {
		var out []int32
		for c := first; c < first+20; c++ {
			out = append(out, c)
		}
		return out
	}
	shared := func(x, y int32) int {
		one, n := a.Map(input(x), nil), 0
		for _, c := range a.Map(input(y), nil) {
			if slices.Contains(one, c) {
				n++
			}
		}
		return n
	}
	for x := range int32(80) {
		got := a.Map(input(x), nil)
		if len(got) != 10 || !slices.IsSorted(got) || !slices.Equal(got, b.Map(input(x), nil)) {
			t.Fatalf("%v", got)
		}
	}
	near, far := 0, 0
	for x := range int32(40) {
		near += shared(x, x+2)
		far += shared(x, x+40)
	}
	if near < 4*far || near < 100 {
		t.Errorf("40 pairs share %d columns at distance 2, %d at distance 40", near, far)
	}
	if got := a.Map(nil, nil); len(got) != 0 {
		t.Errorf("no input activates %v", got)
	}
	c := NewColumnMap(500, 10, 100, 20, 8)
	if slices.Equal(a.Map(input(0), nil), c.Map(input(0), nil)) {
		t.Error("another seed gives the same map")
	}
}
