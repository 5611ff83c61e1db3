package configs

import (
	"slices"

	"neurosim/grammar"
)

// Reference describes every key that a configuration may have, as Markdown.
func Reference() string {
	run, sweep, output := defaultRun(), grammar.DefaultSweep(), grammar.DefaultOutput()
	return grammar.Reference(slices.Concat(
		[]grammar.Table{{Title: "[run]", Default: &run}},
		populationTables(), treeTables(), projectionTables(), inputTables(), recordTables(), studyTables(),
		[]grammar.Table{
			{Title: "[sweep]", Text: "`[sweep.axes]` holds lists of values by dotted key, in quotes; the first axis is drawn along x. `[sweep.set]` holds values that all runs of the sweep change.", Default: &sweep},
			grammar.FigureTable(),
		},
		grammar.KindTables("every study", []grammar.FigureKind{grammar.SweepKind()}),
		grammar.KindTables("a network", networkFigures()), grammar.KindTables("a single cell", cellFigures()),
		[]grammar.Table{{Title: "[output]", Default: &output}},
		temporalReference(), spikingReference(),
	))
}
