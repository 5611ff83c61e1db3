package networks

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"neurosim/internal/dictionary"
	"neurosim/internal/grid"
	"neurosim/record"
	"neurosim/results"
	"neurosim/study"
)

// exports lists what is made of the recordings and tables when a run is done, in the formats
// that the configuration asks for.
func exports(s study.Study, files []string, holds results.Holds) (all []study.Export) {
	x := s.(*Study)
	if slices.Contains(x.Record.Formats, formatNPZ) {
		all = append(all, npzExports(x, files, holds)...)
	}
	if slices.Contains(x.Record.Formats, formatSONATA) {
		all = append(all, sonataExports(x, files)...)
	}
	return all
}

// npzExports are the recordings and tables as arrays, each in a file beside the text.
func npzExports(x *Study, files []string, holds results.Holds) (all []study.Export) {
	add := func(file string, as dictionary.File, write func(w io.Writer, open opener) error) {
		if slices.Contains(files, file) {
			name := file[:strings.LastIndexByte(file, '.')] + ".npz"
			all = append(all, study.Export{Name: name, Holds: as, Write: func(w io.Writer, open func(string) (io.ReadCloser, error)) error { return write(w, open) }})
		}
	}
	for _, f := range spikesFiles {
		if add(f.name, record.EventArrays(f.name, holds[f.name]), func(w io.Writer, open opener) error { return spikesNPZ(w, x, open) }); len(all) > 0 {
			break // the other one holds the same
		}
	}
	add(dendriticFile, record.EventArrays(dendriticFile, holds[dendriticFile]), func(w io.Writer, open opener) error {
		return record.DendriticNPZ(w, x.Run.Dt, populationNames(x), groupNames(x), func(each func(record.DendriticEvent)) error {
			return reading(open, dendriticFile, func(f io.Reader) error { return record.ReadDendritic(f, 0, math.MaxInt64, each) })
		})
	})
	add(synapsesFile, record.EventArrays(synapsesFile, holds[synapsesFile]), func(w io.Writer, open opener) error {
		return record.SynapsesNPZ(w, x.Run.Dt, populationNames(x), groupNames(x), projectionNames(x), func(each func(record.ActiveSynapse)) error {
			return reading(open, synapsesFile, func(f io.Reader) error { return record.ReadSynapses(f, 0, math.MaxInt64, each) })
		})
	})
	add(presentationsFile, record.EventArrays(presentationsFile, holds[presentationsFile]), func(w io.Writer, open opener) error {
		return record.PresentationsNPZ(w, x.Run.Dt, inputNames(x), func(each func(record.Presentation)) error {
			return reading(open, presentationsFile, func(f io.Reader) error { return record.ReadPresentations(f, 0, math.MaxInt64, each) })
		})
	})
	tables := []string{ratesFile}
	for _, t := range x.Traces {
		tables = append(tables, traceFile(t.Name))
	}
	for _, file := range tables {
		add(file, record.TableArrays(file), func(w io.Writer, open opener) error {
			return record.TableNPZ(w, func() (io.ReadCloser, error) { return open(file) })
		})
	}
	for _, file := range files {
		if strings.HasPrefix(file, "tables/") && strings.HasSuffix(file, ".csv") {
			add(file, dictionary.File{Text: "The columns of " + file + " as arrays of NumPy.", Columns: holds[file].Columns}, func(w io.Writer, open opener) error {
				return results.TableNPZ(w, func() (io.ReadCloser, error) { return open(file) })
			})
		}
	}
	return all
}

func spikesNPZ(w io.Writer, x *Study, open opener) error {
	whole := span{from: 0, to: grid.Steps(x.Run.Tstop, x.Run.Dt) + 1}
	return record.SpikesNPZ(w, x.Run.Dt, populationNames(x), func(each func(record.Spike)) error {
		return readSpikes(x, whole, open, func(step int64, population string, cell int) {
			each(record.Spike{Step: step, Population: population, Cell: cell})
		})
	})
}

// reading opens a file, has it read and says which one an error is about.
func reading(open opener, name string, read func(r io.Reader) error) error {
	f, err := open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := read(f); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// groupNames are the names of the groups of segments, each once, in the order of the
// configuration.
func groupNames(x *Study) (names []string) {
	for i := range x.Network.Populations {
		for _, g := range x.Network.Populations[i].Segments {
			if !slices.Contains(names, g.Name) {
				names = append(names, g.Name)
			}
		}
	}
	return names
}

// projectionNames are the names of the projections, in the order of the configuration.
func projectionNames(x *Study) (names []string) {
	for i := range x.Network.Projections {
		names = append(names, x.Network.Projections[i].Name)
	}
	return names
}

// inputNames are the names of the inputs, in the order of the configuration.
func inputNames(x *Study) (names []string) {
	for i := range x.Network.Inputs {
		names = append(names, x.Network.Inputs[i].Name)
	}
	return names
}
