// Command neurosim simulates pyramidal neurons whose dendritic segments fire
// NMDA spikes, from a TOML file to the figures of a paper.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"neurosim/grammar"
	"neurosim/internal/fpmath"
	"neurosim/internal/mpi"
	"neurosim/internal/rescue"
	"neurosim/studies"
	"neurosim/study"
)

// Exit statuses.
const (
	exitDone        = 0
	exitFailed      = 1   // the run could not be done: a file, the disk
	exitUsage       = 2   // the command line or the configuration is wrong
	exitNumeric     = 3   // the simulation gave a number that is not finite
	exitCheck       = 4   // a check did not hold
	exitIncomplete  = 5   // parts of a divided run are missing
	exitStopped     = 75  // SIGTERM or SIGUSR1: saved where there is something to save, to be resumed
	exitInterrupted = 130 // Ctrl-C or a closed terminal
)

const version = "0.1.0"

func main() {
	signal.Ignore(syscall.SIGPIPE) // what is said to a closed pipe is dropped: see output
	stops := append([]os.Signal{os.Interrupt}, stopSignals...)
	if !signal.Ignored(syscall.SIGHUP) { // else nohup keeps the run from a closed terminal
		stops = append(stops, syscall.SIGHUP)
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	came := make(chan os.Signal, 1)
	signal.Notify(came, stops...)
	go func() {
		s := <-came
		signal.Reset(stops...) // a second Ctrl-C ends the program at once
		if slices.Contains(stopSignals, s) {
			cancel(errStopped)
		}
		cancel(nil)
	}()
	world, err := mpi.Init()
	if err != nil {
		fmt.Fprintf(os.Stderr, "neurosim: %s\n", err)
		os.Exit(exitUsage)
	}
	os.Exit(commandOn(ctx, world, os.Args[1:], os.Stdout, os.Stderr))
}

// errStopped is the cause where a scheduler stops the program, which is to go on later.
var errStopped = errors.New("stopped by a signal")

// A usageError is a mistake on the command line.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// A verb is what the program does for one word.
type verb struct {
	name, args, does string
	run              func(ctx context.Context, c *cli, args []string) error
}

// commands returns every command, in the order in which they are listed.
func commands() []verb {
	return []verb{
		{"run", "CONFIG", "simulate, and draw the figures", runCommand},
		{"check", "CONFIG...", "check configurations and say what to expect, without a run", checkCommand},
		{"reproduce", "[FIGURE...]", "make the figures of Ahmad & Hawkins (2016), with a verdict on each", reproduceCommand},
		{"plot", "DIR", "draw the figures of a run again", plotCommand},
		{"report", "DIR", "make one HTML file that shows and explains a run", reportCommand},
		{"export", "DIR", "write the recordings of a run in other formats", exportCommand},
		{"theory", "QUANTITY", "evaluate an equation of the theory, or list them", theoryCommand},
		{"thresholds", "[CONFIG]", "compare the best threshold with published ones", thresholdsCommand},
		{"fit", "CONFIG", "find the values of keys at which a configuration is nearest to measurements", fitCommand},
		{"converge", "CONFIG", "run at dt, dt/2 and dt/4, and say how much the results change", convergeCommand},
		{"status", "DIR", "say which parts of a divided run are done", statusCommand},
		{"merge", "DIR", "join the parts of a divided run", mergeCommand},
		{"emit", "KIND CONFIG", "print a file that runs all parts on Slurm, Snakemake or Kubernetes", emitCommand},
		{"sections", "FILE", "list the sections of a cell in an SWC or ASC file", sectionsCommand},
		{"channel", "[NAME|FILE]", "show an ion channel of the catalogue or a file, or list them", channelCommand},
		{"keys", "[KEY]", "describe every key of a configuration, or those that begin with KEY", keysCommand},
		{"list", "", "list the shipped configurations", listCommand},
		{"completion", "SHELL", "print a script that completes commands in bash, zsh or fish", completionCommand},
		{"version", "", "print the version and how the program was built", versionCommand},
	}
}

// cli is where a command writes: data to out, everything for people to err; and the
// kinds of studies that it knows.
type cli struct {
	out, err io.Writer
	kinds    []study.Kind
	quiet    bool       // nothing is said but what is wrong
	world    *mpi.World // the processes that were started together; nil: this one alone
	joined   bool       // they do a study together: an error of one ends them all
	faults   io.Writer  // where it is said, also by those that say nothing else
	merging  *merging   // the command is given again for the parts that it has done; nil: it is not
}

// say writes a line for people, unless they want to know only what is wrong.
func (c *cli) say(format string, args ...any) {
	if !c.quiet {
		c.warn(format, args...)
	}
}

// warn writes a line about what is or may be wrong.
func (c *cli) warn(format string, args ...any) { fmt.Fprintf(c.err, format+"\n", args...) }

// json writes an object to the standard output.
func (c *cli) json(object any) error {
	enc := json.NewEncoder(c.out)
	enc.SetIndent("", "  ")
	return enc.Encode(object)
}

// command runs one command line and returns the exit status.
func command(ctx context.Context, args []string, out, errs io.Writer) int {
	return commandOf(ctx, studies.All(), args, out, errs)
}

// commandOf runs one command line of a program that knows some kinds of studies.
func commandOf(ctx context.Context, kinds []study.Kind, args []string, out, errs io.Writer) int {
	return (&cli{err: &output{w: errs}, kinds: kinds}).command(ctx, args, out)
}

// command runs one command line, whose data goes to out.
func (c *cli) command(ctx context.Context, args []string, out io.Writer) int {
	data := &output{w: out}
	c.out = data
	code := status(ctx, c, rescue.Do(func() error { return dispatch(ctx, c, args) }))
	if data.err != nil && code == exitDone {
		c.warn("neurosim: standard output: %s", data.err)
		return exitFailed
	}
	return code
}

// An output drops what is written to a pipe that no one reads any more, and remembers
// the first other error, so that no command need check each line that it prints.
type output struct {
	w   io.Writer
	err error
}

func (o *output) Write(p []byte) (int, error) {
	if o.err == nil {
		if _, err := o.w.Write(p); err != nil && !errors.Is(err, syscall.EPIPE) {
			o.err = err
			var at *fs.PathError
			if errors.As(err, &at) {
				o.err = at.Err
			}
		}
	}
	return len(p), nil
}

// dispatch runs the command that is asked for.
func dispatch(ctx context.Context, c *cli, args []string) error {
	if len(args) == 0 {
		usage(c.err)
		return errNoCommand
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		if len(args) == 2 && args[0] == "help" {
			return dispatch(ctx, c, []string{args[1], "-h"})
		}
		usage(c.out)
		return nil
	case "-version", "--version":
		args = append([]string{"version"}, args[1:]...)
	}
	if args[0] != "run" && c.alone() {
		return nil
	}
	for _, cmd := range commands() {
		if cmd.name == args[0] {
			return cmd.run(ctx, c, args[1:])
		}
	}
	var names []string
	for _, cmd := range commands() {
		names = append(names, cmd.name)
	}
	return usagef("unknown command %q%s; commands are %s", args[0], grammar.DidYouMean(args[0], names), strings.Join(names, ", "))
}

// errNoCommand says that the commands were listed, since none was given.
var errNoCommand = errors.New("no command")

// status prints an error and returns its exit status.
func status(ctx context.Context, c *cli, err error) int {
	var usage usageError
	var problems grammar.Problems
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errHelp):
		return exitDone
	case errors.Is(err, errNoCommand):
		return exitUsage
	case errors.As(err, &problems):
		c.warn("%s", err)
		return exitUsage
	case errors.As(err, &usage):
		c.warn("neurosim: %s", err)
		return exitUsage
	case errors.Is(err, context.Canceled) && context.Cause(ctx) == errStopped:
		c.warn("neurosim: %s", errStopped)
		return exitStopped
	case errors.Is(err, context.Canceled):
		c.warn("neurosim: interrupted")
		return exitInterrupted
	case errors.Is(err, errIncomplete):
		c.warn("neurosim: %s", err)
		return exitIncomplete
	case errors.Is(err, study.ErrCheck):
		c.warn("neurosim: %s", err)
		return exitCheck
	case errors.Is(err, fpmath.ErrNonFinite):
		c.warn("neurosim: %s", err)
		return exitNumeric
	}
	c.warn("neurosim: %s", err)
	return exitFailed
}

func usage(w io.Writer) {
	fmt.Fprintf(w, "neurosim simulates pyramidal neurons with NMDA spikes.\n\n")
	for _, cmd := range commands() {
		fmt.Fprintf(w, "  neurosim %-22s %s\n", strings.TrimSpace(cmd.name+" "+cmd.args), cmd.does)
	}
	fmt.Fprintf(w, "\nneurosim help COMMAND lists the flags of a command. Begin with: neurosim run quickstart\n")
}
