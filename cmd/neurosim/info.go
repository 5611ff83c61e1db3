package main

import (
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"runtime/debug"
	"slices"

	"neurosim/configs"
	"neurosim/grammar"
	"neurosim/results"
	"neurosim/study"
)

// keysCommand describes every key of a configuration, or those below one.
func keysCommand(ctx context.Context, c *cli, args []string) error {
	fs := flag.NewFlagSet("keys", flag.ContinueOnError)
	asJSON := fs.Bool("json", false, "print one JSON object")
	below, err := parse(c, fs, args, "keys [KEY] [--json]\n\nDescribes every key, or those of which KEY is the beginning: record, populations.E.soma, run.dt. NAME stands for a name of the user's.")
	if err != nil {
		return err
	}
	if len(below) > 1 {
		return usagef("keys takes one key at most")
	}
	if len(below) == 0 && !*asJSON {
		_, err := io.WriteString(c.out, study.Reference(c.kinds))
		return err
	}
	keys := study.Keys(c.kinds)
	if len(below) == 1 {
		var names []string
		for _, k := range keys {
			names = append(names, k.Key)
		}
		keys = slices.DeleteFunc(keys, func(k grammar.Key) bool { return !k.Below(below[0]) })
		if len(keys) == 0 {
			return usagef("keys %s: there is no such key%s", below[0], grammar.DidYouMean(below[0], names))
		}
	}
	if *asJSON {
		return c.json(map[string]any{"keys": keys})
	}
	for _, k := range keys {
		fmt.Fprintf(c.out, "%s\t%s\t%s\n    %s\n", k.Key, k.Value, cmp.Or(k.Default, "no default"), k.Meaning)
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
		x, err := configs.Load(c.kinds, name, grammar.Options{})
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
