package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"strings"

	"neurosim/grammar"
	"neurosim/internal/dotted"
	"neurosim/internal/rescue"
	"neurosim/results"
	"neurosim/study"
)

// exportCommand writes the recordings of a finished run in other formats.
func exportCommand(ctx context.Context, c *cli, args []string) error {
	fs := flag.NewFlagSet("export", flag.ContinueOnError)
	var formats textFlag
	fs.Var(&formats, "formats", "comma-separated `LIST` in place of record.formats of the run, such as npz,sonata")
	asJSON := fs.Bool("json", false, "print one JSON object on standard output")
	dirs, err := parse(c, fs, args, "export DIR [--formats npz,sonata]\n\nWrites the recordings and tables of a finished run in the formats npz and sonata: in those that its record.formats names, or in those of --formats.")
	if err != nil {
		return err
	}
	if len(dirs) != 1 {
		return usagef("export needs one run directory")
	}
	dir, err := results.Open(dirs[0])
	if err != nil {
		return err
	}
	defer dir.Close()
	if !dir.Has(resolvedName) {
		return usagef("%s: a run without a configuration records nothing", dirs[0])
	}
	x, err := c.load(ctx, dir.Path(resolvedName), formats.override())
	if err != nil {
		return err
	}
	if x.Kind.Exports == nil {
		return usagef("%s: %s has no recordings: its tables are in %s", dirs[0], x.Kind.Name, dir.Path("tables"))
	}
	made := x.Kind.Exports(x.Study, dir.Files(), dir.Holds())
	if made == nil {
		return usagef("%s: its record.formats has no format that is made from a finished run: use --formats npz for arrays of NumPy, --formats sonata for files of SONATA", dirs[0])
	}
	w := &writeup{cli: c, dir: dir}
	if err := w.export(ctx, made, ""); err != nil {
		return err
	}
	if w.written != nil {
		if err := w.guide(); err != nil {
			return withRoomCure(err)
		}
	}
	for _, file := range w.written {
		c.say("%s", file)
	}
	if *asJSON {
		if err := c.json(map[string]any{"files": append([]string{}, w.written...), "failures": append([]string{}, w.failed...)}); err != nil {
			return err
		}
	}
	return w.err()
}

// override is --formats as a change of the configuration.
func (f textFlag) override() (o grammar.Options) {
	if f == "" {
		return o
	}
	var quoted []string
	for _, format := range strings.Split(string(f), ",") {
		quoted = append(quoted, dotted.Quote(strings.TrimSpace(format)))
	}
	o.Set = []grammar.Override{{Key: "record.formats", Value: "[" + strings.Join(quoted, ", ") + "]"}}
	return o
}

// export writes what is made of the files of a run. Unlike a figure, which a resumed run makes
// again, none of it ends the run, whatever its error: it can be made of the finished run, by the
// cure, "" where the user just tried that. The error is that of ctx.
func (w *writeup) export(ctx context.Context, made []study.Export, cure string) error {
	before, full := len(w.failed), false
	for _, e := range made {
		err := rescue.Do(func() error {
			if e.WriteAt != nil {
				return w.dir.WriteToAnyPlace(e.Name, func(to io.WriterAt) error { return e.WriteAt(untilAt{ctx, to}, w.dir.Read) })
			}
			return w.dir.WriteTo(e.Name, func(to io.Writer) error { return e.Write(until{ctx, to}, w.dir.Read) })
		})
		switch {
		case ctx.Err() != nil && errors.Is(err, ctx.Err()):
			return err
		case err != nil:
			line := e.Name + ": " + strings.TrimPrefix(err.Error(), e.Name+": ")
			w.failed = append(w.failed, line)
			w.warn("  failed: %s", line)
			full = full || noRoom(err)
		default:
			w.dir.Describe(e.Name, e.Holds)
			w.written = append(w.written, w.dir.Path(e.Name))
		}
	}
	switch {
	case len(w.failed) > before && cure != "":
		w.warn("  the recordings are whole; write the rest with: %s", cure)
	case full:
		w.warn("  %s", roomCure)
	}
	return nil
}

// until is a writer that takes nothing more when ctx is done.
type until struct {
	ctx context.Context
	to  io.Writer
}

func (u until) Write(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.to.Write(p)
}

// untilAt is until for a file that is written at any place.
type untilAt struct {
	ctx context.Context
	to  io.WriterAt
}

func (u untilAt) WriteAt(p []byte, at int64) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.to.WriteAt(p, at)
}
