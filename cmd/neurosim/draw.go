package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"syscall"

	"neurosim/figure"
	"neurosim/grammar"
	"neurosim/internal/dictionary"
	"neurosim/internal/rescue"
	"neurosim/plots"
	"neurosim/results"
	"neurosim/study"
)

// A writeup is what a command makes of results that it has: tables, figures, metrics.
// What goes wrong with one of them, a panic included, costs that one alone: it is named
// in failed, and the command ends with a status that says so.
type writeup struct {
	*cli
	dir     *results.Dir
	formats []string
	written []string // figures, as the user finds them
	failed  []string // what could not be written, and why
	remarks []string // what was written and says nothing

	title      string          // of captions, where a figure has none
	parameters string          // the last line of captions
	captioned  map[string]bool // figures whose study writes their captions
}

// errPartly says that the results are there, but not all that was to be made of them.
var errPartly = errors.New("the results are complete, but not all files that are made from them")

// err is the error of the command: nil, or errPartly with what failed.
func (w *writeup) err() error {
	if w.failed == nil {
		return nil
	}
	return fmt.Errorf("%w: %s failed", errPartly, grammar.Count(float64(len(w.failed)), "figure or table", "figures or tables"))
}

// attempt makes one thing. The error is one that ends the run: it was interrupted, or
// the disk is full, which a resumed run may find otherwise.
func (w *writeup) attempt(what string, make func() error) error {
	err := rescue.Do(make)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled), noRoom(err):
		return err
	}
	line := what + ": " + strings.TrimPrefix(err.Error(), what+": ")
	w.failed = append(w.failed, line)
	w.warn("  failed: %s", line)
	return nil
}

// noRoom tells whether an error is that of a full disk.
func noRoom(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// roomCure is what to do where a finished run has no room for what is added to it.
const roomCure = "free space on that disk and give the command again; what the run had is as it was"

// withRoomCure adds the cure to the error of a full disk.
func withRoomCure(err error) error {
	if !noRoom(err) {
		return err
	}
	return fmt.Errorf("%w: %s", err, roomCure)
}

// remark names what was written and says nothing: no one should have to guess whether
// a column is empty because nothing was found or because something went wrong.
func (w *writeup) remark(format string, args ...any) {
	line := fmt.Sprintf(format, args...)
	w.remarks = append(w.remarks, line)
	w.say("  note: %s", line)
}

// draw saves a figure as numbers and draws it.
func (w *writeup) draw(ctx context.Context, made study.Figure) error {
	what := "figure " + made.Name
	fig := made.Figure.Finite()
	err := w.attempt(what, func() error {
		if made.Err != nil {
			return made.Err
		}
		return w.dir.SaveFigure(fig)
	})
	if err != nil || made.Err != nil {
		return err
	}
	if !w.captioned[fig.Name] {
		err := w.attempt("caption of "+what, func() error {
			name := "figures/" + fig.Name + ".txt"
			w.dir.Describe(name, dictionary.File{Text: captionHolds(fig.Name)})
			return w.dir.WriteFile(name, []byte(study.Caption(&fig, w.title, w.parameters)))
		})
		if err != nil {
			return err
		}
	}
	if made.DataErr != nil {
		if err := w.attempt("data of "+what, func() error { return made.DataErr }); err != nil {
			return err
		}
	}
	if made.ShapeErr != nil {
		if err := w.attempt("axes of "+what, func() error { return made.ShapeErr }); err != nil {
			return err
		}
	}
	if made.Data != nil {
		if err := w.table("tables/"+made.Data.Name+".csv", made.Data.Table); err != nil {
			return err
		}
	}
	if fig.Empty() {
		w.remark("figure %s: no series has a point", fig.Name)
	}
	return w.picture(ctx, fig)
}

// picture draws a figure in every format. Where legends leave no room for the data, as those of
// many curves do, it has none, and that is said.
func (w *writeup) picture(ctx context.Context, fig figure.Figure) error {
	for _, format := range w.formats {
		if err := ctx.Err(); err != nil {
			return err
		}
		name := "figures/" + fig.Name + "." + format
		if err := w.attempt(name, func() error {
			err := w.dir.WriteTo(name, func(to io.Writer) error {
				err := plots.Write(to, fig, format)
				if bare := withoutLegends(fig); errors.Is(err, plots.ErrNoRoom) && plots.Write(to, bare, format) == nil {
					w.remark("figure %s: drawn without its legends, which leave no room for the data in %g mm x %g mm: width, height, legend or font_size change that", fig.Name, fig.Width, fig.Height)
					fig = bare
					return nil
				}
				return err
			})
			if err == nil {
				w.dir.Describe(name, dictionary.File{Text: "Picture of the figure " + fig.Name + "."})
				w.written = append(w.written, w.dir.Path(name))
			}
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

// withoutLegends returns a figure whose panels have none.
func withoutLegends(fig figure.Figure) figure.Figure {
	fig.Panels = slices.Clone(fig.Panels)
	for i := range fig.Panels {
		fig.Panels[i].Legend = false
	}
	return fig
}

// table writes a table to a file.
func (w *writeup) table(name string, t study.Table) error {
	if empty := t.Empty(); len(t.Rows) == 0 {
		w.remark("%s: has no rows", name)
	} else if empty != nil {
		w.remark("%s: %s without a value in any row: %s", name, grammar.Count(float64(len(empty)), "column"), strings.Join(empty, ", "))
	}
	return w.attempt(name, func() error {
		w.dir.Describe(name, t.Holds())
		return w.dir.WriteTo(name, func(to io.Writer) error {
			out := csv.NewWriter(to)
			out.Write(t.Header()) // errors surface in Error
			out.WriteAll(t.Rows)
			return out.Error()
		})
	})
}

// metrics writes the metrics.
func (w *writeup) metrics(m map[string]any) error {
	if m == nil {
		return nil
	}
	return w.attempt(results.MetricsName, func() error { return w.dir.WriteMetrics(m) })
}

// captionHolds says what the caption of a figure is.
func captionHolds(figure string) string {
	return "Caption of the figure " + figure + ": what lines, markers and bars are, their n, and the parameters of the run."
}

// guide writes the list of files and columns.
func (w *writeup) guide() error { return w.attempt(results.GuideName, w.dir.WriteGuide) }

// formatList reads --formats.
func formatList(text string) ([]string, error) {
	var list []string
	for _, f := range strings.Split(text, ",") {
		if f = strings.TrimSpace(f); !slices.Contains(plots.Formats, f) {
			return nil, usagef("--formats = %s: must be of %s", text, strings.Join(plots.Formats, ", "))
		}
		if !slices.Contains(list, f) {
			list = append(list, f)
		}
	}
	return list, nil
}
