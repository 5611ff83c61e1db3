package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"neurosim/grammar"
)

// errHelp says that the flags were listed, as asked.
var errHelp = errors.New("help")

// longOutput is the long form of -o.
const longOutput = "output"

// parse reads flags and arguments in any order.
func parse(c *cli, fs *flag.FlagSet, args []string, usage string) (positional []string, err error) {
	fs.SetOutput(io.Discard)
	if o := fs.Lookup("o"); o != nil {
		fs.Var(o.Value, longOutput, "`DIR`: the long form of -o")
	}
	for {
		if err := fs.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				fmt.Fprintf(c.out, "usage: neurosim %s\n\n", usage)
				fs.SetOutput(c.out)
				fs.PrintDefaults()
				return nil, errHelp
			}
			return nil, usagef("%s%s; neurosim %s -h lists the flags", err, meantFlag(fs, err), fs.Name())
		}
		if fs.NArg() == 0 {
			return positional, nil
		}
		positional = append(positional, fs.Arg(0))
		args = fs.Args()[1:]
	}
}

// meantFlag ends the message about an unknown flag with the one that was most
// likely meant.
func meantFlag(fs *flag.FlagSet, err error) string {
	unknown, ok := strings.CutPrefix(err.Error(), "flag provided but not defined: -")
	if !ok {
		return ""
	}
	var names []string
	fs.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
	return grammar.DidYouMean(unknown, names)
}

// overrides collects --set key=value.
type overrides []grammar.Override

func (o *overrides) String() string { return "" }

func (o *overrides) Set(text string) error {
	key, value, ok := cutAssignment(text)
	if !ok {
		return fmt.Errorf("%q is not key=value", text)
	}
	*o = append(*o, grammar.Override{Key: key, Value: value})
	return nil
}

// cutAssignment splits key=value at the first = outside of quotes.
func cutAssignment(text string) (key, value string, ok bool) {
	quoted := false
	for i, r := range text {
		switch {
		case r == '"':
			quoted = !quoted
		case r == '=' && !quoted:
			return strings.TrimSpace(text[:i]), strings.TrimSpace(text[i+1:]), i > 0
		}
	}
	return "", "", false
}

// configFlags are the flags that change a configuration.
type configFlags struct {
	set  overrides
	seed seedFlag
}

// A seedFlag is --seed: a whole number from 0 to 2^64-1.
type seedFlag struct {
	value uint64
	given bool
}

func (f *seedFlag) String() string { return strconv.FormatUint(f.value, 10) }

func (f *seedFlag) Set(text string) error {
	v, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return errors.New("must be a whole number from 0 to 18446744073709551615")
	}
	f.value, f.given = v, true
	return nil
}

// A threadsFlag is --threads: how many, or 0 for all that help.
type threadsFlag int

const maxThreads = 1 << 12

func (f *threadsFlag) String() string { return strconv.Itoa(int(*f)) }

func (f *threadsFlag) Set(text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > maxThreads {
		return fmt.Errorf("must be a whole number from 0 to %d", maxThreads)
	}
	*f = threadsFlag(n)
	return nil
}

// A textFlag is a flag whose value, if it is given, is not empty.
type textFlag string

func (f *textFlag) String() string { return string(*f) }

func (f *textFlag) Set(text string) error {
	if text == "" {
		return errors.New("must not be empty")
	}
	*f = textFlag(text)
	return nil
}

func (f *configFlags) add(fs *flag.FlagSet) {
	fs.Var(&f.set, "set", "`key=value`: replace a value of the configuration; may be repeated")
	fs.Var(&f.seed, "seed", "`N`: replace run.seed")
}

// given returns the flags that were given, as words of a command line, except for those
// that say where a run is left and what becomes of one that is there.
func given(fs *flag.FlagSet) (words []string) {
	fs.Visit(func(f *flag.Flag) {
		if slices.Contains([]string{"o", longOutput, "overwrite", "resume", "part"}, f.Name) {
			return
		}
		name, value := "--"+f.Name, f.Value.String()
		switch v := f.Value.(type) {
		case *overrides:
			for _, o := range *v {
				words = append(words, name, o.Key+"="+o.Value)
			}
			return
		case *stringList:
			for _, text := range *v {
				words = append(words, name, text)
			}
			return
		case interface{ IsBoolFlag() bool }:
			if value == "true" {
				words = append(words, name)
			}
			return
		}
		words = append(words, name, value)
	})
	return words
}

func (f *configFlags) options() grammar.Options {
	o := grammar.Options{Set: f.set, Memory: availableMemory()}
	if f.seed.given {
		o.Seed = &f.seed.value
	}
	return o
}
