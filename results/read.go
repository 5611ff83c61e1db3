package results

import (
	"errors"
	"io"
	"io/fs"
	"slices"

	"neurosim/internal/infile"
)

// Read opens a file of the run for reading. While the run is in progress these are
// its own files only: a stream that it has open, or a file that it has written
// whole. A file of the run that it replaces may still be next to them.
func (d *Dir) Read(name string) (io.ReadCloser, error) { return d.readUpTo(name, infile.Any) }

// Files returns the names of the files of the run that are whole, those that it streams among
// them, in order.
func (d *Dir) Files() (names []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, f := range d.rec.Files {
		names = append(names, f.Name)
	}
	for name := range d.streams {
		if d.state == running {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Has tells whether a file of the run is among them.
func (d *Dir) Has(name string) bool { return slices.Contains(d.Files(), name) }

// readUpTo is Read of a file of at most limit bytes.
func (d *Dir) readUpTo(name string, limit int64) (io.ReadCloser, error) {
	d.mu.Lock()
	file, own := name, d.rec.lists(name)
	if d.state == running && d.streams[name] != nil {
		file, own = name+partSuffix, true // what has reached the disk
	}
	d.mu.Unlock()
	if !own {
		return nil, about(name, errors.Join(errors.New("is no file of this run"), fs.ErrNotExist))
	}
	f, err := open(d.path, file, limit)
	if err != nil {
		return nil, about(name, err)
	}
	return f, nil
}
