//go:build unix

package results

import (
	"io/fs"
	"syscall"
)

// fileNames returns how many names a file has.
func fileNames(info fs.FileInfo) uint64 {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(s.Nlink)
	}
	return 1
}
