// Package infile reads files that a user names. Such a name may lead anywhere: to a
// device without end, to a pipe that no one writes, to a file larger than memory.
// Each function has a limit and says with numbers what is beyond it.
package infile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
)

// Unfit says why a file that exists is not read. It is wrapped in an fs.PathError,
// which has the name.
type Unfit struct{ Rule string }

// Error returns the reason.
func (u *Unfit) Error() string { return u.Rule }

// Any is the limit of files of which never more than a part is in memory.
const Any = math.MaxInt64 - 1

// Open opens a regular file of at most limit bytes for reading. It does not wait:
// pipes and devices are refused before they are opened.
func Open(name string, limit int64) (*os.File, error) {
	if err := check(name, limit); err != nil {
		return nil, err
	}
	return os.Open(name)
}

// check refuses a name that Open would refuse.
func check(name string, limit int64) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	return CheckInfo(name, info, limit)
}

// Read returns the bytes of a regular file of at most limit bytes.
func Read(name string, limit int64) ([]byte, error) {
	f, err := Open(name, limit)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer // as large as the file, where a growing one would take twice as much
	buf.Grow(int(min(info.Size(), limit)) + bytes.MinRead)
	_, err = buf.ReadFrom(io.LimitReader(f, limit+1))
	if err == nil && int64(buf.Len()) > limit {
		return nil, tooLarge(name, -1, limit)
	}
	return buf.Bytes(), err
}

// ReadStream is Read for a name that may also be that of a pipe or of a terminal.
// Such a stream is read once, to its end or until it passes the limit.
func ReadStream(name string, limit int64) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !IsStream(info.Mode()) {
		return Read(name, limit)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return ReadAll(name, f, limit)
}

// IsStream reports whether a file is read in order and has no place in a folder: a
// pipe, a socket or a device of characters.
func IsStream(mode fs.FileMode) bool {
	return mode&(fs.ModeNamedPipe|fs.ModeSocket|fs.ModeCharDevice) != 0
}

// ReadAll reads what is open already to its end, or until it passes the limit; name
// is for the error.
func ReadAll(name string, r io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(data)) > limit {
		return nil, tooLarge(name, -1, limit)
	}
	return data, err
}

// CheckInfo is Check of a file that has been looked at.
func CheckInfo(name string, info fs.FileInfo, limit int64) error {
	if err := regular(name, info); err != nil {
		return err
	}
	if info.Size() > limit {
		return tooLarge(name, info.Size(), limit)
	}
	return nil
}

// regular refuses what is no regular file.
func regular(name string, info fs.FileInfo) error {
	what := ""
	switch mode := info.Mode(); {
	case mode.IsRegular():
		return nil
	case mode.IsDir():
		what = "is a folder, not a file"
	case mode&fs.ModeNamedPipe != 0:
		what = "is a pipe; it must be a regular file"
	case mode&fs.ModeSocket != 0:
		what = "is a socket; it must be a regular file"
	case mode&fs.ModeDevice != 0:
		what = "is a device; it must be a regular file"
	default:
		what = "is no regular file"
	}
	return unfit(name, what)
}

// tooLarge is the error for a file of size bytes, -1 if it has no end yet.
func tooLarge(name string, size, limit int64) error {
	has := "goes on beyond " + mebibytes(limit)
	if size >= 0 {
		has = "has " + mebibytes(size)
	}
	return unfit(name, fmt.Sprintf("%s; at most %s of such a file are read", has, mebibytes(limit)))
}

func unfit(name, rule string) error {
	return &fs.PathError{Op: "read", Path: name, Err: &Unfit{rule}}
}

// Reason returns why an existing file is not read; ok is false for other errors.
func Reason(err error) (rule string, ok bool) {
	var u *Unfit
	if !errors.As(err, &u) {
		return "", false
	}
	return u.Rule, true
}

// mebibytes writes a size in MiB, a small one in bytes.
func mebibytes(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%d MiB", (n+1<<19)>>20)
}

// LimitLines returns a reader of r that fails where a line has more than most bytes:
// readers of tables keep a line in memory. A line ends in LF, CR LF or CR.
func LimitLines(r io.Reader, most int) io.Reader { return &lineLimiter{r: r, most: most} }

type lineLimiter struct {
	r    io.Reader
	most int
	here int // bytes of the line so far
	line int // lines before it
}

func (l *lineLimiter) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	for rest := p[:n]; ; {
		end := bytes.IndexAny(rest, "\r\n")
		length := l.here + len(rest)
		if end >= 0 {
			length = l.here + end
		}
		if length > l.most {
			return 0, &Unfit{fmt.Sprintf("line %d has more than %s", l.line+1, mebibytes(int64(l.most)))}
		}
		if end < 0 {
			l.here = length
			return n, err
		}
		if rest[end] == '\n' {
			l.line++
		}
		rest, l.here = rest[end+1:], 0
	}
}
