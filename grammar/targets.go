package grammar

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"neurosim/internal/table"
)

// A Comparison asks how far a number of a study is from a measured one.
type Comparison struct {
	Name      string `toml:"-"`
	Metric    string `toml:"metric" doc:"a metric of the study, as in metrics.json"`
	Table     string `toml:"table" doc:"in place of metric: a table of the study, tables/NAME.csv"`
	Column    string `toml:"column" must:"with table" doc:"of table: the column of the number"`
	Threshold string `toml:"threshold" doc:"a published threshold by its id, such as T03, in place of the values below; neurosim thresholds lists them"`
	File      string `toml:"file" file:"table" doc:"CSV of single measurements in place of the values below: a column value, with its unit as in \"value (mV)\""`
	Source    string `toml:"source" doc:"where the number is from"`

	MeanText Literal `toml:"mean" doc:"mean that was measured, in the unit of the metric"`
	SDText   Literal `toml:"sd" must:"with mean" doc:"its standard deviation"`
	LowText  Literal `toml:"low" doc:"in place of mean: lower end of a range"`
	HighText Literal `toml:"high" must:"with low" doc:"upper end"`

	Where map[string]string `toml:"-"` // [compare.NAME.where]: column → what the row has there

	// What was measured, in Unit: a mean with its standard deviation, or a range; NaN where
	// it is not said.
	Mean, SD, Low, High float64 `toml:"-"`
	Unit                string  `toml:"-"`
}

// Quantity is the name of the number that is compared.
func (c *Comparison) Quantity() string {
	if c.Metric != "" {
		return c.Metric
	}
	return c.Column
}

// A Published is a threshold that was published: its ends are NaN where they are not stated.
type Published struct {
	ID              string
	Low, High       float64
	Unit, Reference string
}

// Compare reads [compare.NAME].
func (d *Decoder) Compare(published []Published) {
	for name, tree := range d.Tables("compare", d.Table("compare", d.src.tree, "compare")) {
		path := Join("compare", name)
		c := &Comparison{Name: name, Where: map[string]string{}}
		before := d.Problems()
		d.Into(path, tree, c, "where")
		var kept []assignment
		where := d.Table(path+".where", tree, "where")
		for _, key := range d.names(path+".where", where) {
			value := literal(where[key])
			if text, isText := where[key].(string); isText {
				value = text
			}
			d.values[Join(path+".where", key)] = literal(where[key])
			c.Where[key] = value
			kept = append(kept, assignment{key, where[key], false})
		}
		d.conf.sections = append(d.conf.sections, section{path: path + ".where", free: kept})
		switch {
		case c.Metric == "" && c.Table == "":
			d.Require(path + ".metric")
		case c.Metric != "" && c.Table != "":
			d.Bad(path+".table", "cannot be used together with metric; give one of the two")
		case c.Table != "":
			d.Require(path + ".column")
		case len(c.Where) > 0:
			d.Bad(path+".where", "has a meaning for a table")
		}
		if d.Problems() == before {
			_, c.Unit = splitHeader(c.Quantity())
			d.target(path, c, published)
		}
		if d.Problems() == before {
			d.conf.Comparisons = append(d.conf.Comparisons, *c)
		}
	}
}

// target reads what was measured.
func (d *Decoder) target(path string, c *Comparison, published []Published) {
	for _, v := range []struct {
		key  string
		text Literal
		to   *float64
	}{{"mean", c.MeanText, &c.Mean}, {"sd", c.SDText, &c.SD}, {"low", c.LowText, &c.Low}, {"high", c.HighText, &c.High}} {
		*v.to = d.bound(path+"."+v.key, v.text, c.Unit)
	}
	given := 0
	for _, there := range []bool{c.Threshold != "", c.File != "", !math.IsNaN(c.Mean), !math.IsNaN(c.Low) || !math.IsNaN(c.High)} {
		if there {
			given++
		}
	}
	switch {
	case given == 0:
		d.Require(path + ".mean")
	case given > 1:
		d.Bad(path, "says what was measured twice; give a mean with sd, low and high, a file, or a threshold")
	case c.Threshold != "":
		d.publishedTarget(path+".threshold", c, published)
	case c.File != "":
		d.fileTarget(path+".file", c)
	case !math.IsNaN(c.Mean):
		if d.Require(path + ".sd") {
			d.Rule(c.SD > 0, path+".sd", "must be above 0")
		}
	case d.Require(path+".low") && d.Require(path+".high"):
		d.Rule(c.Low < c.High, path+".high", "must be above low")
	}
	if math.IsNaN(c.Mean) {
		d.Without(path, []string{"sd"}, "without mean")
	}
}

// publishedTarget takes the range of a published threshold. Synapses, spines and inputs are numbers.
func (d *Decoder) publishedTarget(path string, c *Comparison, published []Published) {
	i := slices.IndexFunc(published, func(p Published) bool { return p.ID == c.Threshold })
	if i < 0 {
		d.Bad(path, "there is no published threshold %q%s", c.Threshold, DidYouMean(c.Threshold, Names(published, func(p Published) string { return p.ID })))
		return
	}
	p := published[i]
	unit := p.Unit
	if slices.Contains([]string{"synapses", "spines", "inputs"}, unit) {
		unit = ""
	}
	factor, ok := Conversion(unit, c.Unit)
	if !ok {
		d.Bad(path, "is in %s, and %s in %s", orNone(unit), c.Quantity(), orNone(c.Unit))
		return
	}
	if math.IsNaN(p.Low) || math.IsNaN(p.High) {
		d.Bad(path, "states no range with two ends to compare with")
		return
	}
	c.Low, c.High = p.Low*factor, p.High*factor
	c.Source = cmp.Or(c.Source, p.Reference)
}

// fileTarget takes mean and standard deviation of single measurements.
func (d *Decoder) fileTarget(path string, c *Comparison) {
	values, ok := d.measurements(path, c)
	if !ok {
		return
	}
	n := float64(len(values))
	if n < 3 {
		d.Bad(path, "%s: has %s; a standard deviation needs at least 3", c.File, Count(n, "measurement"))
		return
	}
	sum, squares := 0.0, 0.0
	for _, x := range values {
		sum += x
	}
	c.Mean = sum / n
	for _, x := range values {
		squares += float64((x - c.Mean) * (x - c.Mean))
	}
	if c.SD = math.Sqrt(squares / (n - 1)); c.SD == 0 {
		d.Bad(path, "%s: all measurements are %g; there is no spread to compare with", c.File, c.Mean)
	}
}

// measurements reads the column value of a table of single measurements, in the unit of the metric.
func (d *Decoder) measurements(path string, c *Comparison) (values []float64, ok bool) {
	text, ok := d.ReadFile(path, c.File, MaxTable)
	if !ok {
		return nil, false
	}
	var form TableForm
	if r, _, err := table.New(text, form.Options); err == nil && r.Separator() == "space" { // that before a unit separates nothing
		form.Separator = "comma"
	}
	header, factor := "value", 1.0
	if r, _, err := table.New(text, form.Options); err == nil { // else OpenTable says what is wrong
		for _, h := range r.Header {
			base, unit := splitHeader(h)
			if base != "value" {
				continue
			}
			header = h
			if factor, ok = Conversion(unit, c.Unit); !ok {
				d.Report(Problem{c.File, r.HeaderRow, "", "", fmt.Sprintf("column %q is in %s, and %s in %s; a header says its unit as in \"value (mV)\"", h, orNone(unit), c.Quantity(), orNone(c.Unit))})
				return nil, false
			}
		}
	}
	form.Names = map[string]string{"value": header}
	t := d.OpenTable(c.File, text, []Column{{Name: "value", Min: -1e300, Max: 1e300, Rule: "a number"}}, form)
	if t == nil {
		return nil, false
	}
	for t.Next() {
		if x, ok := t.Number(0); ok {
			values = append(values, x*factor)
		}
	}
	return values, t.Sound()
}

// CompareTable is [compare.NAME] in the reference.
func CompareTable() Table {
	return Table{Title: "[compare.NAME]", Text: "How far a number of the study is from a measured one: `mean` with `sd`, `low` and `high`, a file, or a published threshold. Numbers have the unit of the metric, which ends its name. `[compare.NAME.where]` picks the row of a table by what its columns have. The scores are in `tables/comparisons.csv` and `figures/compare.png`; `neurosim run --strict` ends with status 4 where one is outside.", Default: &Comparison{}}
}
