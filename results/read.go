package results

import (
	"errors"
	"io"
	"io/fs"

	"neurosim/internal/infile"
)

// Read opens a file of the directory for reading; of a stream that is not whole
// yet, what has reached the disk.
func (d *Dir) Read(name string) (io.ReadCloser, error) {
	f, err := infile.Open(d.Path(name), infile.Any)
	if errors.Is(err, fs.ErrNotExist) {
		f, err = infile.Open(d.Path(name)+partSuffix, infile.Any)
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}
