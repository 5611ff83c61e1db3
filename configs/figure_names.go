package configs

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of names that become those of files, and of text in figures (characters).
const (
	maxFileName   = 100
	maxFigureText = 500
)

// Tables returns the names of the tables that a run of x writes to tables/NAME.csv
// besides those of its figures. Whatever writes a table must find its name here.
func (x *Experiment) Tables() []string {
	tables := x.ownTables()
	if x.Sweep != nil && !slices.Contains(tables, "sweep") {
		tables = append(tables, "sweep")
	}
	return tables
}

// ownTables returns the tables that a study of its kind writes.
func (x *Experiment) ownTables() []string {
	switch {
	case x.Temporal != nil:
		return []string{"runs", "segments"}
	case x.Spiking != nil:
		return []string{"runs", "segments", "recall", "events_first", "events_last", "events_replay"}
	case x.Psychometric != nil:
		return []string{"curve", "fit", "false_positives", "false_negatives"}
	case x.Uncaging != nil:
		return []string{"responses", "thresholds"}
	}
	return []string{"sweep"}
}

// checkFigure checks what all kinds of figures have: the name, which becomes that of
// files, the text and the size.
func (d *decoder) checkFigure(x *Experiment, path, name string, tree map[string]any, f FigureSize) {
	rule := fileNameRule(name)
	for _, table := range x.Tables() {
		if strings.EqualFold(name, table) {
			rule = fmt.Sprintf("must have another name: tables/%s.csv is a table of the study", table)
		}
	}
	for _, other := range x.Figures {
		if strings.EqualFold(other.Name, name) {
			rule = fmt.Sprintf("must have another name: that of figure %s differs only in case, which not all file systems tell apart", other.Name)
		}
	}
	if rule != "" {
		d.bad(path, "%s", rule)
	}
	for _, key := range d.names(path, tree) {
		list, isList := tree[key].([]any)
		if !isList {
			list = []any{tree[key]}
		}
		for _, v := range list {
			if text, ok := v.(string); ok {
				d.checkText(join(path, key), text)
			}
		}
	}
	if f.Width < 40 || f.Width > 400 {
		d.bad(path+".width", "must be from 40 to 400 mm")
	}
	if f.Height < 30 || f.Height > 400 {
		d.bad(path+".height", "must be from 30 to 400 mm")
	}
}

// checkRoom refuses a height that leaves no room for panels one below the other.
func (d *decoder) checkRoom(path string, f FigureSize, panels int) {
	if least := float64(10 + 10*panels); f.Height >= 30 && f.Height < least {
		d.bad(path+".height", "must be at least %g mm for %d panels", least, panels)
	}
}

// checkText holds a text of a figure to what can be drawn in a line.
func (d *decoder) checkText(path, text string) {
	if strings.ContainsFunc(text, unicode.IsControl) {
		d.bad(path, "must be one line, without tabs and other control characters")
	}
	if n := utf8.RuneCountInString(text); n > maxFigureText {
		d.values[path] = quote(string([]rune(text)[:20])) + " ..."
		d.bad(path, "has %d characters; at most %d", n, maxFigureText)
	}
}

// devices are names that Windows keeps for devices, with any extension.
var devices = []string{"con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9",
	"lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9"}

// fileNameRule returns the rule that a name breaks which becomes the name of files, on
// any system, or "".
func fileNameRule(name string) string {
	stem, _, _ := strings.Cut(name, ".")
	odd := func(r rune) bool { return unicode.IsControl(r) || strings.ContainsRune(`/\<>:"|?*`, r) }
	switch {
	case name == "":
		return "must have a name: it becomes the name of files"
	case len(name) > maxFileName:
		return fmt.Sprintf("must have a shorter name, of at most %d bytes: it becomes the name of files", maxFileName)
	case strings.ContainsFunc(name, odd):
		return `must have a name without / \ < > : " | ? * and control characters: it becomes the name of files`
	case strings.HasPrefix(name, ".") || strings.TrimRight(name, ". ") != name || strings.TrimLeft(name, " ") != name:
		return "must have a name that neither begins with a dot or space nor ends with one: it becomes the name of files"
	case slices.Contains(devices, strings.ToLower(stem)):
		return fmt.Sprintf("must have another name: %s is that of a device on Windows", stem)
	}
	return ""
}

// checkTraceName checks the name of a [record.traces.NAME], which becomes part of that
// of a file.
func (d *decoder) checkTraceName(x *Experiment, path, name string) {
	rule := fileNameRule(name)
	if rule != "" && slices.Contains(devices, strings.ToLower(name)) {
		rule = "" // traces_con.csv is no device
	}
	for _, other := range x.Traces {
		if strings.EqualFold(other.Name, name) {
			rule = fmt.Sprintf("must have another name: that of trace %s differs only in case, which not all file systems tell apart", other.Name)
		}
	}
	if rule != "" {
		d.bad(path, "%s", rule)
	}
}

// A FigureText is a text of the configuration that a figure may show.
type FigureText struct {
	Key, Text string
}

// FigureTexts returns the texts of figures, and the names that stand in legends: of
// populations, segments, inputs and cases.
func (x *Experiment) FigureTexts() []FigureText {
	var texts []FigureText
	named := []string{"populations", "inputs", "cases", "figures"}
	for _, s := range x.sections {
		parts := splitPath(s.path)
		if len(parts) == 0 || !slices.Contains(named, parts[0]) {
			continue
		}
		if parts[0] != "figures" {
			texts = append(texts, FigureText{s.path, strings.Join(parts, " ")})
		}
		tree := x.base.tree
		for _, part := range parts {
			tree, _ = tree[part].(map[string]any)
		}
		for _, key := range slices.Sorted(maps.Keys(tree)) {
			if parts[0] != "figures" && key != "label" {
				continue
			}
			list, isList := tree[key].([]any)
			if !isList {
				list = []any{tree[key]}
			}
			for _, v := range list {
				if text, ok := v.(string); ok {
					texts = append(texts, FigureText{join(s.path, key), text})
				}
			}
		}
	}
	return texts
}
