package record

import (
	"bytes"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"neurosim/network"
)

// recorded is a run of a random network: its events and its files.
func recorded(t *testing.T, seed uint64) (*journal, map[string]*bytes.Buffer) {
	t.Helper()
	s := randomSpec(seed)
	n := build(t, s, 1)
	j := &journal{n: n}
	recorders := []network.Recorder{j}
	var fs []file
	files := map[string]*bytes.Buffer{}
	for name, make := range writers {
		files[name] = &bytes.Buffer{}
		f := make(n, files[name])
		fs, recorders = append(fs, f), append(recorders, f)
	}
	run(t, n, s.Steps, recorders...)
	for _, f := range fs {
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return j, files
}

// What is read is what happened, in the window asked for.
func TestReadersInvertWriters(t *testing.T) {
	for seed := range uint64(20) {
		j, files := recorded(t, seed)
		names := []string{"in", "E", "I"}
		segments := j.n.Spec().Populations[1].Segments
		for _, w := range [][2]int64{{0, math.MaxInt64}, {100, 400}, {650, 2000}, {300, 300}} {
			var spikes, dendritic []string
			for _, e := range j.events {
				switch {
				case e.step < w[0] || e.step >= w[1]:
				case e.kind == "spike":
					spikes = append(spikes, fmt.Sprint(e.step, names[e.pop], e.id))
				default:
					g := segments[e.g]
					dendritic = append(dendritic, fmt.Sprint(DendriticEvent{e.step, names[e.pop], e.id / g.Count, g.Name, e.id % g.Count, e.kind == "start", math.NaN()}))
				}
			}
			var csv, binary, read []string
			spike := func(to *[]string) func(int64, string, int) {
				return func(step int64, population string, cell int) {
					*to = append(*to, fmt.Sprint(step, population, cell))
				}
			}
			errs := []error{
				ReadSpikes(bytes.NewReader(files["spikes"].Bytes()), w[0], w[1], spike(&csv)),
				ReadSpikesBinary(bytes.NewReader(files["binary"].Bytes()), names, w[0], w[1], spike(&binary)),
				ReadDendritic(bytes.NewReader(files["dendritic"].Bytes()), w[0], w[1], func(e DendriticEvent) { read = append(read, fmt.Sprint(e)) }),
			}
			for _, err := range errs {
				if err != nil {
					t.Fatal(err)
				}
			}
			if !slices.Equal(csv, spikes) || !slices.Equal(binary, spikes) || !slices.Equal(read, dendritic) {
				t.Fatalf("seed %d, steps %v: the files do not say what happened", seed, w)
			}
		}
		checkTraces(t, j, files["traces"])
		checkRates(t, j, files["rates"])
		checkPresentations(t, j, files["presentations"])
	}
}

func checkTraces(t *testing.T, j *journal, f *bytes.Buffer) {
	t.Helper()
	table, err := ReadTable(f, 0, math.MaxInt64)
	if err != nil {
		t.Fatal(err)
	}
	if len(table.Steps) != (639-50)/3+1 || len(table.Columns) != len(watched) || table.Columns[0].Unit != "mV" || table.Columns[2].Unit != "" {
		t.Fatalf("%d rows of %d columns", len(table.Steps), len(table.Columns))
	}
	for p, probe := range watched {
		c := table.Column(probe.Name())
		for i, k := range table.Steps {
			if k != 50+3*int64(i) || c.Values[i] != j.values[k][p] {
				t.Fatalf("row %d: step %d: %s is %v, want %v", i, k, c.Name, c.Values[i], j.values[k][p])
			}
		}
	}
	if table.Column("E.0.V_m") != nil {
		t.Error("found a column that is not there")
	}
}

// checkRates counts the events of each bin in the journal.
func checkRates(t *testing.T, j *journal, f *bytes.Buffer) {
	t.Helper()
	table, err := ReadTable(f, 0, math.MaxInt64)
	if err != nil {
		t.Fatal(err)
	}
	width := table.Column("width")
	if n := len(table.Steps); n != 8 || width.Values[0] != 9 || width.Values[7] != 7 || width.Unit != "ms" {
		t.Fatalf("%d bins, widths %v", n, width)
	}
	for i, k := range table.Steps {
		counts := map[string]float64{}
		for _, e := range j.events {
			p := j.n.Populations()[e.pop]
			if e.step < k || e.step >= k+90 {
				continue
			}
			switch e.kind {
			case "spike":
				counts[p.Name] += 1 / float64(p.Size())
			case "start":
				counts[p.Name+"."+p.Segments[e.g].Name] += 1 / float64(p.Size())
			}
		}
		for _, c := range table.Columns[1:] {
			want := counts[c.Name] / width.Values[i] * 1000
			if diff := c.Values[i] - want; diff > 1e-9 || diff < -1e-9 {
				t.Fatalf("bin %d: %s is %g %s, want %g", i, c.Name, c.Values[i], c.Unit, want)
			}
		}
	}
}

func checkPresentations(t *testing.T, j *journal, f *bytes.Buffer) {
	t.Helper()
	var got, want []Presentation
	if err := ReadPresentations(f, 0, math.MaxInt64, func(p Presentation) { got = append(got, p) }); err != nil {
		t.Fatal(err)
	}
	for k := range j.n.Now() {
		for _, name := range []string{"show", "listed"} {
			s := j.n.Presentations(name)
			for i := range s.Count() {
				if s.Time(i) == k {
					want = append(want, Presentation{k, name, i, s.Pattern(i)})
				}
			}
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("presentations %v, want %v", got, want)
	}
}

// Each error says where.
func TestReadErrors(t *testing.T) {
	spikes := func(s string) error {
		return ReadSpikes(strings.NewReader(s), 0, math.MaxInt64, func(int64, string, int) {})
	}
	binary := func(s string) error {
		return ReadSpikesBinary(strings.NewReader(s), []string{"in"}, 0, math.MaxInt64, func(int64, string, int) {})
	}
	dendritic := func(s string) error {
		return ReadDendritic(strings.NewReader(s), 0, math.MaxInt64, func(DendriticEvent) {})
	}
	table := func(s string) error { return second(ReadTable(strings.NewReader(s), 0, math.MaxInt64)) }
	head := string(binaryHeader(0.1))
	rec := func(step, population byte) string {
		return string([]byte{step, 0, 0, 0, 0, 0, 0, 0, population, 0, 7, 0, 0, 0})
	}
	for _, c := range []struct {
		err  error
		want string
	}{
		{spikes(""), `the file is empty; its first line should be "step,time_ms,population,cell"`},
		{spikes("step,population\n"), `line 1: the header is "step,population", not "step,time_ms,population,cell"`},
		{spikes(spikesHeader + "1,0.1,in,3\n2,0.2,in,x\n"), `line 3: cell "x" is not an integer`},
		{spikes(spikesHeader + "1.5,0.1,in,3\n"), `line 2: step "1.5" is not an integer`},
		{spikes(spikesHeader + "9999999999999999999,0.1,in,3\n"), `line 2: step "9999999999999999999" is not an integer`},
		{spikes(spikesHeader + "1,0.1,in\n"), `line 2: too few fields`},
		{spikes(spikesHeader + "1,0.1,in,3,4\n"), `line 2: too many fields`},
		{spikes(spikesHeader + "5,0.5,in,3\n4,0.4,in,3\n"), `line 3: step 4 after step 5`},
		{spikes(spikesHeader + "5,0.5,in,3\n6,0.6,in,1"), `line 3: the file ends within the line`},
		{dendritic(dendriticHeader + "1,0.1,E,0,basal,1,begin,\n"), `line 2: event "begin" is neither start nor end`},
		{table(""), `the file is empty; its first line should be "step,time_ms"`},
		{table("time,V\n"), `line 1: the header is "time,V"; it should begin with "step,time_ms,"`},
		{table("step,time_ms,V (mV)\n0,0,high\n"), `line 2: V "high" is not a number`},
		{table("step,time_ms,V (mV)\n0,zero,1\n"), `line 2: time_ms "zero" is not a number`},
		{table("step,time_ms,V (mV)\n0,0,1,2\n"), `line 2: too many fields`},
		{binary("step,time_ms"), `not a binary file of spikes: it does not begin with "neurosim spikes 1 <i8 <u2 <u4 dt_ms "`},
		{binary(""), `not a binary file of spikes: it does not begin with "neurosim spikes 1 <i8 <u2 <u4 dt_ms "`},
		{binary(head + rec(1, 0) + rec(2, 0)[:9]), `record 1: the file ends within the record`},
		{binary(head + rec(1, 0) + rec(1, 1)), `record 1: population 1 of 1`},
		{binary(head + rec(2, 0) + rec(1, 0)), `record 1: step 1 after step 2`},
		{binary(head + rec(2, 0)), `<nil>`},
		{spikes(spikesHeader), `<nil>`},
	} {
		if got := fmt.Sprint(c.err); got != c.want {
			t.Errorf("%s\nwant %s", got, c.want)
		}
	}
}

// A row may be longer than any buffer.
func TestReadLongRows(t *testing.T) {
	const columns = 100_000
	text := "step,time_ms" + strings.Repeat(",x", columns) + "\n5,0.5" + strings.Repeat(",-0.125", columns) + "\n6,0.6" + strings.Repeat(",1e300", columns) + "\n"
	table, err := ReadTable(strings.NewReader(text), 0, math.MaxInt64)
	if err != nil {
		t.Fatal(err)
	}
	if len(table.Columns) != columns || table.Columns[columns-1].Values[0] != -0.125 || table.Columns[9].Values[1] != 1e300 {
		t.Error("a long row reads back otherwise")
	}
}
