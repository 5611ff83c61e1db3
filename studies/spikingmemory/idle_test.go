package spikingmemory

import (
	"context"
	"reflect"
	"slices"
	"testing"

	"neurosim/grammar"
	"neurosim/study"
	"neurosim/study/studytest"
)

// A key that is said to do nothing does nothing: all episodes are the same with another value.
// Without the reason it is not named.
func TestIdleKeys(t *testing.T) {
	for _, c := range []struct {
		reason     grammar.Override
		key, value string
	}{
		{grammar.Override{Key: "run.learn_from", Value: "9"}, "network.lambda_minus", "0.001"},
		{grammar.Override{Key: "run.learn_from", Value: "9"}, "network.Delta_t_min", `"5 ms"`},
		{grammar.Override{Key: "network.lambda_h", Value: "0.0"}, "network.z_target", "3.0"},
		{grammar.Override{Key: "network.lambda_h", Value: "0.0"}, "network.tau_h", `"500 ms"`},
	} {
		reason := []grammar.Override{c.reason}
		if c.reason.Key == "run.learn_from" {
			reason = append(reason, grammar.Override{Key: "run.learn_until", Value: "9"})
		}
		named := func(s *Study) bool {
			return slices.ContainsFunc(s.Idle(), func(k study.Idle) bool { return k.Key == c.key })
		}
		plain, other := loadSpiking(t, reason...), loadSpiking(t, append(reason, grammar.Override{Key: c.key, Value: c.value})...)
		if !named(plain) || named(loadSpiking(t)) {
			t.Errorf("%s: named %v with the reason, %v without", c.key, named(plain), named(loadSpiking(t)))
		}
		a, err := trainAll(context.Background(), plain, studytest.OnThreads(2))
		if err != nil {
			t.Fatal(err)
		}
		b, err := trainAll(context.Background(), other, studytest.OnThreads(2))
		if err != nil {
			t.Fatal(err)
		}
		for i := range a {
			if !reflect.DeepEqual(a[i].Episodes, b[i].Episodes) {
				t.Errorf("%s has an effect on network %d", c.key, i)
			}
		}
	}
}
