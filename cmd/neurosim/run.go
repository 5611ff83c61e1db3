package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"neurosim/configs"
)

// runCommand runs the study of a configuration and leaves a run directory.
func runCommand(ctx context.Context, c *cli, args []string) error {
	fs := flag.NewFlagSet("run", flag.ContinueOnError)
	var f configFlags
	var j jobFlags
	f.add(fs)
	j.add(fs, "NAME")
	strict := fs.Bool("strict", false, "end with status 4 if a number of [compare] is outside its measured range")
	files, err := parse(c, fs, args, "run CONFIG [-o DIR] [--set key=value]... [--seed N] [--threads N] [--resume] [--strict]")
	switch {
	case err != nil:
		return err
	case len(files) != 1:
		return usagef("run needs one configuration; shipped ones are %s", strings.Join(configs.Shipped(), ", "))
	}
	if err := j.check(); err != nil {
		return err
	}
	if c.world.Size() > 1 && j.part.of > 0 {
		return usagef("--part is for processes that are started alone; MPI has started these %d together", c.world.Size())
	}
	began, at := time.Now(), cmp.Or(j.dir, "out")
	if j.part.of > 0 || c.merging != nil && c.merging.status { // the merge records
		at = ""
	}
	x, plan, err := c.prepare(ctx, files[0], at, f.options())
	if err == nil {
		err = plan.Missing
	}
	if err = c.agree(x, err); err != nil {
		return err
	}
	if plan.Divided && c.world.Size() > 1 {
		c.joined = true
		if c.world.Rank() > 0 {
			return c.helpWith(ctx, x.Study, j)
		}
	} else if c.alone() {
		return nil
	}
	r := &job{writeup: writeup{cli: c, formats: x.Output.Formats}, study: x.Study, plan: plan, flags: j, title: x.Title,
		name: baseName(x.File), x: x, sweeps: x.Sweep != nil, compares: true, strict: *strict, seed: x.Seed, again: append([]string{"neurosim", "run", files[0]}, given(fs)...)}
	if r.title == "" {
		r.title = r.name
	}
	return r.run(ctx, began)
}

// shellWords writes a command as a shell reads it.
func shellWords(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = w
		if strings.ContainsFunc(w, func(r rune) bool { return !isPlain(r) }) {
			quoted[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
	}
	return strings.Join(quoted, " ")
}

// isPlain tells whether a shell takes r for itself.
func isPlain(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("-_./=:,+%@", r)
}

// baseName names a run after its configuration.
func baseName(file string) string {
	return strings.TrimSuffix(filepath.Base(filepath.FromSlash(file)), ".toml")
}

// freeDir returns path, or path-2, path-3 ... , the first that is not there.
func freeDir(path string) string {
	for i := 1; ; i++ {
		dir := path
		if i > 1 {
			dir = fmt.Sprintf("%s-%d", path, i)
		}
		if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
			return dir
		}
	}
}
