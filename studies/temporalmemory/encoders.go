package temporalmemory

import (
	"neurosim/grammar"
	"neurosim/stimulus"
)

// encoderHead is what every table [encoders.NAME] has.
type encoderHead struct {
	Kind   string `toml:"kind" must:"yes" doc:"category, scalar, random, periodic, time_of_day or day_of_week"`
	Column string `toml:"column" must:"yes" doc:"column of the file; times count in seconds"`
	Active int    `toml:"active" must:"yes" doc:"active cells"`
}

type categoryEncoder struct {
	encoderHead
	Categories int `toml:"categories" must:"yes" doc:"numbers 0 to categories - 1, with disjoint cells"`
}

type scalarEncoder struct {
	encoderHead
	N   int     `toml:"n" must:"yes" doc:"cells"`
	Min float64 `toml:"min" doc:"smallest number; smaller ones count as it"`
	Max float64 `toml:"max" must:"yes" doc:"largest number; larger ones count as it"`
}

type randomEncoder struct {
	encoderHead
	N          int     `toml:"n" must:"yes" doc:"cells"`
	Resolution float64 `toml:"resolution" must:"yes" doc:"numbers this far apart differ in one cell"`
}

type periodicEncoder struct {
	encoderHead
	N      int     `toml:"n" must:"yes" doc:"cells"`
	Period float64 `toml:"period" must:"for kind = periodic" unset:"0" doc:"numbers this far apart are the same; time_of_day: 86400, day_of_week: 604800"`
}

// encoders reads [encoders.NAME].
func (d reader) encoders(t *Study) {
	root := d.Table("encoders", d.Root(), "encoders")
	for name, tree := range d.Tables("encoders", root) {
		at := grammar.Join("encoders", name)
		kind, ok := d.Kind(at, tree, "category", "scalar", "random", "periodic", "time_of_day", "day_of_week")
		if !ok {
			continue
		}
		var head *encoderHead
		var encoder stimulus.Encoder
		cells := 0 // 0: as many as the kind needs
		switch kind {
		case "category":
			e := &categoryEncoder{}
			d.Into(at, tree, e)
			if d.Require(at+".categories") && (e.Categories < 1 || e.Categories > 1<<20) {
				d.Bad(at+".categories", "must be from 1 to %d", 1<<20)
			}
			head, encoder = &e.encoderHead, stimulus.Category{Categories: e.Categories, Active: e.Active}
		case "scalar":
			e := &scalarEncoder{}
			d.Into(at, tree, e)
			if d.Require(at+".max") && !(e.Max > e.Min) {
				d.Bad(at+".max", "must be above min (%g)", e.Min)
			}
			head, cells, encoder = &e.encoderHead, e.N, stimulus.Scalar{Min: e.Min, Max: e.Max, N: e.N, Active: e.Active}
		case "random":
			e := &randomEncoder{}
			d.Into(at, tree, e)
			if d.Require(at+".resolution") && !(e.Resolution > 0) {
				d.Bad(at+".resolution", "must be positive")
			}
			head, cells, encoder = &e.encoderHead, e.N, stimulus.RandomScalar{Resolution: e.Resolution, N: e.N, Active: e.Active, Seed: t.Run.Seed, Name: name}
		default:
			e := &periodicEncoder{Period: map[string]float64{"time_of_day": 86400, "day_of_week": 604800}[kind]}
			d.Into(at, tree, e)
			if kind == "periodic" {
				d.Require(at + ".period")
			}
			d.Rule(e.Period > 0, at+".period", "must be positive")
			head, cells, encoder = &e.encoderHead, e.N, stimulus.Periodic{Period: e.Period, N: e.N, Active: e.Active}
		}
		if d.Require(at+".active") && (head.Active < 1 || head.Active > 1<<16) {
			d.Bad(at+".active", "must be from 1 to %d", 1<<16)
		}
		if kind != "category" && d.Require(at+".n") && (cells < head.Active || cells > 1<<20) {
			d.Bad(at+".n", "must be from active (%d) to %d", head.Active, 1<<20)
		}
		t.Series.Encoders = append(t.Series.Encoders, encoding{name, head.Column, encoder})
	}
	d.Rule(len(root) != 0, "encoders", "must be given: at least one table [encoders.NAME]")
}
