package spiking

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"
)

// One neuron, five mature inputs stamped 10.0 and an external spike stamped 50.0:
// every sample of 55 ms equals the reference and NEST to nine decimals. The
// reference's inputs arrive together, one pA-weight each; so do ours.
func TestOneNeuronTrace(t *testing.T) {
	p, _ := resolved(t, "set-I")
	p.Subpopulations, p.Cells = 2, 5
	p.Probability, p.LambdaMinus, p.TauH = 1, 0, 440
	w := star(p.N(), 5) // cells 5 ... receive from 0 ... 4
	n, err := New(p, w, 1)
	if err != nil {
		t.Fatal(err)
	}
	// The inputs are spikes of cells 0 ... 4 stamped 10.0: 2.6 ms after theirs.
	if err := n.add(Input{Step: step(7.4), Cells: []int32{0, 1, 2, 3, 4}}, Input{Step: step(50), Cells: []int32{5}}); err != nil {
		t.Fatal(err)
	}
	var dap, spike []int64
	watch := func(events []Event) {
		for _, e := range events {
			switch {
			case e.Cell == 5 && e.Kind == DAPStart:
				dap = append(dap, e.Step)
			case e.Cell == 5 && e.Kind == Spike:
				spike = append(spike, e.Step)
			}
		}
	}
	worst := 0.0
	for _, r := range rows(t, "stm_kat_trace.csv") {
		if err := n.run(context.Background(), step(number(t, r[0]))+1, watch); err != nil {
			t.Fatal(err)
		}
		for i, got := range []float64{n.potential(5), n.external(5), n.dendrite(5), n.trace(5)} {
			worst = max(worst, math.Abs(got-number(t, r[1+i])))
		}
	}
	if worst > 1e-9 {
		t.Errorf("largest difference %.3g; the reference has nine decimals", worst)
	}
	if !slices.Equal(dap, []int64{step(15.2)}) || !slices.Equal(spike, []int64{step(51.2)}) {
		t.Errorf("dAPs %v, spikes %v; want 152, 512", dap, spike)
	}
}

// star wires cells inputs ... to all receive from cells 0 ... inputs-1, with
// mature synapses; the others from the first others, immature.
func star(n, inputs int) *Wiring {
	w := &Wiring{InDegree: inputs}
	for i := range n {
		for j := range n {
			if j != i && j < inputs+1 && (i < inputs || j < inputs) {
				w.Source = append(w.Source, int32(j))
				perm := float32(0)
				if i >= inputs {
					perm = 15
				}
				w.Permanence = append(w.Permanence, perm)
			}
		}
	}
	return w
}

// Latencies and amplitudes that follow from the equations on the grid.
func TestLatencies(t *testing.T) {
	p, _ := resolved(t, "set-I")
	for _, r := range rows(t, "stm_kat_latency.csv") {
		want := number(t, r[2])
		t.Run(r[0]+" "+r[1], func(t *testing.T) {
			var got float64
			k := newConstants(&p)
			switch r[0] {
			case "external_spike_after_plateau_onset_ms":
				got = externalLatency(t, p, number(t, r[1]))
			case "inhibitory_neuron_n_spikes":
				got = inhibitoryLatency(t, p, int(number(t, r[1])))
			case "dap_after_n_inputs":
				got, _ = dendrite(t, p, int(number(t, r[1])))
			case "peak_dendritic_current_pA":
				_, got = dendrite(t, p, int(number(t, r[1])))
			case "J_EX_pA":
				got = k.jEX
			case "J_EI_pA":
				got = k.jEI
			case "J_IE_pA":
				got = k.jIE
			case "J_max_pA":
				got = p.jMax()
			default:
				t.Fatalf("unknown case")
			}
			if math.Abs(got-want) > 1e-6 {
				t.Errorf("%.7g, want %.7g", got, want)
			}
		})
	}
}

// lone is a network of one cell, its dendrite driven by hand.
func lone(t *testing.T, p Params, cells int) *Network {
	t.Helper()
	p.Subpopulations, p.Cells, p.Probability = 1, cells, 0
	n, err := New(p, &Wiring{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func firstEvent(t *testing.T, n *Network, until int64, kind Kind) int64 {
	t.Helper()
	at := int64(-1)
	err := n.run(context.Background(), until, func(events []Event) {
		for _, e := range events {
			if e.Kind == kind && at < 0 {
				at = e.Step
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// externalLatency is the time from the stamp of an external spike to the cell's,
// where a plateau began ms before the stamp.
func externalLatency(t *testing.T, p Params, ms float64) float64 {
	n := lone(t, p, 1)
	stamp := int64(1000)
	if ms >= 0 {
		// At rest, as of the step before the stamp less ms, the plateau begins.
		if err := n.run(context.Background(), stamp-step(ms)+1); err != nil {
			t.Fatal(err)
		}
		n.shards[0].cells[0] = excitatory{ed: p.IDAP, plateau: int32(n.k.dap) + 1}
		n.shards[0].wake(0)
	}
	if err := n.add(Input{Step: stamp, Cells: []int32{0}}); err != nil {
		t.Fatal(err)
	}
	return float64(firstEvent(t, n, stamp+100, Spike)-stamp) / 10
}

// inhibitoryLatency is the time from the stamp of that many simultaneous spikes
// to the spike of the inhibitory cell; -1 if there is none.
func inhibitoryLatency(t *testing.T, p Params, spikes int) float64 {
	n := lone(t, p, spikes)
	if err := n.add(Input{Step: 10, Cells: n.subpopulation(0)}); err != nil {
		t.Fatal(err)
	}
	spike, inhibitory := int64(-1), int64(-1)
	err := n.run(context.Background(), 400, func(events []Event) {
		for _, e := range events {
			switch e.Kind {
			case Spike:
				spike = e.Step
			case Inhibitory:
				inhibitory = e.Step
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if inhibitory < 0 {
		return -1
	}
	return float64(inhibitory-spike) / 10
}

// dendrite is the time from the stamp of n mature inputs to the dAP, -1 if there
// is none, and the largest I_ED before it.
func dendrite(t *testing.T, p Params, inputs int) (ms, peak float64) {
	p.Subpopulations, p.Cells, p.LambdaMinus = 1, inputs+1, 0
	// All but the last cell are made to spike; the dendrite of the last is read.
	w := star(inputs+1, inputs)
	n, err := New(p, w, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := n.add(Input{Step: 10, Cells: n.subpopulation(0)[:inputs]}); err != nil {
		t.Fatal(err)
	}
	spike, dap := int64(-1), int64(-1)
	for k := int64(1); k < 400 && dap < 0; k++ {
		err := n.run(context.Background(), k, func(events []Event) {
			for _, e := range events {
				switch {
				case e.Kind == Spike:
					spike = e.Step
				case e.Kind == DAPStart && int(e.Cell) == inputs:
					dap = e.Step
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if dap < 0 {
			peak = max(peak, n.dendrite(inputs))
		}
	}
	if dap < 0 {
		return -1, peak
	}
	return float64(dap-spike) / 10, peak
}

// tiny is the network of three subpopulations of four cells, with every synapse
// from other subpopulations.
func tiny(t *testing.T) (Params, Task, *Wiring) {
	t.Helper()
	p, task := resolved(t, "set-I")
	p.Subpopulations, p.Cells, p.Active, p.Coincident = 3, 4, 2, 2
	p.PeakIE, p.TauH = 9, 180
	task.Sequences = []string{"ABC"}
	w := &Wiring{InDegree: 8}
	for i := range 12 {
		for j := range 12 {
			if j/4 != i/4 {
				w.Source = append(w.Source, int32(j))
				w.Permanence = append(w.Permanence, float32(2+(7*i+3*j)%5))
			}
		}
	}
	return p, task, w
}

// Twenty episodes of a tiny network, learning: every spike and dAP, and every
// permanence after every fourth episode. The spikes were checked with NEST.
func TestTinyNetwork(t *testing.T) {
	p, task, w := tiny(t)
	for _, reading := range []Reading{Equations, NEST2022} {
		t.Run(string(reading), func(t *testing.T) {
			p.Reading = reading
			n, err := newOn(p, w, 2, nil)
			if err != nil {
				t.Fatal(err)
			}
			kinds := map[Kind]string{Spike: "spike", DAPStart: "dap", Inhibitory: "inh"}
			var got []string
			watch := func(events []Event) {
				for _, e := range events {
					if kind, ok := kinds[e.Kind]; ok {
						got = append(got, fmt.Sprintf("%.1f,%s,%d", float64(e.Step)/10, kind, e.Cell))
					}
				}
			}
			var want []string
			for _, r := range rows(t, "stm_kat_events.csv") {
				want = append(want, fmt.Sprintf("%.1f,%s,%s", number(t, r[0]), r[1], r[2]))
			}
			permanences := map[string]float64{}
			for _, r := range rows(t, "stm_kat_permanences.csv") {
				permanences[r[0]+" "+r[1]+" "+r[2]] = number(t, r[3])
			}
			train := NewTraining(n, task)
			worst, compared := 0.0, 0
			for episode := range 20 {
				if _, err := train.Run(context.Background(), episode, watch); err != nil {
					t.Fatal(err)
				}
				for i := range p.N() {
					for _, s := range n.segment(i) {
						if x, ok := permanences[fmt.Sprintf("%d %d %d", episode+1, i, s.Source)]; ok {
							worst = max(worst, math.Abs(x-s.Permanence))
							compared++
						}
					}
				}
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%d events, want %d, or others", len(got), len(want))
			}
			if reading != Equations {
				return // other permanences: of synapses whose source has not spiked yet
			}
			if compared != 5*96 || worst > 1e-9 {
				t.Errorf("%d permanences compared, largest difference %.3g; want %d, nine decimals", compared, worst, 5*96)
			}
			if m, _ := n.mature(); m != 17 {
				t.Errorf("%d mature synapses, want 17", m)
			}
		})
	}
}
