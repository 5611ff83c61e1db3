package neuron

import (
	"bytes"

	"neurosim/internal/filetype"
)

// otherFormat names the format of a file that is no SWC text, or returns "". What
// it cannot name it leaves to the reader of lines.
func otherFormat(text []byte) string {
	if is := filetype.Known(text); is != "" {
		return is
	}
	head := text[:min(len(text), 1<<16)]
	has := func(word string) bool { return bytes.Contains(head, []byte(word)) }
	begin := bytes.TrimSpace(head)
	switch {
	case len(begin) == 0:
		return ""
	case bytes.HasPrefix(begin, []byte("V3 DAT")):
		return "a Neurolucida DAT file"
	case bytes.HasPrefix(begin, []byte("# vtk DataFile")):
		return "a VTK file"
	case bytes.HasPrefix(begin, []byte("# AmiraMesh")):
		return "an Amira mesh"
	case bytes.HasPrefix(begin, []byte("ply\n")):
		return "a PLY mesh"
	case begin[0] == '<':
		switch {
		case has("<mbf"):
			return "Neurolucida XML"
		case has("<things") || has("<thing "):
			return "NML of Knossos or webKnossos"
		case has("neuroml"):
			return "NeuroML"
		}
		return "XML"
	case IsASC(text):
		return "Neurolucida ASC"
	case has("pt3dadd") || has("create soma") || has("begintemplate") || has("load_file("):
		return "a HOC program of NEURON"
	case begin[0] == '{' || begin[0] == '[':
		return "JSON"
	}
	return ""
}
