package configs

import (
	"math"
	"path"
	"slices"
	"strconv"
	"strings"

	"neurosim/network"
)

// An Experiment is a configuration, read, checked and resolved: plain data, with
// every default filled in.
type Experiment struct {
	Title     string
	Run       Run
	Network   network.Spec
	Record    Record
	Traces    []Trace
	Detection *Detection // nil: not asked for
	Sweep     *Sweep     // nil: not asked for
	Temporal  *Temporal  // model = "temporal-memory"; else nil
	Spiking   *Spiking   // model = "spiking-memory"; else nil

	// A study of one cell in place of a run of the network: at most one.
	Uncaging     *Uncaging
	Psychometric *Psychometric

	Figures []Figure
	Output  Output

	// Notes say what was done that nobody wrote, and what of the files was not taken as
	// it stands, with numbers.
	Notes []string

	File     string   // as the user named it
	Text     []byte   // its bytes
	Inputs   []Source // every other file that was read
	sections []section
	dropped  map[string]bool // keys that have no meaning here
	base     *source         // for the points of a sweep
	options  Options
}

// A Source is a file that a configuration needs.
type Source struct {
	Name string // as the user would name it
	Text []byte
	Copy string // what a run directory calls its copy; "" for included configurations, which it does not need
}

// Resolved returns the configuration with every default and unit, as TOML that
// loads to the same experiment. Names of files are relative to the working
// directory.
func (x *Experiment) Resolved() string { return encode(x.sections, x.dropped, nil) }

// ResolvedBesideCopies returns the same for a run directory, in which the files
// have the names of their copies.
func (x *Experiment) ResolvedBesideCopies() string {
	names := map[string]string{}
	for _, in := range x.Inputs {
		if in.Copy != "" {
			names[in.Name] = in.Copy
		}
	}
	return encode(x.sections, x.dropped, names)
}

// addInput notes a file that was read besides the configuration.
func (x *Experiment) addInput(name string, text []byte, data bool) {
	if slices.ContainsFunc(x.Inputs, func(in Source) bool { return in.Name == name }) {
		return
	}
	in := Source{Name: name, Text: text}
	if data {
		in.Copy = x.freeCopy(path.Base(name))
	}
	x.Inputs = append(x.Inputs, in)
}

// freeCopy returns a name for the copy of an input that no other copy has, in any
// case of letters. Its last part is that of the file.
func (x *Experiment) freeCopy(base string) string {
	base = strings.ReplaceAll(base, `\`, "_")
	if strings.HasSuffix(base, ".tmp") || strings.HasSuffix(base, ".part") {
		base += "_" // the run directory keeps these endings for itself
	}
	for i := 1; ; i++ {
		name := path.Join("inputs", base)
		if i > 1 {
			name = path.Join("inputs", strconv.Itoa(i), base)
		}
		if !slices.ContainsFunc(x.Inputs, func(in Source) bool { return strings.EqualFold(in.Copy, name) }) {
			return name
		}
	}
}

// Run is what a user sets of the run as a whole.
type Run struct {
	Tstop      float64 `toml:"tstop" must:"yes" unit:"ms" grid:"dt" doc:"length of the run"`
	Dt         float64 `toml:"dt" unit:"ms" doc:"length of a step"`
	Seed       uint64  `toml:"seed" doc:"seed of every random number"`
	Checkpoint float64 `toml:"checkpoint" unit:"ms" grid:"dt" doc:"model time between checkpoints; 0: only when interrupted"`
}

// Record is what a user sets of the recording of events.
type Record struct {
	Spikes    []string `toml:"spikes" list:"empty" doc:"populations whose spikes are recorded; default: all; []: none"`
	Dendritic bool     `toml:"dendritic" doc:"record the starts and ends of NMDA spikes"`
	Format    string   `toml:"format" of:"csv binary" doc:"csv or binary: format of the spikes"`
	RatesBin  float64  `toml:"rates_bin" unit:"ms" grid:"dt" doc:"bin of the population rates"`
}

// A Trace is a set of quantities recorded in time, in a file of its own.
type Trace struct {
	Name       string   `toml:"-"`
	Population string   `toml:"population" must:"yes" doc:"population of the cells"`
	Cells      []int    `toml:"cells" must:"yes" doc:"cells, from 0"`
	Variables  []string `toml:"variables" doc:"V_m of the soma; I_syn; overlap and plateaus of segments; of compartmental cells V_seg, the highest potential of a segment, and V, that at a place"`
	Sections   []string `toml:"sections" doc:"sections for V"`
	At         float64  `toml:"at" doc:"place on each of the sections for V, 0 to 1; default: 0.5"`
	Group      string   `toml:"group" doc:"segments for V_seg, overlap and plateaus; default: the only ones"`
	Segments   []int    `toml:"segments" doc:"segments of each cell for overlap and V_seg; default: 0"`
	Every      float64  `toml:"every" unit:"ms" grid:"dt" doc:"time between samples, counted from start; default: every step"`
	Start      float64  `toml:"start" unit:"ms" grid:"dt" doc:"begin of the recording; a sample is stamped with the beginning of its step, and its value is that after the step"`
	Stop       float64  `toml:"stop" unit:"ms" grid:"dt" doc:"end of the recording; default: the end of the run"`

	Probes []network.Probe `toml:"-"`
}

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

// Estimators of false positives, in Detection.
const (
	Direct     = "direct"
	Stratified = "stratified"
)

// Sweep runs the network again for every combination of some values.
type Sweep struct {
	Repeats int         `toml:"repeats" doc:"runs of each point, with different seeds"`
	Set     []Override  `toml:"-"` // [sweep.set]: what all points change
	Axes    []SweepAxis `toml:"-"` // [sweep.axes], in order
}

// A SweepAxis is one key and its values, as TOML literals.
type SweepAxis struct {
	Key    string
	Values []string
	Points []float64 // the values as numbers, in the unit of the key
	Unit   string
	file   bool // the key names a file
}

// Figure asks for one picture: one of the kinds.
type Figure struct {
	Name string
	FigureSize
	Raster   *RasterFigure
	Traces   *TracesFigure
	Accuracy *AccuracyFigure
	Temporal *TemporalFigure // its kind is in FigureSize
	Spiking  *SpikingFigure  // the same
	Sweep    *SweepFigure

	Uncaging       *UncagingFigure
	ThresholdCurve *ThresholdCurveFigure
	UncagingTraces *UncagingTracesFigure
	Morphology     *MorphologyFigure
	Psychometric   *PsychometricFigure
}

// FigureSize is what a user sets of every figure.
type FigureSize struct {
	Kind   string  `toml:"kind" must:"yes" doc:"raster, traces or accuracy; of a single cell uncaging, threshold-curve, uncaging-traces, morphology or psychometric; of a temporal memory learning, error, forecast, growth or permanences; of a spiking memory learning, raster, replay, growth or permanences"`
	Title  string  `toml:"title" doc:"drawn above the figure"`
	Width  float64 `toml:"width" unit:"mm" doc:"width of the figure: 89 is one journal column, 183 two"`
	Height float64 `toml:"height" unit:"mm" doc:"height of the figure without its note; default: by its content"`
	Note   bool    `toml:"note" doc:"write below the figure what its markers, bars, arrows and lines are, and their n"`
}

// RasterFigure asks for spikes against time: a panel per population, and the
// population rates below.
type RasterFigure struct {
	Start       float64  `toml:"start" unit:"ms" grid:"dt" doc:"begin of the time shown"`
	Stop        float64  `toml:"stop" unit:"ms" grid:"dt" doc:"end of the time shown; default: the end of the run"`
	Populations []string `toml:"populations" doc:"from the top; default: all that are recorded"`
	Rows        int      `toml:"rows" doc:"most cells shown of each population, evenly spread"`
	Rates       bool     `toml:"rates" doc:"draw the population rates below"`
}

// TracesFigure asks for recorded traces against time.
type TracesFigure struct {
	Start  float64  `toml:"start" unit:"ms" grid:"dt" doc:"begin of the time shown"`
	Stop   float64  `toml:"stop" unit:"ms" grid:"dt" doc:"end of the time shown; default: the end of the run"`
	Trace  string   `toml:"trace" doc:"name of the table [record.traces.NAME]; default: the only one"`
	Labels []string `toml:"labels" doc:"names of the cells in the legend, in the order of the trace; default: their numbers"`
}

// AccuracyFigure asks for rates of detection over the first axis of the sweep,
// a curve for each value of the second.
type AccuracyFigure struct {
	Panels []string `toml:"panels" of:"detection false_negatives false_positives cell_detection cell_false_positives" doc:"detection, false_negatives, false_positives, cell_detection, cell_false_positives"`
	XLabel string   `toml:"x_label" doc:"label of the horizontal axis; default: the key"`
	Theory bool     `toml:"theory" doc:"draw what theory expects: equations (4), (6) and (8), with jitter also the scan statistic"`
}

// Output is what a user sets of the files that a run leaves.
type Output struct {
	Formats []string `toml:"formats" list:"empty" of:"png svg pdf" doc:"formats of the figures: png, svg, pdf; []: none is drawn"`
}

// defaults of the tables above, each next to its type.
func defaultRun() Run { return Run{Dt: 0.1, Seed: 1} }
func defaultRecord() Record {
	return Record{Dendritic: true, Format: "csv", RatesBin: 5}
}
func defaultTrace(name string) Trace {
	return Trace{Name: name, Variables: []string{string(network.Vm)}, At: math.NaN(), Every: math.NaN(), Stop: math.Inf(1)}
}
func defaultDetection() Detection {
	return Detection{Estimator: Direct, Trials: 100_000}
}
func defaultSweep() Sweep           { return Sweep{Repeats: 1} }
func defaultFigureSize() FigureSize { return FigureSize{Width: 183, Height: math.NaN(), Note: true} }
func defaultRaster() RasterFigure {
	return RasterFigure{Stop: math.Inf(1), Rows: 2048, Rates: true}
}
func defaultTraces() TracesFigure { return TracesFigure{Stop: math.Inf(1)} }
func defaultAccuracy() AccuracyFigure {
	return AccuracyFigure{Panels: []string{"detection", "false_negatives", "false_positives"}, Theory: true}
}
func defaultOutput() Output { return Output{Formats: []string{"png"}} }
