package model

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"neurosim/grammar"
	"neurosim/internal/table"
	"neurosim/stimulus"
)

// foundSpikes says how a table of spikes is read: by what the user has said, and for the rest by
// the names of its columns.
type foundSpikes struct {
	own       bool     // the table has our columns, by our names
	separator string   // of table.SeparatorNames; "": as the header tells
	cell      string   // columns, by their names in the file
	time      string   // "": there are steps instead
	step      string   // "": there are times instead
	group     string   // of populations; "": the spikes are of one
	unit      string   // of the times; "": there are steps
	searched  bool     // a column was found by its name
	others    []string // columns that are not read
}

// names maps our names of columns to those of the file; nil for a table of our own.
func (f *foundSpikes) names() map[string]string {
	if f.own {
		return nil
	}
	return map[string]string{"step": f.step, "time_ms": f.time, "population": f.group, "cell": f.cell}
}

// scale returns the unit of the times (ms).
func (f *foundSpikes) scale() float64 {
	if f.unit == "" {
		return 1
	}
	return timeUnits[f.unit]
}

// note says what was found, and the numbers of the cells in the file, of which first is the first
// of the population: where a program numbers them from 1, nothing else shows it. It is empty
// where nothing was found.
func (f *foundSpikes) note(train *stimulus.Train, first int) string {
	populations := slices.Contains(f.others, "population")
	if f.own || !f.searched && !populations {
		return ""
	}
	if !f.searched {
		return "the column population is not read, the spikes of all populations are taken; columns.population or from reads those of one"
	}
	text := "steps from column " + f.step
	if f.time != "" {
		text = fmt.Sprintf("times from column %s in %s", f.time, f.unit)
		if told := unitOf(f.time); told != "" && told != f.unit {
			text += fmt.Sprintf(" (time_unit; its name says %s)", told)
		}
	}
	if text += ", cells from " + f.cell; len(train.Cells) > 0 {
		text += fmt.Sprintf(" (%d to %d, where %d is the first)", int(slices.Min(train.Cells))+first, int(slices.Max(train.Cells))+first, first)
	}
	if f.group != "" {
		text += ", populations from " + f.group
	}
	if text += "; separator " + separatorSigns[f.separator]; len(f.others) > 0 {
		text += "; not read: " + grammar.Shorten(strings.Join(f.others, ", "))
	}
	return text
}

// separatorSigns has the separators as a note shows them.
var separatorSigns = map[string]string{"comma": ",", "semicolon": ";", "tab": "tab", "space": "blank"}

// timeUnits are the units of a column of times, in ms.
var timeUnits = map[string]float64{"s": 1000, "ms": 1, "us": 1e-3}

// unitAtEnd finds the unit in a name of a column: time_ms, t (s), time[us], t/ms.
var unitAtEnd = regexp.MustCompile(`(?:^|[ _.\[(/]+)(?:(us|µs|μs)|(ms|msec|milliseconds)|(s|sec|seconds))[\])]?$`)

// splitUnit returns the name of a column in small letters without its unit, and the unit, "" where
// the name tells none.
func splitUnit(name string) (base, unit string) {
	name = strings.ToLower(name)
	at := unitAtEnd.FindStringSubmatchIndex(name)
	if at == nil {
		return name, ""
	}
	for i, u := range []string{"us", "ms", "s"} {
		if at[2+2*i] >= 0 {
			unit = u
		}
	}
	return name[:at[0]], unit
}

// unitOf returns the unit that the name of a column tells, or "".
func unitOf(name string) string {
	_, unit := splitUnit(name)
	return unit
}

// Names that programs give to the columns of a table of spikes, without units, capitals and what
// stands between words: NEST has sender, senders and gid, with time and times; Brian2 i and t;
// NetPyNE spkid and spkt; SONATA node_ids and timestamps; sorters and Neo unit and spike_times.
var (
	cellNames = []string{"cell", "cells", "cellid", "cellids", "cellindex", "gid", "gids", "i", "id", "ids", "index", "neuron", "neurons", "neuronid", "neuronids",
		"neuronindex", "node", "nodeid", "nodeids", "sender", "senders", "spkid", "spkids", "unit", "units", "unitid", "unitids"}
	timeNames = []string{"t", "time", "times", "timestamp", "timestamps", "spiketime", "spiketimes", "spkt", "spkts"}
)

// betweenWords is what stands between the words of a name.
var betweenWords = strings.NewReplacer(" ", "", "_", "", "-", "", ".", "")

// candidates returns the columns of a header whose names are known.
func candidates(header, names []string) (found []string) {
	for _, h := range header {
		if base, _ := splitUnit(h); slices.Contains(names, betweenWords.Replace(base)) {
			found = append(found, h)
		}
	}
	return found
}

// ownSpikeColumns are the columns of our own tables.
var ownSpikeColumns = []string{"step", "time_ms", "population", "cell"}

// sonataColumns are those of SONATA's spikes as CSV, whose times are in ms by the format.
var sonataColumns = []string{"timestamps", "population", "node_ids"}

// A tableFault is what is wrong with the header of a table of spikes, with the cure.
type tableFault struct {
	line int
	rule string
}

// findSpikes finds those columns of a table of spikes that no key says, and their unit, from the
// beginning of the table. Where something could be one thing or another, the fault says what to
// write.
func findSpikes(head []byte, t *spikesInput, o table.Options) (*foundSpikes, *tableFault) {
	c := t.Columns
	found := &foundSpikes{separator: t.Separator, cell: c.Cell, time: c.Time, step: c.Step, group: c.Population, unit: t.TimeUnit}
	if !t.Header { // then keys say all
		return found, nil
	}
	r, _, err := table.New(head, o)
	if err != nil {
		found.own = true // and who reads the table says what is wrong with it
		return found, nil
	}
	if r, found.separator, err = headerOf(r, head, t, o); err != nil {
		return nil, &tableFault{r.HeaderRow, err.Error()}
	}
	if c == (spikeColumns{}) {
		if isOwn(r.Header) {
			found.own = true
			return found, nil
		}
		if !slices.ContainsFunc(r.Header, isWord) {
			return nil, &tableFault{r.HeaderRow, fmt.Sprintf("has no header: its first row is %s; write header = false, columns = { cell = \"1\", time = \"2\" } and time_unit = \"ms\" or \"s\", with the places of the columns",
				grammar.Shorten(strings.Join(r.Header, ", ")))}
		}
	}
	if err := found.columns(r.Header, t); err != nil {
		has := grammar.Shorten(strings.Join(r.Header, ", "))
		if found.separator != "comma" {
			has += fmt.Sprintf(" (separator: %s)", found.separator)
		}
		return nil, &tableFault{r.HeaderRow, fmt.Sprintf("has the columns %s; %s", has, err)}
	}
	return found, nil
}

// isWord tells whether a field is no number.
func isWord(field string) bool {
	_, number := table.Number([]byte(field), true)
	return !number
}

// headerOf returns a table that begins with the header, and what separates it. Where a header has
// several signs that separate, it is the one by which the columns are found; the error says that
// more than one does.
func headerOf(r *table.Reader, head []byte, t *spikesInput, o table.Options) (*table.Reader, string, error) {
	if t.Separator != "" {
		return r, t.Separator, nil
	}
	var good []*table.Reader
	for _, name := range []string{"tab", "semicolon", "comma"} {
		o.Separator = name
		with, _, err := table.New(head, o)
		if err != nil || len(with.Header) < 2 {
			continue
		}
		has := func(key string, names []string) bool {
			return slices.Contains(with.Header, key) || key == "" && len(candidates(with.Header, names)) > 0
		}
		if has(t.Columns.Cell, cellNames) && (t.Columns.Step != "" || has(t.Columns.Time, timeNames)) {
			good = append(good, with)
		}
	}
	if len(good) > 1 {
		a, b := good[0], good[1]
		return r, "", fmt.Errorf("has columns by each of two separators: %s by %s, %s by %s; separator = %q or %q says which",
			strings.Join(a.Header, " | "), a.Separator(), strings.Join(b.Header, " | "), b.Separator(), a.Separator(), b.Separator())
	}
	if len(good) == 1 {
		r = good[0]
	}
	return r, r.Separator(), nil
}

// isOwn tells whether a table is one of ours, or one of ours with a misspelt column, which who
// reads it refuses.
func isOwn(header []string) bool {
	own := slices.Contains(header, "cell") && (slices.Contains(header, "time_ms") || slices.Contains(header, "step"))
	var missing []string
	for _, name := range ownSpikeColumns {
		if !slices.Contains(header, name) {
			missing = append(missing, name)
		}
	}
	for i, h := range header {
		switch {
		case slices.Contains(ownSpikeColumns, h) || isRowNumber(i, h):
		case len(candidates([]string{h}, cellNames))+len(candidates([]string{h}, timeNames)) > 0:
			own = false
		case len(missing) < len(ownSpikeColumns) && grammar.DidYouMean(h, missing) != "":
			return true
		default:
			own = false
		}
	}
	return own
}

// isSONATA tells whether a table has no columns but those of SONATA's spikes as CSV.
func isSONATA(header []string) bool {
	for i, h := range header {
		if !slices.Contains(sonataColumns, h) && !isRowNumber(i, h) {
			return false
		}
	}
	return true
}

// isRowNumber tells whether a column is the one that pandas and R write before the others.
func isRowNumber(i int, name string) bool { return i == 0 && (name == "" || name == "Unnamed: 0") }

// columns finds what no key has said. The error says what is missing or could be either of two.
func (f *foundSpikes) columns(header []string, t *spikesInput) error {
	wantsTime, wantsCell := f.time == "" && f.step == "", f.cell == ""
	times, cells := candidates(header, timeNames), candidates(header, cellNames)
	if wantsTime && wantsCell && len(times) == 0 && len(cells) == 0 {
		return fmt.Errorf("none has a name that is known for times or cells: columns = { cell = \"NAME\", time = \"NAME\" } says which they are")
	}
	for _, c := range []struct {
		wanted    bool
		what, key string
		found     []string
		to        *string
	}{{wantsTime, "times", "time", times, &f.time}, {wantsCell, "cells", "cell", cells, &f.cell}} {
		switch {
		case !c.wanted:
		case len(c.found) == 0 && c.key == "time" && slices.Contains(header, "step"):
			return fmt.Errorf("none has a name that is known for times: columns.step = \"step\" reads steps of run.dt, columns.time = \"NAME\" times")
		case len(c.found) == 0:
			return fmt.Errorf("none has a name that is known for %s: columns.%s = \"NAME\" says which it is", c.what, c.key)
		case len(c.found) > 1:
			return fmt.Errorf("%s may each be the %s: columns.%s = %q or %q says which", strings.Join(c.found, " and "), c.what, c.key, c.found[0], c.found[1])
		default:
			*c.to, f.searched = c.found[0], true
		}
	}
	if f.time != "" && f.unit == "" {
		f.unit = unitOf(f.time)
	}
	if f.time == "timestamps" && f.cell == "node_ids" && f.unit == "" && isSONATA(header) {
		f.unit = "ms"
	}
	if f.time != "" && f.unit == "" {
		return fmt.Errorf("the unit of %s is not in its name: time_unit = \"s\", \"ms\" or \"us\" says it", f.time)
	}
	if f.group == "" && (t.From != "" || t.Columns == (spikeColumns{}) && slices.Contains(header, "population")) {
		f.group = "population"
	}
	for i, h := range header {
		if !slices.Contains([]string{f.cell, f.time, f.step, f.group}, h) && !isRowNumber(i, h) {
			f.others = append(f.others, h)
		}
	}
	return nil
}
