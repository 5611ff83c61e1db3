package record

import (
	"bytes"
	"errors"
	"io"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"neurosim/network"
	"neurosim/neuron"
	"neurosim/stimulus"
)

// tinySpec is a network whose every event is known by thought. Input cells 0, 1
// and 2 spike in steps 2, 3 and 3 and cell 0 again in step 123, at dt 0.1 ms. The
// segments of the only cell (θ = 2, window 1 ms, plateau 2 ms): segment 1 sees
// cells 0 and 1, so it starts in step 3 and its plateau covers 4…23; segment 0
// sees cell 2 alone. The soma rests at E_L = -70 mV with I_dAP = 0.
func tinySpec() *network.Spec {
	in := network.Population{Name: "in", Kind: network.SDR}
	in.N, in.Active, in.Patterns = 3, 1, 2
	seg := network.DefaultSegments()
	seg.Name, seg.Count, seg.Theta, seg.Window, seg.Plateau, seg.IdAP = "basal", 2, 2, 1, 2, 0
	e := network.Population{Name: "E", Kind: network.Pyramidal, Segments: []network.Segments{seg}}
	e.Count, e.Soma, e.Ie, e.V0 = 1, neuron.DefaultLIF(), network.Const(0), network.Const(-70)
	return &network.Spec{
		Seed: 1, Dt: 0.1, Steps: 130,
		Populations: []network.Population{in, e},
		Projections: []network.Projection{{
			Name: "ff", Source: "in", Target: "E", Group: "basal", Rule: network.List, Sign: network.Excite, Weight: network.Const(0), Delay: network.Const(0),
			Table: &network.Connections{Source: []int32{0, 1, 2}, Cell: []int32{0, 0, 0}, Segment: []int32{1, 1, 0}},
		}},
		Inputs: []network.Input{{Name: "train", Population: "in", Train: &stimulus.Train{Steps: []int64{2, 3, 3, 123}, Cells: []int32{0, 1, 2, 0}}}},
	}
}

func buildTiny(t *testing.T, s *network.Spec) *network.Network {
	t.Helper()
	n, err := network.Build(s, 1)
	if err != nil {
		t.Fatal(err)
	}
	n.Watch([]network.Probe{
		{Variable: network.Vm, Population: "E"},
		{Variable: network.Overlap, Population: "E", Group: "basal", Segment: 1},
	})
	return n
}

// The exact text of every file, worked out by hand from tinySpec.
func TestText(t *testing.T) {
	rows := func(lines ...string) string { return strings.Join(lines, "\n") + "\n" }
	for _, c := range []struct {
		name string
		make func(n *network.Network, w io.Writer) (file, error)
		want string
	}{
		{"spikes", func(n *network.Network, w io.Writer) (file, error) { return NewSpikes(n, nil, CSV, w) },
			rows("step,time_ms,population,cell", "2,0.2,in,0", "3,0.3,in,1", "3,0.3,in,2", "123,12.3,in,0")},
		{"no spikes", func(n *network.Network, w io.Writer) (file, error) { return NewSpikes(n, []string{"E"}, CSV, w) },
			rows("step,time_ms,population,cell")},
		{"binary", func(n *network.Network, w io.Writer) (file, error) { return NewSpikes(n, nil, Binary, w) },
			"neurosim spikes 1 <i8 <u2 <u4 dt_ms 0.1                        \n" +
				"\x02\x00\x00\x00\x00\x00\x00\x00" + "\x00\x00" + "\x00\x00\x00\x00" +
				"\x03\x00\x00\x00\x00\x00\x00\x00" + "\x00\x00" + "\x01\x00\x00\x00" +
				"\x03\x00\x00\x00\x00\x00\x00\x00" + "\x00\x00" + "\x02\x00\x00\x00" +
				"\x7b\x00\x00\x00\x00\x00\x00\x00" + "\x00\x00" + "\x00\x00\x00\x00"},
		{"dendritic", func(n *network.Network, w io.Writer) (file, error) { return NewDendritic(n, nil, w) },
			rows("step,time_ms,population,cell,group,segment,event,peak_mV", "3,0.3,E,0,basal,1,start,", "23,2.3,E,0,basal,1,end,")},
		{"traces", func(n *network.Network, w io.Writer) (file, error) { return NewTraces(n, nil, 3, 1, 14, w) },
			rows("step,time_ms,E.0.V_m (mV),E.0.basal.1.overlap", "1,0.1,-70,0", "4,0.4,-70,2", "7,0.7,-70,2", "10,1,-70,2", "13,1.3,-70,0")},
		{"one trace", func(n *network.Network, w io.Writer) (file, error) { return NewTraces(n, []int{1}, 10, 0, 30, w) },
			rows("step,time_ms,E.0.basal.1.overlap", "0,0,0", "10,1,2", "20,2,0")},
		{"rates", func(n *network.Network, w io.Writer) (file, error) { return NewRates(n, nil, nil, 100, w) },
			rows("step,time_ms,width (ms),in (spikes/s),E (spikes/s),E.basal (NMDA spikes/s)", "0,0,10,100,0,100", "100,10,3,111.11111111111111,0,0")},
	} {
		var b bytes.Buffer
		n := buildTiny(t, tinySpec())
		f, err := c.make(n, &b)
		if err != nil {
			t.Fatal(err)
		}
		run(t, n, 130, f)
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if b.String() != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, b.String(), c.want)
		}
		if f.Size() != int64(b.Len()) {
			t.Errorf("%s: size %d of %d bytes", c.name, f.Size(), b.Len())
		}
	}
}

// Presentations every 6 ms from 5 ms on: the third, at 17 ms, is after the end.
func TestTextOfPresentations(t *testing.T) {
	s := tinySpec()
	show := stimulus.DefaultPresentations()
	show.Start, show.Period, show.Sequence = 5, 6, []int{1, -1}
	s.Inputs = append(s.Inputs, network.Input{Name: "show", Population: "in", Presentations: &show})
	var b bytes.Buffer
	n := buildTiny(t, s)
	p := must(NewPresentations(n, nil, &b))
	run(t, n, 130, p)
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	want := "step,time_ms,input,presentation,pattern\n50,5,show,0,1\n110,11,show,1,-1\n"
	if b.String() != want {
		t.Errorf("%s\nwant\n%s", b.String(), want)
	}
}

func TestTotals(t *testing.T) {
	n := buildTiny(t, tinySpec())
	c := NewTotals(n)
	run(t, n, 130, c)
	want := []PopulationTotal{{Name: "in", Cells: 3, Spikes: 4}, {Name: "E", Cells: 1, Groups: []GroupTotal{{"basal", 2, 1}}}}
	if !reflect.DeepEqual(c.Populations(), want) {
		t.Errorf("%+v, want %+v", c.Populations(), want)
	}
}

func TestConstructorsRefuse(t *testing.T) {
	n := buildTiny(t, tinySpec())
	odd := tinySpec()
	odd.Populations[1].Name, odd.Projections[0].Target = "a,b", "a,b"
	quoted := must(network.Build(odd, 1))
	silent := must(network.Build(tinySpec(), 1))
	quoted.Watch([]network.Probe{{Variable: network.Vm, Population: "a,b"}})
	for name, err := range map[string]error{
		"unknown population":   second(NewSpikes(n, []string{"in", "X"}, CSV, nil)),
		"unknown format":       second(NewSpikes(n, nil, 2, nil)),
		"unknown group":        second(NewDendritic(n, []Group{{"E", "tuft"}}, nil)),
		"unknown input":        second(NewPresentations(n, []string{"train"}, nil)),
		"no probes":            second(NewTraces(silent, nil, 1, 0, math.MaxInt64, nil)),
		"traces every 0 steps": second(NewTraces(n, nil, 0, 0, math.MaxInt64, nil)),
		"bins of 0 steps":      second(NewRates(n, nil, nil, 0, nil)),
		"comma, spikes":        second(NewSpikes(quoted, nil, CSV, nil)),
		"comma, dendritic":     second(NewDendritic(quoted, nil, nil)),
		"comma, traces":        second(NewTraces(quoted, nil, 1, 0, math.MaxInt64, nil)),
		"comma, rates":         second(NewRates(quoted, nil, nil, 1, nil)),
	} {
		if err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func second[T any](_ T, err error) error { return err }

type fullDisk struct{ room int }

func (f *fullDisk) Write(p []byte) (int, error) {
	n := min(f.room, len(p))
	f.room -= n
	if n < len(p) {
		return n, errors.New("no space left")
	}
	return n, nil
}

func TestFullDiskIsReported(t *testing.T) {
	for name, make := range writers {
		n := build(t, randomSpec(1), 1)
		f := make(n, &fullDisk{10})
		run(t, n, 300, f) // the rows fit the buffer
		if err := f.Close(); err == nil || err.Error() != "no space left" {
			t.Errorf("%s: closed with %v", name, err)
		}
	}
}

func TestFullDiskStopsALongRun(t *testing.T) {
	n := must(network.Build(noisySpec(1000), 1))
	err := n.Run(t.Context(), 1000, must(NewSpikes(n, nil, CSV, &fullDisk{1 << 20})))
	if err == nil || n.Now() > 200 { // 1 MiB is 50 to 100 steps of 1000 rows
		t.Errorf("at step %d: %v", n.Now(), err)
	}
}

func TestProgress(t *testing.T) {
	n := build(t, randomSpec(1), 1)
	var calls []int64
	p := NewProgress(700, time.Second, func(step, total int64) {
		if total != 700 {
			t.Errorf("total %d", total)
		}
		calls = append(calls, step)
	})
	at, last := time.Unix(1, 0), time.Time{}
	p.now = func() time.Time {
		last = at
		at = at.Add(100 * time.Millisecond)
		return last
	}
	run(t, n, 700, p)
	blocks := int(last.Sub(time.Unix(1, 0))/(100*time.Millisecond)) + 1
	if len(calls) < blocks/10 || len(calls) > blocks/10+2 || calls[len(calls)-1] != 700 {
		t.Errorf("%d blocks of 100 ms: called at steps %v", blocks, calls)
	}
}
