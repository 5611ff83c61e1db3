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
	"strings"

	"neurosim/configs"
	"neurosim/grammar"
	"neurosim/results"
	"neurosim/study"
)

// keysCommand describes every key of a configuration, or those below one.
func keysCommand(ctx context.Context, c *cli, args []string) error {
	fs := flag.NewFlagSet("keys", flag.ContinueOnError)
	asJSON := fs.Bool("json", false, "print one JSON object")
	names := fs.Bool("names", false, "print the keys alone, one on each line")
	of := fs.String("of", "", "print the keys of `CONFIG` alone, with its names in place of NAME")
	below, err := parse(c, fs, args, "keys [KEY] [--names | --of CONFIG | --json]\n\nDescribes every key, or those that begin with KEY, such as record, populations.E.soma or run.dt. NAME in a key stands for a name of your choice.")
	if err != nil {
		return err
	}
	if len(below) > 1 {
		return usagef("keys takes one key at most")
	}
	if *asJSON && (*names || *of != "") {
		return usagef("--json describes keys, and --names and --of print them alone: give one of the two")
	}
	if *of != "" {
		return keysOf(ctx, c, *of, below)
	}
	if len(below) == 0 && !*asJSON && !*names {
		_, err := io.WriteString(c.out, study.Reference(c.kinds))
		return err
	}
	keys := study.Keys(c.kinds)
	if len(below) == 1 {
		all := grammar.Names(keys, func(k grammar.Key) string { return k.Key })
		keys = slices.DeleteFunc(keys, func(k grammar.Key) bool { return !k.Below(below[0]) })
		if len(keys) == 0 {
			return usagef("keys %s: there is no such key%s", below[0], grammar.DidYouMean(below[0], all))
		}
	}
	if *asJSON {
		return c.json(map[string]any{"keys": keys})
	}
	printed, table := map[string]bool{}, "" // several models have keys of one name
	for _, k := range keys {
		switch {
		case !*names:
			if k.Table != table { // which kind of figures or cells has the keys
				if table != "" {
					fmt.Fprintln(c.out)
				}
				fmt.Fprintln(c.out, k.Table)
				table = k.Table
			}
			fmt.Fprintf(c.out, "%s\t%s\t%s\n    %s\n", k.Key, k.Value, cmp.Or(k.Default, "no default"), k.Meaning)
		case !printed[k.Key]:
			fmt.Fprintln(c.out, k.Key)
			printed[k.Key] = true
		}
	}
	return nil
}

// keysOf prints the keys of a configuration, or those below one.
func keysOf(ctx context.Context, c *cli, config string, below []string) error {
	x, err := c.load(ctx, config, grammar.Options{Memory: availableMemory()})
	if err != nil {
		return err
	}
	keys := x.Keys()
	if len(below) == 1 {
		all := slices.Clone(keys)
		keys = slices.DeleteFunc(keys, func(k string) bool { return k != below[0] && !strings.HasPrefix(k, below[0]+".") })
		if len(keys) == 0 {
			return usagef("keys %s: %s has no such key%s", below[0], x.File, grammar.DidYouMean(below[0], all))
		}
	}
	for _, k := range keys {
		fmt.Fprintln(c.out, k)
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
