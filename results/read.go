package results

import (
	"errors"
	"io"
	"io/fs"
	"os"
)

// Read opens a file of the directory for reading; of a stream that is not whole
// yet, what has reached the disk.
func (d *Dir) Read(name string) (io.ReadCloser, error) {
	f, err := os.Open(d.Path(name))
	if errors.Is(err, fs.ErrNotExist) {
		f, err = os.Open(d.Path(name) + partSuffix)
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}
