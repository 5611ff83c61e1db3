package main

import (
	"encoding/json"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestThresholdsPrintAndDraw(t *testing.T) {
	long(t, "draws two PNG files of 600 dpi")
	tmp := t.TempDir()
	a, b := filepath.Join(tmp, "a"), filepath.Join(tmp, "b")
	out, errs := must(t, "thresholds", "-o", a)
	for _, want := range []string{"\n     12         2.28e-09         3.95e-08     4.18e-08                18    best", "within", "Antic et al. 2010", "10-50 synapses", "8-20 synapses", "inside",
		"0.31 (0.28-0.34) uA", "not comparable", "no primary measurement"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not printed:\n%s", want, out)
		}
	}
	if read(t, filepath.Join(a, "report.txt")) != out {
		t.Error("report.txt is not what was printed")
	}
	if !strings.Contains(errs, filepath.Join(a, "figures", "thresholds.png")) {
		t.Errorf("the figure is not named: %s", errs)
	}
	if size, err := png.DecodeConfig(strings.NewReader(read(t, filepath.Join(a, "figures", "thresholds.png")))); err != nil || size.Width != 4323 { // 183 mm at 600 dpi
		t.Errorf("the figure is %d wide: %v", size.Width, err)
	}
	if caption := read(t, filepath.Join(a, "figures", "thresholds.txt")); !strings.Contains(caption, "no primary measurement") {
		t.Errorf("caption: %s", caption)
	}

	// The same numbers again, which draw the same picture.
	must(t, "thresholds", "-o", b, "--formats", "svg")
	must(t, "plot", b)
	same(t, "thresholds again", a, b, "figures/thresholds.svg", "FILES.md") // which lists the picture
}

func TestThresholdsJSON(t *testing.T) {
	tmp := t.TempDir()
	mine := filepath.Join(tmp, "mine.csv")
	write(t, mine, "id,kind,reference,low,high,unit,grade\nU1,measurement,Me 2027,12,15,synapses,C\n")
	out, _ := must(t, "thresholds", "quickstart", "--noise", "0.5", "--segments", "500", "--factor", "2", "--data", mine, "-o", filepath.Join(tmp, "out"), "--formats", "svg", "--json")
	var got struct {
		Case struct {
			N, A, S, Segments, Theta int
			Noise, Factor            float64
			Readd                    bool
		}
		V       int
		Best    int `json:"best_theta"`
		Low     int `json:"interval_low"`
		High    int `json:"interval_high"`
		Rows    []map[string]any
		Records []map[string]any
		Lines   []string `json:"says"`
		Notes   []string
		Files   []string

		Directory, Outcome string
		Timings            []any
		Warnings, Failures []string
	}
	dec := json.NewDecoder(strings.NewReader(out))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&got); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if c := got.Case; c.N != 2048 || c.A != 40 || c.S != 24 || c.Theta != 12 || c.Segments != 500 || c.Noise != 0.5 || c.Factor != 2 || got.V != 20 {
		t.Errorf("case %+v, v = %d", c, got.V)
	}
	if len(got.Rows) != 24 || got.Low > got.Best || got.Best > got.High || got.Best < 1 {
		t.Errorf("%d rows, %d in %d..%d", len(got.Rows), got.Best, got.Low, got.High)
	}
	for _, key := range []string{"theta", "fp", "log10_fp", "fn", "log10_fn", "total", "log10_total", "tolerance", "within"} {
		if _, ok := got.Rows[0][key]; !ok {
			t.Errorf("rows have no %s", key)
		}
	}
	i := slices.IndexFunc(got.Records, func(r map[string]any) bool { return r["id"] == "U1" })
	if i < 0 {
		t.Fatal("the user's row is missing")
	}
	for key, want := range map[string]any{"kind": "measurement", "event": "nmda_spike", "reference": "Me 2027", "doi": "", "low": 12., "typical": nil, "high": 15., "unit": "synapses", "grade": "C"} {
		if v, ok := got.Records[i][key]; !ok || v != want {
			t.Errorf("%s = %v, want %v", key, v, want)
		}
	}
	if strings.Contains(strings.Join(got.Lines, " "), "no primary") || len(got.Notes) != 3 || !strings.Contains(got.Notes[2], "the sweep is left out") || len(got.Files) != 3 {
		t.Errorf("%v %v %v", got.Lines, got.Notes, got.Files)
	}
}

func TestThresholdsMistakes(t *testing.T) {
	tmp := t.TempDir()
	bad := filepath.Join(tmp, "bad.csv")
	write(t, bad, "id,kind,reference,low,high,unit,grade\nU1,modell,Me 2027,20,8,synapses,C\nU2,model,,x,8,synapses,E\n")
	two := filepath.Join(tmp, "two.toml")
	text := strings.Replace(read(t, "../../configs/quickstart.toml"), "segments   = [0, 1]", "segments = [0, 1]\ngroup = \"basal\"", 1)
	text += "\n[populations.E.segments.apical]\ncount = 1\nsynapses = 20\ntheta = 8\nwindow = \"5 ms\"\nplateau = \"50 ms\"\nI_dAP = \"10 pA\"\n[projections.apical]\nsource = \"input\"\ntarget = \"E/apical\"\nrule = \"store\"\n"
	write(t, two, text)
	full := filepath.Join(tmp, "full")
	if err := os.MkdirAll(filepath.Join(full, "mine"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args   []string
		status int
		says   string
	}{
		{[]string{"--s", "400", "--noise", "2"}, exitUsage, "--s = 400: must be from 1 to a, since synapses are on cells of the pattern (a = 300), and at most 1000\nneurosim: --noise = 2: must be a fraction"},
		{[]string{"--theta", "0"}, exitUsage, "--theta = 0: must be at least 1"},
		{[]string{"--theta", "31"}, exitUsage, "--theta = 31: must be from 1 to s (s = 30)"},
		{[]string{"--factor", "0.1"}, exitUsage, "--factor = 0.1: must be finite and at least 1"},
		{[]string{"--n", "many"}, exitUsage, `invalid value "many" for flag -n`},
		{[]string{"--noize", "0.1"}, exitUsage, `did you mean "noise"?`},
		{[]string{"--formats", "gif"}, exitUsage, "--formats = gif: must be of png, svg, pdf"},
		{[]string{"--group", "E/basal"}, exitUsage, "need a configuration"},
		{[]string{"quickstart", "context"}, exitUsage, "takes one configuration"},
		{[]string{"quickstart", "--group", "E/basel"}, exitUsage, `has E/basal; did you mean "E/basal"?`},
		{[]string{"quickstart", "--s", "41"}, exitUsage, "--s = 41: must be from 1 to a"},
		{[]string{two}, exitUsage, "has E/basal; E/apical; choose with --group"},
		{[]string{"no-such.toml"}, exitUsage, "no-such.toml: no such file"},
		{[]string{"--data", "no-such.csv"}, exitUsage, "no-such.csv: no such file"},
		{[]string{"--data", bad}, exitUsage, bad + `:2: kind = "modell": must be of measurement, review, cited, model, prediction; did you mean "model"?
` + bad + `:2: low = "20": must not exceed high (8)
` + bad + `:3: low = "x": must be a number, or empty where none is stated
` + bad + `:3: reference: must be given: authors and year
` + bad + `:3: grade = "E": must be of A, B, C, derived`},
		{[]string{"-o", full}, exitFailed, "full"},
		{[]string{"-o", full, "--overwrite"}, exitFailed, "full"},
	} {
		status, out, errs := neurosim(append([]string{"thresholds", "-o", filepath.Join(tmp, "out")}, c.args...)...)
		if status != c.status || !strings.Contains(errs, c.says) || c.status == exitUsage && out != "" {
			t.Errorf("thresholds %v: status %d, want %d; said %q, want %q; printed %q", c.args, status, c.status, errs, c.says, out)
		}
	}
	if _, err := os.Stat(filepath.Join(tmp, "out")); err == nil {
		t.Error("a refused command left a directory")
	}
	must(t, "thresholds", two, "--group", "E/apical", "-o", filepath.Join(tmp, "apical"), "--formats", "svg")
}
