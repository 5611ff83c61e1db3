package grammar

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

// MaxTable bounds the bytes of a table that a configuration names: some 10^8 rows.
const MaxTable = 1 << 30

// A ReadFunc returns the bytes of a file; names have slashes.
type ReadFunc func(name string) ([]byte, error)

// files reads the files of one configuration, each once: a pipe can be read no
// second time, and all points of a sweep see the same bytes.
type files struct {
	library Library
	read    ReadFunc        // nil: from the disk
	shipped map[string]bool // names of files that come with the program

	mu    sync.Mutex // points of a sweep are resolved side by side
	known map[string]*readFile

	larges map[string]*content // files of data that are not held in memory; nil for those that are

	made map[string]any // see Kept
}

// A readFile is a file with the result of reading it.
type readFile struct {
	once   sync.Once
	text   []byte
	err    error
	stream bool // it has no place in a folder
}

func newFiles(l Library, read ReadFunc) *files {
	return &files{library: l, read: read, shipped: map[string]bool{}, known: map[string]*readFile{}, larges: map[string]*content{}, made: map[string]any{}}
}

// maxKept is how many values Kept keeps of one configuration.
const maxKept = 2000

// Kept returns what create makes, and the same value when the configuration is read again: at a point
// of a sweep, by a fit, or without one of its keys. key says all that the value depends on. It is
// shared, also by goroutines, and must not be changed; where create returns keep = false, as for what
// has reported problems, it is made each time.
func Kept[T any](d *Decoder, key string, create func() (value T, keep bool)) T {
	r := d.src.reader
	r.mu.Lock()
	old, is := r.made[key].(T)
	r.mu.Unlock()
	if is {
		return old
	}
	value, keep := create()
	if keep {
		r.mu.Lock()
		defer r.mu.Unlock()
		if len(r.made) >= maxKept { // a fit tries values without end
			clear(r.made)
		}
		r.made[key] = value
	}
	return value
}

// standardInput is the name by which a user gives a configuration on standard
// input, and stdinName that in messages.
const (
	standardInput = "-"
	stdinName     = "stdin"
)

// file returns a file of the library, by the name that users see. They may also write
// that name where no file of theirs has it.
func (l Library) file(name string) (text []byte, ok bool) {
	inside, ok := strings.CutPrefix(name, l.Folder+"/")
	if !ok || l.Files == nil {
		return nil, false
	}
	text, err := fs.ReadFile(l.Files, inside)
	return text, err == nil
}

// locate finds a configuration: standard input, a file as it is named, else one
// of the library by its name with or without .toml.
func (r *files) locate(name string) string {
	if name == standardInput && r.read == nil {
		return r.stdin(maxText)
	}
	name = filepath.ToSlash(name)
	if strings.Contains(name, "/") {
		return name
	}
	if _, err := r.config(name, true); err == nil {
		return name
	}
	shipped := path.Join(r.library.Folder, strings.TrimSuffix(name, ".toml")+".toml")
	if _, ok := r.library.file(shipped); !ok {
		return name
	}
	name = shipped
	r.shipped[name] = true
	return name
}

// config returns a text that a person wrote, which is small; a stream may be one
// that the command line names.
func (r *files) config(name string, stream bool) ([]byte, error) {
	return r.file(name, maxText, stream)
}

// data returns the bytes of a file that a key names.
func (r *files) data(name string, limit int64) ([]byte, error) {
	return r.file(name, limit, false)
}

func (r *files) file(name string, limit int64, stream bool) ([]byte, error) {
	r.mu.Lock()
	f, shipped := r.known[name], r.shipped[name]
	if f == nil {
		f = &readFile{}
		r.known[name] = f
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
		if text, ok := r.library.file(name); ok && errors.Is(f.err, fs.ErrNotExist) {
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

// stdin reads what the command line names from standard input and returns its name.
func (r *files) stdin(limit int64) string {
	f := &readFile{stream: true}
	f.once.Do(func() { f.text, f.err = infile.ReadAll(stdinName, os.Stdin, limit) })
	r.known[stdinName] = f
	return stdinName
}

// meant ends the message about a configuration that is not there with the one of the library
// that was most likely meant.
func (r *files) meant(name string, err error) string {
	if !errors.Is(err, fs.ErrNotExist) || strings.Contains(name, "/") || r.library.Files == nil {
		return ""
	}
	shipped, _ := fs.Glob(r.library.Files, "*.toml") // a pattern that is sound
	for i := range shipped {
		shipped[i] = strings.TrimSuffix(shipped[i], ".toml")
	}
	return DidYouMean(strings.TrimSuffix(name, ".toml"), shipped)
}

// resolve returns the file that a name means where it is in another file:
// relative to the folder of that file. On the command line, and in what came
// through a pipe, names are relative to the working directory.
func (r *files) resolve(from, name string) string {
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
func (r *files) isStream(name string) bool {
	if strings.HasPrefix(name, "/dev/") {
		return true // standard input may also be a regular file
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	f := r.known[name]
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

// ReadText returns a text that a person wrote, of the library too, in UTF-8 without its
// mark; a stream may be one. Problems say why there is none.
func ReadText(name string, l Library, read ReadFunc) ([]byte, Problems) {
	text, err := newFiles(l, read).config(name, true)
	if err != nil {
		return nil, Problems{{File: name, Rule: reason(err)}}
	}
	text, rule := withoutMark(text)
	if rule != "" {
		return nil, Problems{{File: name, Line: 1, Rule: rule}}
	}
	return text, nil
}

// ReadData returns the bytes of a file of data that the command line names, of limited size, of
// the library too; a stream may be one, and "-" is standard input. shown is its name in messages.
// Problems say why there is none.
func ReadData(name string, l Library, limit int64) (text []byte, shown string, _ Problems) {
	r := newFiles(l, nil)
	if shown = filepath.ToSlash(name); name == standardInput {
		shown = r.stdin(limit)
	}
	text, err := r.file(shown, limit, true)
	if err != nil {
		return nil, shown, Problems{{File: shown, Rule: reason(err)}}
	}
	return text, shown, nil
}
