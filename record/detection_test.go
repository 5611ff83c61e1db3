package record

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"

	"neurosim/network"
	"neurosim/stimulus"
)

// byDefinition counts with all events of a run in memory, by the sentences of
// the comments on Detection and Counts.
func byDefinition(j *journal, of DetectionOf) Counts {
	s := j.n.Presentations(of.Input)
	early, late := s.Window()
	g, cells, perCell := 0, 0, 0
	for p, pop := range j.n.Populations() {
		for i := range pop.Segments {
			if pop.Name == of.Group.Population && pop.Segments[i].Name == of.Group.Name {
				g, cells, perCell = 100*p+i, pop.Size(), pop.Segments[i].Count
			}
		}
	}
	storesIn := func(segment, pattern int) bool {
		return of.Stored != nil && slices.Contains(of.Stored[segment], int32(pattern))
	}
	begin := func(k int64) int64 {
		earliest, latestBefore := s.Time(k)+early, s.Time(k-1)+late
		if latestBefore > earliest { // the steps that both could own are halved
			return earliest + (latestBefore-earliest)/2
		}
		return earliest
	}
	var c Counts
	for k := range s.Count() {
		first, end := begin(k), begin(k+1)
		if of.Response > 0 {
			end = min(end, s.Time(k)+late+of.Response)
		}
		if end+j.n.Lag(g/100, g%100) > j.n.Now() {
			continue
		}
		c.Presentations++
		if s.Pattern(k) == stimulus.NovelPattern {
			c.Novel++
		}
		// start returns the first start of a segment in the interval, or -1, and
		// whether a plateau of it covered the interval's first step.
		start := func(segment int) (at int64, blocked bool) {
			at = -1
			for _, e := range j.events {
				if 100*e.pop+e.g != g || e.id != segment || e.kind == "spike" {
					continue
				}
				if e.kind == "start" && e.step < first {
					blocked = true
				}
				if e.kind == "end" && e.step < first {
					blocked = false
				}
				if e.kind == "start" && at < 0 && first <= e.step && e.step < end {
					at = e.step
				}
			}
			return at, blocked
		}
		count := func(u *Unit, segments []int) {
			at, stores, blocked := int64(-1), false, false
			for _, seg := range segments {
				a, b := start(seg)
				if a >= 0 && (at < 0 || a < at) {
					at = a
				}
				if s.Pattern(k) != -1 && storesIn(seg, s.Pattern(k)) {
					stores = true
					blocked = blocked || b
				}
			}
			hit := int64(0)
			if at >= 0 {
				hit = 1
			}
			switch {
			case s.Pattern(k) == -1:
				u.Novel.Trials++
				u.Novel.Hits += hit
			case stores:
				u.Detection.Trials++
				u.Detection.Hits += hit
				if at >= 0 {
					u.Latency += at - s.Time(k)
				} else if blocked {
					u.Blocked++
				}
			default:
				u.CrossTalk.Trials++
				u.CrossTalk.Hits += hit
			}
		}
		for cell := range cells {
			var segments []int
			for i := range perCell {
				segments = append(segments, cell*perCell+i)
				count(&c.Segments, segments[i:])
			}
			count(&c.Cells, segments)
		}
	}
	return c
}

func TestDetectionMatchesDefinition(t *testing.T) {
	var all Counts
	for seed := range uint64(42) {
		s := randomSpec(seed)
		if seed >= 30 {
			s = randomTrees(seed)
		}
		n := build(t, s, 1+int(seed%3))
		j := &journal{n: n}
		var ofs []DetectionOf
		var ds []*Detection
		recorders := []network.Recorder{j}
		for _, in := range []string{"show", "listed"} {
			for _, g := range s.Populations[1].Segments {
				for _, response := range []int64{0, 1, 20, 1000} {
					of := DetectionOf{Input: in, Group: Group{"E", g.Name}, Stored: n.Stored("E", g.Name), Response: response}
					if response == 20 && seed%5 == 0 {
						of.Stored = nil
					}
					d, err := NewDetection(n, of)
					if err != nil {
						t.Fatal(err)
					}
					ofs, ds, recorders = append(ofs, of), append(ds, d), append(recorders, d)
				}
			}
		}
		run(t, n, 300+100*int64(seed%5), recorders...)
		for i, d := range ds {
			want := byDefinition(j, ofs[i])
			if d.Counts() != want {
				t.Fatalf("seed %d, %s, %s, response %d:\n got %+v\nwant %+v", seed, ofs[i].Input, ofs[i].Group, ofs[i].Response, d.Counts(), want)
			}
			all.Add(want)
		}
	}
	for _, u := range []Unit{all.Segments, all.Cells} {
		for _, x := range []int64{u.Blocked, u.Latency, u.Detection.Hits, u.Novel.Hits, u.CrossTalk.Hits, u.Detection.Trials - u.Detection.Hits - u.Blocked} {
			if x < 50 {
				t.Errorf("the test is nearly blind: %+v", all)
			}
		}
	}
}

// A joining recorder leaves out the presentation in progress.
func TestDetectionJoinsLate(t *testing.T) {
	n := build(t, randomSpec(3), 1)
	s := n.Presentations("listed")
	run(t, n, s.Time(1)+1)
	d := must(NewDetection(n, DetectionOf{Input: "listed", Group: Group{"E", "basal"}}))
	run(t, n, s.Time(4), d)
	if got := d.Counts().Presentations; got != 2 {
		t.Errorf("%d presentations counted, want 2 and 3 alone", got)
	}
}

func TestDetectionRefuses(t *testing.T) {
	n := build(t, randomSpec(1), 1)
	for _, of := range []DetectionOf{
		{Input: "bg", Group: Group{"E", "basal"}},
		{Input: "show", Group: Group{"E", "tuft"}},
		{Input: "show", Group: Group{"in", "basal"}},
		{Input: "show", Group: Group{"E", "basal"}, Stored: [][]int32{{0}}},
		{Input: "show", Group: Group{"E", "basal"}, Response: -1},
	} {
		if _, err := NewDetection(n, of); err == nil {
			t.Errorf("accepted %+v", of)
		}
	}
}

// No number is lost on the way through JSON, nor forgotten when runs are pooled.
func TestCountsPoolAndEncode(t *testing.T) {
	var c Counts
	next := int64(1)
	var fill func(v reflect.Value)
	fill = func(v reflect.Value) {
		if v.Kind() == reflect.Int64 {
			v.SetInt(next)
			next++
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	}
	fill(reflect.ValueOf(&c).Elem())
	var back Counts
	if err := json.Unmarshal(must(json.Marshal(c)), &back); err != nil || back != c {
		t.Errorf("through JSON: %+v, want %+v, %v", back, c, err)
	}
	next = 1
	double := c
	double.Add(c)
	var check func(v reflect.Value)
	check = func(v reflect.Value) {
		if v.Kind() == reflect.Int64 {
			if v.Int() != 2*next {
				t.Errorf("the field that was %d is %d after adding itself", next, v.Int())
			}
			next++
			return
		}
		for i := range v.NumField() {
			check(v.Field(i))
		}
	}
	check(reflect.ValueOf(double))
}
