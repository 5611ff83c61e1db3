package paper

import (
	"errors"
	"strings"
	"testing"

	"neurosim/study"
)

// A verdict that does not hold fails the reproduction, which says which check it was.
func TestVerdictFails(t *testing.T) {
	r := verdictReport(study.Report{Metrics: map[string]any{}}, []NamedVerdict{{Figure: "figX", Title: "a figure",
		Checks: []Check{{Name: "theory", Holds: true, Why: "well"}, {Name: "authors", Why: "not at all"}}}})
	said := strings.Join(r.Lines, "\n")
	if !errors.Is(r.Failed, study.ErrCheck) || !strings.Contains(said, "figX  DOES NOT HOLD") || !strings.Contains(said, "! authors      not at all") {
		t.Errorf("%v, said %s", r.Failed, said)
	}
}
