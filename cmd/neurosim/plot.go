package main

import (
	"context"
	"encoding/json"
	"flag"
	"io"
	"slices"
	"strings"

	"neurosim/plots"
	"neurosim/results"
)

// plotCommand draws the figures of a run directory from their saved numbers.
func plotCommand(ctx context.Context, c *cli, args []string) error {
	fs := flag.NewFlagSet("plot", flag.ContinueOnError)
	formats := fs.String("formats", "png", "comma-separated `LIST` of "+strings.Join(plots.Formats, ", "))
	only := fs.String("figure", "", "`NAME` of the only figure to draw")
	asJSON := fs.Bool("json", false, "print one JSON object on standard output")
	dirs, err := parse(c, fs, args, "plot DIR [--formats png,svg,pdf] [--figure NAME]")
	if err != nil {
		return err
	}
	if len(dirs) != 1 {
		return usagef("plot needs one run directory")
	}
	list := strings.Split(*formats, ",")
	for _, f := range list {
		if !slices.Contains(plots.Formats, f) {
			return usagef("--formats = %s: must be of %s", f, strings.Join(plots.Formats, ", "))
		}
	}
	dir, err := results.Open(dirs[0])
	if err != nil {
		return err
	}
	defer dir.Close()
	names := dir.Figures()
	if *only != "" {
		if !slices.Contains(names, *only) {
			return usagef("--figure = %s: the run has %s", *only, strings.Join(names, ", "))
		}
		names = []string{*only}
	}
	var drawn []string
	for _, name := range names {
		fig, err := dir.LoadFigure(name)
		if err != nil {
			return err
		}
		for _, format := range list {
			file := "figures/" + name + "." + format
			if err := dir.WriteTo(file, func(w io.Writer) error { return plots.Write(w, fig, format) }); err != nil {
				return err
			}
			drawn = append(drawn, dir.Path(file))
			c.say("%s", dir.Path(file))
		}
	}
	if *asJSON {
		return json.NewEncoder(c.out).Encode(map[string]any{"figures": drawn})
	}
	return nil
}
