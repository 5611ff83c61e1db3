package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// BenchmarkReport opens the report of a run of a million spikes of 21,000 cells in a headless
// Chromium without a graphics processor and pans: over the whole run, a third of it, and a
// fiftieth. A frame is drawn whenever the browser asks for one, 60 times a second at most.
func BenchmarkReport(b *testing.B) {
	page := openBrowser(b)
	dir := filepath.Join(b.TempDir(), "r")
	file := filepath.Join(b.TempDir(), "million.toml")
	if err := os.WriteFile(file, []byte(millionSpikes), 0o644); err != nil {
		b.Fatal(err)
	}
	for _, args := range [][]string{{"run", file, "-o", dir, "--quiet"}, {"report", dir}} {
		if status, _, errs := neurosim(args...); status != exitDone {
			b.Fatal(errs)
		}
	}
	for _, part := range []int{1, 3, 50} {
		b.Run(fmt.Sprintf("part=%d", part), func(b *testing.B) {
			page.t = b
			page.open(dir+"/report.html", 1300, 900, drawn)
			for a, z := page.view(); z-a > 5000/float64(part)*1.01; a, z = page.view() {
				page.eval("document.querySelector('#view').dispatchEvent(new WheelEvent('wheel', { deltaY: -60, clientX: 650, cancelable: true }))")
				page.frame()
			}
			script := page.scriptTime()
			frames, ms := 0.0, 0.0
			for b.Loop() {
				ms += page.eval(`(async () => {
					const view = document.querySelector("#view"), begin = await new Promise(requestAnimationFrame);
					let now = begin;
					for (let i = 0; i < 60; i++) {
						view.dispatchEvent(new WheelEvent("wheel", { deltaX: i % 20 < 10 ? 6 : -6, cancelable: true }));
						now = await new Promise(requestAnimationFrame);
					}
					return now - begin;
				})()`).(float64)
				frames += 60
			}
			b.ReportMetric(frames/ms*1000, "frames/s")
			b.ReportMetric((page.scriptTime()-script)/frames*1000, "ms-of-script/frame")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// scriptTime returns for how long scripts of the page have run (s).
func (b *browser) scriptTime() float64 {
	var got struct {
		Metrics []struct {
			Name  string
			Value float64
		}
	}
	b.call("Performance.enable", nil, nil)
	b.call("Performance.getMetrics", nil, &got)
	for _, m := range got.Metrics {
		if m.Name == "ScriptDuration" {
			return m.Value
		}
	}
	b.t.Fatal("the browser does not tell the time of scripts")
	return 0
}

const millionSpikes = `title = "A million spikes"
[run]
tstop = "5 s"
[populations.input]
kind     = "sdr"
n        = 20000
active   = 200
patterns = 20
[populations.E]
kind = "pyramidal"
size = 1000
I_e  = "225 pA"
[populations.E.segments.basal]
count    = 2
synapses = 24
theta    = 12
[projections.basal]
source = "input"
target = "E/basal"
rule   = "store"
[inputs.patterns]
kind       = "sdr"
population = "input"
period     = "100 ms"
jitter     = "1 ms"
[inputs.background]
kind       = "poisson"
population = "input"
rate       = "10 Hz"
[record]
synapses = true
[record.traces.cell]
population = "E"
cells      = [0]
variables  = ["overlap", "V_m"]
`
