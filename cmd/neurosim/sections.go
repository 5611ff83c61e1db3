package main

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"neurosim/configs"
	"neurosim/grammar"
	"neurosim/studies/model"
)

const sectionsUsage = "sections FILE [--axon keep|drop|stub] [--soma cylinders|contour] [--json] [--quiet]\n\n" +
	"Lists the sections of a cell in a file, SWC or Neurolucida ASC, by the names that a\n" +
	"configuration with this morphology.file has for them. FILE may be - for standard input."

// A choiceFlag is a flag that has one of some values.
type choiceFlag struct {
	value string
	of    []string
}

func (f *choiceFlag) String() string { return f.value }

func (f *choiceFlag) Set(text string) error {
	if !slices.Contains(f.of, text) {
		return fmt.Errorf("must be one of %s%s", strings.Join(f.of, ", "), grammar.DidYouMean(text, f.of))
	}
	f.value = text
	return nil
}

// sectionsCommand lists the sections of a cell in a file.
func sectionsCommand(ctx context.Context, c *cli, args []string) error {
	fs := flag.NewFlagSet("sections", flag.ContinueOnError)
	axon := choiceFlag{value: "drop", of: []string{"keep", "drop", "stub"}}
	soma := choiceFlag{of: []string{"cylinders", "contour"}}
	fs.Var(&axon, "axon", "`keep|drop|stub`: morphology.axon: the axon of the file, none, or two cylinders in its place")
	fs.Var(&soma, "soma", "`cylinders|contour`: morphology.soma: the form of a soma of several samples in SWC")
	asJSON := fs.Bool("json", false, "print one JSON object on standard output")
	fs.BoolVar(&c.quiet, "quiet", false, "print only warnings and errors")
	files, err := parse(c, fs, args, sectionsUsage)
	switch {
	case err != nil:
		return err
	case len(files) != 1:
		return usagef("sections needs one file; got %s", grammar.Count(float64(len(files)), "file"))
	case strings.HasSuffix(files[0], ".toml"):
		return usagef("%s is a configuration: neurosim check --sections %[1]s lists its sections", files[0])
	}
	listed, err := awaited(ctx, func() (listing, error) { return listSections(files[0], axon.value, soma.value) })
	if *asJSON && listed.File != "" {
		if err := c.json(listed); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	for _, note := range listed.Notes {
		c.say("note: %s: %s", listed.File, note)
	}
	if *asJSON {
		return nil
	}
	if err := printSections(c, listed.Sections); err != nil {
		return err
	}
	fmt.Fprintln(c.out)
	return printTotals(c, listed.Totals)
}

// A listing is the sections of a cell in a file.
type listing struct {
	File     string              `json:"file"`
	OK       bool                `json:"ok"`
	Problems error               `json:"problems,omitempty"`
	Notes    []string            `json:"notes"`
	Sections []model.SectionRow  `json:"sections,omitempty"`
	Totals   []model.RegionTotal `json:"totals,omitempty"`
}

// listSections reads a file. Where the axon is left out, a note says what of it there is.
func listSections(name, axon, soma string) (listing, error) {
	text, file, err := configs.ReadData(name, model.MaxMorphology)
	l := listing{File: file, Problems: err, Notes: []string{}}
	if err != nil {
		return l, err
	}
	rows, notes, err := model.FileSections(file, text, axon, soma)
	if l.Problems = err; err != nil {
		return l, err
	}
	l.OK, l.Sections, l.Notes, l.Totals = true, rows, append(l.Notes, notes...), model.Totals(rows)
	if axon == "keep" {
		return l, nil
	}
	kept, _, err := model.FileSections(file, text, "keep", soma)
	if err != nil {
		l.Notes = append(l.Notes, "the axon is left out, and something is wrong with it: --axon keep says what")
		return l, nil
	}
	for _, t := range model.Totals(kept) {
		if t.Region == "axon" {
			l.Notes = append(l.Notes, fmt.Sprintf("the axon of the file is left out, %s of %.4g um: --axon keep lists it, morphology.axon = \"keep\" uses it", grammar.Count(float64(t.Sections), "section"), t.Length))
		}
	}
	return l, nil
}

// printSections prints sections as an aligned table, without the columns that none of them has.
func printSections(c *cli, rows []model.SectionRow) error {
	has := func(what func(model.SectionRow) bool) bool { return slices.ContainsFunc(rows, what) }
	named := has(func(r model.SectionRow) bool { return r.Population != "" })
	divided := has(func(r model.SectionRow) bool { return r.Compartments > 0 })
	spiny := has(func(r model.SectionRow) bool { return r.Spines > 0 })
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	line := func(population, rest, compartments, area, spines string) {
		if named {
			rest = population + "\t" + rest
		}
		if divided {
			rest += "\t" + compartments
		}
		if rest += "\t" + area; spiny {
			rest += "\t" + spines
		}
		fmt.Fprintf(w, "%s\t\n", rest)
	}
	line("population", "section\tregion\tparent\tat\tpoints\tlength (um)\tdiameters (um)\tmean (um)\tpath from soma (um)", "compartments", "area (um2)", "C_m and g_L by spines")
	for _, r := range rows {
		at, spines := "-", "-"
		if r.Parent != "" {
			at = fmt.Sprintf("%g", r.At)
		}
		if r.Spines > 0 {
			spines = fmt.Sprintf("x %.3f", r.Spines)
		}
		line(r.Population, fmt.Sprintf("%s\t%s\t%s\t%s\t%d\t%.1f\t%.2f to %.2f\t%.2f\t%.1f to %.1f", r.Section, orElse(r.Region, "-"), orElse(r.Parent, "-"), at,
			r.Points, r.Length, r.DiameterBegin, r.DiameterEnd, r.DiameterMean, r.PathBegin, r.PathEnd), fmt.Sprint(r.Compartments), fmt.Sprintf("%.1f", r.Area), spines)
	}
	return w.Flush()
}

// printTotals prints the sums by region, and over all.
func printTotals(c *cli, totals []model.RegionTotal) error {
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "region\tsections\tpoints\tlength (um)\tmean diameter (um)\tarea (um2)\tfurthest from soma (um)\t")
	all := model.RegionTotal{Region: "all"}
	row := func(t model.RegionTotal) {
		fmt.Fprintf(w, "%s\t%d\t%d\t%.1f\t%.2f\t%.1f\t%.1f\t\n", t.Region, t.Sections, t.Points, t.Length, t.Diameter, t.Area, t.PathEnd)
	}
	for _, t := range totals {
		row(t)
		all.Diameter = (float64(all.Diameter*all.Length) + float64(t.Diameter*t.Length)) / (all.Length + t.Length)
		all.Sections, all.Points, all.Length, all.Area = all.Sections+t.Sections, all.Points+t.Points, all.Length+t.Length, all.Area+t.Area
		all.PathEnd = max(all.PathEnd, t.PathEnd)
	}
	row(all)
	return w.Flush()
}
