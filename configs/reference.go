package configs

import (
	"fmt"
	"math"
	"reflect"
	"strings"

	"neurosim/dendrite"
	"neurosim/network"
	"neurosim/neuron"
	"neurosim/sequence"
	"neurosim/stimulus"
)

// Reference describes every key that a configuration may have, as Markdown: a
// table for each TOML table, with unit, default and meaning. It is made from
// the structs that the loader fills, so it cannot differ from what is read.
func Reference() string {
	cells := &cellTable{}
	cells.Soma, cells.Ie = neuron.DefaultLIF(), network.Const(0)
	cells.V0 = network.Const(cells.Soma.EL)
	segments := network.DefaultSegments()
	spikes := defaultSpikesInput()
	show := sdrInput{Kind: "sdr", PresentationParams: stimulus.DefaultPresentations()}
	run, rec, trace, detection, sweep, out := defaultRun(), defaultRecord(), defaultTrace(""), defaultDetection(), defaultSweep(), defaultOutput()
	raster := struct {
		FigureSize
		RasterFigure
	}{defaultFigureSize(), defaultRaster()}
	traces := struct {
		FigureSize
		TracesFigure
	}{defaultFigureSize(), defaultTraces()}
	accuracy := struct {
		FigureSize
		AccuracyFigure
	}{defaultFigureSize(), defaultAccuracy()}
	beside := defaultUncaging()
	uncaging := struct {
		FigureSize
		UncagingFigure
	}{defaultFigureSize(), UncagingFigure{}}
	curve := struct {
		FigureSize
		ThresholdCurveFigure
	}{defaultFigureSize(), defaultThresholdCurve()}
	uncagingTraces := struct {
		FigureSize
		UncagingTracesFigure
	}{defaultFigureSize(), defaultUncagingTraces()}
	morphology := struct {
		FigureSize
		MorphologyFigure
	}{defaultFigureSize(), defaultMorphology()}
	psychometric := struct {
		FigureSize
		PsychometricFigure
	}{defaultFigureSize(), PsychometricFigure{}}
	trials := defaultPsychometric()
	shortTerm := dendrite.DefaultShortTerm()
	region, section := neuron.DefaultMembrane(), neuron.DefaultSection()
	temporal := struct {
		run     TemporalRun
		memory  sequence.Params
		mixed   MixedStudy
		series  SeriesStudy
		columns ColumnsOf
		readout ReadoutOf
		figure  struct {
			FigureSize
			TemporalFigure
		}
	}{run: defaultTemporalRun(), memory: sequence.Default(), mixed: defaultMixed(), series: defaultSeries(), columns: defaultColumns(), readout: defaultReadout()}
	temporal.mixed.Kind, temporal.series.Kind = "mixed", "series"
	temporal.figure.FigureSize = defaultFigureSize()
	memory := referenceSpiking()
	var b strings.Builder
	for _, t := range []struct {
		title, text string
		value       any
	}{
		{"[run]", "", &run},
		{"[populations.NAME], kind = \"sdr\"", "Input cells, which spike as the inputs say.", &sdrTable{Kind: network.SDR}},
		{"[populations.NAME], kind = \"pyramidal\" or \"inhibitory\"", "Neurons. The soma's keys stand in [populations.NAME.soma].", cells},
		{"[populations.NAME.segments.GROUP]", "Segments of a pyramidal population. Several groups may stand side by side.", &segments},
		{"[populations.NAME], kind = \"compartmental\"", "Cells as trees of compartments, with conductances. The first section is the soma.", defaultTree()},
		{"[populations.NAME.morphology]", "The cell from an SWC file, in place of sections. A section is an unbranched run of samples of one type, named after its region (soma, axon, basal, apical, and for other types type0, type5 ...) and its last sample: `basal12`, `type5_12`. It has the membrane of the region of that name. `neurosim check CONFIG --sections` lists the sections.\n\nFiles are read in the forms that other programs write: numbering from 0, with gaps, in any order; any line ends; further columns; tabs, commas or semicolons. What is repaired is told once, with counts: samples at the place of their parent (no cable between them; what follows has the sample's own radius), loose pieces (left out), samples called soma apart from the soma, a cell without soma (a sphere at the root). What is wrong with an axon that is left out does not matter.\n\nThe soma is one compartment, a cylinder as long as wide, and neurites begin on it at their own first sample: the gap between the two is no cable. One sample is a sphere; three, of which two lie one radius on either side of the first, are the same sphere; others are cylinders between the samples, which may fork, as NEURON reads them, or with `soma = \"contour\"` a sphere with the mean distance of the samples from their centre. The choice moves areas and input resistances: cylinders along the outline of a soma have another area than the soma. Where the choice is not made, a note tells both areas.", &swcTable{}},
		{"[populations.NAME.regions.REGION]", "A membrane that differs from that of the cell, which is its default.", &region},
		{"[populations.NAME.sections.SECTION]", "A cylinder or cone; sections follow their parents.", &section},
		{"[populations.NAME.channels.CHANNEL]", "Voltage-dependent conductances. A Hodgkin-Huxley soma has `na` and `kdr`, and `soma.model = \"channels\"`.", &channelTable{ChannelParams: neuron.DefaultChannel()}},
		{"[populations.NAME.segments.GROUP], of compartmental cells", "Places for synapses. A receptor with g_max = 0 is absent.", defaultTreeSegments()},
		{"[projections.NAME]", "Synapses from one population on the somata or the segments of another.", &projectionTable{Assign: network.AssignCyclic, Patterns: 1, Weight: network.Const(math.NaN()), Delay: network.Const(math.NaN())}},
		{"[projections.NAME.short_term]", "Short-term depression and facilitation of conductances (Tsodyks & Markram); without the table there is none.", &shortTerm},
		{"[inputs.NAME], kind = \"sdr\"", "Shows patterns: every period one of the population's patterns, or a novel one.", &show},
		{"[inputs.NAME], kind = \"poisson\"", "Independent background spikes in every cell.", &poissonInput{Kind: "poisson", PoissonParams: stimulus.DefaultPoisson()}},
		{"[inputs.NAME], kind = \"spikes\"", "Spikes from a table: a header, then a row for each spike; lines that begin with # are comments. Read as they are: columns `cell` and `step` or `time_ms`, such as `spikes.csv` of a run. A table of another program is read by the keys, for example `columns = { cell = \"sender\", time = \"time_ms\" }` (NEST) or `columns = { cell = \"i\", time = \"t\" }` with `time_unit = \"s\"` (Brian). A time goes to the nearest step, from halfway on to the later; a cell may spike several times in a step. What is not used as it stands is said with counts.", &spikes},
		{"[inputs.NAME], kind = \"current\"", "A step of current into neurons. Several into one place add.", &currentInput{Kind: "current", CurrentParams: network.DefaultCurrent()}},
		{"[record]", "", &rec},
		{"[record.traces.NAME]", "", &trace},
		{"[detection]", "What counts as a trial, and how false positives are estimated from trials. `estimator = \"stratified\"` tries every overlap of a pattern with a segment on its own, with the same engine, jitter and background, and weights the responses by the exact probability of the overlap: a rate of 1e-20 takes as long as one of 0.1. The patterns are drawn anew and shown with the input's noise. It is the points of a sweep that are estimated, or, without a sweep, the configuration itself (`detection.stratified` in `metrics.json`); the run proper stays an ordinary one.", &detection},
		{"[uncaging]", "A study of one cell in place of a run of a network: K = 0, 1, 2 ... synapses are activated directly. The population's criterion (`detect`) finds the threshold K*. The first K synapses are the same for every larger K: they lie by the sequence of van der Corput (½, ¼, ¾, ⅛ ... of the cluster), or are drawn. A network with the same keys places synapse i of s at (i + ½)/s instead.", &beside},
		{"[psychometric]", "A study of one cell: the probability of an NMDA spike when b of s synapses are active, and the errors that follow.", &trials},
		{"[sweep]", "`[sweep.axes]` holds lists of values by dotted key, in quotes; the first axis is drawn along x. `[sweep.set]` holds values that all runs of the sweep change.", &sweep},
		{"[figures.NAME], kind = \"raster\"", "", &raster},
		{"[figures.NAME], kind = \"traces\"", "", &traces},
		{"[figures.NAME], kind = \"accuracy\"", "", &accuracy},
		{"[figures.NAME], kind = \"uncaging\"", "", &uncaging},
		{"[figures.NAME], kind = \"threshold-curve\"", "", &curve},
		{"[figures.NAME], kind = \"uncaging-traces\"", "", &uncagingTraces},
		{"[figures.NAME], kind = \"morphology\"", "", &morphology},
		{"[figures.NAME], kind = \"psychometric\"", "", &psychometric},
		{"[output]", "", &out},
		{"model = \"temporal-memory\": [run]", "A study of the temporal memory has the tables from here on, and [output].", &temporal.run},
		{"[memory]", "The temporal memory of Hawkins & Ahmad (2016); package sequence says what a step does.", &temporal.memory},
		{"[stream], kind = \"mixed\"", "Sequences of letters among random patterns.", &temporal.mixed},
		{"[cases.NAME]", "Conditions of a mixed stream, each run run.repeats times.", &MixedCase{}},
		{"[stream], kind = \"series\"", "Online prediction of a column of a table.", &temporal.series},
		{"[encoders.NAME], kind = \"category\"", "Encoders of a series stand side by side.", &categoryEncoder{encoderHead: encoderHead{Kind: "category"}}},
		{"[encoders.NAME], kind = \"scalar\"", "", &scalarEncoder{encoderHead: encoderHead{Kind: "scalar"}}},
		{"[encoders.NAME], kind = \"random\"", "Numbers without bounds.", &randomEncoder{encoderHead: encoderHead{Kind: "random"}}},
		{"[encoders.NAME], kind = \"periodic\", \"time_of_day\" or \"day_of_week\"", "", &periodicEncoder{encoderHead: encoderHead{Kind: "periodic"}}},
		{"[columns]", "How the encoders of a series reach the columns of the memory.", &temporal.columns},
		{"[readout]", "How a series is predicted from what is active.", &temporal.readout},
		{"[figures.NAME] of a temporal memory, kind = \"learning\", \"error\", \"forecast\", \"growth\" or \"permanences\"", "learning is of mixed streams; error and forecast are of series.", &temporal.figure},
		{"model = \"spiking-memory\": [run]", "A study of the spiking sequence memory has the tables from here on, and [output].", &memory.run},
		{"[network]", "The network of Bouhadjar et al. (2022); package sequence/spiking says what a step does. A preset gives the defaults of this table and the next; shown are those of set-I.", &memory.network},
		{"[task]", "What is shown, and when.", &memory.task},
		{"[replay]", "Given, the trained network recalls each sequence from its first element.", &memory.replay},
		{"[figures.NAME] of a spiking memory, kind = \"learning\", \"raster\", \"replay\", \"growth\" or \"permanences\"", "", &memory.figure},
	} {
		fmt.Fprintf(&b, "\n## `%s`\n\n", t.title)
		if t.text != "" {
			fmt.Fprintf(&b, "%s\n\n", t.text)
		}
		b.WriteString("| key | value | default | meaning |\n|---|---|---|---|\n")
		referenceRows(&b, "", reflect.ValueOf(t.value).Elem())
	}
	return b.String()
}

func referenceRows(b *strings.Builder, prefix string, v reflect.Value) {
	for _, f := range fields(v) {
		if f.v.Kind() == reflect.Struct && f.v.Type() != distType {
			referenceRows(b, prefix+f.key+".", f.v)
			continue
		}
		def := show(f)
		switch {
		case f.must:
			def = "must be given"
		case def != "":
			def = "`" + def + "`"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", prefix+f.key, kindOf(f), def, f.doc)
	}
}

// kindOf says what values a key takes.
func kindOf(f field) string {
	kind := map[reflect.Kind]string{
		reflect.Float64: "number", reflect.Int: "whole number", reflect.Int64: "whole number", reflect.Uint64: "whole number",
		reflect.Bool: "true or false", reflect.String: "string", reflect.Slice: "list",
	}[f.v.Kind()]
	if f.unit != "" {
		kind = unitOfTag(f.unit).named().name + " (" + f.unit + ")"
	}
	if f.v.Type() == distType {
		kind += ", or a distribution"
	}
	if f.grid {
		kind += ", whole steps"
	}
	return kind
}
