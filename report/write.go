package report

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"strings"
)

// Name is the file of a report in a run directory.
const Name = "report.html"

// Mark is what a report begins with, by which one is told from other files.
const Mark = "<!doctype html>\n<!-- neurosim report 1 -->\n"

var (
	//go:embed page/page.html
	pageHTML string
	//go:embed page/report.css
	reportCSS string
	//go:embed page/report.js
	reportJS string
	//go:embed page/uPlot.iife.min.js
	uplotJS string
	//go:embed page/uPlot.min.css
	uplotCSS string
	//go:embed page/uPlot.LICENSE
	uplotLicense string
)

// Write writes the page. The same page gives the same bytes.
func Write(w io.Writer, p *Page) error {
	data := struct {
		*Page
		Policy, License string
		Style           template.CSS
		Script, Course  template.JS
		Summary         []summary
	}{Page: p, License: uplotLicense, Style: template.CSS(uplotCSS + reportCSS)}
	if p.Timeline != nil {
		text, err := json.Marshal(pack(p.Timeline)) // with <, > and & escaped
		if err != nil {
			return err
		}
		data.Course, data.Summary = template.JS(text), summarise(p)
	}
	script := reportJS
	if p.Timeline != nil {
		script = uplotJS + "\n" + reportJS
	}
	data.Script = template.JS(script)
	// Nothing is fetched from anywhere, and no other script or style is taken than these.
	data.Policy = fmt.Sprintf("default-src 'none'; script-src '%s'; style-src '%s'; img-src data:; base-uri 'none'; form-action 'none'", hash(string(data.Script)), hash(string(data.Style)))
	t, err := template.New("page").Funcs(template.FuncMap{
		"url":   func(s string) template.URL { return template.URL(s) }, // of pictures made here
		"words": func(s string) string { return strings.ReplaceAll(s, "_", " ") },
	}).Parse(pageHTML)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, Mark); err != nil { // the template would drop the comment
		return err
	}
	return t.Execute(w, data)
}

// hash names a script or a style in a content security policy.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// A summary is a population in the table that stands for the course in time where it is not seen.
type summary struct {
	Name, Kind   string
	Cells        int
	Spikes, Rate string
	Groups       []groupSummary
}

type groupSummary struct {
	Name  string
	Total int64
	Rate  string
}

// summarise counts what populations did.
func summarise(p *Page) (out []summary) {
	t := p.Timeline
	seconds := t.Dt * float64(t.Steps) / 1000
	for i := range t.Populations {
		q := &t.Populations[i]
		s := summary{Name: q.Name, Kind: q.Kind, Cells: q.Cells, Spikes: "not recorded", Rate: "-"}
		if q.Recorded {
			s.Spikes, s.Rate = fmt.Sprint(q.Total), fmt.Sprintf("%.4g", float64(q.Total)/float64(q.Cells)/seconds)
		}
		for _, g := range q.Groups {
			s.Groups = append(s.Groups, groupSummary{g.Name, g.Total, fmt.Sprintf("%.4g", float64(g.Total)/float64(q.Cells*g.Count)/seconds)})
		}
		out = append(out, s)
	}
	return out
}
