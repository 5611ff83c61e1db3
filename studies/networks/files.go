package networks

import (
	"io"
)

// Names of the files of recorded events in a run directory.
const (
	dendriticFile     = "dendritic_events.csv"
	ratesFile         = "rates.csv"
	presentationsFile = "presentations.csv"
)

// spikesFile returns the name of the file of spikes in a format of [record].
func spikesFile(format string) string {
	if format == "binary" {
		return "spikes.bin"
	}
	return "spikes.csv"
}

// traceFile returns the name of the file of a [record.traces.NAME].
func traceFile(name string) string { return "traces_" + name + ".csv" }

// opener opens a file of a run directory for reading.
type opener func(name string) (io.ReadCloser, error)
