package networks

import (
	"io"

	"neurosim/record"
)

// Names of the files of recorded events in a run directory.
const (
	dendriticFile     = "dendritic_events.csv"
	ratesFile         = "rates.csv"
	presentationsFile = "presentations.csv"
)

// spikesFiles are the files of spikes, and how they are written.
var spikesFiles = [...]struct {
	name, key string
	format    record.Format
}{
	{"spikes.csv", formatCSV, record.CSV},
	{"spikes.bin", formatBinary, record.Binary},
}

// traceFile returns the name of the file of a [record.traces.NAME].
func traceFile(name string) string { return "traces_" + name + ".csv" }

// opener opens a file of a run directory for reading.
type opener func(name string) (io.ReadCloser, error)
