package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// faultsDir holds small inputs that users had trouble with, a folder each, whose
// README.md says what is right.
const faultsDir = "../../testdata/faults"

// fault makes a copy of a fault's inputs the working directory of a test.
func fault(t *testing.T, name string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(faultsDir, name))); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
}

// faultScript runs a fault's cmd.sh, which prints FAIL and why, or OK. This test
// stands in for the program.
func faultScript(t *testing.T, name string) {
	t.Helper()
	needsUnix(t)
	fault(t, name)
	out, err := shell(t, "bash cmd.sh").CombinedOutput()
	if err != nil || !strings.HasSuffix(strings.TrimSpace(string(out)), "OK") {
		t.Errorf("%s: %v\n%s", name, err, out)
	}
}

// Each folder of faults is used by a test, so that none is forgotten.
func TestEveryFaultHasATest(t *testing.T) {
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	call := regexp.MustCompile(`\bfault(?:Script)?\(t, "([^"]+)"\)`)
	for _, file := range files {
		for _, m := range call.FindAllStringSubmatch(read(t, file), -1) {
			used[m[1]] = true
		}
	}
	folders, err := os.ReadDir(faultsDir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folders {
		if f.IsDir() && !used[f.Name()] {
			t.Errorf("no test uses %s", f.Name())
		}
	}
}
