package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"strings"

	"neurosim/configs"
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

// listCommand lists the shipped configurations with their titles.
func listCommand(ctx context.Context, c *cli, args []string) error {
	fs := flag.NewFlagSet("list", flag.ContinueOnError)
	asJSON := fs.Bool("json", false, "print one JSON object")
	if rest, err := parse(c, fs, args, "list [--json]"); err != nil {
		return err
	} else if len(rest) > 0 {
		return usagef("list takes no arguments")
	}
	titles := map[string]string{}
	for _, name := range configs.Shipped() {
		x, err := configs.Load(name, configs.Options{})
		if err != nil {
			return err
		}
		titles[name] = x.Title
		if !*asJSON {
			fmt.Fprintf(c.out, "%-14s %s\n", name, x.Title)
		}
	}
	if *asJSON {
		return json.NewEncoder(c.out).Encode(map[string]any{"configs": titles})
	}
	return nil
}

// versionCommand prints what the program is made of.
func versionCommand(ctx context.Context, c *cli, args []string) error {
	fs := flag.NewFlagSet("version", flag.ContinueOnError)
	asJSON := fs.Bool("json", false, "print one JSON object")
	if rest, err := parse(c, fs, args, "version [--json]"); err != nil {
		return err
	} else if len(rest) > 0 {
		return usagef("version takes no arguments")
	}
	build := results.ThisBuild()
	if *asJSON {
		return json.NewEncoder(c.out).Encode(map[string]any{"version": version, "build": build})
	}
	fmt.Fprintf(c.out, "neurosim %s, %s %s/%s\n", version, build.Go, build.OS, build.Arch)
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			fmt.Fprintf(c.out, "  %s %s\n", m.Path, m.Version)
		}
	}
	return nil
}
