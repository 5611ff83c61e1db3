package configs

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"neurosim/grammar"
)

var update = flag.Bool("update", false, "write the messages of testdata/bad again; then read the diff")

// Every bad configuration is refused with the message beside it: file, line,
// key, value, rule; all mistakes at once.
func TestBadConfigurations(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.toml")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d bad configurations, %v; the issue asks for 40", len(files), err)
	}
	for _, file := range files {
		_, err := loadFile(file, grammar.Options{Memory: 16 << 30})
		var problems grammar.Problems
		if !errors.As(err, &problems) {
			t.Errorf("%s: %v, want Problems", file, err)
			continue
		}
		got := strings.ReplaceAll(err.Error(), "testdata/bad/", "") + "\n"
		golden := strings.TrimSuffix(file, ".toml") + ".txt"
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(golden)
		if err != nil || got != string(want) {
			t.Errorf("%s says\n%s\nwant\n%s", file, got, want)
		}
	}
}

// The loader never panics, and what it accepts resolves to what it accepts
// again. The corpus is every shipped and every bad configuration.
func FuzzLoad(f *testing.F) {
	for _, pattern := range []string{"*.toml", "testdata/bad/*.toml"} {
		files, _ := filepath.Glob(pattern)
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		read := func(text []byte) grammar.ReadFunc {
			return func(name string) ([]byte, error) {
				switch name {
				case "fuzz.toml":
					return text, nil
				case "data.csv":
					return []byte("source,cell,step\n0,1,2\n"), nil
				}
				return nil, os.ErrNotExist
			}
		}
		x, err := loadFile("fuzz.toml", grammar.Options{Memory: 1 << 24, Read: read(text)})
		if err != nil {
			var problems grammar.Problems
			if !errors.As(err, &problems) || len(problems) == 0 {
				t.Fatalf("an error without problems: %v", err)
			}
			return
		}
		again, err := loadFile("fuzz.toml", grammar.Options{Memory: 1 << 24, Read: read([]byte(x.Resolved()))})
		if err != nil {
			t.Fatalf("the resolved configuration is refused: %v\n%s", err, x.Resolved())
		}
		if again.Resolved() != x.Resolved() {
			t.Fatalf("resolving twice changes the configuration:\n%s\n%s", x.Resolved(), again.Resolved())
		}
	})
}
