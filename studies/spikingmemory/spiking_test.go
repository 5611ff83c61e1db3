package spikingmemory

import (
	"context"
	"testing"

	"neurosim/configs"
	"neurosim/grammar"
	"neurosim/study"
	"neurosim/study/studytest"
)

func loadSpiking(t *testing.T, set ...grammar.Override) *Study {
	t.Helper()
	x, err := load("sequence-spiking", grammar.Options{Set: append([]grammar.Override{
		{Key: "run.episodes", Value: "9"}, {Key: "run.repeats", Value: "3"}, {Key: "run.learn_until", Value: "7"}}, set...)})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// A study that is interrupted in the middle of learning goes on from what was
// saved, on another number of threads, to what the uninterrupted one gives.
func TestSpikingStudyGoesOn(t *testing.T) {
	s := loadSpiking(t)
	studytest.GoesOn(t, 5, func(ctx context.Context, w *study.Work) ([]result, error) { return trainAll(ctx, s, w) })
}

// While learning is off permanences stay.
func TestSpikingLearningWindow(t *testing.T) {
	s := loadSpiking(t, grammar.Override{Key: "run.learn_from", Value: "2"})
	out, err := trainAll(context.Background(), s, studytest.OnThreads(2))
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range out {
		e := r.Episodes
		if e[0].Mature != 0 || e[1].Mature != 0 || e[6].Mature == 0 || e[7].Mature != e[6].Mature || e[8].Mature != e[6].Mature {
			t.Errorf("network %d: mature synapses %d %d ... %d %d %d", i, e[0].Mature, e[1].Mature, e[6].Mature, e[7].Mature, e[8].Mature)
		}
	}
}

// What the first and the last episode without error are.
func TestZeroes(t *testing.T) {
	s := loadSpiking(t)
	out, err := trainAll(context.Background(), s, studytest.OnThreads(2))
	if err != nil {
		t.Fatal(err)
	}
	if f, g := zeroes(out[0].Episodes); f != -1 || g != -1 {
		t.Errorf("after %d episodes the error is 0 from %d, %d", s.Run.Episodes, f, g)
	}
	m := metrics(s, out)
	if m["networks_without_error"] != 0 || m["first_episode_without_error_median"] != nil {
		t.Errorf("metrics %v", m)
	}
}

// load reads a configuration of this kind of study.
func load(name string, o grammar.Options) (*Study, error) {
	c, err := configs.Load([]study.Kind{Kind()}, name, o)
	if err != nil {
		return nil, err
	}
	return c.Study.(*Study), nil
}
