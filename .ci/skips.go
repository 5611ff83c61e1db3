// Command skips reads what go test -json says and fails if a test failed, or was skipped
// for a reason that may not hold here: a test that always skips would look like one that
// passes. It prints the output of packages that failed, and what was skipped and why.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
)

// allowed returns the reasons for which CI may skip a test here: data and programs that are
// not part of the project and not beside it, modules of Python, and a processor without AVX2.
// A test for want of a program that is there is skipped without need.
func allowed() *regexp.Regexp {
	reasons := []string{`NEUROSIM_ACTIVE_DENDRITES names`, `draws pictures for people to look at`}
	for _, program := range []string{"pdftoppm", "pdftotext", "pdffonts", "h5dump", "h5repack", "chromium"} { // those before it of poppler-utils and hdf5-tools
		if _, err := exec.LookPath(program); err != nil {
			reasons = append(reasons, `needs the program `+program)
		}
	}
	for _, module := range []string{"numpy", "h5py"} {
		if exec.Command("python3", "-c", "import "+module).Run() != nil && exec.Command("/usr/bin/python3", "-c", "import "+module).Run() != nil {
			reasons = append(reasons, `needs the Python module `+module)
		}
	}
	if exec.Command("unshare", "-rm", "true").Run() != nil {
		reasons = append(reasons, `needs the program unshare`)
	}
	if _, err := os.Stat("../shared"); err != nil && os.Getenv("NEUROSIM_SHARED") == "" {
		reasons = append(reasons, `NEUROSIM_SHARED names`)
	}
	if cpu, err := os.ReadFile("/proc/cpuinfo"); err != nil || !strings.Contains(string(cpu), " avx2") {
		reasons = append(reasons, `needs a processor with AVX2`)
	}
	return regexp.MustCompile(strings.Join(reasons, "|"))
}

func main() {
	if bad := read(bufio.NewScanner(os.Stdin)); bad {
		os.Exit(1)
	}
}

// read reports whether a test failed or was skipped without need.
func read(in *bufio.Scanner) (bad bool) {
	type key struct{ pkg, test string }
	may := allowed()
	said, passed, skipped := map[key]string{}, 0, 0
	in.Buffer(nil, 1<<24)
	for in.Scan() {
		var e struct{ Action, Package, Test, Output string }
		if err := json.Unmarshal(in.Bytes(), &e); err != nil {
			fmt.Printf("not an event of go test: %s\n", in.Text())
			return true
		}
		at := key{e.Package, e.Test}
		switch e.Action {
		case "output":
			said[at] += e.Output
		case "build-output":
			fmt.Print(e.Output)
		case "build-fail":
			bad = true
		case "fail":
			fmt.Print(said[at])
			bad = true
		case "pass":
			if e.Test == "" {
				fmt.Printf("ok  %s\n", e.Package)
			}
			passed++
		case "skip":
			if e.Test == "" || strings.HasPrefix(e.Test, "Benchmark") {
				continue // a package without tests; a benchmark, which gives no reason
			}
			word := "skipped"
			if !may.MatchString(said[at]) {
				word, bad = "SKIPPED WITHOUT NEED", true
			}
			skipped++
			fmt.Printf("%s: %s %s: %s\n", word, e.Package, e.Test, reason(said[at]))
		}
		if e.Test != "" && e.Action != "output" {
			delete(said, at)
		}
	}
	if passed < 500 {
		fmt.Printf("only %d tests passed\n", passed)
		bad = true
	}
	fmt.Printf("%d passed, %d skipped\n", passed, skipped)
	return bad || in.Err() != nil
}

// reason is the line of a test's output that says why it was skipped.
func reason(output string) string {
	for line := range strings.Lines(output) {
		if strings.Contains(line, "_test.go:") {
			return strings.TrimSpace(line)
		}
	}
	return "no reason"
}
