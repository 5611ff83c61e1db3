package neuron

import (
	"bytes"
	"unicode/utf8"
)

// otherFormat names the format of a file that is no SWC text, or returns "". What
// it cannot name it leaves to the reader of lines.
func otherFormat(text []byte) string {
	for _, m := range []struct{ magic, is string }{
		{"\x1f\x8b", "compressed by gzip; unpack it first"},
		{"BZh", "compressed by bzip2; unpack it first"},
		{"\xfd7zXZ", "compressed by xz; unpack it first"},
		{"\x28\xb5\x2f\xfd", "compressed by zstd; unpack it first"},
		{"PK\x03\x04", "a ZIP archive or a spreadsheet (xlsx, ods)"},
		{"\xd0\xcf\x11\xe0", "an Excel spreadsheet (xls)"},
		{"\x89HDF", "an HDF5 file (MorphIO .h5, NWB)"},
		{"\x89PNG", "a picture (PNG)"},
		{"%PDF", "a PDF document"},
		{"V3 DAT", "a Neurolucida DAT file"},
		{"\xff\xfe", "UTF-16 text; save it as UTF-8"},
		{"\xfe\xff", "UTF-16 text; save it as UTF-8"},
		{"version https://git-lfs", "a pointer of Git LFS in place of the file"},
		{"# vtk DataFile", "a VTK file"},
		{"# AmiraMesh", "an Amira mesh"},
		{"ply\n", "a PLY mesh"},
	} {
		if bytes.HasPrefix(text, []byte(m.magic)) {
			return m.is
		}
	}
	head := text[:min(len(text), 1<<16)]
	has := func(word string) bool { return bytes.Contains(head, []byte(word)) }
	begin := bytes.TrimSpace(head)
	switch {
	case len(begin) == 0:
		return ""
	case bytes.IndexByte(bytes.TrimRight(head, "\x00"), 0) >= 0:
		return "a binary file"
	case !utf8.Valid(begin[:1]):
		return "no text in UTF-8"
	case begin[0] == '<':
		switch {
		case has("<mbf"):
			return "Neurolucida XML"
		case has("<things") || has("<thing "):
			return "NML of Knossos or webKnossos"
		case has("neuroml"):
			return "NeuroML"
		case has("<html") || has("<HTML") || has("<!DOCTYPE html"):
			return "a web page (HTML)"
		}
		return "XML"
	case begin[0] == ';' || begin[0] == '(' || begin[0] == '"' && has("("):
		return "Neurolucida ASC"
	case has("pt3dadd") || has("create soma") || has("begintemplate") || has("load_file("):
		return "a HOC program of NEURON"
	case begin[0] == '{' || begin[0] == '[':
		return "JSON"
	}
	return ""
}
