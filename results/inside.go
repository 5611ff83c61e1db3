package results

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"

	"neurosim/internal/infile"
)

// Every file is reached through an os.Root, so that no link leads out of the run
// directory, and what is written is always a new file: a link, or a second name of
// a file that lies elsewhere, is replaced and never written through.

// folders are those that a run writes its files into.
var folders = []string{path.Clean(figuresFolder), path.Clean(tablesFolder), "inputs"}

// checkFolders refuses a directory in which a folder of the run is a link.
func checkFolders(dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return about(dir, err)
	}
	defer root.Close()
	for _, name := range folders {
		if info, err := root.Lstat(name); err == nil && info.Mode()&fs.ModeSymlink != 0 {
			return fmt.Errorf("%s: %s in it is a link; a run writes nothing outside its directory: remove the link", dir, name)
		}
	}
	return nil
}

// create makes a new, empty file, and the folder it is in. Whatever had its name
// is removed before.
func create(dir, name string) (*os.File, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	if folder := path.Dir(name); folder != "." {
		if err := root.MkdirAll(folder, 0o755); errors.Is(err, fs.ErrExist) {
			return nil, fmt.Errorf("%s is not a folder", folder)
		} else if err != nil {
			return nil, err
		}
	}
	if err := root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
}

// open opens a file to read it, if it is one of at most limit bytes: a device or a pipe
// may have no end.
func open(dir, name string, limit int64) (*os.File, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	info, err := root.Stat(name)
	if err != nil {
		if link, lerr := root.Lstat(name); lerr == nil && link.Mode()&fs.ModeSymlink != 0 {
			err = errors.New("is a link to what is not in the run directory")
		}
		return nil, err
	}
	if err := infile.CheckInfo(name, info, limit); err != nil {
		return nil, err
	}
	return root.Open(name)
}

// openOwn opens a file to write on in it. It must be the run's alone.
func openOwn(dir, name string) (*os.File, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	info, err := root.Lstat(name)
	switch {
	case err != nil:
		return nil, err
	case info.Mode()&fs.ModeSymlink != 0:
		return nil, errors.New("is a link to another file, which a run does not change")
	case !info.Mode().IsRegular():
		return nil, errors.New("is not a regular file")
	case fileNames(info) > 1:
		return nil, errors.New("has a second name (a hard link), under which it must not change: put a copy in its place")
	}
	return root.OpenFile(name, os.O_RDWR, 0)
}

// rename gives a file of the directory another name.
func rename(dir, from, to string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	return root.Rename(from, to)
}

// remove removes a file of the directory, if it is there.
func remove(dir, name string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	if err := root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// readSmall returns the content of a file of at most limit bytes.
func readSmall(dir, name string, limit int64) ([]byte, error) {
	f, err := open(dir, name, limit)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return infile.ReadAll(name, f, limit)
}
