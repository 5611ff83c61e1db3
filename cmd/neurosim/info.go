package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"runtime/debug"

	"neurosim/configs"
	"neurosim/grammar"
	"neurosim/results"
)

// keysCommand describes every key of a configuration.
func keysCommand(ctx context.Context, c *cli, args []string) error {
	fs := flag.NewFlagSet("keys", flag.ContinueOnError)
	if rest, err := parse(c, fs, args, "keys"); err != nil {
		return err
	} else if len(rest) > 0 {
		return usagef("keys takes no arguments")
	}
	_, err := io.WriteString(c.out, configs.Reference())
	return err
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
		x, err := configs.Load(name, grammar.Options{})
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
