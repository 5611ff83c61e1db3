package sequence

import (
	"slices"
	"testing"
)

func withApical(t *testing.T) *Memory {
	p := small(nil)
	p.Apical = &ApicalParams{Cells: 20, SegmentParams: p.SegmentParams}
	return mustNew(t, p, 1, 1)
}

// Among the predicted cells of a column, those that the apical input supports
// are predicted alone; without that support, all of them; and apical input by
// itself predicts nothing.
func TestApicalInputDecidesAmongPredictions(t *testing.T) {
	for _, c := range []struct {
		apical []uint32
		want   []uint32
	}{
		{nil, []uint32{4, 6}},
		{[]uint32{0, 1, 2}, []uint32{6}},
		{[]uint32{5, 6, 7}, []uint32{4, 6}}, // supports cell 5, which no basal segment predicts
		{[]uint32{0, 1}, []uint32{4, 6}},    // below θ
	} {
		m := withApical(t)
		m.AddSegment(Basal, 4, synapses(0.5, 0, 1, 2))
		m.AddSegment(Basal, 4, synapses(0.5, 1, 2, 3))
		m.AddSegment(Basal, 6, synapses(0.5, 0, 1, 2))
		m.AddSegment(Basal, 6, synapses(0.5, 1, 2, 3))
		m.AddSegment(Apical, 6, synapses(0.5, 0, 1, 2))
		m.AddSegment(Apical, 5, synapses(0.5, 5, 6, 7))
		m.StepApical([]int32{0}, c.apical, false)
		if !slices.Equal(m.Predicted(), c.want) {
			t.Errorf("apical %v: predicted %v, want %v", c.apical, m.Predicted(), c.want)
		}
		m.StepApical([]int32{1}, nil, false)
		if !slices.Equal(m.Winners(), c.want) {
			t.Errorf("apical %v: winners %v, want %v", c.apical, m.Winners(), c.want)
		}
	}
}

// Winners learn the apical input of the step before: a new segment first, then
// the same one again and again until it is connected, 0.21 + 3·0.1 ≥ 0.5.
func TestApicalSegmentsLearn(t *testing.T) {
	m := withApical(t)
	m.AddSegment(Basal, 4, synapses(1, 0, 1, 2, 3))
	top := []uint32{3, 9, 12, 15}
	for i, want := range []float32{0.21, 0.31, 0.41, 0.51} {
		m.Reset()
		m.StepApical([]int32{0}, top, true)
		m.StepApical([]int32{1}, nil, true)
		got := m.SegmentsOf(Apical, 4)
		if len(got) != 1 || len(got[0]) != 4 {
			t.Fatalf("round %d: apical segments %v", i, got)
		}
		for k, s := range got[0] {
			if d := s.Permanence - want; s.Cell != top[k] || d > 1e-6 || d < -1e-6 {
				t.Errorf("round %d: %v, want permanence %g on %v", i, got[0], want, top)
			}
		}
	}
	// In vain: 0.51 - 0.1 where punished for a column that does not come.
	p := small(func(p *Params) { p.PredictedDecrement = 0.1 })
	p.Apical = &ApicalParams{Cells: 20, SegmentParams: p.SegmentParams}
	m = mustNew(t, p, 1, 1)
	m.AddSegment(Apical, 40, synapses(0.5, 3, 9, 12, 19))
	m.StepApical([]int32{0}, top, true)
	m.StepApical([]int32{1}, nil, true)
	for _, s := range m.SegmentsOf(Apical, 40)[0] {
		want := float32(0.4)
		if s.Cell == 19 {
			want = 0.5
		}
		if d := s.Permanence - want; d > 1e-6 || d < -1e-6 {
			t.Errorf("punished: %v", s)
		}
	}
}

// Dead cells neither burst nor win, and lose their segments.
func TestDeadCells(t *testing.T) {
	m := mustNew(t, small(nil), 1, 2)
	m.AddSegment(Basal, 4, synapses(0.5, 0, 1, 2, 3))
	m.Step(cols(0), true)
	m.Kill([]uint32{4, 5, 8, 9, 10, 11})
	if len(m.Predicted()) != 0 || m.Segments() != 0 {
		t.Errorf("a dead cell is predicted: %v", m.Predicted())
	}
	m.Step(cols(1, 2), true)
	if !slices.Equal(m.Active(), []uint32{6, 7}) || len(m.Winners()) != 1 || m.Winners()[0] < 6 {
		t.Errorf("active %v, winners %v; want 6 and 7, and one of them", m.Active(), m.Winners())
	}
	if n := len(m.DrawCells(0.25)); n != 32 {
		t.Errorf("a quarter of 128 cells is %d", n)
	}
}
