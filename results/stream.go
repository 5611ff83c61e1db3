package results

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"neurosim/internal/infile"
)

const (
	// partSuffix marks a stream that is not whole yet.
	partSuffix = ".part"

	// streamBuffer is how much a stream gathers before it writes (bytes).
	streamBuffer = 256 << 10
)

// A Stream is a file that grows during a run. It stands under its name with
// ".part" until Finish. One goroutine at a time may use it; the Dir closes it.
type Stream struct {
	name string
	file *os.File
	buf  *bufio.Writer
	size int64 // bytes taken, whether written yet or not
	err  error // the first error, for good
}

// Stream starts a stream, empty.
func (d *Dir) Stream(name string) (*Stream, error) {
	return d.openStream(name, 0, func(path string) (*os.File, error) {
		return os.Create(path)
	})
}

// StreamAt goes on with a stream of the run that is being resumed. offset is
// what Stream.Offset returned for the checkpoint; what was written after it is
// cut off, to be written again.
func (d *Dir) StreamAt(name string, offset int64) (*Stream, error) {
	return d.openStream(name, offset, func(path string) (*os.File, error) {
		if err := infile.Check(path, infile.Any); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err // a pipe would wait for a reader
		}
		f, err := os.OpenFile(path, os.O_WRONLY, 0o644)
		if errors.Is(err, fs.ErrNotExist) && d.rec.lists(name) {
			// Killed within Finish, after the stream had got its name.
			if err := os.Rename(d.Path(name), path); err != nil {
				return nil, err
			}
			f, err = os.OpenFile(path, os.O_WRONLY, 0o644)
		}
		if err != nil {
			return nil, err
		}
		if err := cut(f, offset); err != nil {
			f.Close()
			return nil, err
		}
		return f, nil
	})
}

// cut makes f end at offset and be written from there.
func cut(f *os.File, offset int64) error {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if offset < 0 || size < offset {
		return fmt.Errorf("holds %d bytes, but %d when the checkpoint was made: damaged, not resumed", size, offset)
	}
	if err := f.Truncate(offset); err != nil {
		return err
	}
	_, err = f.Seek(offset, io.SeekStart)
	return err
}

// openStream enters a stream in the record and opens its file.
func (d *Dir) openStream(name string, offset int64, open func(path string) (*os.File, error)) (*Stream, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.state != running:
		return nil, about(name, errors.New("a stream is opened only between Begin and Finish"))
	case d.streams[name] != nil:
		return nil, about(name, errors.New("is open already"))
	}
	part := name + partSuffix
	if i, found := slices.BinarySearch(d.rec.Partial, part); !found {
		d.rec.Partial = slices.Insert(d.rec.Partial, i, part)
		if err := d.saveRecord(); err != nil {
			return nil, err
		}
	}
	path := d.Path(part)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, about(name, err)
	}
	f, err := open(path)
	if err != nil {
		return nil, about(name, err)
	}
	s := &Stream{name: name, file: f, buf: bufio.NewWriterSize(f, streamBuffer), size: offset}
	d.streams[name] = s
	return s, nil
}

// Write appends p. After an error, such as a full disk, every call returns that
// error.
func (s *Stream) Write(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.buf.Write(p)
	s.size += int64(n)
	return n, s.keep(err)
}

// Offset brings what was written so far to the disk and returns its length in
// bytes, for a checkpoint.
func (s *Stream) Offset() (int64, error) {
	if s.err != nil {
		return 0, s.err
	}
	if err := s.keep(settle(s.buf, s.file)); err != nil {
		return 0, err
	}
	return s.size, nil
}

// keep makes the first error the stream's own.
func (s *Stream) keep(err error) error {
	if err != nil && s.err == nil {
		s.err = about(s.name, err)
	}
	return s.err
}

// close writes what is left and closes the file. It returns the stream's error,
// also when called again.
func (s *Stream) close() error {
	if s.file != nil {
		if s.err == nil {
			s.keep(settle(s.buf, s.file))
		}
		err := s.file.Close()
		s.file = nil
		if s.keep(err) == nil {
			s.err = about(s.name, fs.ErrClosed) // for a later Write
		}
	}
	if errors.Is(s.err, fs.ErrClosed) {
		return nil
	}
	return s.err
}

// closeStreams closes all streams and returns their errors in order of names.
func (d *Dir) closeStreams() (errs []error) {
	for _, name := range slices.Sorted(maps.Keys(d.streams)) {
		if err := d.streams[name].close(); err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}
