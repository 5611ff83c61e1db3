// Package thresholds is the study of the best threshold of a neuron, for neurosim thresholds: the
// number of active synapses at which false positives and false negatives together are fewest, by the
// equations of package theory. It compares an interval around this threshold with published
// thresholds of dendritic spikes (package literature).
package thresholds

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"neurosim/literature"
	"neurosim/study"
)

// A Study compares the best threshold of a neuron with published ones.
type Study struct {
	Candidate
	Replace   func(Case) Case // what the user sets himself
	Published []literature.Threshold
}

// Plan has nothing to say beforehand.
func (s *Study) Plan() study.Plan { return study.Plan{} }

// Do makes the comparison.
func (s *Study) Do(ctx context.Context, w *study.Work) (study.Report, error) {
	target := s.Target
	if s.studied != nil {
		var err error
		if target, err = s.studied.target(ctx, w); err != nil {
			return study.Report{}, err
		}
	}
	r := compare(s.Replace(target.Case), s.Published)
	fig := r.figure()
	var text bytes.Buffer
	r.print(&text, target.Notes)
	return study.Report{
		Figures: []study.Figure{{Name: fig.Name, Figure: fig}},
		Files:   []study.File{{Name: "report.txt", Holds: "The comparison in words.", Text: text.Bytes()}, {Name: "figures/" + fig.Name + ".txt", Holds: "Caption of the figure " + fig.Name + ".", Text: []byte(r.caption() + "\n")}},
		Text:    text.Bytes(),
		JSON: map[string]any{"case": r.Case, "v": r.V, "rows": r.Errors, "best_theta": r.Best, "interval_low": r.Lo, "interval_high": r.Hi,
			"records": r.Records, "says": r.lines(), "notes": append([]string{}, target.Notes...)},
	}, nil
}

// print writes the table of errors around the best θ, the published
// thresholds, and what they say. All other θ are in the saved table.
func (r comparison) print(w io.Writer, notes []string) {
	const around = 8
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "theta\tfalse positives\tfalse negatives\ttotal error\tlosses tolerated\t\t\n")
	for _, e := range r.Errors {
		if e.Theta < r.Lo-around || e.Theta > r.Hi+around {
			if e.Theta != r.Case.Theta {
				continue
			}
		}
		mark := ""
		switch {
		case e.Theta == r.Best:
			mark = "best"
		case e.Within:
			mark = "within"
		}
		fp, fn, total := e.strings()
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%d\t%s\t\n", e.Theta, fp, fn, total, e.Tolerance, mark)
	}
	t.Flush()
	fmt.Fprintln(w)
	t = tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "published\tkind\tgrade\tevent\tstated\twhat\tpredicted interval\n")
	for _, x := range r.Records {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", x.Name(), x.Kind, x.Grade, x.Event, x.Stated(), x.Quantity, x.Comparison())
	}
	t.Flush()
	fmt.Fprintln(w)
	for _, line := range r.lines() {
		fmt.Fprintln(w, line)
	}
	for _, n := range notes {
		fmt.Fprintf(w, "Note: %s.\n", n)
	}
}
