package paper

import (
	"context"
	"errors"
	"fmt"
	"time"

	"neurosim/study"
)

// Study makes figures of the paper.
type Study struct {
	Figures []Figure
	Seed    uint64
	Full    bool // the sample sizes of the paper
}

// A namedVerdict is what one figure shows.
type namedVerdict struct {
	Figure string   `json:"figure"`
	Title  string   `json:"title"`
	Holds  bool     `json:"holds"`
	Checks []check  `json:"checks"`
	Errata []string `json:"errata"`
}

// Plan has nothing to say beforehand.
func (s *Study) Plan() study.Plan { return study.Plan{} }

// Do makes the figures one after another. Each is written as soon as it is there.
func (s *Study) Do(ctx context.Context, w *study.Work) (study.Report, error) {
	r := study.Report{Metrics: map[string]any{"seed": s.Seed, "full": s.Full}}
	var verdicts []namedVerdict
	var waits []error
	for _, f := range s.Figures {
		v, err := s.figure(ctx, w, f)
		if study.AllWaits(err) != nil { // for other processes; the next figure does not
			waits = append(waits, err)
			continue
		}
		if err != nil {
			return r, fmt.Errorf("%s: %w", f.Name, err)
		}
		verdicts = append(verdicts, v)
		verdict{Checks: v.Checks, Errata: v.Errata}.metrics(v.Figure, r.Metrics)
	}
	if waits != nil {
		return r, errors.Join(waits...)
	}
	return verdictReport(r, verdicts), nil
}

// figure makes one figure.
func (s *Study) figure(ctx context.Context, w *study.Work, f Figure) (namedVerdict, error) {
	start := time.Now()
	made, err := f.run(ctx, effort{Seed: s.Seed, Full: s.Full, Work: w, Figure: f.Name})
	if err != nil {
		return namedVerdict{}, err
	}
	err = w.Deliver(ctx, study.Report{
		Figures: []study.Figure{{Name: made.Figure.Name, Figure: made.Figure}},
		Tables:  []study.NamedTable{{Name: f.Name + "-points", Table: made.Table}},
	})
	w.Say("  %-18s %6.1f s", f.Name, time.Since(start).Seconds())
	v := made.Verdict
	return namedVerdict{f.Name, f.Title, v.holds(), v.Checks, v.Errata}, err
}

// verdictReport adds the verdicts to a report.
func verdictReport(r study.Report, verdicts []namedVerdict) study.Report {
	longest, holds := 0, true
	for _, v := range verdicts {
		longest = max(longest, len(v.Figure))
		holds = holds && v.Holds
	}
	for _, v := range verdicts {
		word := "holds"
		if !v.Holds {
			word = "DOES NOT HOLD"
		}
		r.Lines = append(r.Lines, "", fmt.Sprintf("%-*s  %s: %s", longest, v.Figure, word, v.Title))
		for _, c := range v.Checks {
			mark := " "
			if !c.Holds {
				mark = "!"
			}
			r.Lines = append(r.Lines, fmt.Sprintf("  %s %-12s %s", mark, c.Name, c.Why))
		}
		for _, e := range v.Errata {
			r.Lines = append(r.Lines, fmt.Sprintf("    %-12s %s", "erratum", e))
		}
	}
	r.JSON = map[string]any{"full": r.Metrics["full"], "seed": r.Metrics["seed"], "holds": holds, "verdicts": verdicts}
	if !holds {
		r.Failed = fmt.Errorf("a verdict does not hold: %w", study.ErrCheck)
	}
	return r
}
