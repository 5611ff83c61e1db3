package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"neurosim/grammar"
)

// progress tells how far something is: on a terminal one line that is redrawn,
// elsewhere a plain line now and then.
type progress struct {
	w        io.Writer
	terminal bool
	what     string
	total    float64 // 0: nobody knows yet
	unit     string  // of total; empty where it is a share
	start    time.Time
	from     float64 // what was done at the start, by a run that was interrupted
	begun    bool
	last     time.Time
	said     bool
}

// How often a line is written: on a terminal, and where lines pile up in a log.
const (
	redrawEvery = 200 * time.Millisecond
	lineEvery   = 30 * time.Second
)

func (c *cli) progress(what string, total float64, unit string) *progress {
	now, to := time.Now(), c.err
	if c.quiet {
		to = io.Discard
	}
	return &progress{w: to, terminal: isTerminal(to), what: what, total: total, unit: unit, start: now, last: now}
}

// At says that done of the total is done.
func (p *progress) At(done float64) {
	now := time.Now()
	if !p.begun && now.Sub(p.start) < redrawEvery {
		p.from = done
	}
	p.begun = true
	every := lineEvery
	if p.terminal {
		every = redrawEvery
	}
	if now.Sub(p.last) < every {
		return
	}
	p.last, p.said = now, true
	line := p.line(done, now.Sub(p.start))
	if p.terminal {
		fmt.Fprintf(p.w, "\r%s\x1b[K", line)
	} else {
		fmt.Fprintln(p.w, line)
	}
}

// line says what is done, after a time.
func (p *progress) line(done float64, used time.Duration) string {
	rate := fmt.Sprintf("%s %s per second", grammar.Grouped((done-p.from)/used.Seconds()), p.unit)
	if p.total == 0 {
		return fmt.Sprintf("%s  %s %s, %s", p.what, grammar.Grouped(done), p.unit, rate)
	}
	left := "?"
	if done > p.from {
		left = (time.Duration(float64(used) * (p.total - done) / (done - p.from))).Round(time.Second).String()
	}
	line := fmt.Sprintf("%s %3.0f %%", p.what, 100*done/p.total)
	if p.unit != "" {
		line += fmt.Sprintf("  %s of %s %s, %s", grammar.Grouped(done), grammar.Grouped(p.total), p.unit, rate)
	}
	return line + ", " + left + " left"
}

// End clears the line.
func (p *progress) End() {
	if p.terminal && p.said {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}

// isTerminal reports whether w is a terminal.
func isTerminal(w io.Writer) bool {
	if o, wrapped := w.(*output); wrapped {
		w = o.w
	}
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
}
