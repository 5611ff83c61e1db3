package configs

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"neurosim/internal/infile"
)

// Limits of the files that a configuration names, in bytes. A table of 2^30 bytes
// has some 10^8 rows; the largest published morphologies have 10^7 bytes.
const (
	maxTable      = 1 << 30
	maxMorphology = 256 << 20
)

// A ReadFunc returns the bytes of a file; names have slashes.
type ReadFunc func(name string) ([]byte, error)

// A reader reads the files of one configuration, each once: a pipe can be read no
// second time, and all points of a sweep see the same bytes.
type reader struct {
	read    ReadFunc        // nil: from the disk
	shipped map[string]bool // names of files that come with the program

	mu    sync.Mutex // points of a sweep are resolved side by side
	files map[string]*readFile
}

// A readFile is a file with what came of reading it.
type readFile struct {
	once   sync.Once
	text   []byte
	err    error
	stream bool // it has no place in a folder
}

func newReader(read ReadFunc) *reader {
	return &reader{read: read, shipped: map[string]bool{}, files: map[string]*readFile{}}
}

// standardInput is the name by which a user gives a configuration on standard
// input, and stdinName that in messages.
const (
	standardInput = "-"
	stdinName     = "stdin"
)

// config returns a text that a person wrote, which is small; a stream may be one
// that the command line names.
func (r *reader) config(name string, stream bool) ([]byte, error) {
	return r.file(name, maxText, stream)
}

// data returns the bytes of a file that a key names.
func (r *reader) data(name string, limit int64) ([]byte, error) {
	return r.file(name, limit, false)
}

func (r *reader) file(name string, limit int64, stream bool) ([]byte, error) {
	r.mu.Lock()
	f, shipped := r.files[name], r.shipped[name]
	if f == nil {
		f = &readFile{}
		r.files[name] = f
	}
	r.mu.Unlock()
	f.once.Do(func() {
		switch {
		case shipped:
			f.err = fs.ErrNotExist // on the disk
		case r.read != nil:
			f.text, f.err = r.read(name)
		default:
			f.load(filepath.FromSlash(name), limit, stream)
		}
		if text, ok := shippedFile(name); ok && errors.Is(f.err, fs.ErrNotExist) {
			f.text, f.err = text, nil
		}
	})
	return f.text, f.err
}

// load reads a file of the disk.
func (f *readFile) load(name string, limit int64, stream bool) {
	if !stream {
		f.text, f.err = infile.Read(name, limit)
		return
	}
	if info, err := os.Stat(name); err == nil {
		f.stream = infile.IsStream(info.Mode())
	}
	f.text, f.err = infile.ReadStream(name, limit)
}

// stdin reads the configuration from standard input and returns its name.
func (r *reader) stdin() string {
	f := &readFile{stream: true}
	f.once.Do(func() { f.text, f.err = infile.ReadAll(stdinName, os.Stdin, maxText) })
	r.files[stdinName] = f
	return stdinName
}

// resolve returns the file that a name means where it stands in another file:
// relative to the folder of that file. On the command line, and in what came
// through a pipe, names are relative to the working directory.
func (r *reader) resolve(from, name string) string {
	name = filepath.ToSlash(name)
	if path.IsAbs(name) || filepath.VolumeName(filepath.FromSlash(name)) != "" {
		return name
	}
	if from == commandLine || r.isStream(from) {
		return path.Clean(name)
	}
	file := path.Join(path.Dir(from), name)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.shipped[from] {
		r.shipped[file] = true
	}
	return file
}

// isStream reports whether a file that was read is in no folder of a user.
func (r *reader) isStream(name string) bool {
	if strings.HasPrefix(name, "/dev/") {
		return true // standard input may also be a regular file
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	f := r.files[name]
	return f != nil && f.stream
}

// reason says in words why a file cannot be read.
func reason(err error) string {
	if rule, ok := infile.Reason(err); ok {
		return rule
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "no such file"
	case errors.Is(err, fs.ErrPermission):
		return "may not be read: permission denied"
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		return "cannot be read: " + path.Err.Error()
	}
	return "cannot be read: " + err.Error()
}
