package configs

import (
	"os"
	"strings"
	"testing"

	"neurosim/studies"
	"neurosim/study"
)

// docs/configuration.md ends with what the loader really reads. With -update the
// end is written again.
func TestReferenceIsCurrent(t *testing.T) {
	const file, mark = "../docs/configuration.md", "<!-- below: neurosim keys -->\n"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(text), mark)
	if !ok {
		t.Fatalf("%s has no line %q", file, mark)
	}
	if *update {
		if err := os.WriteFile(file, []byte(head+mark+study.Reference(studies.All())), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if rest != study.Reference(studies.All()) {
		t.Errorf("%s is not what neurosim keys prints: run go test ./configs -update", file)
	}
}

// Every key has a meaning to print.
func TestEveryKeyIsDescribed(t *testing.T) {
	for line := range strings.Lines(study.Reference(studies.All())) {
		if strings.HasPrefix(line, "| `") && strings.HasSuffix(strings.TrimSpace(line), "|  |") {
			t.Errorf("no meaning: %s", line)
		}
	}
}
