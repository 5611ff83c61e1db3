package results

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"
)

// Begin writes run.json with the outcome "running", from which on files may be
// written. A run that is resumed keeps its start, its files and its streams; the
// caller has compared Record with what it goes on with. A run that is overwritten
// loses its record and its checkpoint now.
func (d *Dir) Begin(rec Record) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.state != created {
		return errors.New("results: Begin comes once, after Create")
	}
	old, now := d.rec, time.Now().UTC()
	if rec.Start.IsZero() {
		rec.Start = now
	}
	rec.Files, rec.Holds, rec.Partial, rec.Resumed = []File{}, nil, nil, nil
	if d.mode == Resume {
		rec.Files, rec.Holds, rec.Partial = old.Files, old.Holds, old.Partial
		rec.Resumed = append(old.Resumed, rec.Start)
		rec.Start = old.Start
		rec.Replaces = slices.Concat(old.Replaces, old.Partial)
	} else {
		rec.Replaces = old.names()
		if err := remove(d.path, checkpointName); err != nil {
			return about(checkpointName, err)
		}
	}
	// The list may have been edited, and Finish will remove what it names.
	rec.Replaces = slices.DeleteFunc(rec.Replaces, func(name string) bool {
		return checkName(strings.TrimSuffix(name, partSuffix)) != nil
	})
	slices.Sort(rec.Replaces)
	rec.Replaces = slices.Compact(rec.Replaces)
	rec.Format, rec.Outcome, rec.Error, rec.End = recordFormat, Running, "", nil
	d.rec = rec.clone()
	if err := d.saveRecord(); err != nil {
		return err
	}
	d.state = running
	return nil
}

// Finish ends a run that is done: streams become whole files, the files of a
// replaced run that were not written again are removed, run.json is written from
// rec, which says all that Begin was told and what the run added, with every
// file's hash, and the checkpoint goes. If it returns an error, the run is
// unfinished still and can be given to Abandon.
func (d *Dir) Finish(rec Record) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.state != running {
		return errors.New("results: Finish comes once, after Begin")
	}
	if errs := d.closeStreams(); errs != nil {
		return errors.Join(errs...)
	}
	if err := d.wholeStreams(); err != nil {
		return err
	}
	if err := d.removeReplaced(); err != nil {
		return err
	}
	d.rec.Partial, d.rec.Replaces = nil, nil
	d.end(rec, Done, nil)
	if err := d.saveRecord(); err != nil {
		d.rec.Outcome = Running
		return err
	}
	d.state = done
	remove(d.path, checkpointName) // if it stays, it is of no use to a run that is done
	d.unlock()
	return nil
}

// Abandon ends a run that is not done: all that was streamed is brought to the
// disk and stays, as does the checkpoint, so that the run can be resumed.
// run.json is written from rec, as by Finish, with the outcome, Interrupted or
// Failed, and the error, if there is one. The directory is let go even if Abandon returns
// an error; it then looks like that of a killed run.
func (d *Dir) Abandon(rec Record, outcome Outcome, reason error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.state != running {
		return errors.New("results: Abandon comes once, after Begin")
	}
	errs := slices.DeleteFunc(d.closeStreams(), func(err error) bool {
		return errors.Is(reason, err) // the caller has it
	})
	d.end(rec, outcome, reason)
	d.state = abandoned
	errs = append(errs, d.saveRecord())
	d.unlock()
	return errors.Join(errs...)
}

// end puts into the record what the caller says at the end of a run.
func (d *Dir) end(rec Record, outcome Outcome, reason error) {
	kept := d.rec
	d.rec = rec.clone()
	d.rec.Format, d.rec.Start, d.rec.Resumed = kept.Format, kept.Start, kept.Resumed
	d.rec.Files, d.rec.Holds, d.rec.Partial, d.rec.Replaces = kept.Files, kept.Holds, kept.Partial, kept.Replaces
	d.rec.Outcome, d.rec.Error = outcome, ""
	if reason != nil {
		d.rec.Error = reason.Error()
	}
	if d.rec.End == nil {
		now := time.Now().UTC()
		d.rec.End = &now
	}
}

// wholeStreams gives the closed streams their names. They are listed first, so
// that a run killed between two of them can be resumed: see StreamAt.
func (d *Dir) wholeStreams() error {
	for name, s := range d.streams {
		d.rec.list(s.sum.file(name))
	}
	if err := d.saveRecord(); err != nil {
		return err
	}
	for name := range d.streams {
		if err := rename(d.path, name+partSuffix, name); err != nil {
			return about(name, err)
		}
	}
	return nil
}

// removeReplaced removes what only a replaced run, or a part of this one that
// was not resumed, has written; also a folder that is empty thereby. It never
// leaves the directory, whatever links it holds.
func (d *Dir) removeReplaced() error {
	root, err := os.OpenRoot(d.path)
	if err != nil {
		return about(d.path, err)
	}
	defer root.Close()
	for _, name := range d.rec.Replaces {
		if d.rec.lists(name) {
			continue
		}
		if info, err := root.Lstat(name); err == nil && info.IsDir() {
			continue // a folder that somebody put in the place of the file
		}
		if err := root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return about(name, err)
		}
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			if root.Remove(dir) != nil {
				break
			}
		}
	}
	return nil
}
