package main

import (
	"slices"
	"testing"

	"neurosim/configs"
	"neurosim/grammar"
	"neurosim/studies"
)

// A key is a default where the file without its line resolves to the same, tried line by line with
// files; and none is called one whose loss would change the run.
func TestDefaultsAreWhatIsUnwritten(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"quickstart", "conductances", "channels", "sequence-highorder", "uncaging"} {
		x, err := configs.Load(studies.All(), name, grammar.Options{})
		if err != nil {
			t.Fatal(err)
		}
		text := x.Resolved()
		write(t, "whole.toml", text)
		whole, err := configs.Load(studies.All(), "whole.toml", grammar.Options{})
		if err != nil {
			t.Fatal(err)
		}
		got, keys := whole.Defaults(), 0
		lines := grammar.ResolvedLines(text)
		for i, line := range lines {
			if line.Key == "" {
				continue
			}
			keys++
			without := ""
			for _, l := range slices.Delete(slices.Clone(lines), i, i+1) {
				without += l.Text + "\n"
			}
			write(t, "without.toml", without)
			y, err := configs.Load(studies.All(), "without.toml", grammar.Options{})
			if want := err == nil && y.Resolved() == text; got[line.Key] != want {
				t.Errorf("%s: %s: a default %v, want %v", name, line.Text, got[line.Key], want)
			}
		}
		if keys < 30 || len(got) < keys/4 || len(got) > keys*9/10 {
			t.Errorf("%s: %d of %d keys are defaults", name, len(got), keys)
		}
	}
}
