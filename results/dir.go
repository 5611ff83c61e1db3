package results

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// A Dir is one run directory. Its methods may be called from several
// goroutines, but not Begin, Finish, Abandon and Close beside others.
type Dir struct {
	path string

	mu      sync.Mutex
	state   state
	mode    Mode
	lock    *lock
	rec     Record             // as it stands in run.json; before Begin that of the old run
	streams map[string]*Stream // opened since Begin, by name

	described Holds // since Create or Open
}

// state is how far a Dir has come.
type state int

const (
	created   state = iota // by Create: waits for Begin
	running                // between Begin and Finish or Abandon
	done                   // finished, or opened as such: files may still be added
	abandoned              // nothing more may be written
)

// Create makes the directory of a new run, or takes over an existing one as
// mode says. Until it returns one, nothing in an existing directory is touched.
// The directory is locked against other processes until Finish, Abandon or
// Close, or the end of the process, however that comes.
func Create(path string, mode Mode) (*Dir, error) {
	if _, err := admit(path, mode); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(path, 0o755); err != nil {
		return nil, about(path, err)
	}
	lock, err := acquire(path)
	if err != nil {
		return nil, err
	}
	old, err := admit(path, mode) // again: another process may have been faster
	if err != nil {
		lock.release()
		return nil, err
	}
	return &Dir{path: path, mode: mode, lock: lock, rec: old, streams: map[string]*Stream{}, described: Holds{}}, nil
}

// Open opens a finished run to read it or to add files to it, such as its
// figures in another format. A run that is not finished is an error that says
// how it ended. Adding a file locks the directory until Close.
func Open(path string) (*Dir, error) {
	rec, err := readRecord(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, notARun(path)
	}
	if err == nil {
		err = checkFolders(path)
	}
	if err != nil {
		return nil, err
	}
	if rec.Outcome != Done {
		return nil, unfinished(path, rec)
	}
	return &Dir{path: path, state: done, rec: rec, described: Holds{}}, nil
}

// Path returns where a file of the directory is; name has slashes, as in
// run.json.
func (d *Dir) Path(name string) string {
	return filepath.Join(d.path, filepath.FromSlash(name))
}

// Record returns what run.json says now. Between Create and Begin it is that of
// the run to be resumed or replaced; of a new run it is empty.
func (d *Dir) Record() Record {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.rec.clone()
}

// Close lets go of the directory: without Finish or Abandon before, it is left
// as by a killed process, as an unfinished run. To close again does nothing.
func (d *Dir) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	errs := d.closeStreams()
	if d.state != done {
		d.state = abandoned
	}
	d.unlock()
	return errors.Join(errs...)
}

func (d *Dir) unlock() {
	if d.lock != nil {
		d.lock.release()
		d.lock = nil
	}
}

// writable returns an error unless a file may be written now. A finished
// directory is locked for it. d.mu is held.
func (d *Dir) writable() error {
	switch {
	case d.state == created:
		return errors.New("results: a file is written before Begin")
	case d.state == abandoned:
		return about(d.path, errors.New("the run was abandoned: nothing more is written"))
	case d.lock != nil:
		return nil
	}
	lock, err := acquire(d.path)
	if err != nil {
		return err
	}
	rec, err := readRecord(d.path) // again: another process may have added files
	if err == nil && rec.Outcome != Done {
		err = unfinished(d.path, rec)
	}
	if err != nil {
		lock.release()
		return err
	}
	d.lock, d.rec = lock, rec
	return nil
}
