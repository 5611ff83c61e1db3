package main

import (
	"flag"
	"fmt"
	"path/filepath"
	"testing"
)

var picturesTo = flag.String("pictures", "", "where TestReportPictures writes its pictures")

// The pictures of docs/report.md, each of a shipped configuration, with the NMDA spike or the cell
// that is named open.
func TestReportPictures(t *testing.T) {
	if *picturesTo == "" {
		t.Skip("draws pictures for people to look at: go test ./cmd/neurosim -run ReportPictures -pictures DIR")
	}
	to, err := filepath.Abs(*picturesTo)
	if err != nil {
		t.Fatal(err)
	}
	b := openBrowser(t)
	t.Chdir(t.TempDir())
	for _, p := range []struct {
		config, at string // what is shown
		height     int
		dark       bool
		does       string // before
	}{
		{"quickstart", "#time", 1280, false, `document.querySelector("#cell").value = 0; document.querySelector("[data-do=cell]").click(); document.querySelector("#neuron .scroll tbody button").click()`},
		{"conductances", "#time", 1460, true, `document.querySelector("#cell").value = 0; document.querySelector("[data-do=cell]").click(); document.querySelector("#neuron .scroll tbody button").click()`},
		{"l5-bac", "#time", 980, false, `for (let i = 0; i < 2; i++) document.querySelector("[data-do=in]").click(); document.querySelector("#cell").value = 2; document.querySelector("[data-do=cell]").click()`},
		{"uncaging", "#results", 1200, false, ""},
	} {
		t.Run(p.config, func(t *testing.T) {
			b.t = t
			args := []string{"run", p.config, "-o", p.config, "--quiet"}
			if p.config == "quickstart" || p.config == "conductances" {
				args = append(args, "--set", "record.synapses=true")
			}
			must(t, args...)
			must(t, "report", p.config)
			scheme := "light"
			if p.dark {
				scheme = "dark"
			}
			b.call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]any{{"name": "prefers-color-scheme", "value": scheme}}}, nil)
			ready := drawn
			if p.does == "" {
				ready = "document.readyState === 'complete'"
			}
			b.open(p.config+"/report.html", 1100, p.height, ready)
			b.eval(p.does + "; 1")
			b.frame()
			b.eval(fmt.Sprintf(`document.querySelector(%q).scrollIntoView(); for (const d of document.querySelectorAll("details")) d.open = false; document.querySelector(%[1]q).scrollIntoView()`, p.at))
			b.frame()
			b.picture(filepath.Join(to, "report-"+p.config+".png"), "")
		})
	}
}
