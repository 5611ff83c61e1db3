//go:build !(darwin || linux)

package results

// Free returns the bytes that a user may still write to the file system of
// path; ok is false where that is not known, as on this system.
func Free(path string) (bytes uint64, ok bool) { return 0, false }
