package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// reported makes a run of quickstart, short, and its report.
func reported(t testing.TB, dir string, values ...string) {
	t.Helper()
	args := append([]string{"run", "quickstart", "-o", dir, "--quiet"}, set(append([]string{"run.tstop=500 ms", "inputs.patterns.swap=0.4", "figures.traces.stop=500 ms", "sweep.repeats=1", `sweep.axes={"inputs.patterns.swap"=[0.1,0.5]}`}, values...)...)...)
	for _, args := range [][]string{args, {"report", dir}} {
		if status, _, errs := neurosim(args...); status != exitDone {
			t.Fatalf("%v: status %d\n%s", args, status, errs)
		}
	}
}

// readPage reads a report.
func readPage(t testing.TB, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A report has nothing that a browser would fetch, leads to files that are there, and is the same
// bytes each time; the standard output has it without links, and a new run takes it away.
func TestReport(t *testing.T) {
	t.Chdir(t.TempDir())
	reported(t, "r")
	text := readPage(t, "r/report.html")
	for _, want := range []string{"default-src &#39;none&#39;", "Recognition of sparse patterns", "detection.cells.detected.rate", "figure-raster", "pyramidal", `<td>&#34;140 pA&#34;</td>`, `<span class="default">E_L`, "&#34;outcome&#34;: &#34;done&#34;"} {
		if !strings.Contains(text, want) {
			t.Errorf("the report lacks %q", want)
		}
	}
	if found := regexp.MustCompile(`(?:src|href|action|data|srcset)\s*=\s*"(?:https?:|//)[^"]*|@import|url\(`).FindString(text); found != "" {
		t.Errorf("the report would fetch %q", found)
	}
	links := func(file string) (found int) {
		for _, m := range regexp.MustCompile(`<a href="([^#"]+)"`).FindAllStringSubmatch(readPage(t, file), -1) {
			name, err := url.PathUnescape(m[1])
			if err == nil {
				_, err = os.Stat(filepath.Join(filepath.Dir(file), name))
			}
			if err != nil {
				t.Errorf("%s: %v", file, err)
			}
			found++
		}
		return found
	}
	if n := links("r/report.html"); n < 8 {
		t.Errorf("%d links", n)
	}
	must(t, "report", "r")
	out, _ := must(t, "report", "r", "-o", "-")
	if readPage(t, "r/report.html") != text {
		t.Error("another report of the same run has other bytes")
	}
	if strings.Contains(out, `<a href="tables`) || !strings.Contains(out, "<code>tables/sweep.csv</code>") {
		t.Error("a report on the standard output leads to files")
	}
	if err := os.MkdirAll("else where/a:b", 0o755); err != nil {
		t.Fatal(err)
	}
	must(t, "report", "r", "-o", "else where/a:b/x.html")
	must(t, "report", "r", "-o", "else where/a:b/x.html") // over the one before
	links("else where/a:b/x.html")
	var said struct{ Report string }
	mustJSON(t, &said, "report", "r")
	if said.Report != filepath.Join("r", "report.html") {
		t.Errorf("said %+v", said)
	}
	must(t, "run", "quickstart", "-o", "r", "--overwrite", "--quiet", "--set", "run.tstop=200 ms", "--set", "figures.traces.stop=200 ms", "--set", `sweep.axes={"inputs.patterns.swap"=[0.1]}`)
	if _, err := os.Stat("r/report.html"); err == nil {
		t.Error("the report of a run that was replaced is still there")
	}
}

// What cannot be reported, or not there, is refused with the cure; and nothing is harmed.
func TestReportRefuses(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "small.toml", "[run]\ntstop = \"1 s\"\n[populations.E]\nkind = \"inhibitory\"\nsize = 20\nI_e = \"210 pA\"\n")
	write(t, "thesis.html", "years of work")
	must(t, "run", "small.toml", "-o", "r", "--quiet")
	interrupted(t, "run", "small.toml", "-o", "cut")
	for _, c := range []struct {
		args   []string
		status int
		words  []string
	}{
		{[]string{"report"}, exitUsage, []string{"needs one run directory"}},
		{[]string{"report", "nowhere"}, exitFailed, []string{"nowhere: no such file"}},
		{[]string{"report", "cut"}, exitFailed, []string{"unfinished run: it was interrupted", "--resume goes on with it"}},
		{[]string{"report", "r", "-o", "thesis.html"}, exitUsage, []string{"thesis.html: exists and is no report"}},
		{[]string{"report", "r", "-o", "r"}, exitUsage, []string{"is a directory: name the file, as r/report.html"}},
		{[]string{"report", "r", "-o", "no/where.html"}, exitFailed, []string{"no/where.html"}},
		{[]string{"report", "r", "-o", "-", "--json"}, exitUsage, []string{"exclude each other"}},
		{[]string{"report", "r", "--outputs", "x"}, exitUsage, []string{"-outputs", "neurosim report -h"}},
	} {
		status, _, errs := neurosim(c.args...)
		for _, w := range c.words {
			if status != c.status || !strings.Contains(errs, w) {
				t.Errorf("%v: status %d, %q; want %d, %q", c.args, status, errs, c.status, w)
			}
		}
	}
	if readPage(t, "thesis.html") != "years of work" {
		t.Error("a file that is no report was replaced")
	}
	if _, err := os.Stat("/dev/full"); err == nil {
		if status, _, errs := neurosim("report", "r", "-o", "/dev/full"); status != exitFailed || !strings.Contains(errs, "no space left") {
			t.Errorf("full disk: status %d, %q", status, errs)
		}
	}
	// A recording that was damaged costs the course in time alone, and is told.
	write(t, "r/spikes.csv", "nonsense\n")
	status, _, errs := neurosim("report", "r")
	if status != exitFailed || !strings.Contains(errs, "the course in time") || !strings.Contains(readPage(t, "r/report.html"), "of this report: the course in time") {
		t.Errorf("status %d, %s", status, errs)
	}
}

// Every kind of run has a report: network, single cell, memories, figures of the paper, thresholds.
func TestReportOfEveryKind(t *testing.T) {
	long(t, "runs each kind of run")
	t.Chdir(t.TempDir())
	write(t, "small.toml", "[run]\ntstop = \"1 s\"\n[populations.E]\nkind = \"inhibitory\"\nsize = 20\nI_e = \"210 pA\"\n[figures.r]\nkind = \"raster\"\nstop = \"1 s\"\n")
	for i, kind := range kindsOfRun {
		t.Run(kind.name, func(t *testing.T) {
			dir := strconv.Itoa(i)
			args := slices.Clone(kind.args)
			if kind.name == "network without detection" {
				args = args[:2]
			}
			must(t, append(args, "-o", dir)...)
			must(t, "report", dir)
			text := readPage(t, dir+"/report.html")
			figures, _ := filepath.Glob(dir + "/figures/*.json")
			if n := strings.Count(text, "<figure id="); n != len(figures) || n == 0 || strings.Count(text, `src="data:image/`) != n {
				t.Errorf("%d figures in the report, %d of the run", n, len(figures))
			}
			if kind.sweep != nil && !strings.Contains(text, `id="resolved"`) {
				t.Error("the report lacks the configuration")
			}
		})
	}
}

const drawn = "document.documentElement?.dataset.ready === 'yes'"

// view returns the span of time that the page shows (ms).
func (b *browser) view() (from, to float64) {
	b.t.Helper()
	if _, err := fmt.Sscan(fmt.Sprint(b.eval("document.documentElement.dataset.view")), &from, &to); err != nil {
		b.t.Fatal(err)
	}
	return from, to
}

// In a browser the page draws without complaint; wheel, drag, double click and keys change the span
// of time as they say; clicks and keys open cells and NMDA spikes.
func TestReportInABrowser(t *testing.T) {
	b := openBrowser(t)
	t.Chdir(t.TempDir())
	reported(t, "r", "record.synapses=true", "record.traces.cell.cells=[0]")
	b.open("r/report.html", 1200, 900, drawn)
	if a, z := b.view(); a != 0 || z != 500 {
		t.Errorf("begins with %g to %g ms", a, z)
	}
	inked := "(c => new Set(new Uint32Array(c.getContext('2d').getImageData(0, 0, c.width, c.height).data.buffer)).size)(document.querySelector('#spikes'))"
	if colours := b.eval(inked).(float64); colours < 5 {
		t.Errorf("the raster has %g colours", colours)
	}
	changed := func(what string, holds func(a, z float64) bool) {
		t.Helper()
		b.wait(fmt.Sprintf("document.documentElement.dataset.view !== %q", b.last))
		if a, z := b.view(); !holds(a, z) {
			t.Errorf("%s: shows %g to %g ms, before %s", what, a, z, b.last)
		}
	}
	remember := func() { b.last = fmt.Sprint(b.eval("document.documentElement.dataset.view")) }
	remember()
	b.mouse("#spikes", 600, 60, "mouseMoved", "mouseWheel")
	// 120 px of the wheel zoom by e^-0.36 = 0.698 about the pointer, which stays where it was: at
	// (600 - 72)/(w - 88) of the span, w being the width of the canvas.
	w := b.eval("document.querySelector('#spikes').clientWidth").(float64)
	at := (600 - 72) / (w - 88)
	changed("wheel", func(a, z float64) bool {
		return near(z-a, 500*0.69768, 0.1) && near(a+at*(z-a), 500*at, 1) // 1 ms: half a pixel
	})
	a, z := b.view()
	remember()
	b.mouse("#spikes", 600, 60, "mouseMoved", "mousePressed")
	b.mouse("#spikes", 500, 60, "mouseMoved", "mouseReleased")
	changed("drag", func(a2, z2 float64) bool { return near(z2-a2, z-a, 1e-6) && near(a2-a, 100/(w-88)*(z-a), 1) })
	for _, k := range []struct {
		key  string
		span float64 // of the one before
	}{{"+", 1 / 1.5}, {"-", 1.5}, {"ArrowRight", 1}, {"ArrowLeft", 1}} {
		b.eval("document.querySelector('#view').focus()")
		a, z := b.view()
		remember()
		b.press(k.key)
		changed(k.key, func(a2, z2 float64) bool { return near(z2-a2, k.span*(z-a), 1e-6) })
	}
	remember()
	b.press("Home")
	changed("Home", func(a, z float64) bool { return a == 0 && z == 500 })
	remember()
	b.eval("document.querySelector('[data-do=in]').click()")
	changed("button", func(a, z float64) bool { return z-a < 500 })
	remember()
	b.eval("document.querySelector('#view').dispatchEvent(new MouseEvent('dblclick'))")
	changed("double click", func(a, z float64) bool { return a == 0 && z == 500 })

	// The NMDA spikes one by one, with the synapses of the file.
	rows := map[string][]row{}
	for _, r := range readTable(t, "r/nmda_synapses.csv") {
		of := r["time_ms"] + " " + r["cell"] + " " + r["segment"]
		rows[of] = append(rows[of], r)
	}
	starts := 0
	for _, e := range readTable(t, "r/dendritic_events.csv") {
		if e["event"] != "start" {
			continue
		}
		b.press("n")
		want := fmt.Sprintf("NMDA spike of E cell %s, basal segment %s, at %s ms", e["cell"], e["segment"], e["time_ms"])
		if got := b.text("#event h3"); got != want {
			t.Fatalf("opened %q, want %q", got, want)
		}
		of := rows[e["time_ms"]+" "+e["cell"]+" "+e["segment"]]
		var shown [][]string
		text, _ := json.Marshal(b.eval("[...document.querySelectorAll('#event .scroll tbody tr')].map(r => [...r.cells].map(c => c.textContent))"))
		if err := json.Unmarshal(text, &shown); err != nil {
			t.Fatal(err)
		}
		var got, wanted []string
		for _, r := range shown {
			got = append(got, strings.Join([]string{r[0], r[1], r[2], r[3], r[4], r[6], r[7]}, " "))
		}
		for _, r := range of {
			wanted = append(wanted, strings.Join([]string{r["source_population"], r["source_cell"], r["projection"], r["synapse"], r["arrival_ms"], r["weight"], r["pattern"]}, " "))
		}
		slices.Sort(got)
		slices.Sort(wanted)
		if !slices.Equal(got, wanted) || len(got) < 12 {
			t.Fatalf("%s: shows\n%q\nthe file has\n%q", want, got, wanted)
		}
		if starts++; starts == 25 {
			break
		}
	}
	if starts < 25 {
		t.Errorf("only %d NMDA spikes", starts)
	}
	b.press("Escape")
	b.wait("document.querySelector('#event').hidden")

	// A click on the row of a cell opens it: cell 0 of E is the lowest of its panel.
	y := b.eval("document.querySelector('#spikes').clientHeight").(float64) - 32
	b.mouse("#spikes", 76, y, "mousePressed", "mouseReleased")
	b.wait("!document.querySelector('#neuron').hidden")
	if got := b.text("#neuron h3"); got != "E cell 0" {
		t.Errorf("opened %q", got)
	}
	b.eval("document.querySelector('#neuron .scroll tbody button').click()")
	if got := b.text("#event h3"); !strings.HasPrefix(got, "NMDA spike of E cell 0, ") {
		t.Errorf("opened %q", got)
	}
	// Its potential is in traces_cell.csv, that of another cell is not.
	if n := b.eval("document.querySelectorAll('#event .uplot').length"); n != 1.0 {
		t.Errorf("%v charts of the potential", n)
	}
	events := readTable(t, "r/dendritic_events.csv")
	other := events[slices.IndexFunc(events, func(e row) bool { return e["cell"] != "0" })]["cell"]
	b.eval("document.querySelector('#cell').value = " + other + "; document.querySelector('[data-do=cell]').click()")
	if got := b.text("#neuron h3"); got != "E cell "+other {
		t.Errorf("opened %q", got)
	}
	b.eval("document.querySelector('#neuron .scroll tbody button').click()")
	if got := b.text("#event pre"); !strings.Contains(got, "[record.traces.cell"+other+"]") || !strings.Contains(got, `variables  = ["V_m"]`) {
		t.Errorf("says %q", got)
	}
	if said := b.complaints(); len(said) > 0 {
		t.Errorf("the console has %q", said)
	}
}

// The lines that a report gives to record the potential of a cell are a configuration that runs and
// that records it.
func TestLinesOfAReportRun(t *testing.T) {
	b := openBrowser(t)
	t.Chdir(t.TempDir())
	args := append([]string{"run", "conductances", "-o", "r", "--quiet"}, set("run.tstop=350 ms", "run.dt=0.1 ms", `sweep.axes={"inputs.patterns.swap"=[0.1]}`, `sweep.set={"run.tstop"="200 ms"}`, "sweep.repeats=1", "record.synapses=true")...)
	must(t, args...)
	must(t, "report", "r")
	b.open("r/report.html", 1200, 900, drawn)
	b.eval("document.querySelector('#view').focus()")
	lines := ""
	for range 30 {
		b.press("n")
		if b.eval("!!document.querySelector('#event pre')") == true {
			lines = b.text("#event pre")
			break
		}
	}
	text := readPage(t, "r/resolved.toml")
	write(t, "again.toml", strings.Replace(text, "[figures.", lines+"\n[figures.", 1))
	must(t, "run", "again.toml", "-o", "again", "--quiet")
	must(t, "report", "again")
	b.open("again/report.html", 1200, 900, drawn)
	of := strings.TrimSuffix(strings.TrimPrefix(strings.Split(lines, "\n")[0], "[record.traces.cell"), "]")
	b.eval(fmt.Sprintf("document.querySelector('#cell').value = %s; document.querySelector('[data-do=cell]').click(); document.querySelector('#neuron .scroll tbody button').click()", of))
	if n := b.eval("document.querySelectorAll('#event .uplot').length"); n != 1.0 {
		t.Errorf("cell %s: %v charts of the potential, with\n%s", of, n, lines)
	}
	if said := b.complaints(); len(said) > 0 {
		t.Errorf("the console has %q", said)
	}
}

// Where the synapses are not recorded, the page works them out from the wiring and the spikes: as
// many, and the same, as the recorder of another run wrote, which knows neither page nor script.
func TestReportWorksOutSynapses(t *testing.T) {
	b := openBrowser(t)
	t.Chdir(t.TempDir())
	delay := `projections.basal.delay={dist="uniform",min="0.2 ms",max="3 ms"}`
	reported(t, "with", "record.synapses=true", delay)
	reported(t, "r", delay)
	rows := map[string][]string{}
	for _, r := range readTable(t, "with/nmda_synapses.csv") {
		of := r["time_ms"] + " " + r["cell"] + " " + r["segment"]
		rows[of] = append(rows[of], strings.Join([]string{r["source_cell"], r["synapse"], r["arrival_ms"]}, " "))
	}
	b.open("r/report.html", 1200, 900, drawn)
	b.eval("document.querySelector('#view').focus()")
	starts := 0
	for _, e := range readTable(t, "r/dendritic_events.csv") {
		if e["event"] != "start" {
			continue
		}
		b.press("n")
		text, _ := json.Marshal(b.eval("[...document.querySelectorAll('#event .scroll tbody tr')].map(r => [1, 3, 4].map(i => r.cells[i].textContent).join(' '))"))
		var got []string
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatal(err)
		}
		want := rows[e["time_ms"]+" "+e["cell"]+" "+e["segment"]]
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) || len(got) < 12 {
			t.Fatalf("at %s ms: worked out\n%q\nrecorded\n%q", e["time_ms"], got, want)
		}
		if starts++; starts == 40 {
			break
		}
	}
	if starts < 40 {
		t.Errorf("only %d NMDA spikes", starts)
	}
}

// Without scripts the page has its tables, figures and configuration, and says what it lacks; the
// policy lets no other script run; in the dark it is dark, and on paper it is light.
func TestReportWithoutScriptsInTheDarkAndOnPaper(t *testing.T) {
	b := openBrowser(t)
	t.Chdir(t.TempDir())
	reported(t, "r")
	b.call("Emulation.setScriptExecutionDisabled", map[string]any{"value": true}, nil)
	b.open("r/report.html", 900, 700, "document.readyState === 'complete'")
	var snapshot struct{ Data string }
	b.call("Emulation.setScriptExecutionDisabled", map[string]any{"value": false}, nil)
	for _, seen := range []string{"#metrics tbody tr", "#time table", "#figures img", "#resolved", "#time noscript p"} {
		if h := b.eval(fmt.Sprintf("document.querySelector(%q).getBoundingClientRect().height", seen)); h.(float64) < 10 {
			t.Errorf("without scripts %s is %v px high", seen, h)
		}
	}
	if b.eval("document.querySelector('#course').hidden && [...document.querySelectorAll('.filter')].every(f => f.hidden) && document.querySelector('#figures img').naturalWidth > 0") != true {
		t.Error("without scripts there is what needs them, or a figure is not drawn")
	}
	b.open("r/report.html", 900, 700, drawn)
	b.eval("document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.intruder = 1' }))")
	if b.eval("window.intruder === undefined") != true {
		t.Error("a foreign script ran")
	}
	background := "getComputedStyle(document.body).backgroundColor"
	if got := b.eval(background); got != "rgb(255, 255, 255)" {
		t.Errorf("the background is %v", got)
	}
	corner := "document.querySelector('#spikes').getContext('2d').getImageData(80, 6, 1, 1).data[0]"
	b.call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]any{{"name": "prefers-color-scheme", "value": "dark"}}}, nil)
	b.frame()
	if got := b.eval(background); got != "rgb(20, 23, 26)" || b.eval(corner).(float64) > 100 {
		t.Errorf("in the dark the background is %v, the raster %v", got, b.eval(corner))
	}
	b.call("Emulation.setEmulatedMedia", map[string]any{"media": "print", "features": []map[string]any{{"name": "prefers-color-scheme", "value": "dark"}}}, nil)
	b.frame()
	if got := b.eval(background); got != "rgb(255, 255, 255)" || b.eval(corner).(float64) < 100 {
		t.Errorf("on paper the background is %v, the raster %v", got, b.eval(corner))
	}
	b.call("Page.printToPDF", map[string]any{}, &snapshot)
	if len(snapshot.Data) < 50_000 {
		t.Errorf("printed %d bytes", len(snapshot.Data))
	}
}

func near(x, y, by float64) bool { return x-y <= by && y-x <= by }
