package results

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"neurosim/internal/infile"
)

// tmpSuffix marks a file that is being written aside.
const tmpSuffix = ".tmp"

// WriteFile writes a file of the directory, whole or not at all: see WriteTo.
func (d *Dir) WriteFile(name string, data []byte) error {
	return d.WriteTo(name, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// WriteTo writes a file of the directory with what fill writes to w, which is
// buffered. The file appears under its name when it is whole and on the disk, and so
// is the record that lists it; after an error there is what was there before, in run.json
// too. Folders are made as needed; name has slashes.
func (d *Dir) WriteTo(name string, fill func(w io.Writer) error) error {
	return d.write(name, func() (*aside, error) { return writeAside(d.path, name, buffered(fill)) })
}

// WriteToAnyPlace is WriteTo for a format whose parts are not written in their order. What
// fill writes is not buffered.
func (d *Dir) WriteToAnyPlace(name string, fill func(w io.WriterAt) error) error {
	return d.write(name, func() (*aside, error) {
		return writeAside(d.path, name, func(f *os.File, sum *digest) error {
			if err := fill(f); err != nil {
				return err
			}
			if _, err := io.Copy(sum, io.NewSectionReader(f, 0, infile.Any)); err != nil {
				return err
			}
			return f.Sync()
		})
	})
}

// write has a file of the directory written, and lists it.
func (d *Dir) write(name string, put func() (*aside, error)) error {
	if err := checkName(name); err != nil {
		return err
	}
	d.mu.Lock()
	err := d.writable()
	d.mu.Unlock()
	if err != nil {
		return err
	}
	file, err := put()
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.enter(file)
}

// enter gives a file its name and lists it. All that needs room on the disk is there before
// anything gets its name, so that a full disk leaves files that are as run.json says. d.mu is held.
func (d *Dir) enter(file *aside) error {
	before := d.rec.clone()
	d.rec.list(file.file)
	record, err := d.asideRecord()
	if err == nil {
		if err = file.keep(); err == nil {
			return record.keep()
		}
		record.drop()
	}
	d.rec = before
	file.drop()
	return err
}

// writeWhole writes a file aside, brings it to the disk and renames it.
func writeWhole(dir, name string, fill func(w io.Writer) error) (File, error) {
	f, err := writeAside(dir, name, buffered(fill))
	if err == nil {
		err = f.keep()
	}
	if err != nil {
		return File{}, err
	}
	return f.file, nil
}

// buffered returns what fills a file by a writer with a buffer, and brings it to the disk.
func buffered(fill func(w io.Writer) error) func(f *os.File, sum *digest) error {
	return func(f *os.File, sum *digest) error {
		buf := bufio.NewWriterSize(io.MultiWriter(f, sum), 1<<16)
		if err := fill(buf); err != nil {
			return err
		}
		return settle(buf, f)
	}
}

// An aside is a file that is whole and on the disk, and does not have its name yet.
type aside struct {
	dir  string
	file File
}

// keep gives it its name, in place of what has it.
func (a *aside) keep() error {
	if err := rename(a.dir, a.file.Name+tmpSuffix, a.file.Name); err != nil {
		a.drop()
		return about(a.file.Name, err)
	}
	return nil
}

// drop removes it.
func (a *aside) drop() { remove(a.dir, a.file.Name+tmpSuffix) }

// writeAside makes a file, has it filled, hashed and brought to the disk.
func writeAside(dir, name string, fill func(f *os.File, sum *digest) error) (*aside, error) {
	f, err := create(dir, name+tmpSuffix)
	if err != nil {
		return nil, about(name, err)
	}
	whole := false
	defer func() { // also when fill panics
		if !whole {
			f.Close()
			remove(dir, name+tmpSuffix)
		}
	}()
	sum := newDigest()
	if err := fill(f, sum); err != nil {
		return nil, about(name, err)
	}
	if err := f.Close(); err != nil {
		return nil, about(name, err)
	}
	whole = true
	return &aside{dir, sum.file(name)}, nil
}

// settle brings all that was written to the disk.
func settle(buf *bufio.Writer, f *os.File) error {
	if err := buf.Flush(); err != nil {
		return err
	}
	return f.Sync()
}

// HashFile returns the length and the hash of any file, for Record.Inputs.
func HashFile(path string) (File, error) {
	f, err := infile.Open(path, infile.Any)
	if err != nil {
		return File{}, about(path, err)
	}
	defer f.Close()
	sum := newDigest()
	if _, err := io.Copy(sum, f); err != nil {
		return File{}, about(path, err)
	}
	return sum.file(path), nil
}

// HashBytes is HashFile of a file that has been read, for Record.Config.
func HashBytes(name string, data []byte) File {
	sum := newDigest()
	sum.Write(data)
	return sum.file(name)
}

// A digest counts and hashes what is written to it.
type digest struct {
	hash hash.Hash
	n    int64
}

func newDigest() *digest { return &digest{hash: sha256.New()} }

func (s *digest) Write(p []byte) (int, error) {
	s.n += int64(len(p))
	return s.hash.Write(p)
}

func (s *digest) file(name string) File {
	return File{Name: name, Bytes: s.n, SHA256: hex.EncodeToString(s.hash.Sum(nil))}
}

// checkName refuses names that lead out of the directory or are taken by it.
func checkName(name string) error {
	switch {
	case !fs.ValidPath(name) || name == "." || strings.Contains(name, `\`) || !filepath.IsLocal(filepath.FromSlash(name)):
		return fmt.Errorf("%q: not the name of a file inside the run directory", name)
	case name == recordName || name == checkpointName || name == lockName || name == GuideName,
		strings.HasSuffix(name, tmpSuffix) || strings.HasSuffix(name, partSuffix):
		return fmt.Errorf("%s: a name that the run directory keeps for itself", name)
	}
	return nil
}

// about says which file an error is about. Where package os said so already,
// with its full path and the operation, the name takes their place.
func about(name string, err error) error {
	if err == nil {
		return nil
	}
	switch e := err.(type) {
	case *fs.PathError:
		if isPathOf(e.Path, name) {
			err = e.Err
		}
	case *os.LinkError:
		if isPathOf(e.New, name) {
			err = e.Err
		}
	}
	return fmt.Errorf("%s: %w", name, err)
}

// isPathOf reports whether path leads to the named file, whole or not yet.
func isPathOf(path, name string) bool {
	path = strings.TrimSuffix(strings.TrimSuffix(path, tmpSuffix), partSuffix)
	return strings.HasSuffix("/"+filepath.ToSlash(path), "/"+strings.TrimPrefix(filepath.ToSlash(name), "/"))
}
