package sonata

import (
	"encoding/json"
	"io"
)

// Names of the files that describe a run beside its spikes and reports.
const (
	CircuitFile    = "circuit_config.json"
	SimulationFile = "simulation_config.json"
	NodesFile      = "nodes.h5"
	NodeTypesFile  = "node_types.csv"
)

// WriteCircuit writes the configuration of a circuit: its nodes in NodesFile and
// NodeTypesFile, and no edges. A population is virtual or of point neurons, since others must
// name their morphologies.
func WriteCircuit(w io.Writer, populations []Population) error {
	types := map[string]any{}
	for _, p := range populations {
		types[p.Name] = map[string]any{"type": p.ModelType()}
	}
	return writeJSON(w, map[string]any{
		"manifest": map[string]any{"$BASE_DIR": "."},
		"networks": map[string]any{
			"nodes": []any{map[string]any{
				"nodes_file": "$BASE_DIR/" + NodesFile, "node_types_file": "$BASE_DIR/" + NodeTypesFile, "populations": types,
			}},
			"edges": []any{},
		},
	})
}

// Simulation is what the configuration of a simulation says of a run that is done.
type Simulation struct {
	Tstop, Dt  float64 // ms
	Seed       uint64
	SpikesFile string // in the same folder
	Reports    map[string]ReportEntry
}

// ReportEntry is one report of a run.
type ReportEntry struct {
	File              string // in the same folder
	Variable, Units   string
	Start, Stop, Step float64 // ms
	Soma              bool    // values of somata alone
}

// WriteSimulation writes the configuration of a simulation, as libsonata, SNAP and BMTK open
// it to find what a run has written. It has no inputs and no target simulator: libsonata
// refuses those that are not its own.
func WriteSimulation(w io.Writer, s Simulation) error {
	reports := map[string]any{}
	for name, r := range s.Reports {
		sections := "all"
		if r.Soma {
			sections = "soma"
		}
		reports[name] = map[string]any{
			"type": "compartment", "file_name": r.File, "variable_name": r.Variable, "unit": r.Units,
			"sections": sections, "dt": r.Step, "start_time": r.Start, "end_time": r.Stop,
		}
	}
	return writeJSON(w, map[string]any{
		"manifest": map[string]any{"$BASE_DIR": "."},
		"run":      map[string]any{"tstop": s.Tstop, "dt": s.Dt, "random_seed": s.Seed},
		"network":  "$BASE_DIR/" + CircuitFile,
		"output":   map[string]any{"output_dir": "$BASE_DIR", "spikes_file": s.SpikesFile, "spikes_sort_order": "by_time"},
		"reports":  reports,
	})
}

// writeJSON writes a value with its keys in order.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
