package main

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// floatOf reads a number of a page.
func floatOf(t *testing.T, text string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(strings.Fields(text)[0], 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// firstNMDASpike opens the first NMDA spike on a page.
func (b *browser) firstNMDASpike() {
	b.t.Helper()
	b.eval("document.querySelector('#view').focus()")
	b.press("n")
	b.wait("!document.querySelector('#event').hidden")
}

// Of an NMDA spike of a cell without coordinates a dendrogram is drawn: the segment, the soma, the
// active synapses, each at its path from the soma, which follows from the configuration by
// arithmetic, and in the colour of the table; hover and keys say what a mark is.
func TestReportPlacesOnADendrogram(t *testing.T) {
	b := openBrowser(t)
	t.Chdir(t.TempDir())
	must(t, append([]string{"run", "conductances", "-o", "r", "--quiet"}, set("run.tstop=350 ms", "run.dt=0.1 ms", `sweep.axes={"inputs.patterns.swap"=[0.1]}`, `sweep.set={"run.tstop"="200 ms"}`, "sweep.repeats=1", "record.synapses=true")...)...)
	must(t, "report", "r")
	b.open("r/report.html", 1200, 900, drawn)
	b.firstNMDASpike()
	segment := b.text("#event h3")
	on := "basal0"
	if strings.Contains(segment, "basal segment 1") {
		on = "basal1"
	}
	rows := b.list("[...document.querySelectorAll('#event .scroll tbody tr')].map(r => [...r.cells].map(c => c.textContent).join('|'))")
	seen, stored := map[string]bool{}, map[string]bool{}
	for _, r := range rows {
		c := strings.Split(r, "|")
		// 24 stored synapses, or 20 others, divide the last but one third of 180 µm, which begins at
		// the centre of the soma; those of segment 1 are numbered on.
		n, of := int(floatOf(t, c[3])), map[string]int{"store": 24, "background": 20}[c[2]]
		want := 180 * (0.6 + 0.3*(float64(n%of)+0.5)/float64(of))
		if got := floatOf(t, c[len(c)-1]); math.Abs(got-want) > 0.06 { // half of the last of four digits, and 1/20000 of the section
			t.Errorf("%s: at %g µm, want %g", r, got, want)
		}
		seen[c[2]+c[3]] = true
		if c[7] != "-" {
			stored[c[2]+c[3]] = true
		}
	}
	colours := map[string]int{}
	for _, c := range b.list("[...document.querySelectorAll('.tree circle.synapse')].map(c => c.getAttribute('fill'))") {
		colours[c]++
	}
	if colours["rgb(11,87,164)"] != len(stored) || colours["#5d6670"] != len(seen)-len(stored) || len(stored) < 10 {
		t.Errorf("marks %v of %d synapses, %d stored", colours, len(seen), len(stored))
	}
	// To scale: the bar against the dendrites, which reach 180 µm down.
	bar := floatOf(t, b.text(".tree svg text")) / b.eval("document.querySelector('.tree svg .scale').getBBox().height").(float64)
	if got := bar * b.eval("document.querySelector('.tree svg path[stroke-linejoin]').getBBox().height").(float64); math.Abs(got-180) > 1 {
		t.Errorf("by the bar of scale the dendrites are %g µm long, want 180", got)
	}
	if n := b.eval("document.querySelectorAll('.tree .soma').length * 10 + document.querySelectorAll('.tree .segment').length"); n != 22.0 {
		t.Errorf("somata and segments: %v", n)
	}
	if says := b.text("#where"); !strings.Contains(says, on+", 108 to 162 µm from the soma") {
		t.Errorf("it says %q of %s", says, segment)
	}
	b.eval("document.querySelector('.tree').focus()")
	last := 0.0
	for range seen {
		b.press("ArrowRight")
		says := b.text("#where")
		at := floatOf(t, strings.TrimPrefix(says, on+", "))
		if at < last || at < 108 || at > 162 || !strings.Contains(says, "µm from the soma: synapse ") || !strings.Contains(says, " cell ") || !strings.Contains(says, " ms before") {
			t.Errorf("after %g µm it says %q", last, says)
		}
		last = at
	}
	b.press("Home")
	home := b.text("#where")
	b.press("End")
	at := b.eval("(c => [c.cx.baseVal.value, c.cy.baseVal.value])(document.querySelector('.tree circle.synapse'))").([]any)
	b.mouse(".tree svg:last-of-type", at[0].(float64)+1, at[1].(float64)+1, "mouseMoved") // the svg has a border of 1 px
	if got := b.text("#where"); got != home {
		t.Errorf("over the first mark it says %q, by the key %q", got, home)
	}
	b.mouse(".tree svg", 3, 3, "mouseMoved")
	b.call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]any{{"name": "prefers-color-scheme", "value": "dark"}}}, nil)
	b.frame()
	if got := b.eval("document.querySelector('.tree circle.soma').getAttribute('fill')"); got != "#e6e9ec" {
		t.Errorf("in the dark the soma is %v", got)
	}
	b.call("Emulation.setEmulatedMedia", map[string]any{"media": "print", "features": []map[string]any{{"name": "prefers-color-scheme", "value": "dark"}}}, nil)
	b.frame()
	if got := b.eval("document.querySelector('.tree circle.soma').getAttribute('fill')"); got != "#1b1f24" || b.eval("document.querySelector('.tree svg').getBoundingClientRect().height").(float64) < 100 {
		t.Errorf("on paper the soma is %v", got)
	}
	if said := b.complaints(); len(said) > 0 {
		t.Errorf("the console has %q", said)
	}
}

const swcNetwork = `[run]
tstop = "200 ms"
dt = "0.1 ms"
[populations.input]
kind = "sdr"
n = 200
active = 30
patterns = 2
[populations.E]
kind = "compartmental"
size = 1
[populations.E.membrane]
C_m = "1 uF/cm2"
R_a = "150 ohm cm"
R_m = "20000 ohm cm2"
E_L = "-70 mV"
[populations.E.morphology]
file = "configs/cells/synthetic-pyramidal.swc"
[populations.E.segments.tuft]
zone = "apical"
sections = ["apical362"]
from = 0.3
to = 0.7
placement = "random"
synapses = 28
ampa.g_max = "0.5 nS"
nmda.g_max = "1 nS"
nmda.block.law = "larkum2009"
[projections.store]
source = "input"
target = "E/tuft"
rule = "store"
[inputs.patterns]
kind = "sdr"
population = "input"
period = "100 ms"
start = "20 ms"
jitter = "1 ms"
[record]
spikes = ["input", "E"]
dendritic = true
synapses = true
[record.traces.all]
population = "E"
cells = [0]
variables = ["V"]
sections = ["*"]
compartments = 1
every = "1 ms"
`

// Of a cell from a file the drawing is the file's projection on x and y, to the scale of its bar;
// random synapses lie within the range of their segment, and where the file has it.
func TestReportPlacesOnAMorphology(t *testing.T) {
	b := openBrowser(t)
	swc, err := os.ReadFile("../../configs/cells/synthetic-pyramidal.swc")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	write(t, "net.toml", swcNetwork)
	must(t, "run", "net.toml", "-o", "r", "--quiet")
	must(t, "report", "r")
	b.open("r/report.html", 1200, 900, drawn)
	b.firstNMDASpike()
	var lo, hi [2]float64
	first := true
	for lines := bufio.NewScanner(strings.NewReader(string(swc))); lines.Scan(); {
		f := strings.Fields(lines.Text())
		if len(f) < 7 || strings.HasPrefix(f[0], "#") || f[1] == "1" { // the soma is drawn as a disc
			continue
		}
		for k := range lo {
			x := floatOf(t, f[2+k])
			if first {
				lo[k], hi[k] = x, x
			}
			lo[k], hi[k] = min(lo[k], x), max(hi[k], x)
		}
		first = false
	}
	um := floatOf(t, b.text(".tree svg text")) / b.eval("document.querySelector('.tree svg .scale').getBBox().width").(float64)
	box := b.eval(`(boxes => [Math.max(...boxes.map(r => r.x + r.width)) - Math.min(...boxes.map(r => r.x)), Math.max(...boxes.map(r => r.y + r.height)) - Math.min(...boxes.map(r => r.y))])
		([...document.querySelector('.tree svg').querySelectorAll('path[stroke-linejoin]')].map(p => p.getBBox()))`).([]any)
	for k := range lo {
		got, want := um*box[k].(float64), hi[k]-lo[k]
		if math.Abs(got-want) > 0.02*want+10 { // the bar is a whole number of tenths of px; dendrites begin at the soma
			t.Errorf("along %c the drawing has %g µm, the file %g", 'x'+rune(k), got, want)
		}
	}
	says := b.text("#where")
	var from, to float64
	if _, err := fmt.Sscanf(strings.TrimPrefix(says, "The NMDA spike started on apical362, "), "%g to %g µm", &from, &to); err != nil {
		t.Fatalf("%q: %v", says, err)
	}
	places := b.list("[...document.querySelectorAll('#event .scroll tbody tr')].map(r => r.cells[r.cells.length - 1].textContent)")
	distinct := map[string]bool{}
	for _, x := range places {
		if d := floatOf(t, x); d < from-0.06 || d > to+0.06 {
			t.Errorf("a synapse at %g µm, the segment from %g to %g", d, from, to)
		}
		distinct[x] = true
	}
	if len(distinct) < 10 {
		t.Errorf("%d places", len(distinct))
	}

	// Of its many columns the reader chooses which are drawn.
	head := strings.Split(strings.SplitN(readPage(t, "r/traces_all.csv"), "\n", 2)[0], ",")
	columns := head[2:] // after step and time
	names := b.list("[...document.querySelectorAll('.choose label')].slice(1).map(l => l.textContent.trim())")
	for i, c := range columns {
		columns[i] = strings.TrimSuffix(c, "_mV")
	}
	if len(columns) < 50 || len(names) != len(columns) {
		t.Fatalf("the file has %d columns, the list %d", len(columns), len(names))
	}
	series := func() []string {
		return b.list("[...document.querySelectorAll('#charts .chart:last-child .u-series')].slice(1).map(s => s.querySelector('.u-label').textContent)")
	}
	if got := series(); !slices.Equal(got, names[:12]) {
		t.Errorf("at first it draws %q", got)
	}
	b.eval("document.querySelector('.choose').open = true; const list = document.querySelectorAll('.choose .list input'); list[0].click(); list[list.length - 1].click()")
	if got, want := series(), append(slices.Clone(names[1:12]), names[len(names)-1]); !slices.Equal(got, want) {
		t.Errorf("after two clicks it draws %q, want %q", got, want)
	}
	b.eval("(s => { s.value = 'apical362'; s.dispatchEvent(new Event('input')); })(document.querySelector('.choose input[type=search]')); document.querySelectorAll('.choose button')[0].click()")
	for _, s := range series() {
		if !strings.Contains(s, "apical362") {
			t.Errorf("of those found it draws %q", s)
		}
	}
	if n := len(series()); n < 2 || !strings.Contains(b.text("#charts .chart:last-child h3"), fmt.Sprintf("%d of %d columns of traces_all.csv", n, len(names))) {
		t.Errorf("%d are drawn; it says %q", n, b.text("#charts .chart:last-child h3"))
	}
	b.eval("document.querySelectorAll('.choose button')[1].click()")
	if n := len(series()); n != 0 {
		t.Errorf("%d of none are drawn", n)
	}
	if said := b.complaints(); len(said) > 0 {
		t.Errorf("the console has %q", said)
	}
}

// One finger moves the span of time, two change it so that the times beneath them stay there; a finger
// that does not move is a click, and one that goes up or down scrolls the page.
func TestReportByTouch(t *testing.T) {
	b := openBrowser(t)
	t.Chdir(t.TempDir())
	reported(t, "r")
	b.open("r/report.html", 600, 800, drawn)
	b.call("Emulation.setTouchEmulationEnabled", map[string]any{"enabled": true, "maxTouchPoints": 2}, nil)
	wide := b.eval("document.querySelector('#spikes').clientWidth").(float64) - 88
	at := func(x float64) float64 { a, z := b.view(); return a + (x-72)/wide*(z-a) }
	before := [2]float64{at(200), at(300)}
	b.touch("#spikes", [][2]float64{{200, 60}, {180, 60}, {120, 62}}, [][2]float64{{300, 60}, {330, 60}, {420, 58}})
	if a, z := b.view(); math.Abs(at(120)-before[0]) > 0.5 || math.Abs(at(420)-before[1]) > 0.5 || z-a > 200 {
		t.Errorf("two fingers took hold of %v ms, which are now %g and %g; shows %g to %g ms", before, at(120), at(420), a, z)
	}
	hold := at(250)
	b.touch("#spikes", [][2]float64{{250, 60}, {270, 60}, {310, 60}})
	if math.Abs(at(310)-hold) > 0.5 {
		t.Errorf("a finger took hold of %g ms, and holds %g", hold, at(310))
	}
	if b.eval("document.querySelector('#neuron').hidden && document.querySelector('#event').hidden") != true {
		t.Error("a finger that moved has opened something")
	}
	y := b.eval("document.querySelector('#spikes').clientHeight").(float64) - 32
	b.touch("#spikes", [][2]float64{{74, y}})
	if b.eval("document.querySelector('#neuron').hidden && document.querySelector('#event').hidden") == true {
		t.Error("a touch has opened nothing")
	}
	a, z := b.view()
	b.touch("#spikes", [][2]float64{{250, 90}, {250, 70}, {250, 40}, {250, 20}})
	if a2, z2 := b.view(); a2 != a || z2 != z {
		t.Errorf("a finger upwards changed the span from %g, %g to %g, %g", a, z, a2, z2)
	}
	if said := b.complaints(); len(said) > 0 {
		t.Errorf("the console has %q", said)
	}
}
