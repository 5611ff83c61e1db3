//go:build darwin || linux

package results

import (
	"os"
	"path/filepath"
	"syscall"
)

// Free returns the bytes that a user may still write to the file system of
// path, which need not exist yet; ok is false where that is not known.
func Free(path string) (bytes uint64, ok bool) {
	path, err := filepath.Abs(path)
	if err != nil {
		return 0, false
	}
	for filepath.Dir(path) != path {
		if _, err := os.Stat(path); err == nil {
			break
		}
		path = filepath.Dir(path)
	}
	var fs syscall.Statfs_t
	if err := syscall.Statfs(path, &fs); err != nil {
		return 0, false
	}
	return fs.Bavail * uint64(fs.Bsize), true
}
