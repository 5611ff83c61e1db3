//go:build unix

// Command growth measures how time and memory grow with a model, and draws it: four models at
// 1, 10 and 100 times their cells or synapses, one after the other, each a process of neurosim
// with one thread. docs/performance.md shows its table.
//
//	go run ./docs/growth -o docs/figures
package main

import (
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"neurosim/figure"
	"neurosim/plots"
)

// A model is a configuration at several sizes.
type model struct {
	name   string
	config string                      // a shipped one, without its sweep and figures
	phase  string                      // of run.json, that is timed
	at     func(scale int) []string    // key=value
	counts func(m *measurement) string // synapses, from counts or metrics
}

// models returns what is measured. The synapses of a spiking memory go with the square of its
// cells, those of a temporal memory with the elements that it has seen.
func models() []model {
	ofRun := func(m *measurement) string { return fmt.Sprint(m.record.Counts["synapses"]) }
	return []model{
		{"LIF", "quickstart", "simulate", func(n int) []string {
			return []string{fmt.Sprintf("populations.E.size=%d", 100*n)}
		}, ofRun},
		{"Conductances", "conductances", "simulate", func(n int) []string {
			return []string{fmt.Sprintf("populations.E.size=%d", 24*n), "run.tstop=500 ms"}
		}, ofRun},
		{"Temporal memory", "sequence-highorder", "learn", func(n int) []string {
			return []string{fmt.Sprintf("stream.elements=%d", 1500*n), "run.repeats=1", "stream.change_after=0", "cases={one={}}"}
		}, func(m *measurement) string { return fmt.Sprint(m.metrics["one.synapses"]) }},
		{"Spiking memory", "sequence-spiking", "learn", func(n int) []string {
			return []string{fmt.Sprintf("network.cells=%d", map[int]int{1: 150, 10: 474, 100: 1500}[n]), "run.repeats=1", "run.episodes=10"}
		}, func(m *measurement) string { return fmt.Sprint(m.metrics["synapses"]) }},
	}
}

// A measurement is what one run was and took.
type measurement struct {
	record struct {
		Counts  map[string]float64
		Timings []struct {
			Phase   string
			Seconds float64
		}
	}
	metrics  map[string]any
	synapses float64
	seconds  float64 // of the phase
	bytes    float64 // largest memory of the process
}

func main() {
	out := flag.String("o", ".", "`DIR` of growth.png and growth.csv")
	scales := flag.String("scales", "1,10,100", "`LIST` of factors")
	flag.Parse()
	if err := run(*out, strings.Split(*scales, ",")); err != nil {
		fmt.Fprintln(os.Stderr, "growth:", err)
		os.Exit(1)
	}
}

func run(out string, scales []string) error {
	tmp, err := os.MkdirTemp("", "growth")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	program := filepath.Join(tmp, "neurosim")
	if said, err := exec.Command("go", "build", "-o", program, "./cmd/neurosim").CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, said)
	}
	x := figure.Axis{Label: "Synapses", Log: true}
	fig := figure.Figure{Name: "growth", Width: 150, Height: 62, Cols: 2, Panels: []figure.Panel{
		{X: x, Y: figure.Axis{Label: "Time of a synapse and step", Unit: "ns", Log: true}, Legend: true},
		{X: x, Y: figure.Axis{Label: "Memory of a synapse", Unit: "bytes", Log: true}},
	}}
	rows := [][]string{{"model", "scale", "synapses", "steps", "seconds", "time_ns", "memory_bytes"}}
	for i, m := range models() {
		series := [2]figure.Series{}
		for p := range series {
			series[p] = figure.Series{Name: m.name, Mark: figure.Points, Role: figure.Simulation, Index: i}
		}
		for _, text := range scales {
			n, err := strconv.Atoi(text)
			if err != nil {
				return err
			}
			got, err := m.measure(program, filepath.Join(tmp, fmt.Sprintf("%d-%d", i, n)), n)
			if err != nil {
				return fmt.Errorf("%s, %d: %w", m.name, n, err)
			}
			steps := got.record.Counts["steps"]
			each := 1e9 * got.seconds / (got.synapses * steps)
			series[0].Add(got.synapses, each)
			series[1].Add(got.synapses, got.bytes/got.synapses)
			row := []string{m.name, text}
			for _, v := range []float64{got.synapses, steps, got.seconds, each, got.bytes / got.synapses} {
				row = append(row, strconv.FormatFloat(v, 'g', 4, 64))
			}
			rows = append(rows, row)
			fmt.Println(strings.Join(row, "\t"))
		}
		for p := range series {
			line := series[p]
			line.Name, line.Mark = "", figure.Line
			fig.Panels[p].Series = append(fig.Panels[p].Series, line, series[p])
		}
	}
	table, err := os.Create(filepath.Join(out, "growth.csv"))
	if err != nil {
		return err
	}
	defer table.Close()
	if err := csv.NewWriter(table).WriteAll(rows); err != nil {
		return err
	}
	picture, err := os.Create(filepath.Join(out, "growth.png"))
	if err != nil {
		return err
	}
	defer picture.Close()
	return plots.Write(picture, fig, "png")
}

// measure runs a model at a scale.
func (m *model) measure(program, dir string, scale int) (*measurement, error) {
	text, err := os.ReadFile(filepath.Join("configs", m.config+".toml"))
	if err != nil {
		return nil, err
	}
	file := dir + ".toml"
	if err := os.WriteFile(file, []byte(bare(string(text))), 0o644); err != nil {
		return nil, err
	}
	args := []string{"run", file, "-o", dir, "--quiet", "--threads", "1"}
	for _, set := range m.at(scale) {
		args = append(args, "--set", set)
	}
	cmd := exec.Command(program, args...)
	if said, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, said)
	}
	got := &measurement{bytes: float64(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss) * 1024}
	for name, to := range map[string]any{"run.json": &got.record, "metrics.json": &got.metrics} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err == nil {
			err = json.Unmarshal(text, to)
		}
		if err != nil {
			return nil, err
		}
	}
	for _, t := range got.record.Timings {
		if t.Phase == m.phase {
			got.seconds += t.Seconds
		}
	}
	got.synapses, err = strconv.ParseFloat(m.counts(got), 64)
	return got, err
}

// bare returns a configuration without its sweep, its figures and its cases.
func bare(text string) string {
	var out []string
	keep := true
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "[") {
			keep = !strings.HasPrefix(line, "[sweep") && !strings.HasPrefix(line, "[figures") && !strings.HasPrefix(line, "[cases") && !strings.HasPrefix(line, "[detection") && !strings.HasPrefix(line, "[replay")
		}
		if keep {
			out = append(out, line)
		}
	}
	return strings.Join(out, "")
}
