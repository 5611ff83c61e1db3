// Package dictionary is how the writer of a file says what the file holds: in words, and column
// by column. It is next to what is written, so that the list of files that a run leaves is
// made of it.
package dictionary

// A File is what a file holds.
type File struct {
	Text    string   `json:"text"`              // in words: what a row is, what a sample is
	Columns []Column `json:"columns,omitempty"` // of a table, in order; arrays of an .npz file
}

// A Column is one column of a table, or one array.
type Column struct {
	Name string `json:"name"` // as it stands in the header
	Unit string `json:"unit,omitempty"`
	Text string `json:"text"` // what it means
}

// Columns makes columns of their names, units and meanings.
func Columns(of [][3]string) []Column {
	out := make([]Column, len(of))
	for i, c := range of {
		out[i] = Column{c[0], c[1], c[2]}
	}
	return out
}

// Names returns the names of columns.
func Names(columns []Column) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = c.Name
	}
	return out
}
