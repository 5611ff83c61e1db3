package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"neurosim/internal/fpmath"
	"neurosim/internal/mpi"
	"neurosim/internal/rescue"
	"neurosim/studies"
	"neurosim/study"
)

// commandOn runs one command line as one of several processes, all of which were given it,
// and returns the exit status. Rank 0 alone writes and says anything; the others say what
// goes wrong with them. An error in a study that they do together ends them all.
func commandOn(ctx context.Context, world *mpi.World, args []string, out, errs io.Writer) int {
	c := &cli{err: &output{w: errs}, kinds: studies.All(), world: world}
	c.faults = c.err
	if world.Rank() > 0 {
		c.err, out = io.Discard, io.Discard
	}
	code := c.command(ctx, args, out)
	if code != exitDone && code != exitCheck && c.joined { // checks come when the others are done
		world.Abort(code)
	}
	world.Close()
	return code
}

// alone tells whether this process has nothing to do, since rank 0 does it alone.
func (c *cli) alone() bool {
	if c.world.Size() > 1 && c.world.Rank() == 0 {
		c.say("note: this is not divided among processes: rank 0 of %d does it alone", c.world.Size())
	}
	return c.world.Rank() > 0
}

// agree returns the error of this process, or that of another one: all must have read the
// same configuration and data, by the same program.
func (c *cli) agree(x *study.Config, err error) error {
	if c.world.Size() == 1 {
		return err
	}
	own := make([]byte, sha256.Size)
	if err != nil {
		own = append(own, err.Error()...)
	} else {
		sum := sha256.New()
		fmt.Fprintf(sum, "%s\n%s\n", version, x.ResolvedBesideCopies())
		for _, in := range x.Inputs {
			fmt.Fprintf(sum, "%s\n", in.SHA256())
		}
		own = sum.Sum(own[:0])
	}
	all, _ := c.world.Exchange(own, nil)
	for rank, m := range all {
		switch {
		case err != nil:
		case len(m) > sha256.Size:
			err = fmt.Errorf("rank %d: %s", rank, m[sha256.Size:])
		case !bytes.Equal(m, all[0]):
			err = fmt.Errorf("rank %d has another configuration, data file or version of the program than rank 0", rank)
		}
	}
	return err
}

// helpWith does what a process beside rank 0 does in a study. Where all stop for one reason,
// rank 0 tells it.
func (c *cli) helpWith(ctx context.Context, s study.Study, f jobFlags) error {
	w := study.New(study.Options{Threads: f.helpers(), Exactly: f.threads > 0, World: c.world})
	err := rescue.Do(func() error {
		_, err := s.Do(ctx, w)
		return err
	})
	if errors.Is(err, context.Canceled) || errors.Is(err, fpmath.ErrNonFinite) {
		c.joined = false
		return err
	}
	if err != nil {
		c.err, err = c.faults, fmt.Errorf("rank %d of %d: %w", c.world.Rank(), c.world.Size(), err)
	}
	return err
}
