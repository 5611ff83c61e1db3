package main

import (
	"cmp"
	"context"
	"encoding/json"
	"flag"
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
	fs.Var(&only, "figure", "`NAME` of the only figure to draw")
	asJSON := fs.Bool("json", false, "print one JSON object on standard output")
	var set overrides
	fs.Var(&set, "set", "`key=value`: change a figure, as figures.raster.start=\"200 ms\" or figures.f.axes.a.y_max=40; may be given again")
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
	changed, err := grammar.Redrawn(set, names, begin)
	if err != nil {
		return err
	}
	for _, name := range names {
		err := w.attempt("figure "+name, func() error {
			fig := loaded[name]
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
			return err
		}
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
