package filetype

import (
	"strings"
	"testing"
)

func TestKnown(t *testing.T) {
	for text, want := range map[string]string{
		"\x1f\x8b\x08":              "gzip",
		"\x89HDF\r\n\x1a\n":         "HDF5",
		"\x93NUMPY\x01\x00":         "NumPy",
		"PK\x03\x04":                "spreadsheet",
		"1,2\n\x00\x01":             "binary",
		" \n<!DOCTYPE html>\n":      "HTML",
		"neurosim spikes 1 <i8":     "binary file of spikes",
		"\xff\xfea\x00":             "UTF-16",
		"time_ms,cell\n1,2\n":       "",
		"":                          "",
		"1 1 0 0 0 5 -1\n\x00\x00":  "", // as old programs pad
		BOM + "time_ms,cell\n1,2\n": "",
	} {
		if got := Known([]byte(text)); !strings.Contains(got, want) || (got == "") != (want == "") {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}
