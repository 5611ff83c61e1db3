package main

import (
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"runtime"
	"slices"
	"strings"

	"neurosim/figure"
	"neurosim/grammar"
	"neurosim/plots"
	"neurosim/results"
	"neurosim/study"
)

// plotCommand draws the figures of a run directory from their saved numbers.
func plotCommand(ctx context.Context, c *cli, args []string) error {
	fs := flag.NewFlagSet("plot", flag.ContinueOnError)
	formats := fs.String("formats", "png", "comma-separated `LIST` of "+strings.Join(plots.Formats, ", "))
	var only textFlag
	fs.Var(&only, "figure", "draw only the figure `NAME`")
	asJSON := fs.Bool("json", false, "print one JSON object on standard output")
	var set overrides
	fs.Var(&set, "set", "`key=value`: change a key of a figure, such as figures.raster.start=\"200 ms\" or figures.f.axes.a.y_max=40; may be repeated")
	dirs, err := parse(c, fs, args, "plot DIR [--formats png,svg,pdf] [--figure NAME] [--set key=value]...")
	if err != nil {
		return err
	}
	if len(dirs) != 1 {
		return usagef("plot needs one run directory")
	}
	list, err := formatList(*formats)
	if err != nil {
		return err
	}
	dir, err := results.Open(dirs[0])
	if err != nil {
		return err
	}
	defer dir.Close()
	names := dir.Figures()
	if only != "" {
		if !slices.Contains(names, string(only)) {
			return usagef("--figure = %s: the run has %s", string(only), strings.Join(names, ", "))
		}
		names = []string{string(only)}
	}
	w := &writeup{cli: c, dir: dir, formats: list}
	loaded, begin := map[string]figure.Figure{}, map[string]grammar.Redraw{}
	failed := map[string]error{}
	for _, name := range names {
		fig, err := dir.LoadFigure(name)
		loaded[name], failed[name] = fig, err
		begin[name] = grammar.Redraw{Title: fig.Title, Width: fig.Width, Height: fig.Height, Note: true,
			FigureShape: grammar.FigureShape{FontSize: cmp.Or(fig.FontSize, grammar.TextSize), Letters: !fig.NoLetters}}
	}
	shapes, others := apart(set)
	changed, err := grammar.Redrawn(shapes, names, begin)
	if err != nil {
		return err
	}
	again, err := c.drawAgain(ctx, dir, names, others)
	if err != nil {
		return err
	}
	for _, name := range names {
		err := w.attempt("figure "+name, func() error {
			fig := loaded[name]
			if made, is := again[name]; is {
				if err := cmp.Or(made.Err, made.DataErr, made.ShapeErr); err != nil {
					return err
				}
				return w.picture(ctx, made.Figure.Finite())
			}
			if failed[name] != nil {
				return failed[name]
			}
			if r, is := changed[name]; is {
				if err := study.Redraw(&fig, r); err != nil {
					return err
				}
			}
			return w.picture(ctx, fig.Finite())
		})
		if err != nil {
			return withRoomCure(err)
		}
	}
	if err := w.guide(); err != nil {
		return withRoomCure(err)
	}
	for _, file := range w.written {
		c.say("%s", file)
	}
	if *asJSON {
		if err := json.NewEncoder(c.out).Encode(map[string]any{"figures": append([]string{}, w.written...), "failures": append([]string{}, w.failed...)}); err != nil {
			return err
		}
	}
	return w.err()
}

// apart divides what is to be changed: shapes change how figures look that are drawn already.
// What others change of a figure needs the recordings, and then all of that figure does.
func apart(set overrides) (shapes, others overrides) {
	remade := map[string]bool{}
	for _, o := range set {
		if name, shape := o.Reshapes(); !shape {
			remade[name] = true
		}
	}
	for _, o := range set {
		if name, _ := o.Reshapes(); remade[name] {
			others = append(others, o)
		} else {
			shapes = append(shapes, o)
		}
	}
	return shapes, others
}

// drawAgain makes figures again from the recordings of a run, as the configuration with some keys
// changed asks for them.
func (c *cli) drawAgain(ctx context.Context, dir *results.Dir, names []string, set overrides) (map[string]study.Figure, error) {
	if len(set) == 0 {
		return nil, nil
	}
	var wanted []string
	for _, o := range set {
		name, _ := o.Reshapes()
		if !slices.Contains(names, name) {
			return nil, usagef("--set %s: there is no figure %q%s", o.Key, name, grammar.DidYouMean(name, names))
		}
		if !slices.Contains(wanted, name) {
			wanted = append(wanted, name)
		}
	}
	x, err := c.load(ctx, dir.Path("resolved.toml"), grammar.Options{Set: set})
	if err != nil {
		return nil, err
	}
	if x.Kind.Redraw == nil {
		return nil, usagef("--set %s: %s has no recordings from which figure %s could be made again: change the configuration and run it", set[0].Key, x.Kind.Name, wanted[0])
	}
	made := map[string]study.Figure{}
	for _, f := range x.Kind.Redraw(ctx, x.Study, wanted, runtime.GOMAXPROCS(0), dir.Read) {
		made[f.Name] = f
	}
	return made, nil
}
