package spiking

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

// trained returns a reference network after some episodes.
func trained(t *testing.T, preset string, seed uint64, episodes int) *Training {
	t.Helper()
	p, task := resolved(t, preset)
	w, _ := referenceWiring(&p, &task, seed)
	n, err := New(p, w, 1)
	if err != nil {
		t.Fatal(err)
	}
	train := NewTraining(n, task)
	for episode := range episodes {
		if _, err := train.Run(context.Background(), episode); err != nil {
			t.Fatal(err)
		}
	}
	return train
}

// NEST's 10393 spikes of 10 episodes of learning, 900 + 6 neurons: all of them.
func TestSpikesOfNEST(t *testing.T) {
	p, task := resolved(t, "set-I")
	p.Reading = NEST2022
	w, _ := referenceWiring(&p, &task, 1)
	n, err := newOn(p, w, 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	names := map[Kind]string{Spike: "spike", Inhibitory: "inh"}
	var got, want []string
	watch := func(events []Event) {
		for _, e := range events {
			if name, ok := names[e.Kind]; ok {
				got = append(got, fmt.Sprintf("%.1f,%s,%d", float64(e.Step)/10, name, e.Cell))
			}
		}
	}
	for _, r := range rows(t, "stm_nest_spikes.csv") {
		want = append(want, fmt.Sprintf("%.1f,%s,%s", number(t, r[0]), r[1], r[2]))
	}
	train := NewTraining(n, task)
	for episode := range 10 {
		if _, err := train.Run(context.Background(), episode, watch); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if len(want) != 10393 || !slices.Equal(got, want) {
		t.Fatalf("%d spikes, NEST %d, or others", len(got), len(want))
	}
}

// Replay from a cue: the spikes of each subpopulation, first, median and last.
// They may differ by one step, 0.1 ms: a synapse that matures in one program only
// (see TestLearningLikeReference) moves a dAP by that.
func TestReplayLikeReference(t *testing.T) {
	cases := []struct {
		preset, set string
		theta       float64
		seeds       int
		episodes    int
	}{{"set-I", "1", 5, 10, 101}, {"set-I", "1", 6.5, 5, 61}, {"set-II", "2", 5, 5, 121}}
	for i, c := range cases {
		for seed := 1; seed <= c.seeds; seed++ {
			if !long() && (seed > 1 || i > 0) {
				continue
			}
			t.Run(fmt.Sprintf("%s %g mV seed %d", c.preset, c.theta, seed), func(t *testing.T) {
				t.Parallel()
				want := map[string][]string{}
				for _, r := range rows(t, "stm_replay.csv") {
					if r[0] == c.set && r[1] == fmt.Sprint(seed) && r[2] == fmt.Sprint(c.theta) {
						want[r[3]+" "+r[4]] = r[5:]
					}
				}
				train := trained(t, c.preset, uint64(seed), c.episodes)
				recalled, err := train.Replay(context.Background(), c.theta, 80)
				if err != nil {
					t.Fatal(err)
				}
				compared := 0
				for _, r := range recalled {
					name := train.task.Sequences[r.Sequence]
					if !r.Right {
						t.Errorf("%s: not replayed: %+v", name, r)
					}
					for _, v := range r.Volleys {
						x, ok := want[name+" "+Symbol(v.Subpopulation)]
						if !ok {
							t.Errorf("%s: %s is not in the reference", name, Symbol(v.Subpopulation))
							continue
						}
						compared++
						got := []float64{float64(v.Spikes), v.First, v.Median, v.Last}
						for k := range got {
							if math.Abs(got[k]-number(t, x[k])) > 0.101 {
								t.Errorf("%s %s: %v, reference %v", name, Symbol(v.Subpopulation), got, x)
								break
							}
						}
					}
				}
				t.Logf("%d volleys compared", compared)
				if compared == 0 {
					t.Error("nothing compared")
				}
			})
		}
	}
}

// One parameter changed: the first episode without error and the means over the
// last ten of 101 episodes.
func TestParametersLikeReference(t *testing.T) {
	for i, r := range rows(t, "stm_parameters.csv") {
		if !long() && (i%5 != 0 || !strings.HasPrefix(r[0], "z_star")) {
			continue
		}
		t.Run(strings.Join(r[:3], " "), func(t *testing.T) {
			t.Parallel()
			x, _ := PresetNamed("set-I")
			p, task := x.Params, x.Task
			switch value := number(t, r[1]); r[0] {
			case "DeltaT_ms":
				task.Interval = value
			case "z_star":
				p.Target = value
			case "lambda_h":
				p.LambdaH = value
			}
			task.Resolve(&p)
			p.Resolve(&task)
			w, _ := referenceWiring(&p, &task, uint64(number(t, r[2])))
			n, err := New(p, w, 1)
			if err != nil {
				t.Fatal(err)
			}
			train, zero := NewTraining(n, task), -1
			sum := make([]float64, 5)
			for episode := range 101 {
				o, err := train.Run(context.Background(), episode)
				if err != nil {
					t.Fatal(err)
				}
				if o.Error() == 0 && zero < 0 {
					zero = episode
				}
				if episode > 90 {
					for k, v := range []float64{o.Error(), o.FalsePositives(), o.FalseNegatives(), o.Active(), o.DAPs()} {
						sum[k] += v / 10
					}
				}
			}
			if fmt.Sprint(zero) != r[3] {
				t.Errorf("first episode without error %d, reference %s", zero, r[3])
			}
			for k := range sum {
				if math.Abs(sum[k]-number(t, r[4+k])) > 0.001 {
					t.Errorf("column %d: %.3f, reference %s", k, sum[k], r[4+k])
				}
			}
		})
	}
}
