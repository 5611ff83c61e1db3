package networks

import (
	"math"
	"slices"

	"neurosim/grammar"
	"neurosim/network"
	"neurosim/stimulus"
	"neurosim/studies/model"
)

// A Study is a configuration of a network, read, checked and resolved.
type Study struct {
	*model.Model
	Record    Record
	Traces    []Trace
	Detection *Detection // nil: not asked for
	Figures   []Figure
}

// At resolves the study of one point of the sweep. Its rules are checked as those of
// the base are.
func (x *Study) At(p grammar.Point) (*Study, error) { return grammar.At(x.Configuration, p, read) }

// Record is what a user sets of the recording of events.
type Record struct {
	Spikes    []string `toml:"spikes" list:"empty" doc:"populations whose spikes are recorded; default: all; []: none"`
	Dendritic bool     `toml:"dendritic" doc:"record the starts and ends of NMDA spikes"`
	Synapses  bool     `toml:"synapses" doc:"record the synapses that are active at the start of each NMDA spike, in nmda_synapses.csv: source cells, arrivals, stored patterns"`
	Formats   []string `toml:"formats" of:"csv binary npz sonata" doc:"csv: spikes as text; binary: spikes as records of 14 bytes; npz: all recordings and tables also as arrays of NumPy, made when the run is done; sonata: spikes, NMDA spikes and traces also as files of SONATA (HDF5), with nodes and configurations, see docs/sonata.md. Other recordings are CSV in any case, and figures are drawn from them; without csv the spikes are binary"`
	RatesBin  float64  `toml:"rates_bin" unit:"ms" grid:"dt" doc:"bin of the population rates"`
}

// Formats of recordings, in Record.
const (
	formatCSV    = "csv"
	formatBinary = "binary"
	formatNPZ    = "npz"
	formatSONATA = "sonata"
)

// writes tells whether the spikes are written in a format while the network runs. In one they
// always are: figures, and the other formats, are made of them.
func (r *Record) writes(format string) bool {
	return slices.Contains(r.Formats, format) || format == formatBinary && !slices.Contains(r.Formats, formatCSV)
}

// A Trace is a set of quantities recorded in time, in a file of its own.
type Trace struct {
	Name       string   `toml:"-"`
	Population string   `toml:"population" must:"yes" doc:"population of the cells"`
	Cells      []int    `toml:"cells" must:"yes" doc:"cells, from 0"`
	Variables  []string `toml:"variables" doc:"V_m of the soma; I_syn; overlap and plateaus of segments; stimulation:NAME, the current of an electrode. Of compartmental cells V_seg, the highest potential of a segment, and g_ampa, g_nmda, g_gaba, its synaptic conductance; at places V, ca, E_Ca, i (all channels), i:CHANNEL, g:CHANNEL and CHANNEL.GATE"`
	Sections   []string `toml:"sections" must:"for what is read at places, unless places are given" doc:"sections, regions or wildcards, for what is read at places"`
	At         float64  `toml:"at" doc:"place on each of the sections, 0 to 1; default: 0.5"`
	EveryNth   int      `toml:"compartments" unset:"0" doc:"every n-th compartment of the sections, in place of at: 1 for all, as for maps"`
	Group      string   `toml:"group" doc:"segments for V_seg, overlap, plateaus and synaptic conductances; default: the only ones"`
	Segments   []int    `toml:"segments" doc:"segments of each cell for overlap, V_seg and synaptic conductances; default: 0"`
	Every      float64  `toml:"every" unit:"ms" grid:"dt" doc:"time between samples, counted from start; default: every step"`
	Start      float64  `toml:"start" unit:"ms" grid:"dt" doc:"begin of the recording; a sample is stamped with the beginning of its step, and its value is that after the step"`
	Stop       float64  `toml:"stop" unit:"ms" grid:"dt" doc:"end of the recording; default: the end of the run"`

	Places []tracePlace    `toml:"-"`
	Probes []network.Probe `toml:"-"`
}

// A tracePlace is a place of a trace: its name, "" for section and x, and where it is.
type tracePlace struct {
	name, section string
	x             float64
}

func (t Trace) name() string { return t.Name }

// Detection asks how well segments recognise what an input shows.
type Detection struct {
	Input     string  `toml:"input" must:"yes" doc:"the input of kind sdr whose presentations are the trials"`
	Target    string  `toml:"target" must:"yes" doc:"the segments that should recognise them: population/segments"`
	Response  float64 `toml:"response" unit:"ms" grid:"dt" doc:"time after a presentation's last spike in which an NMDA spike counts; 0: until the next presentation"`
	Estimator string  `toml:"estimator" of:"direct stratified" doc:"of false positives: direct counts the novel presentations of the run; stratified conditions on the overlap and reaches any probability"`
	Trials    int     `toml:"trials" doc:"trials of one stratified estimate, all overlaps together"`

	Population string `toml:"-"`
	Group      string `toml:"-"`
}

// shown returns the presentations that a detection is about; nil for none.
func (x *Study) shown() *stimulus.PresentationParams {
	for _, in := range x.Network.Inputs {
		if x.Detection != nil && in.Name == x.Detection.Input {
			return in.Presentations
		}
	}
	return nil
}

// Estimators of false positives, in Detection.
const (
	direct     = "direct"
	Stratified = "stratified"
)

// Figure asks for one picture: one of the kinds.
type Figure struct {
	*grammar.Figure
	Raster    *rasterSpec
	Traces    *tracesSpec
	Accuracy  *accuracySpec
	Kymograph *kymographSpec
	Cell      *cellSpec
}

// rasterSpec asks for spikes against time: a panel per population, and the
// population rates below.
type rasterSpec struct {
	Start       float64  `toml:"start" unit:"ms" grid:"dt" doc:"begin of the time shown"`
	Stop        float64  `toml:"stop" unit:"ms" grid:"dt" doc:"end of the time shown; default: the end of the run"`
	Populations []string `toml:"populations" doc:"from the top; default: all that are recorded"`
	Rows        int      `toml:"rows" doc:"most cells shown of each population, evenly spread"`
	Cells       []string `toml:"cells" doc:"the cells shown, as population/cell or population/first-last; of populations that are not named, all"`
	Groups      []string `toml:"groups" doc:"segments whose NMDA spikes are shown, as population/segments, each in a colour of its own; default: all"`
	Spikes      bool     `toml:"spikes" doc:"draw the spikes of cells; false: the rates alone"`
	Rates       bool     `toml:"rates" doc:"draw the population rates below"`

	Chosen map[string][]int `toml:"-"` // by population, the cells that Cells names
}

// shows tells whether the NMDA spikes of a group are drawn.
func (r *rasterSpec) shows(population, group string) bool {
	return len(r.Groups) == 0 || slices.Contains(r.Groups, population+"/"+group)
}

// tracesSpec asks for recorded traces against time.
type tracesSpec struct {
	Start  float64  `toml:"start" unit:"ms" grid:"dt" doc:"begin of the time shown"`
	Stop   float64  `toml:"stop" unit:"ms" grid:"dt" doc:"end of the time shown; default: the end of the run"`
	Trace  string   `toml:"trace" doc:"name of the table [record.traces.NAME]; default: the only one"`
	Labels []string `toml:"labels" doc:"names of the cells in the legend, in the order of the trace; default: their numbers"`

	PerCell  bool `toml:"per_cell" doc:"panels of their own for each cell of the trace, one below the other"`
	Stimulus bool `toml:"stimulus" doc:"show below what the electrodes in the cells do, unless it is noise"`
}

// kymographSpec asks for a quantity along the path from the soma to a place, against time.
type kymographSpec struct {
	Trace    string   `toml:"trace" doc:"name of the table [record.traces.NAME] that holds the compartments of the path; default: the only one"`
	Cells    []int    `toml:"cells" doc:"cells of the trace, a panel for each; default: all of the trace"`
	Labels   []string `toml:"labels" doc:"titles of the panels, in the order of the cells; default: their numbers"`
	Variable string   `toml:"variable" doc:"what the colours show: a variable of the trace that is read at places"`
	To       struct {
		model.PlaceTable
	} `toml:"to"`
	Start float64 `toml:"start" unit:"ms" grid:"dt" doc:"begin of the time shown"`
	Stop  float64 `toml:"stop" unit:"ms" grid:"dt" doc:"end of the time shown; default: the end of the run"`
	Low   float64 `toml:"low" doc:"value of the first colour, in the unit of the variable; default: the lowest"`
	High  float64 `toml:"high" doc:"value of the last colour; default: the highest"`

	End model.Place `toml:"-"` // of the path
}

// cellSpec asks for a picture of a cell, coloured by a value of each compartment.
type cellSpec struct {
	Show       string  `toml:"show" of:"highest lowest time region" doc:"what the colours are: highest or lowest, the extreme of the variable from start to stop; time, its value at a time; region, that of the section, which needs no trace"`
	Trace      string  `toml:"trace" doc:"name of the table [record.traces.NAME] with compartments of the cell; default: the only one. Compartments that it does not record are grey"`
	Population string  `toml:"population" doc:"show region: the population of the cell; default: the only one of kind compartmental"`
	Cell       int     `toml:"cell" unset:"-1" doc:"the cell, from 0; default: the first of the trace"`
	Variable   string  `toml:"variable" doc:"a variable of the trace that is read at places"`
	Start      float64 `toml:"start" unit:"ms" grid:"dt" doc:"begin of the time that the extreme is of"`
	Stop       float64 `toml:"stop" unit:"ms" grid:"dt" doc:"end of it; default: the end of the run"`
	Time       float64 `toml:"time" must:"for show time" unit:"ms" grid:"dt" doc:"the time shown"`
	Low        float64 `toml:"low" doc:"value of the first colour, in the unit of the variable; default: the lowest"`
	High       float64 `toml:"high" doc:"value of the last colour; default: the highest"`
	Diameters  float64 `toml:"diameters" doc:"factor of the diameters that are drawn, except that of the soma; 1: to scale"`
	Dendrogram bool    `toml:"dendrogram" doc:"draw the dendrogram next to it"`
	Segments   bool    `toml:"segments" doc:"mark the middles of the segments, on which the synapses lie"`
	Electrodes bool    `toml:"electrodes" doc:"mark the electrodes in the cell"`
}

// What the colours of a cell are.
const (
	showHighest = "highest"
	showLowest  = "lowest"
	showTime    = "time"
	showRegion  = "region"
)

// accuracySpec asks for rates of detection over the first axis of the sweep,
// a curve for each value of the second.
type accuracySpec struct {
	Panels []string `toml:"panels" of:"detection false_negatives false_positives cell_detection cell_false_positives" doc:"detection, false_negatives, false_positives, cell_detection, cell_false_positives"`
	XLabel string   `toml:"x_label" doc:"label of the horizontal axis, without its unit; default: the key"`
	Theory bool     `toml:"theory" doc:"draw what theory expects: equations (4), (6) and (8), with jitter also the scan statistic"`
}

// defaults of the tables above, each next to its type.
func defaultRecord() Record {
	return Record{Dendritic: true, Formats: []string{formatCSV}, RatesBin: 5}
}
func defaultTrace(name string) Trace {
	return Trace{Name: name, Variables: []string{string(network.Vm)}, At: math.NaN(), Every: math.NaN(), Stop: math.Inf(1)}
}
func defaultDetection() Detection {
	return Detection{Estimator: direct, Trials: 100_000}
}
func defaultRaster() rasterSpec {
	return rasterSpec{Stop: math.Inf(1), Rows: 2048, Spikes: true, Rates: true}
}
func defaultTraces() tracesSpec { return tracesSpec{Stop: math.Inf(1), Stimulus: true} }
func defaultKymograph() kymographSpec {
	t := kymographSpec{Variable: string(network.V), Stop: math.Inf(1), Low: math.NaN(), High: math.NaN()}
	t.To.PlaceTable = model.DefaultPlace()
	return t
}
func defaultCell() cellSpec {
	return cellSpec{Show: showHighest, Cell: -1, Variable: string(network.V), Stop: math.Inf(1), Time: math.NaN(), Low: math.NaN(), High: math.NaN(),
		Diameters: 3, Dendrogram: true, Segments: true, Electrodes: true}
}
func defaultAccuracy() accuracySpec {
	return accuracySpec{Panels: []string{"detection", "false_negatives", "false_positives"}, Theory: true}
}
