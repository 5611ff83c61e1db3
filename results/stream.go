package results

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
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
	sum  *digest // of all bytes taken, whether written yet or not
	err  error   // the first error, for good
}

// Stream starts a stream, empty.
func (d *Dir) Stream(name string) (*Stream, error) {
	return d.openStream(name, func(part string) (*os.File, *digest, error) {
		f, err := create(d.path, part)
		return f, newDigest(), err
	})
}

// A Mark says how far a stream had come at a checkpoint.
type Mark struct {
	Size   int64
	SHA256 string // of that many bytes, in lower-case hex
}

// StreamAt goes on with a stream of the run that is being resumed. What the
// checkpoint knows of it must be there as it was written; what was written after
// it is cut off, to be written again.
func (d *Dir) StreamAt(name string, at Mark) (*Stream, error) {
	return d.openStream(name, func(part string) (*os.File, *digest, error) {
		f, err := openOwn(d.path, part)
		if errors.Is(err, fs.ErrNotExist) && d.rec.lists(name) {
			// Killed within Finish, after the stream had got its name.
			if err := rename(d.path, name, part); err != nil {
				return nil, nil, err
			}
			f, err = openOwn(d.path, part)
		}
		if err != nil {
			return nil, nil, err
		}
		sum, err := cut(f, at)
		if err != nil {
			f.Close()
			return nil, nil, err
		}
		return f, sum, nil
	})
}

// cut makes f end at a mark and be written from there, and returns the digest of
// what stands before it.
func cut(f *os.File, at Mark) (*digest, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if at.Size < 0 || info.Size() < at.Size {
		return nil, fmt.Errorf("holds %d bytes, but %d when the checkpoint was made: damaged, not resumed", info.Size(), at.Size)
	}
	sum := newDigest()
	if _, err := io.CopyN(sum, f, at.Size); err != nil {
		return nil, err
	}
	if sum.file("").SHA256 != at.SHA256 {
		return nil, fmt.Errorf("its first %d bytes are not those of the checkpoint: it was changed since, not resumed", at.Size)
	}
	if err := f.Truncate(at.Size); err != nil {
		return nil, err
	}
	_, err = f.Seek(at.Size, io.SeekStart)
	return sum, err
}

// openStream enters a stream in the record and opens its file.
func (d *Dir) openStream(name string, open func(part string) (*os.File, *digest, error)) (*Stream, error) {
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
	f, sum, err := open(part)
	if err != nil {
		return nil, about(name, err)
	}
	s := &Stream{name: name, file: f, buf: bufio.NewWriterSize(f, streamBuffer), sum: sum}
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
	s.sum.Write(p[:n])
	return n, s.keep(err)
}

// Mark brings what was written so far to the disk and returns how far the stream
// has come, for a checkpoint.
func (s *Stream) Mark() (Mark, error) {
	if s.err != nil {
		return Mark{}, s.err
	}
	if err := s.keep(settle(s.buf, s.file)); err != nil {
		return Mark{}, err
	}
	now := s.sum.file(s.name)
	return Mark{now.Bytes, now.SHA256}, nil
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
