package onecell

import (
	"math"
	"slices"

	"neurosim/grammar"
)

// Figure asks for one picture: one of the kinds.
type Figure struct {
	*grammar.Figure
	Uncaging       *uncagingSpec
	Expected       *expectedSpec
	ThresholdCurve *thresholdCurveSpec
	UncagingTraces *uncagingTracesSpec
	Morphology     *morphologySpec
	Psychometric   *psychometricSpec
}

// figures reads [figures.NAME].
func (d reader) figures(x *Study) {
	for _, f := range d.Figures(figureKinds()) {
		out := Figure{Figure: f}
		switch f.Kind {
		case "uncaging":
			out.Uncaging = d.uncagingFigure(x, f)
		case "expected-measured":
			out.Expected = d.expectedFigure(x, f)
		case "threshold-curve":
			out.ThresholdCurve = d.thresholdCurve(x, f)
		case "uncaging-traces":
			out.UncagingTraces = d.uncagingTraces(x, f)
		case "morphology":
			out.Morphology = d.morphologyFigure(x, f)
		case "psychometric":
			out.Psychometric = d.psychometricFigure(x, f)
		}
		d.CheckFigure(f)
		x.Figures = append(x.Figures, out)
	}
}

// uncagingSpec asks for peaks at the dendrite and the soma against the number of
// synapses, with their arithmetic sum.
type uncagingSpec struct {
	Points []int    `toml:"points" doc:"points of the sweep, from 0; default: all"`
	Labels []string `toml:"labels" doc:"names of the points of the sweep; default: their values"`
}

// thresholdCurveSpec asks for what the points of a sweep have in one number each,
// over its first axis, a curve for each value of the second.
type thresholdCurveSpec struct {
	Panels []string `toml:"panels" of:"threshold soma local duration supralinearity" doc:"threshold, soma, local, duration, supralinearity"`
	Count  int      `toml:"count" doc:"synapses at which amplitudes and durations are taken; 0: the threshold of each point"`
	XLabel string   `toml:"x_label" doc:"label of the horizontal axis, without its unit; default: the key"`
	Labels []string `toml:"labels" doc:"names of the curves; default: the values of the second axis"`
	Bands  bool     `toml:"bands" doc:"shade the published ranges of NMDA-spike thresholds in synapses"`
}

// uncagingTracesSpec asks for potentials at the dendrite and the soma against
// time, a column for each number of synapses, a line for each point of the sweep.
type uncagingTracesSpec struct {
	Counts []int    `toml:"counts" must:"yes" doc:"numbers of synapses"`
	Points []int    `toml:"points" doc:"points of the sweep, from 0; default: all"`
	Labels []string `toml:"labels" doc:"their names; default: their values"`
	Start  float64  `toml:"start" unit:"ms" grid:"dt" doc:"begin of the time shown"`
	Stop   float64  `toml:"stop" unit:"ms" grid:"dt" doc:"end of the time shown; default: the end of the run"`
}

// morphologySpec asks for the tree of the cell, coloured by the highest potential
// that each compartment reaches.
type morphologySpec struct {
	Count int     `toml:"count" must:"yes" doc:"number of active synapses"`
	Step  float64 `toml:"step" unit:"mV" doc:"width of a colour's range"`
}

// psychometricSpec asks for the probability of an NMDA spike against the number
// of active synapses, and for the errors that follow from it.
type psychometricSpec struct {
	Labels []string `toml:"labels" doc:"names of the points of the sweep; default: their values"`
}

func defaultThresholdCurve() thresholdCurveSpec {
	return thresholdCurveSpec{Panels: []string{"threshold", "soma"}, Bands: true}
}

func defaultMorphology() morphologySpec { return morphologySpec{Step: 10} }

func defaultUncagingTraces() uncagingTracesSpec {
	return uncagingTracesSpec{Stop: math.Inf(1)}
}

// figureKinds are the kinds of figures of a study of one cell.
func figureKinds() []grammar.FigureKind {
	return []grammar.FigureKind{
		{Name: "uncaging", Needs: "uncaging", Text: "Peaks at the dendrite and the soma against the number of synapses, with their arithmetic sum.", Default: &uncagingSpec{}, Axes: []grammar.Axes{{"", "mV"}, {"", "ms"}}},
		{Name: "expected-measured", Needs: "uncaging", Text: "Peaks of uncaging against the arithmetic sum of the responses to each synapse alone, with the line of equality, and the nonlinearity in percent.", Default: new(defaultExpected()), Axes: []grammar.Axes{{"mV", "mV"}, {"mV", "%"}}},
		{Name: "threshold-curve", Needs: "uncaging", Text: "Numbers of each point of the sweep, such as the threshold, against the first axis; a curve for each value of the second axis.", Default: new(defaultThresholdCurve()), Axes: []grammar.Axes{{grammar.AnyUnit, ""}, {grammar.AnyUnit, "mV"}, {grammar.AnyUnit, "ms"}}},
		{Name: "uncaging-traces", Needs: "uncaging", Text: "Potentials at the dendrite and the soma against time, a column for each number of synapses, a line for each point of the sweep.", Default: new(defaultUncagingTraces()), Axes: []grammar.Axes{{"ms", "mV"}}},
		{Name: "morphology", Needs: "uncaging", Text: "The tree of the cell, coloured by the highest potential of each compartment.", Default: new(defaultMorphology()), NoData: "it shows where compartments lie"},
		{Name: "psychometric", Needs: "psychometric", Text: "The probability of an NMDA spike against the number of active synapses, and the errors that follow.", Default: &psychometricSpec{}, Axes: []grammar.Axes{{"", ""}}},
	}
}

// drawnPoints returns how many points of a sweep there are to draw.
func (x *Study) drawnPoints() int {
	return max(1, len(x.Points()))
}

// points resolves which points of a sweep a figure shows.
func (d reader) points(x *Study, path string, points *[]int) {
	most := x.drawnPoints()
	if len(*points) == 0 {
		for i := range most {
			*points = append(*points, i)
		}
	}
	if i := slices.IndexFunc(*points, func(i int) bool { return i < 0 || i >= most }); i >= 0 {
		d.Bad(path+".points", "names point %d; points are 0 to %d", (*points)[i], most-1)
	}
}

// labelled holds a list of names to what it names.
func (d reader) labelled(path string, labels []string, of int, what string) {
	if len(labels) > 0 && len(labels) != of {
		d.Bad(path+".labels", "has %d names; there are %d %s", len(labels), of, what)
	}
}

func (d reader) uncagingFigure(x *Study, f *grammar.Figure) *uncagingSpec {
	t := uncagingSpec{}
	d.IntoFigure(f, &t)
	d.points(x, f.Path, &t.Points)
	d.labelled(f.Path, t.Labels, len(t.Points), "points shown")
	return &t
}

func (d reader) expectedFigure(x *Study, f *grammar.Figure) *expectedSpec {
	t := defaultExpected()
	d.IntoFigure(f, &t)
	d.points(x, f.Path, &t.Points)
	d.labelled(f.Path, t.Labels, len(t.Points), "points shown")
	return &t
}

func (d reader) thresholdCurve(x *Study, f *grammar.Figure) *thresholdCurveSpec {
	t := defaultThresholdCurve()
	d.IntoFigure(f, &t)
	curves := 1
	if d.NeedsAxes(f) && x.Sweep != nil && len(x.Sweep.Axes) == 2 {
		curves = len(x.Sweep.Axes[1].Values)
	}
	if x.Sweep != nil && len(x.Sweep.Axes) > 0 && x.Sweep.Axes[0].Key == "uncaging.at" && t.XLabel == "" {
		f.Draws(grammar.Axes{"um", ""}, grammar.Axes{"um", "mV"}, grammar.Axes{"um", "ms"})
	}
	if x.Uncaging != nil && (t.Count < 0 || t.Count > x.Uncaging.Synapses) {
		d.Bad(f.Path+".count", "must be from 0 to %d (uncaging.synapses)", x.Uncaging.Synapses)
	}
	d.labelled(f.Path, t.Labels, curves, "curves")
	return &t
}

func (d reader) morphologyFigure(x *Study, f *grammar.Figure) *morphologySpec {
	t := defaultMorphology()
	d.IntoFigure(f, &t)
	if d.Require(f.Path+".count") && x.Uncaging != nil && (t.Count < 0 || t.Count > x.Uncaging.Synapses) {
		d.Bad(f.Path+".count", "must be from 0 to %d (uncaging.synapses)", x.Uncaging.Synapses)
	}
	d.Rule(t.Step >= 1 && t.Step <= 100, f.Path+".step", "must be from 1 to 100 mV")
	d.Rule(len(x.Points()) <= 1, f.Path+".kind", "draws one cell; there is a sweep of %d", len(x.Points()))
	return &t
}

func (d reader) uncagingTraces(x *Study, f *grammar.Figure) *uncagingTracesSpec {
	t := defaultUncagingTraces()
	d.IntoFigure(f, &t)
	d.Shown(x.Model, f.Path, &t.Start, &t.Stop)
	for _, k := range t.Counts {
		if x.Uncaging != nil && (k < 0 || k > x.Uncaging.Synapses) {
			d.Bad(f.Path+".counts", "names %d synapses; there are 0 to %d", k, x.Uncaging.Synapses)
		}
	}
	d.points(x, f.Path, &t.Points)
	d.labelled(f.Path, t.Labels, len(t.Points), "points shown")
	return &t
}

func (d reader) psychometricFigure(x *Study, f *grammar.Figure) *psychometricSpec {
	t := psychometricSpec{}
	d.IntoFigure(f, &t)
	d.labelled(f.Path, t.Labels, x.drawnPoints(), "points of the sweep")
	return &t
}
