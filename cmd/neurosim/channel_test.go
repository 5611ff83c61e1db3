package main

import (
	"encoding/json"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"neurosim/channel/catalogue"
	"neurosim/channel/view"
)

// Without a name the command lists the catalogue, a line for each channel, by family.
func TestChannelListsTheCatalogue(t *testing.T) {
	out, errs := must(t, "channel")
	var names []string
	for line := range strings.Lines(out) {
		if f := strings.Fields(line); len(f) > 0 {
			names = append(names, f[0])
			if len(f) < 2 {
				t.Errorf("no title in %q", line)
			}
		}
	}
	if !slices.Equal(names, catalogue.Names()) || !strings.Contains(errs, "neurosim channel NAME --toml") {
		t.Errorf("lists %v, says %q", names, errs)
	}
	var listed struct{ Channels map[string]string }
	mustJSON(t, &listed, "channel")
	if len(listed.Channels) != len(names) || listed.Channels["hh/kdr"] != "Delayed rectifier of the squid giant axon" {
		t.Errorf("the object has %v", listed.Channels)
	}
}

// A channel is printed as a table of its gates. The numbers at -80 and -40 mV are those of
// NaTa_t of Hay et al. (2011), from an independent program.
func TestChannelPrintsATable(t *testing.T) {
	t.Chdir(t.TempDir())
	out, errs := must(t, "channel", "hay/NaTa_t")
	lines := strings.Split(strings.TrimRight(out, "\n"), "\n")
	if len(lines) != 20 {
		t.Fatalf("%d lines, want a head and 19 potentials:\n%s", len(lines), out)
	}
	for _, want := range []string{"-80 0.00133662 0.0648792 0.9116 1.32752", "-40 0.512595 0.188667 0.0129537 0.845842"} {
		if !slices.ContainsFunc(lines, func(l string) bool { return strings.Join(strings.Fields(l), " ") == want }) {
			t.Errorf("no line %q in\n%s", want, out)
		}
	}
	for _, want := range []string{
		"hay/NaTa_t: Fast inactivating sodium current", "source       Colbert & Pan 2002", "current      g m^3 h (V - E)", "ion          na", "E            50 mV",
		"34 degC, the default; the channel does not depend on it", "note: gates.m.alpha is 0/0 at V = -38 mV; its limit there is taken", "hay-NaTa_t.png",
	} {
		if !strings.Contains(errs, want) {
			t.Errorf("not said: %s\n%s", want, errs)
		}
	}
	file, err := os.Open("hay-NaTa_t.png")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if picture, err := png.Decode(file); err != nil || picture.Bounds().Dx() < 2000 { // 89 mm at 600 dpi
		t.Errorf("%v, %v", picture, err)
	}
}

// Gates of calcium are shown over concentrations, gates of both over potentials at three
// concentrations, and instantaneous ones with a time constant of 0.
func TestChannelOfCalcium(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, c := range []struct{ name, head, row string }{
		{"hay/SK_E2", "ca (mM) z inf z tau (ms)", "0.0001 0.000909821 1"}, // .00090982 of Hay et al. at 1e-4 mM
		{"moczydlowski/BK", "V (mV) o inf, ca = 0.0001 mM o tau (ms) o inf, ca = 0.001 mM o tau (ms) o inf, ca = 0.01 mM o tau (ms)", ""},
		{"allen/Nap", "V (mV) m inf m tau (ms) h inf h tau (ms)", ""},
	} {
		out, _ := must(t, "channel", c.name, "--formats", "svg", "-o", "figures")
		var rows []string
		for line := range strings.Lines(out) {
			rows = append(rows, strings.Join(strings.Fields(line), " "))
		}
		if rows[0] != c.head || c.row != "" && !slices.Contains(rows, c.row) {
			t.Errorf("%s prints\n%s", c.name, out)
		}
		if _, err := os.Stat(filepath.Join("figures", strings.ReplaceAll(c.name, "/", "-")+".svg")); err != nil {
			t.Error(err)
		}
	}
	out, _ := must(t, "channel", "allen/Nap")
	if f := strings.Fields(strings.Split(out, "\n")[3]); f[2] != "0" {
		t.Errorf("an instantaneous gate has a time constant of %s ms", f[2])
	}
}

// The object has what the table has. At 16.3 degC the squid's gates are three times as fast as
// at 6.3 degC.
func TestChannelJSON(t *testing.T) {
	t.Chdir(t.TempDir())
	type object struct {
		Channel, Title, Source, Ion, Current string
		E                                    *float64 `json:"E_mV"`
		Temperature                          float64  `json:"temperature_degC"`
		Factor                               float64  `json:"conductance_factor"`
		Gates                                []view.Gate
		Notes, Figures                       []string
	}
	var cold, warm object
	_, errs := mustJSON(t, &cold, "channel", "hh/na", "--temperature", "6.3 degC", "--quiet")
	mustJSON(t, &warm, "channel", "hh/na", "--temperature", "16.3")
	if errs != "" || cold.Temperature != 6.3 || *cold.E != 50 || cold.Ion != "na" || cold.Current != "g m^3 h (V - E)" || !slices.Equal(cold.Figures, []string{"hh-na.png"}) || len(cold.Notes) != 1 {
		t.Errorf("%+v, said %q", cold, errs)
	}
	for i, g := range cold.Gates {
		for j, tau := range g.Tau {
			if w := warm.Gates[i]; math.Abs(tau-3*w.Tau[j]) > 1e-12*tau || g.Inf[j] != w.Inf[j] {
				t.Errorf("%s at %g mV: %g and %g ms", g.Name, g.At[j], tau, w.Tau[j])
			}
		}
	}
	var nernst object
	mustJSON(t, &nernst, "channel", "hay/Ca_HVA")
	if nernst.E != nil || nernst.Current != "g m^2 h (V - E_Ca)" {
		t.Errorf("E %v, current %s", nernst.E, nernst.Current)
	}
	var shifted object
	mustJSON(t, &shifted, "channel", "mainen/na", "--set", "constants.vshift=0", "--temperature", "33")
	if h := shifted.Gates[1]; math.Abs(shifted.Factor-2.3) > 1e-12 || h.At[5] != -70 || math.Abs(h.Inf[5]-1/(1+math.Exp(-5/6.2))) > 1e-12 {
		t.Errorf("factor %g, h at %g mV %g; inactivation is half at -65 mV without a shift", shifted.Factor, h.At[5], h.Inf[5])
	}
}

// --toml prints what a user may keep as a file: shown again, it gives the same numbers.
func TestChannelTextIsAFile(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"hay/K_Pst", "mainen/na", "mainen/kca", "moczydlowski/BK", "allen/Nap", "ca1/na3"} {
		text, errs := must(t, "channel", name, "--toml")
		if errs != "" {
			t.Errorf("said %q", errs)
		}
		if err := os.WriteFile("copy.toml", []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		var of, copied map[string]any
		mustJSON(t, &of, "channel", name, "--formats", "svg")
		mustJSON(t, &copied, "channel", "copy.toml", "--formats", "svg")
		a, _ := json.Marshal(of["gates"])
		b, _ := json.Marshal(copied["gates"])
		if string(a) != string(b) || copied["channel"] != "copy" {
			t.Errorf("the copy of %s differs: %s, %s", name, a, b)
		}
	}
}

// A channel of a configuration is shown at the temperature of its cells, with its constants.
func TestChannelOfAConfiguration(t *testing.T) {
	t.Chdir(t.TempDir())
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("net.toml", `[populations.L5]
temperature = "33 degC"
[populations.L5.channels.na]
kind = "mainen/na"
density = "0.1 S/cm2"
constants.vshift = 0
[populations.L5.channels.own]
density.soma = "0.1 S/cm2"
E = "-30 mV"
gates.m = { inf = "1/(1 + exp(-(V + 40)/5))", tau = "2" }
`)
	var na, own struct {
		Temperature float64 `json:"temperature_degC"`
		Gates       []view.Gate
	}
	mustJSON(t, &na, "channel", "net.toml:L5/na")
	if na.Temperature != 33 || math.Abs(na.Gates[1].Inf[5]-1/(1+math.Exp(-5/6.2))) > 1e-12 {
		t.Errorf("%+v", na)
	}
	mustJSON(t, &own, "channel", "net.toml:L5/own", "-o", "sound")
	if len(own.Gates) != 1 || own.Gates[0].Inf[8] != 0.5 || own.Gates[0].Tau[8] != 2 {
		t.Errorf("%+v", own)
	}
	write("more.toml", "include = [\"configs/l5-bac.toml\"]\n[populations.L5.channels.SKv3_1]\ndensity = \"1 mS/cm2\"\n")
	must(t, "channel", "more.toml:L5/SKv3_1", "--json") // a shipped configuration is found, as by run
	write("own.toml", "title = \"Mine\"\n[gates.m]\ninf = \"1/(1 + exp(-(V + 40)/5))\"\ntau = \"V + 100\"\n")
	for _, c := range []struct{ name, want string }{
		{"own.toml", `own.toml:4: gates.m.tau = "V + 100": the time constant is -28 ms at V = -128 mV; it must be positive and finite`},
		{"net.toml", "net.toml:1: populations: makes the file a configuration: name one of its channels, as in net.toml:POPULATION/CHANNEL"},
		{"net.toml:L5", "neurosim: net.toml:L5: POPULATION/CHANNEL must follow the file"},
		{"net.toml:L5/nb", `net.toml:3: populations.L5.channels.nb: there is no such channel; did you mean "na"?`},
		{"net.toml:L4/na", `net.toml:1: populations.L4: there is no such population; did you mean "L5"?`},
		{"none.toml", "none.toml: no such file"},
		{"hay/NaTa", `neurosim: hay/NaTa: unknown channel; did you mean "hay/NaTa_t"? (neurosim channel lists them; a file ends in .toml)`},
		{"nax", `neurosim: nax: unknown channel; did you mean "ca1/nax"? (neurosim channel lists them; a file ends in .toml)`},
	} {
		status, out, errs := neurosim("channel", c.name)
		if status != exitUsage || out != "" || strings.TrimSpace(errs) != c.want {
			t.Errorf("%s: status %d, printed %q, said\n%swant\n%s", c.name, status, out, errs, c.want)
		}
	}
	for _, args := range [][]string{{"hh/na", "hh/kdr"}, {"--toml"}, {"own.toml", "--toml"}, {"hh/na", "--temperature", "warm"}, {"hh/na", "--temperature", "-300"}, {"hh/na", "--formats", "gif"}} {
		if status, _, errs := neurosim(append([]string{"channel"}, args...)...); status != exitUsage || !strings.HasPrefix(errs, "neurosim: ") {
			t.Errorf("%v: status %d, %s", args, status, errs)
		}
	}
	if _, err := os.Stat("own.png"); err == nil {
		t.Error("a channel that is wrong has a figure")
	}
}

// A misspelt constant of --set changes nothing, and that is said.
func TestChannelSaysWhatIsUnused(t *testing.T) {
	t.Chdir(t.TempDir())
	_, errs := must(t, "channel", "mainen/na", "--set", "constants.shift=-5", "--formats", "svg")
	if !strings.Contains(errs, "note: constants.shift is used by no formula") {
		t.Errorf("said\n%s", errs)
	}
}
