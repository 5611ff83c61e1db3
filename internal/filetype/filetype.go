// Package filetype names what a file is that was given in place of a text.
package filetype

import "bytes"

// BOM is the byte order mark that some programs put before UTF-8 text.
const BOM = "\ufeff"

// Known names the format of a file that begins with text, or returns "". A name
// fits behind "is".
func Known(text []byte) string {
	for _, m := range []struct{ magic, is string }{
		{"\x1f\x8b", "compressed by gzip; unpack it first"},
		{"BZh", "compressed by bzip2; unpack it first"},
		{"\xfd7zXZ", "compressed by xz; unpack it first"},
		{"\x28\xb5\x2f\xfd", "compressed by zstd; unpack it first"},
		{"PK\x03\x04", "a ZIP archive or a spreadsheet (xlsx, ods); export it as text"},
		{"\xd0\xcf\x11\xe0", "an Excel spreadsheet (xls); export it as text"},
		{"\x89HDF", "an HDF5 file (SONATA, NWB, MorphIO .h5); export it as text"},
		{"\x93NUMPY", "an array of NumPy (npy); export it as text"},
		{"MATLAB 5.0", "a MATLAB file; export it as text"},
		{"PAR1", "a Parquet file; export it as text"},
		{"SQLite format 3", "an SQLite database; export it as text"},
		{"\x89PNG", "a picture (PNG)"},
		{"%PDF", "a PDF document"},
		{"\xff\xfe", "UTF-16 text; save it as UTF-8"},
		{"\xfe\xff", "UTF-16 text; save it as UTF-8"},
		{"version https://git-lfs", "a pointer of Git LFS in place of the file"},
		{"neurosim spikes ", "a binary file of spikes, which does not name its populations; record.formats = [\"csv\"] writes one that can be read"},
	} {
		if bytes.HasPrefix(text, []byte(m.magic)) {
			return m.is
		}
	}
	head := text[:min(len(text), 1<<16)]
	begin := bytes.TrimSpace(head)
	switch {
	case bytes.IndexByte(bytes.TrimRight(head, "\x00"), 0) >= 0:
		return "a binary file"
	case bytes.HasPrefix(begin, []byte("<!DOCTYPE html")), bytes.HasPrefix(begin, []byte("<html")):
		return "a web page (HTML)"
	}
	return ""
}
