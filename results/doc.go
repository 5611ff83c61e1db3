// Package results is the run directory: everything that a run leaves on disk.
//
//	DIR/
//	  config.toml         what the user gave; written by the caller
//	  resolved.toml       the same with every default and unit; likewise
//	  inputs/NAME         copies of the files that resolved.toml names; likewise
//	  run.json            the Record: who ran what, when, where, and how it ended
//	  FILES.md            what each file holds, and each column with its unit and meaning
//	  metrics.json        one flat object of numbers
//	  spikes.csv ...      streams, one per recording
//	  tables/NAME.csv     the points of figure NAME; NAME_a.csv of its panel a, where it has several
//	  *.npz               streams and tables as arrays of NumPy, each beside the text
//	  figures/NAME.json   the rest of figure NAME: axes, marks, bands, rules
//	  figures/NAME.png    its picture; written by the caller
//
// While a run writes, and after it was killed, there are also
//
//	*.part              streams that are not whole yet
//	checkpoint.bin      the state to resume from, for those streams
//	*.tmp               a file that was being written aside
//	.lock               held by the process that writes
//
// A caller goes through Create, Begin, then any of Stream, WriteFile, WriteTo,
// SaveFigure, WriteMetrics and WriteCheckpoint, and at the end Finish or
// Abandon. Open reads a finished run.
//
// A file appears under its name only when it is whole: it is written aside,
// brought to the disk and renamed. run.json lists the whole files at every
// moment, with their hashes, so that a run which replaces another one knows
// which files belonged to it and never touches one that a user put there. Time
// stamps stand only in run.json: all other files of two runs of one
// configuration are equal byte for byte.
package results
