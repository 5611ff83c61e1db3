package results

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"neurosim/internal/dictionary"
)

// GuideName is the file of WriteGuide, that says what the others hold.
const GuideName = "FILES.md"

// Describe says what a file of the run holds. It is called by who writes the file, before or
// after.
func (d *Dir) Describe(name string, holds dictionary.File) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.described[name] = holds
}

// Holds returns what the files of the run hold.
func (d *Dir) Holds() Holds {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.enterDescribed()
	return maps.Clone(d.rec.Holds)
}

// enterDescribed enters what was described into the record. d.mu is held.
func (d *Dir) enterDescribed() {
	if len(d.described) == 0 {
		return
	}
	all := Holds{}
	maps.Copy(all, d.rec.Holds)
	maps.Copy(all, d.described)
	maps.DeleteFunc(all, func(name string, _ dictionary.File) bool { return !d.rec.lists(name) && d.streams[name] == nil })
	d.rec.Holds = all
}

// WriteGuide writes FILES.md: every file of the run with what it holds, and every column with
// its unit and meaning. Of what was described, only files that are there are named. It is written again
// whenever files have been added.
func (d *Dir) WriteGuide() error {
	d.mu.Lock()
	if err := d.writable(); err != nil {
		d.mu.Unlock()
		return err
	}
	d.enterDescribed()
	title, times := d.rec.Program, d.rec.Times
	holds := maps.Clone(d.rec.Holds)
	d.mu.Unlock()
	names := d.Files()
	file, err := writeAside(d.path, GuideName, buffered(func(w io.Writer) error {
		_, err := io.WriteString(w, guide(title, times, names, holds))
		return err
	}))
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.enter(file)
}

// guide is the text of FILES.md.
func guide(program, times string, names []string, holds Holds) string {
	holds = maps.Clone(holds)
	if holds == nil {
		holds = Holds{}
	}
	holds[recordName] = dictionary.File{Text: "The record of the run: program, command, input files, seed, machine, times, warnings, and every file with its hash and what it holds."}
	holds[GuideName] = dictionary.File{Text: "This list."}
	names = slices.Concat(names, []string{recordName, GuideName})
	slices.Sort(names)
	names = slices.Compact(names)
	var b strings.Builder
	fmt.Fprintf(&b, "# Files of a run of %s\n\n", program)
	b.WriteString("Tables are CSV: a header, commas, `.` as the decimal point. An empty field or NaN means that there is no value.")
	if times != "" {
		fmt.Fprintf(&b, " Times: %s.", times)
	}
	b.WriteString("\n\n| file | holds |\n|---|---|\n")
	for _, name := range names {
		fmt.Fprintf(&b, "| %s | %s |\n", code(name), cell(holds[name].Text))
	}
	for _, name := range names {
		if len(holds[name].Columns) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n## %s\n\n| %s | unit | meaning |\n|---|---|---|\n", name, map[bool]string{true: "array", false: "column"}[strings.HasSuffix(name, ".npz")])
		for _, c := range holds[name].Columns {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", code(c.Name), cell(c.Unit), cell(c.Text))
		}
	}
	return b.String()
}

// cell writes a text into a table of Markdown.
func cell(text string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "|", `\|`)
}

// code writes a name into a table of Markdown as it stands.
func code(name string) string {
	if strings.Contains(name, "`") {
		return "`` " + strings.ReplaceAll(name, "|", `\|`) + " ``"
	}
	return "`" + strings.ReplaceAll(name, "|", `\|`) + "`"
}
