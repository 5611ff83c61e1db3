package studytest

import (
	"context"
	"testing"

	"neurosim/network"
	"neurosim/record"
)

// Detections runs a network and returns what segments E/basal detect of the
// presentations of the input show. what names the network where it fails.
func Detections(t testing.TB, spec *network.Spec, what any) record.Counts {
	t.Helper()
	spec.Check(func(path, rule string, args ...any) {
		t.Fatalf("%+v: %s: "+rule, append([]any{what, path}, args...)...)
	})
	n, err := network.Build(spec, 1)
	if err != nil {
		t.Fatal(err)
	}
	d, err := record.NewDetection(n, record.DetectionOf{Input: "show", Group: record.Group{Population: "E", Name: "basal"}, Stored: n.Stored("E", "basal")})
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Run(context.Background(), spec.Steps, d); err != nil {
		t.Fatal(err)
	}
	return d.Counts()
}
