package networks

import (
	"io"

	"neurosim/record"
)

// Names of the files of recorded events in a run directory.
const (
	dendriticFile     = "dendritic_events.csv"
	synapsesFile      = "nmda_synapses.csv"
	ratesFile         = "rates.csv"
	presentationsFile = "presentations.csv"
)

// spikesFileForm is a file of spikes and how it is written.
type spikesFileForm struct {
	name, key string
	format    record.Format
}

// spikesFiles are the files of spikes.
var spikesFiles = [...]spikesFileForm{
	{"spikes.csv", formatCSV, record.CSV},
	{"spikes.bin", formatBinary, record.Binary},
}

// traceFile returns the name of the file of a [record.traces.NAME].
func traceFile(name string) string { return "traces_" + name + ".csv" }

// opener opens a file of a run directory for reading.
type opener func(name string) (io.ReadCloser, error)
