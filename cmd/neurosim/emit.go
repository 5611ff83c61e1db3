package main

import (
	"context"
	"embed"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"neurosim/grammar"
)

// Templates of what emit prints.
//
//go:embed emit/*
var emitted embed.FS

// A partsPlan is what emit prints for a scheduler.
type partsPlan struct {
	Name    string // of the jobs: letters, digits and hyphens
	Dir     string
	Program string // as a shell reads it
	Words   []string
	Parts   int
	Limit   int // tasks at a time
	Threads int // of a task
	Rounds  int
	Time    string
	Image   string
	Given   string // the command that printed it
	Version string
}

// schedulers are the kinds of files that emit prints.
var schedulers = []string{"slurm", "snakemake", "k8s"}

const emitUsage = `emit slurm|snakemake|k8s CONFIG -o DIR [--parts N] [--limit N] [--set key=value]...
       neurosim emit slurm|snakemake|k8s -o DIR --parts N -- COMMAND ...

Prints a file that runs CONFIG, or another command such as "reproduce --full", in parts and merges
them. It submits nothing.
`

// emitCommand prints a script for a scheduler.
func emitCommand(ctx context.Context, c *cli, args []string) error {
	fs := flag.NewFlagSet("emit", flag.ContinueOnError)
	p := partsPlan{Version: version, Given: shellWords(append([]string{"neurosim", "emit"}, args...))}
	var f configFlags
	f.add(fs)
	fs.Var((*textFlag)(&p.Dir), "o", "`DIR` of the run, on a disk that all machines share")
	fs.IntVar(&p.Parts, "parts", 0, "number `N` of parts; default: one for each run of the sweep, at most 1000")
	fs.IntVar(&p.Limit, "limit", 50, "at most `N` parts at the same time")
	fs.IntVar(&p.Threads, "threads", 1, "`N` processors for each part")
	fs.IntVar(&p.Rounds, "rounds", 1, "run all parts `N` times, for studies whose stages need each other; the script for Slurm does this without the flag")
	fs.StringVar(&p.Time, "time", "01:00:00", "time limit `HH:MM:SS` of a part; then the part is saved, and continued later")
	fs.StringVar(&p.Image, "image", "neurosim:"+version, "`IMAGE` with the program, for k8s")
	var words []string
	if i := slices.Index(args, "--"); i >= 0 {
		args, words = args[:i], args[i+1:]
	}
	given, err := parse(c, fs, args, emitUsage)
	switch {
	case err != nil:
		return err
	case len(given) == 0:
		return usagef("emit prints files for %s", strings.Join(schedulers, ", "))
	case !slices.Contains(schedulers, given[0]):
		return usagef("emit prints files for %s%s", strings.Join(schedulers, ", "), grammar.DidYouMean(given[0], schedulers))
	case p.Dir == "":
		return usagef("emit needs -o DIR")
	case (len(given) == 2) == (words != nil) || len(given) > 2:
		return usagef("emit needs one configuration, or -- and a command")
	}
	if words != nil {
		p.Words = words
	} else if err := p.ofConfig(ctx, c, given[1], &f); err != nil {
		return err
	}
	return p.print(c, given[0])
}

// ofConfig makes the command that runs a configuration.
func (p *partsPlan) ofConfig(ctx context.Context, c *cli, file string, f *configFlags) error {
	x, err := c.load(ctx, file, f.options())
	if err != nil {
		return err
	}
	p.Words = []string{"run", file}
	for _, o := range f.set {
		p.Words = append(p.Words, "--set", o.Key+"="+o.Value)
	}
	if f.seed.given {
		p.Words = append(p.Words, "--seed", f.seed.String())
	}
	if p.Parts == 0 && x.Sweep != nil {
		p.Parts = min(1000, len(x.Points())) // Slurm takes no more tasks, unless it is told to
	}
	return nil
}

// print writes the file.
func (p *partsPlan) print(c *cli, scheduler string) error {
	switch {
	case p.Parts == 0:
		return usagef("--parts N must be given, since there is no sweep whose runs could be counted")
	case p.Parts < 1 || p.Parts > maxParts || p.Limit < 1 || p.Threads < 1 || p.Rounds < 1:
		return usagef("--parts, --limit, --threads and --rounds must be at least 1")
	case !isDuration.MatchString(p.Time):
		return usagef("--time %s: must be HH:MM:SS or D-HH:MM:SS", p.Time)
	case scheduler == "slurm" && strings.ContainsFunc(p.Dir, func(r rune) bool { return !isPlain(r) || r == '%' }):
		return usagef("-o %s: the names of the log files that Slurm writes have no spaces or other signs", p.Dir)
	case slices.Contains(p.Words, "-o") || slices.Contains(p.Words, "--part"):
		return usagef("write -o before --, and no --part after it: emit adds the parts")
	}
	if len(p.Words) == 0 || !slices.ContainsFunc(commands(), func(v verb) bool { return v.name == p.Words[0] }) {
		return usagef("%q is not a command of neurosim", strings.Join(p.Words, " "))
	}
	p.Limit = min(p.Limit, p.Parts)
	p.Name = strings.Trim(notName.ReplaceAllString(strings.ToLower(filepath.Base(p.Dir)), "-"), "-")
	p.Program = "neurosim"
	if exe, err := os.Executable(); err == nil && strings.ContainsRune(os.Args[0], os.PathSeparator) {
		p.Program = exe
	}
	t, err := template.New(scheduler).Funcs(template.FuncMap{
		"words": shellWords, "word": func(s string) string { return shellWords([]string{s}) }, "count": grammar.Count,
		"python": pythonString, "last": func(n int) int { return n - 1 }, "quoted": yamlString,
	}).ParseFS(emitted, "emit/"+scheduler)
	if err != nil {
		return err
	}
	return t.Execute(c.out, p)
}

var (
	isDuration = regexp.MustCompile(`^(\d+-)?\d{1,2}:\d{2}:\d{2}$`)
	notName    = regexp.MustCompile(`[^a-z0-9]+`)
)

// EachRound counts the rounds from 1.
func (p *partsPlan) EachRound() (out []int) {
	for i := range p.Rounds {
		out = append(out, i+1)
	}
	return out
}

// Command returns the command line of a part, except for which part.
func (p *partsPlan) Command() string {
	return shellWords(append(slices.Clone(p.Words), "-o", p.Dir))
}

// pythonString writes a string of Python in which snakemake finds no wildcards.
func pythonString(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "{", "{{", "}", "}}").Replace(s) + `"`
}

// yamlString writes a string of YAML.
func yamlString(s string) string {
	return `'` + strings.ReplaceAll(s, `'`, `''`) + `'`
}
