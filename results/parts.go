package results

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// partsName is the folder in a run directory that holds parts of the run.
const partsName = "parts"

// Parts is the folder in which several processes, on one machine or several that share a disk,
// leave what they have done of one run. Each file appears whole, under its name, by rename; there
// are no locks. Where two processes write a file, the later one stays.
type Parts struct{ path string }

// HasParts tells whether a directory holds parts of a run.
func HasParts(dir string) bool {
	info, err := os.Stat(filepath.Join(dir, partsName))
	return err == nil && info.IsDir()
}

// OpenParts opens the folder of parts in a directory and makes it if need be.
func OpenParts(dir string) (*Parts, error) {
	p := &Parts{filepath.Join(dir, partsName)}
	if err := os.MkdirAll(p.path, 0o755); err != nil {
		return nil, about(p.path, err)
	}
	return p, nil
}

// Path returns where a file of the folder is.
func (p *Parts) Path(name string) string { return filepath.Join(p.path, filepath.FromSlash(name)) }

// Write replaces a file, whole or not at all, and brings it to the disk.
func (p *Parts) Write(name string, text []byte) error { return p.replace(name, text, true) }

// Note replaces a file that may be lost when a machine fails: it says how things stand.
func (p *Parts) Note(name string, text []byte) error { return p.replace(name, text, false) }

// WriteTo is Write of what fill writes.
func (p *Parts) WriteTo(name string, fill func(w io.Writer) error) error {
	return p.replaceBy(name, fill, true)
}

func (p *Parts) replace(name string, text []byte, sync bool) error {
	return p.replaceBy(name, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	}, sync)
}

func (p *Parts) replaceBy(name string, fill func(w io.Writer) error, sync bool) error {
	to := p.Path(name)
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return about(to, err)
	}
	f, err := os.CreateTemp(filepath.Dir(to), ".*"+tmpSuffix) // a name of its own: another process may write the same file
	if err != nil {
		return about(to, err)
	}
	err = fill(f)
	if sync && err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), to)
	}
	if err != nil {
		os.Remove(f.Name())
		return about(to, err)
	}
	return nil
}

// WriteState replaces a file by v, as a gob with its hash. It is not brought to the disk at once,
// since others may wait for it: one that a machine lost is damaged, and its work is done again.
func (p *Parts) WriteState(name string, v any) error {
	var b bytes.Buffer
	if err := encodeState(&b, v); err != nil {
		return about(p.Path(name), err)
	}
	return p.replace(name, b.Bytes(), false)
}

// Read returns a file; nil where there is none.
func (p *Parts) Read(name string) ([]byte, error) {
	text, err := os.ReadFile(p.Path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return text, about(p.Path(name), err)
}

// ReadState reads what WriteState wrote into v. A damaged file is refused before anything of it
// is decoded.
func (p *Parts) ReadState(name string, v any) error {
	f, err := os.Open(p.Path(name))
	if err != nil {
		return about(p.Path(name), err)
	}
	defer f.Close()
	return about(p.Path(name), decodeState(f, v))
}

// Names returns the names of the files that end in a suffix, in order.
func (p *Parts) Names(suffix string) (names []string, err error) {
	entries, err := os.ReadDir(p.path)
	if err != nil {
		return nil, about(p.path, err)
	}
	for _, e := range entries {
		if name := e.Name(); !e.IsDir() && strings.HasSuffix(name, suffix) && !strings.HasPrefix(name, ".") {
			names = append(names, name)
		}
	}
	return names, nil
}

// Remove removes the folder: what was in it has been merged.
func (p *Parts) Remove() error {
	if err := os.RemoveAll(p.path); err != nil {
		return fmt.Errorf("the parts that have been merged are still there: %w", err)
	}
	return nil
}
