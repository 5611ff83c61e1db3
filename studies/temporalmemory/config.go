package temporalmemory

import (
	"neurosim/grammar"
	"neurosim/sequence"
	"neurosim/stimulus"
)

// A Study is a configuration of a study of the temporal memory, read, checked and
// resolved. Its stream is one of the two kinds.
type Study struct {
	*grammar.Configuration
	Run     Run
	Memory  sequence.Params
	Mixed   *mixedStream
	Series  *seriesStream
	Figures []Figure
}

// Run is what a user sets of the runs of a study.
type Run struct {
	Seed    uint64 `toml:"seed" doc:"seed of every random number"`
	Repeats int    `toml:"repeats" doc:"runs of each case, with the seeds seed, seed + 1, ..."`
}

// mixedStream shows sequences among noise.
type mixedStream struct {
	Kind        string   `toml:"kind" must:"yes" doc:"mixed: sequences among random patterns"`
	Elements    int      `toml:"elements" doc:"length of the stream"`
	Active      int      `toml:"active" doc:"active columns of an element"`
	Noise       int      `toml:"noise" doc:"random patterns between two sequences"`
	Sequences   []string `toml:"sequences" must:"yes" list:"twice" doc:"sequences of the letters A to Z, all as long"`
	Changed     []string `toml:"changed" list:"twice" doc:"sequences after the change"`
	ChangeAfter int      `toml:"change_after" doc:"element after which the sequences change or cells die; 0: never"`

	Cases []Case `toml:"-"`
}

// stream returns the stream of a case.
func (m *mixedStream) stream(columns int, seed uint64, change bool) stimulus.Mixed {
	s := stimulus.Mixed{Columns: columns, Active: m.Active, Noise: m.Noise, Sequences: m.Sequences, Seed: seed}
	if change {
		s.Changed, s.ChangeAfter = m.Changed, m.ChangeAfter
	}
	return s
}

// A Case is one condition of a mixed study.
type Case struct {
	Name           string  `toml:"-"`
	Label          string  `toml:"label" doc:"name in figures; default: the name of the table"`
	CellsPerColumn int     `toml:"cells_per_column" doc:"cells of a column; default: as the memory says"`
	Change         bool    `toml:"change" doc:"the sequences change"`
	Dead           float64 `toml:"dead" doc:"fraction of all cells that die after element change_after"`
}

// seriesStream predicts a column of a table online.
type seriesStream struct {
	Kind      string `toml:"kind" must:"yes" doc:"series: a column of a CSV file"`
	File      string `toml:"file" file:"table" doc:"table with a header"`
	Value     string `toml:"value" must:"yes" doc:"column to predict; a row in which it is missing (empty, NaN, NA) is not scored, and nothing is predicted from it"`
	SkipRows  int    `toml:"skip_rows" doc:"lines after the header that are not data"`
	Rows      int    `toml:"rows" doc:"rows used; 0: all"`
	Ahead     int    `toml:"ahead" doc:"rows between a prediction and the predicted value"`
	Season    int    `toml:"season" doc:"rows of a season: predictions are compared with the value one season earlier; 0: none"`
	ScoreFrom int    `toml:"score_from" doc:"row from which predictions count, from 0"`

	Encoders []encoding  `toml:"-"`
	Columns  columnsOf   `toml:"-"`
	Readout  readoutOf   `toml:"-"`
	Values   []float64   `toml:"-"` // the column to predict; nil: no file was named
	Inputs   [][]float64 `toml:"-"` // the column of each encoder
}

// An encoding is one encoder and the column that it encodes.
type encoding struct {
	Name   string
	Column string
	stimulus.Encoder
}

// columnsOf says how the joined encoders reach the columns of the memory.
type columnsOf struct {
	Active    int     `toml:"active" doc:"active columns of a row"`
	Potential float64 `toml:"potential" doc:"fraction of the encoders' cells that a column has input from"`
}

// readoutOf is what a user sets of the read-out.
type readoutOf struct {
	Sees    []string `toml:"sees" of:"winners active columns" doc:"inputs of the read-out: winners, active (cells) or columns, or several"`
	Min     float64  `toml:"min" doc:"lower end of the first bucket"`
	Max     float64  `toml:"max" must:"yes" doc:"upper end of the last bucket"`
	Buckets int      `toml:"buckets" doc:"classes between min and max"`
	Spread  float64  `toml:"spread" doc:"width of a target over neighbouring buckets, as a standard deviation in buckets"`
	Rate    float64  `toml:"rate" doc:"rate of learning, η"`
}

// Figure is one figure of a study.
type Figure struct {
	*grammar.Figure
	Spec figureSpec
}

// figureSpec asks for a figure of a study of the temporal memory.
type figureSpec struct {
	casesDrawn
	beside
}

// casesDrawn says which cases of a mixed stream a figure shows.
type casesDrawn struct {
	Cases []string `toml:"cases" doc:"of a mixed stream: cases drawn, in order; default: all"`
}

// beside says what is drawn beside the curves of the study.
type beside struct {
	Reference string `toml:"reference" of:"mixed-stream cell-death" doc:"mixed-stream or cell-death: curves of independent programs on the published task; default: none"`
}

// Kinds of figures: of both streams, of a mixed stream and of a series.
func streamFigures() []grammar.FigureKind {
	return []grammar.FigureKind{
		{Name: "growth", Text: "Segments and synapses against elements or rows.", Default: &casesDrawn{}, Axes: []grammar.Axes{{"", ""}}},
		{Name: "permanences", Text: "Distribution of the permanences of synapses.", Default: &casesDrawn{}},
	}
}

func mixedFigures() []grammar.FigureKind {
	return append([]grammar.FigureKind{{Name: "learning", Text: "The accuracy of predictions against elements.", Default: &figureSpec{}, Axes: []grammar.Axes{{"", ""}}}}, streamFigures()...)
}

func seriesFigures() []grammar.FigureKind {
	return append([]grammar.FigureKind{
		{Name: "error", Text: "The error of predictions against rows, and the anomaly.", Axes: []grammar.Axes{{"", ""}}},
		{Name: "forecast", Text: "Values and predictions against rows.", Axes: []grammar.Axes{{"", ""}}},
	}, streamFigures()...)
}

// allFigures are the kinds of figures of either stream.
func allFigures() []grammar.FigureKind {
	return append(mixedFigures()[:1:1], seriesFigures()...)
}

// Tables of one kind of stream only.
var (
	mixedTables  = []string{"cases"}
	seriesTables = []string{"encoders", "columns", "readout"}
)

func defaultRun() Run             { return Run{Seed: 1, Repeats: 1} }
func defaultMixed() mixedStream   { return mixedStream{Elements: 9000, Active: 40, Noise: 4} }
func defaultSeries() seriesStream { return seriesStream{Ahead: 1} }
func defaultColumns() columnsOf   { return columnsOf{Active: 40, Potential: 0.2} }
func defaultReadout() readoutOf {
	return readoutOf{Sees: []string{"winners", "columns"}, Buckets: 60, Spread: 2, Rate: 10}
}

// referenceTables returns the tables of the reference.
func referenceTables() []grammar.Table {
	return []grammar.Table{
		{Title: "[run]", Text: "A study of the temporal memory has the tables from here on, and [sweep], [figures] and [output].", Default: new(defaultRun())},
		{Title: "[memory]", Text: "The temporal memory of Hawkins & Ahmad (2016); package sequence says what a step does.", Default: new(sequence.Default())},
		{Title: "[stream], kind = \"mixed\"", Text: "Sequences of letters among random patterns.", Default: new(defaultMixed())},
		{Title: "[cases.NAME]", Text: "Conditions of a mixed stream, each run run.repeats times.", Default: &Case{}},
		{Title: "[stream], kind = \"series\"", Text: "Online prediction of a column of a table.", Default: new(defaultSeries())},
		{Title: "[encoders.NAME], kind = \"category\"", Text: "The cells of all encoders of a series are one input.", Default: &categoryEncoder{}},
		{Title: "[encoders.NAME], kind = \"scalar\"", Default: &scalarEncoder{}},
		{Title: "[encoders.NAME], kind = \"random\"", Text: "Numbers without bounds.", Default: &randomEncoder{}},
		{Title: "[encoders.NAME], kind = \"periodic\", \"time_of_day\" or \"day_of_week\"", Default: &periodicEncoder{}},
		{Title: "[columns]", Text: "How the encoders of a series reach the columns of the memory.", Default: new(defaultColumns())},
		{Title: "[readout]", Text: "How the activity predicts a series.", Default: new(defaultReadout())},
	}
}
