package networks

import (
	"io"
)

// Names of the files of recorded events in a run directory.
const (
	DendriticFile     = "dendritic_events.csv"
	RatesFile         = "rates.csv"
	PresentationsFile = "presentations.csv"
)

// SpikesFile returns the name of the file of spikes in a format of [record].
func SpikesFile(format string) string {
	if format == "binary" {
		return "spikes.bin"
	}
	return "spikes.csv"
}

// TraceFile returns the name of the file of a [record.traces.NAME].
func TraceFile(name string) string { return "traces_" + name + ".csv" }

// Open opens a file of a run directory for reading.
type Open func(name string) (io.ReadCloser, error)
