package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
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
	if runtime.GOOS == "windows" {
		t.Skip("needs bash and signals")
	}
	fault(t, name)
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("bash", "cmd.sh")
	cmd.Env = append(os.Environ(), "NEUROSIM_TEST_MAIN=1", "NS="+exe)
	out, err := cmd.CombinedOutput()
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
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range call.FindAllStringSubmatch(string(text), -1) {
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
