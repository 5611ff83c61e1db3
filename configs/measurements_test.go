package configs

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// The examples of docs/measurements.md are read as they stand: tables by the names in their
// first line, and configurations that include shipped ones.
func TestDocsOfMeasurements(t *testing.T) {
	text, err := os.ReadFile("../docs/measurements.md")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	var configurations []string
	for _, m := range regexp.MustCompile("(?s)```([a-z]+)\n# ([^\n]*)\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		body := m[3]
		if m[1] == "toml" {
			configurations = append(configurations, m[2])
			body = strings.ReplaceAll(body, `include = ["configs/`, `include = ["`)
			for _, name := range regexp.MustCompile(`include = \["([^"]*)"`).FindAllStringSubmatch(body, -1) {
				add(t, files, name[1])
			}
		}
		files[m[2]] = body
	}
	if len(configurations) != 4 {
		t.Errorf("read %q", configurations)
	}
	for _, name := range configurations {
		x, err := fromTexts(files, name)
		switch {
		case err != nil:
			t.Errorf("%s: %v", name, err)
		case name == "targets.toml":
			if len(x.Comparisons) != 4 {
				t.Errorf("%s: %+v", name, x.Comparisons)
			}
		case name != "fit.toml" && len(x.Shown) == 0:
			t.Errorf("%s shows no data", name)
		case name == "fit.toml" && (len(x.Fit.Free) != 1 || len(x.Fit.Data) != 1 || x.Fit.Free[0].Start != 1):
			t.Errorf("%s: %+v", name, x.Fit)
		}
	}
}

// add adds a shipped file and those that it includes.
func add(t *testing.T, files map[string]string, name string) {
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	files[name] = string(text)
	for _, m := range regexp.MustCompile(`"(cells/[^"]*)"`).FindAllStringSubmatch(string(text), -1) {
		add(t, files, m[1])
	}
}
