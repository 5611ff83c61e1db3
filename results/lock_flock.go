//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package results

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

const lockName = ".lock"

// A lock keeps other processes from writing to a directory. It is held by the
// system for the open file, so it ends with the process, and a file that a
// killed process left locks nothing. The content only names the holder.
type lock struct {
	file *os.File
}

// acquire locks a directory or says who has locked it.
func acquire(dir string) (*lock, error) {
	path := filepath.Join(dir, lockName)
	for {
		// Not through a link: what is written must not reach a file elsewhere.
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0o644)
		if errors.Is(err, syscall.ELOOP) {
			return nil, fmt.Errorf("%s: is a link to another file: remove it", path)
		}
		if err != nil {
			return nil, about(path, err)
		}
		if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() || fileNames(info) > 1 {
			f.Close()
			return nil, fmt.Errorf("%s: is not a regular file of one name, as the lock of a run is: remove it", path)
		}
		if !flock(f, syscall.LOCK_EX) {
			defer f.Close()
			return nil, fmt.Errorf("%s: %s is writing to it", dir, holder(f))
		}
		// The holder before us removes the file, so that what we have locked
		// may no longer be what the next process will find.
		mine, err1 := f.Stat()
		found, err2 := os.Stat(path)
		if err1 == nil && err2 == nil && os.SameFile(mine, found) {
			if err := f.Truncate(0); err == nil {
				host, _ := os.Hostname()
				fmt.Fprintf(f, "process %d on %s\n", os.Getpid(), host)
			}
			return &lock{f}, nil
		}
		f.Close()
	}
}

func (l *lock) release() {
	os.Remove(l.file.Name())
	l.file.Close()
}

// writer returns who writes to a directory now, if anyone does.
func writer(dir string) (by string, busy bool) {
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return "", false
	}
	defer f.Close()
	if flock(f, syscall.LOCK_SH) {
		return "", false
	}
	return holder(f), true
}

func holder(f *os.File) string {
	text := make([]byte, 200)
	n, _ := f.ReadAt(text, 0)
	if by := strings.TrimSpace(string(text[:n])); by != "" {
		return by
	}
	return "another process"
}

// flock reports whether the lock was free. File systems without locks (some
// cluster mounts) count as free.
func flock(f *os.File, how int) bool {
	for {
		err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EINTR) {
			return !errors.Is(err, syscall.EWOULDBLOCK)
		}
	}
}
