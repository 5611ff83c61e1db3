package network

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"neurosim/internal/fixture"
	"neurosim/neuron"
	"neurosim/stimulus"
)

const reference = "../testdata/reference/segments/"

type referenceSpec struct {
	TauM     float64 `json:"tau_m_ms"`
	Cm       float64 `json:"c_m_pF"`
	EL       float64 `json:"e_l_mV"`
	Vth      float64 `json:"v_th_mV"`
	Vreset   float64 `json:"v_reset_mV"`
	TRef     float64 `json:"t_ref_ms"`
	V0       float64 `json:"v_0_mV"`
	Dt       float64 `json:"dt_ms"`
	Duration float64 `json:"duration_ms"`
	Inputs   int     `json:"inputs"`
	Neurons  int     `json:"neurons"`
	Segments int     `json:"segments"`
	Theta    int     `json:"theta"`
	Window   float64 `json:"window_ms"`
	Plateau  float64 `json:"plateau_ms"`
	IdAP     float64 `json:"i_dap_pA"`
	Delay    float64 `json:"recurrent_delay_ms"`
}

// referenceCase describes one of the reference networks.
func referenceCase(t *testing.T, dir string) (*Spec, referenceSpec) {
	t.Helper()
	var c referenceSpec
	fixture.ReadJSON(t, dir+"spec.json", &c)
	soma := neuron.DefaultLIF()
	soma.TauM, soma.Cm, soma.EL, soma.Vth, soma.Vreset, soma.TRef = c.TauM, c.Cm, c.EL, c.Vth, c.Vreset, c.TRef
	seg := DefaultSegments()
	seg.Name, seg.Count, seg.Theta, seg.Window, seg.Plateau, seg.IdAP = "basal", c.Segments, c.Theta, c.Window, c.Plateau, c.IdAP
	e := Population{Name: "E", Kind: Pyramidal, Segments: []Segments{seg}}
	e.Count, e.Soma, e.Ie, e.V0 = c.Neurons, soma, Const(0), Const(c.V0)
	for _, row := range fixture.Numbers(t, dir+"neurons.csv") {
		e.IeOf = append(e.IeOf, row[1])
	}
	in := Population{Name: "in", Kind: SDR}
	in.N = c.Inputs
	var ff, rec Connections
	for _, row := range fixture.Numbers(t, dir+"synapses.csv") {
		to, from := &ff, int32(row[3])
		if from >= int32(c.Inputs) {
			to, from = &rec, from-int32(c.Inputs)
		}
		to.Source = append(to.Source, from)
		to.Cell = append(to.Cell, int32(row[0]))
		to.Segment = append(to.Segment, int32(row[1]))
	}
	var train stimulus.Train
	for _, row := range fixture.Numbers(t, dir+"input_spikes.csv") {
		train.Steps = append(train.Steps, int64(row[0]))
		train.Cells = append(train.Cells, int32(row[1]))
	}
	s := &Spec{
		Seed: 1, Dt: c.Dt, Steps: int64(math.Round(c.Duration / c.Dt)),
		Populations: []Population{in, e},
		Projections: []Projection{
			{Name: "feedforward", Source: "in", Target: "E", Group: "basal", Rule: List, Sign: Excite, Weight: Const(0), Delay: Const(0), Table: &ff},
			{Name: "recurrent", Source: "E", Target: "E", Group: "basal", Rule: List, Sign: Excite, Weight: Const(0), Delay: Const(c.Delay), Table: &rec},
		},
		Inputs: []Input{{Name: "spikes", Population: "in", Train: &train}},
	}
	mustCheck(t, s)
	return s, c
}

func mustCheck(t *testing.T, s *Spec) {
	t.Helper()
	s.Check(func(path, rule string, args ...any) { t.Fatalf("%s: %s", path, fmt.Sprintf(rule, args...)) })
}

// journal keeps everything that happens, for tests on small networks.
type journal struct {
	spikes, starts, ends []string // "step population cell", "step population group segment"
	values               [][]float64
	peaks                []float64 // of the ends of compartmental cells
}

func (j *journal) Record(b *Block) error {
	for i := range b.Steps {
		k := b.First + int64(i)
		for p, pop := range b.net.Populations() {
			for _, c := range b.Spikes(p, i, nil) {
				j.spikes = append(j.spikes, fmt.Sprint(k, pop.Name, c))
			}
			for g := range pop.Segments {
				for _, s := range b.Starts(p, g, i, nil) {
					j.starts = append(j.starts, fmt.Sprint(k, pop.Name, g, s))
				}
				for _, s := range b.Ends(p, g, i, nil) {
					j.ends = append(j.ends, fmt.Sprint(k, pop.Name, g, s))
				}
				for _, peak := range b.Peaks(p, g, i, nil) {
					if pop.Trees != nil {
						j.peaks = append(j.peaks, peak)
					}
				}
			}
		}
		var row []float64
		for p := range b.net.probes {
			row = append(row, b.Sample(p, i))
		}
		j.values = append(j.values, row)
	}
	return nil
}

// Every NMDA spike in the same step on the same segment, every somatic spike in
// the same step, every voltage of neuron 0 to the printed digits.
func TestSegmentsAgainstReference(t *testing.T) {
	for _, name := range []string{"a_one_neuron/", "b_network/"} {
		dir := reference + name
		s, c := referenceCase(t, dir)
		var wantStarts, wantSpikes []string
		for _, row := range fixture.Numbers(t, dir+"nmda_spikes.csv") {
			wantStarts = append(wantStarts, fmt.Sprint(int64(row[0]), "E", 0, int(row[1])*c.Segments+int(row[2])))
		}
		for _, row := range fixture.Numbers(t, dir+"soma_spikes.csv") {
			wantSpikes = append(wantSpikes, fmt.Sprint(int64(row[0]), "E", int32(row[1])))
		}
		n, err := Build(s, 1)
		if err != nil {
			t.Fatal(err)
		}
		n.Watch([]Probe{{Variable: Vm, Population: "E", Cell: 0}})
		var j journal
		if err := n.Run(context.Background(), s.Steps, &j); err != nil {
			t.Fatal(err)
		}
		somatic := slices.DeleteFunc(j.spikes, func(s string) bool { return !slices.Contains([]byte(s), 'E') })
		if !slices.Equal(j.starts, wantStarts) {
			t.Errorf("%s: %d NMDA spikes, want %d; first difference %s", name, len(j.starts), len(wantStarts), difference(j.starts, wantStarts))
		}
		if !slices.Equal(somatic, wantSpikes) {
			t.Errorf("%s: %d somatic spikes, want %d; first difference %s", name, len(somatic), len(wantSpikes), difference(somatic, wantSpikes))
		}
		worst := 0.0
		for _, row := range fixture.Numbers(t, dir+"voltage_neuron0.csv") {
			worst = max(worst, math.Abs(j.values[int(row[0])][0]-row[1]))
		}
		if !(worst <= 1e-9) { // nine printed decimals
			t.Errorf("%s: V off by up to %.2g mV", name, worst)
		}
	}
}

func difference(got, want []string) string {
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			return fmt.Sprintf("%q, want %q", got[i], want[i])
		}
	}
	return "in length"
}
