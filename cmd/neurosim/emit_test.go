package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What emit prints is a script that bash reads, with every part and the command as it was given;
// CI runs it on a real Slurm and Snakemake.
func TestEmit(t *testing.T) {
	for _, c := range []struct {
		words []string
		want  []string
	}{
		{[]string{"slurm", "union", "-o", "out/u"}, []string{"--array=0-29%30", "run union -o out/u --part auto", "--signal=B:USR1@120", "scontrol requeue", "afterany", "#SBATCH --job-name=u\n"}},
		{[]string{"slurm", "quickstart", "-o", "o", "--seed", "3", "--set", `populations.E.segments.basal.theta=9`, "--parts", "4", "--limit", "2", "--threads", "3"},
			[]string{"--array=0-3%2", `run quickstart --set populations.E.segments.basal.theta=9 --seed 3 -o o --part auto`, "--cpus-per-task=3"}},
		{[]string{"slurm", "-o", "r", "--parts", "8", "--", "reproduce", "fig4a", "--full"}, []string{"reproduce fig4a --full -o r --part auto"}},
		{[]string{"snakemake", "union", "-o", "u {1}", "--parts", "3", "--rounds", "2"}, []string{`"u {{1}}"`, "rule round2", "part=range(3)", `{wildcards.part}/3`, `run union -o 'u {{1}}' --threads 1`}},
		{[]string{"k8s", "union", "-o", "u", "--parts", "3"}, []string{"completions: 3", "completionMode: Indexed", "'auto/3'", "--wait"}},
	} {
		status, out, errs := neurosim(append([]string{"emit"}, c.words...)...)
		if status != exitDone {
			t.Errorf("emit %v: status %d, %s", c.words, status, errs)
		}
		for _, want := range c.want {
			if !strings.Contains(out, want) {
				t.Errorf("emit %v: no %q in\n%s", c.words, want, out)
			}
		}
		if c.words[0] != "slurm" {
			continue
		}
		script := filepath.Join(t.TempDir(), "submit.sh")
		write(t, script, out)
		if said, err := exec.Command("bash", "-n", script).CombinedOutput(); err != nil {
			t.Errorf("emit %v: %v: %s", c.words, err, said)
		}
	}
}

func TestEmitRefuses(t *testing.T) {
	for _, c := range []struct{ words, want string }{
		{"", "slurm, snakemake, k8s"}, {"pbs union -o u", "slurm, snakemake, k8s"}, {"slurm union", "needs -o DIR"},
		{"slurm -o u", "one configuration, or --"}, {"slurm union -o u -- reproduce", "one configuration, or --"},
		{"slurm -o u -- reproduce", "--parts N must be given"}, {"slurm -o u --parts 3 -- reproduce -o v", "before --"},
		{"slurm -o u --parts 3 -- simulate", "not a command"}, {"slurm union -o u --parts -1", "at least 1"},
		{"slurm union -o u --time soon", "HH:MM:SS"}, {"slurm union -o u%", "no spaces"}, {"slurm l5-bac -o u", "--parts N must be given"},
	} {
		if status, out, errs := neurosim(append([]string{"emit"}, strings.Fields(c.words)...)...); status != exitUsage || out != "" || !strings.Contains(errs, c.want) {
			t.Errorf("emit %s: status %d, %s%s", c.words, status, out, errs)
		}
	}
}
