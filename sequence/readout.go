package sequence

import (
	"encoding/binary"
	"errors"
	"math"

	"neurosim/internal/fpmath"
)

// A Readout learns which of K classes follows from the active cells, online, by
// softmax regression:
//
//	p_k = exp(a_k) / Σ_j exp(a_j),  a_k = s Σ_{i active} w_ik,
//	w_ik += η s (t_k - p_k)  for every active cell i
//
// a step along the gradient of the cross-entropy with the target t, which is 1
// for the class that came, or spread over its neighbours where classes have an
// order ([Buckets]). s = 1/√(number of active cells) gives every example the
// same weight.
type Readout struct {
	classes int
	rate    float64
	weights []float32 // [cells][classes]
	p       []float64 // [classes] scratch
}

// NewReadout makes a read-out of zero weights, under which all classes are
// equally likely. rate is η.
func NewReadout(cells, classes int, rate float64) *Readout {
	return &Readout{classes: classes, rate: rate, weights: make([]float32, cells*classes), p: make([]float64, classes)}
}

// Predict returns the probability of each class, valid until the next call.
func (r *Readout) Predict(active []uint32) []float64 {
	clear(r.p)
	for _, c := range active {
		for k, w := range r.weights[int(c)*r.classes:][:r.classes] {
			r.p[k] += float64(w)
		}
	}
	scale, most := r.scale(active), math.Inf(-1)
	for k := range r.p {
		r.p[k] *= scale
		most = max(most, r.p[k])
	}
	sum := 0.0
	for k, a := range r.p {
		r.p[k] = fpmath.Exp(max(a-most, -700)) // as good as 0 below
		sum += r.p[k]
	}
	for k := range r.p {
		r.p[k] /= sum
	}
	return r.p
}

// Learn moves the weights of the active cells towards a target: the probability
// that each class should have, 1 for one of them or spread over several.
func (r *Readout) Learn(active []uint32, target []float64) {
	step := r.rate * r.scale(active)
	p := r.Predict(active)
	for k := range p {
		p[k] = step * (target[k] - p[k])
	}
	for _, c := range active {
		weights := r.weights[int(c)*r.classes:][:r.classes]
		for k := range weights {
			weights[k] += float32(p[k])
		}
	}
}

func (r *Readout) scale(active []uint32) float64 { return 1 / math.Sqrt(float64(max(1, len(active)))) }

// MarshalBinary returns the weights.
func (r *Readout) MarshalBinary() ([]byte, error) {
	out := make([]byte, 0, 4*len(r.weights))
	for _, w := range r.weights {
		out = binary.LittleEndian.AppendUint32(out, math.Float32bits(w))
	}
	return out, nil
}

// UnmarshalBinary sets the weights of a read-out of the same size.
func (r *Readout) UnmarshalBinary(data []byte) error {
	if len(data) != 4*len(r.weights) {
		return errors.New("read-out: the state is that of another size")
	}
	for i := range r.weights {
		r.weights[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
	}
	return nil
}
