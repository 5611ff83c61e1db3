package main

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"neurosim/figure"
	"neurosim/grammar"
	"neurosim/study"
)

// dice is a study that no shipped list holds: it throws dice and counts. It has two keys,
// a table and a kind of figure.
type dice struct {
	*grammar.Configuration
	run     diceRun
	figures []*grammar.Figure
	thrown  func() // called after every throw; for the test
}

type diceRun struct {
	Seed   uint64 `toml:"seed" doc:"seed of every random number"`
	Throws int    `toml:"throws" must:"yes" doc:"how often the dice are thrown"`
}

// diceKind is what the list of studies would hold.
func diceKind(thrown func()) study.Kind {
	return study.Kind{
		Name: "a study of dice", Model: "dice", Writes: []string{"throws"},
		Tables:  []grammar.Table{{Title: "[run]", Text: "Throws of dice.", Default: &diceRun{Seed: 1}}},
		Figures: []grammar.FigureKind{{Name: "sums", Text: "Sums of the dice against throws."}},
		Read: func(d *grammar.Decoder) study.Study {
			x := &dice{Configuration: d.Configuration(), run: diceRun{Seed: 1}, thrown: thrown}
			d.Into("run", d.Table("run", d.Root(), "run"), &x.run)
			x.Seed = x.run.Seed
			if x.run.Throws < 1 {
				d.Bad("run.throws", "must be at least 1")
			}
			d.Sweep()
			for _, f := range d.Figures([]grammar.FigureKind{{Name: "sums"}}) {
				d.IntoFigure(f)
				d.CheckFigure(f)
				x.figures = append(x.figures, f)
			}
			d.Output()
			return x
		},
	}
}

func (x *dice) Plan() study.Plan {
	return study.Plan{Size: grammar.Count(float64(x.run.Throws), "throw"), Lines: []string{"two dice"}}
}

func (x *dice) Do(ctx context.Context, w *study.Work) (study.Report, error) {
	sums, err := study.Parts(ctx, w, study.Stage{Name: "throws", Label: "  throwing", Unit: "throws"}, x.run.Throws,
		func(ctx context.Context, p *study.Part) (int, error) {
			x.thrown()
			return 2 + int(x.run.Seed+uint64(7*p.Index))%11, ctx.Err()
		})
	if err != nil {
		return study.Report{}, err
	}
	t := study.NamedTable{Name: "throws", Table: study.Table{Text: "The throws, a row for each.", Columns: study.Columns([][3]string{{"throw", "", "throw, from 0"}, {"sum", "", "sum so far"}})}}
	s := figure.Series{Name: "Sum", Mark: figure.Points, Role: figure.Simulation}
	total := 0
	for i, sum := range sums {
		t.Add(fmt.Sprint(i), fmt.Sprint(sum))
		s.Add(float64(i), float64(sum))
		total += sum
	}
	return study.Report{
		Tables:  []study.NamedTable{t},
		Metrics: map[string]any{"total": total},
		Lines:   []string{fmt.Sprintf("a total of %d", total)},
		Figures: study.MakeFigures(x.figures, func(f *grammar.Figure) (figure.Figure, error) {
			fig := study.Frame(f)
			fig.Panels = []figure.Panel{{X: figure.Axis{Label: "Throw"}, Y: figure.Axis{Label: "Sum"}, Series: []figure.Series{s}}}
			study.Arrange(&fig, 60)
			return study.Noted(f, fig, figure.Meanings{Markers: "one throw each"}), nil
		}),
	}, nil
}

// A study that is not in the list has all that studies have, by its package and one line:
// check, run, Ctrl-C, --resume, a sweep with its table and figure, plot, and its part of
// the reference.
func TestStudyOutsideTheList(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "dice.toml", `title = "Dice"
[run]
throws = 40
[sweep]
repeats = 2
[sweep.axes]
"run.throws" = [3, 5]
[figures.sums]
kind = "sums"
[figures.totals]
kind = "sweep"
metrics = ["total"]
[output]
formats = ["svg"]
`)
	var thrown atomic.Int64
	stop := func() {}
	kinds := []study.Kind{diceKind(func() {
		if thrown.Add(1) == 25 {
			stop()
		}
	})}
	say := func(ctx context.Context, want int, args ...string) (out, errs string) {
		t.Helper()
		var o, e bytes.Buffer
		if got := commandOf(ctx, kinds, args, &o, &e); got != want {
			t.Fatalf("%v: status %d, want %d\n%s", args, got, want, e.String())
		}
		return o.String(), e.String()
	}
	ctx := t.Context()
	if out, errs := say(ctx, exitDone, "check", "dice.toml"); !strings.Contains(out, "throws = 40") || !strings.Contains(errs, "a sweep of 4 runs") {
		t.Errorf("check: %s%s", out, errs)
	}
	if _, errs := say(ctx, exitUsage, "check", "dice.toml", "--set", "run.trows=3"); !strings.Contains(errs, `--set: run.trows = 3: unknown key; did you mean "throws"?`) && !strings.Contains(errs, "did you mean") {
		t.Errorf("a misspelt key: %s", errs)
	}
	if _, errs := say(ctx, exitUsage, "check", "dice.toml", "--set", "figures.sums.kind=raster"); !strings.Contains(errs, `must be "sums", "sweep" or "heatmap"`) {
		t.Errorf("another study's figure: %s", errs)
	}
	if out, _ := say(ctx, exitDone, "keys"); !strings.Contains(out, "| `throws` | whole number | must be given | how often the dice are thrown |") ||
		!strings.Contains(out, "[figures.NAME] of a study of dice, kind = \"sums\"") {
		t.Errorf("keys: %s", out)
	}
	say(ctx, exitDone, "run", "dice.toml", "-o", "whole", "--threads", "1")

	thrown.Store(0)
	part, cancel := context.WithCancel(ctx)
	stop = cancel
	if _, errs := say(part, exitInterrupted, "run", "dice.toml", "-o", "part", "--threads", "1"); !strings.Contains(errs, "continue with: neurosim run dice.toml --threads 1 -o part --resume") {
		t.Errorf("Ctrl-C: %s", errs)
	}
	stop = func() {}
	thrown.Store(0)
	if _, errs := say(ctx, exitDone, "run", "dice.toml", "-o", "part", "--threads", "2", "--resume"); !strings.Contains(errs, "resumed with 24 of 40 throws done") {
		t.Errorf("--resume: %s", errs)
	}
	if n := thrown.Load(); n != 16+2*3+2*5 {
		t.Errorf("thrown %d times after the resume", n)
	}
	same(t, "interrupted and resumed", "whole", "part")

	files := contents(t, "whole")
	if got := files["tables/sweep.csv"]; strings.Count(got, "\n") != 5 || !strings.HasPrefix(got, "run.throws,repeat,seed,total\n3,0,") {
		t.Errorf("tables/sweep.csv:\n%s", got)
	}
	for _, name := range []string{"tables/throws.csv", "tables/sums.csv", "tables/totals.csv", "figures/sums.svg", "figures/totals.svg", "metrics.json", "resolved.toml"} {
		if files[name] == "" {
			t.Errorf("no %s", name)
		}
	}
	say(ctx, exitDone, "plot", "whole", "--formats", "svg")
	if after := contents(t, "whole"); after["figures/totals.svg"] != files["figures/totals.svg"] {
		t.Error("drawn again the figure differs")
	}
	if out, _ := say(ctx, exitDone, "run", "dice.toml", "-o", filepath.Join("json", "a"), "--json"); !strings.Contains(out, `"total": `) {
		t.Errorf("--json: %s", out)
	}
}
