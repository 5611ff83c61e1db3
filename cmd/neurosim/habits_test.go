package main

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// What people type first does what they expect.
func TestHabits(t *testing.T) {
	long, _ := must(t, "version")
	if short, _ := must(t, "--version"); short != long || !strings.HasPrefix(short, "neurosim "+version) {
		t.Errorf("--version says %q", short)
	}
	for _, cmd := range commands() {
		help, _ := must(t, "help", cmd.name)
		if flags, _ := must(t, cmd.name, "-h"); help != flags || !strings.HasPrefix(help, "usage: neurosim "+cmd.name) {
			t.Errorf("help %s says\n%s", cmd.name, help)
		}
	}
	dir := filepath.Join(t.TempDir(), "long")
	must(t, append([]string{"run", "quickstart", "--output", dir}, short...)...)
	for line, want := range map[string]string{
		"run quickstrat":  `did you mean "quickstart"?`,
		"rnu quickstart":  `did you mean "run"?`,
		"help rnu":        `did you mean "run"?`,
		"keys record.fmt": "no such key",
		"completion tcsh": "bash, zsh or fish",
	} {
		if status, _, errs := neurosim(strings.Fields(line)...); status != exitUsage || !strings.Contains(errs, want) {
			t.Errorf("%s: status %d, %s; want %s", line, status, errs, want)
		}
	}
}

// Keys are listed by their beginnings, names of the user's among them, and as JSON, with the
// rows of the reference.
func TestKeysBelow(t *testing.T) {
	all, _ := must(t, "keys")
	var printed struct {
		Keys []struct{ Table, Key, Value, Meaning string }
	}
	mustJSON(t, &printed, "keys")
	if rows := strings.Count(all, "\n| `"); rows != len(printed.Keys) || rows < 100 {
		t.Errorf("%d keys, %d rows of the reference", len(printed.Keys), rows)
	}
	for below, want := range map[string]string{"record": "record.formats\t", "run.dt": "run.dt\t", "populations.E.soma": "populations.NAME.soma.", "figures.raster.axes.a": "figures.NAME.axes.LETTER."} {
		out, _ := must(t, "keys", below)
		if !strings.Contains(out, want) {
			t.Errorf("keys %s says\n%s", below, out)
		}
	}
	// E_L is no place for a name: it was listed for every key of a soma.
	if out, _ := must(t, "keys", "populations.E.soma.V_th"); strings.Contains(out, "E_L") || !strings.Contains(out, "[populations.NAME], kind = \"pyramidal\"") {
		t.Errorf("keys of V_th says\n%s", out)
	}
	if out, _ := must(t, "keys", "record"); strings.Contains(out, "run.dt") {
		t.Error("keys record lists other keys")
	}
}

// bash completes commands, flags and shipped configurations with the script.
func TestCompletion(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("needs the program bash: install it")
	}
	script, _ := must(t, "completion", "bash")
	for words, want := range map[string]string{
		"neurosim conv":                 "converge",
		"neurosim run quickst":          "quickstart",
		"neurosim run quickstart --str": "--strict",
		"neurosim help plo":             "plot",
		"neurosim plot --form":          "--formats",
	} {
		n := len(strings.Fields(words)) - 1
		var errs bytes.Buffer
		cmd := exec.Command("bash", "-c", script+"COMP_WORDS=("+words+"); COMP_CWORD="+string(rune('0'+n))+"; _neurosim; printf '%s\\n' \"${COMPREPLY[@]}\"")
		cmd.Stderr = &errs
		out, err := cmd.Output()
		if err != nil || strings.TrimSpace(string(out)) != want {
			t.Errorf("%s: %q, %v %s; want %s", words, out, err, errs.String(), want)
		}
	}
	t.Chdir(t.TempDir())
	write(t, "mine.toml", "[run]\ntstop = \"1 ms\"\n[populations.mine]\nkind = \"sdr\"\nn = 10\nactive = 2\n")
	write(t, "bad.toml", "[run]\ntstop = 1\n")
	for words, want := range map[string]string{
		"neurosim run quickstart --set run.ts":      "run.tstop=",
		"neurosim run quickstart --set = run.ts":    "run.tstop=", // readline divides words at =
		"neurosim run quickstart --set=run.ts":      "run.tstop=",
		"neurosim run mine.toml --set popu":         "populations.mine.", // names of the configuration
		"neurosim check --set popu mine.toml":       "",                  // the last word is a file
		"neurosim run bad.toml --set uncaging.targ": "uncaging.target=",  // of no good one all keys
		"neurosim run --set populations.NAME.acti":  "populations.NAME.active=",
		"neurosim channel hay/Ih --set run.ts":      "", // has other keys
		"neurosim run quickstart --set run.dt = 0.": "",
	} {
		n := len(strings.Fields(words)) - 1
		out, err := shell(t, script+"neurosim() { \"$NS\" \"$@\"; }; COMP_WORDS=("+words+"); COMP_CWORD="+strconv.Itoa(n)+"; _neurosim; printf '%s\\n' \"${COMPREPLY[@]}\"").Output()
		got := strings.TrimSpace(string(out))
		if before, is := strings.CutSuffix(want, "mine."); is {
			for _, line := range strings.Split(got, "\n") {
				if !strings.HasPrefix(line, before+"mine.") || !strings.HasSuffix(line, "=") {
					t.Errorf("%s: %q", words, line)
				}
			}
		} else if err != nil || got != want && want != "" || want == "" && strings.Contains(got, "=") {
			t.Errorf("%s: %q, %v; want %s", words, got, err, want)
		}
	}
	for _, shell := range []string{"zsh", "fish"} {
		if out, _ := must(t, "completion", shell); !strings.Contains(out, "quickstart") || !strings.Contains(out, "converge") {
			t.Errorf("completion of %s:\n%s", shell, out)
		}
	}
}
