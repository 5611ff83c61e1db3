package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"neurosim/results"
)

// What is added to a finished run on a disk that is full, or gets full on the way, costs nothing of the
// run: its files are as they were, every file that run.json lists has its hash, nothing is left aside,
// and what is said names a file and the cure. With room again the same command does its work.
func TestAddingToARunOnAFullDisk(t *testing.T) {
	long(t, "adds to a run fifteen times")
	if exec.Command("unshare", "-rm", "true").Run() != nil {
		t.Skip("needs the program unshare and leave to mount: run it as root")
	}
	t.Chdir(t.TempDir())
	must(t, quickstart("before", "--quiet")...)
	commands := map[string]string{"export": "export m/r --formats npz,sonata", "plot": "plot m/r --formats svg,pdf", "report": "report m/r"}
	for name, line := range commands {
		script := `
mkdir -p m && mount -t tmpfs -o size=48m tmpfs m || exit 9
for free in 0 8 40 160 400; do # KB
	rm -rf m/r && cp -r before m/r
	avail=$(df --output=avail -k m | tail -1)
	head -c $(((avail - free) * 1024)) /dev/zero >m/filler || exit 8
	"$NS" ` + line + ` >said-` + name + `-$free 2>&1
	echo $? >>said-` + name + `-$free
	rm m/filler
	cp -r m/r ` + name + `-$free || exit 7
done
"$NS" ` + line + ` >/dev/null || exit 6
cp -r m/r ` + name + `-last
`
		cmd := shell(t, "exit 0")
		whole := exec.Command("unshare", "-rm", "bash", "-c", script)
		whole.Env = cmd.Env
		if said, err := whole.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, said)
		}
		failed := 0
		for _, free := range []string{"0", "8", "40", "160", "400"} {
			dir, said := name+"-"+free, read(t, "said-"+name+"-"+free)
			asRecorded(t, dir)
			for _, f := range recorded(t, "before").Files {
				if f.Name != "FILES.md" && read(t, filepath.Join(dir, f.Name)) != read(t, filepath.Join("before", f.Name)) {
					t.Errorf("%s: %s has changed", dir, f.Name)
				}
			}
			if strings.HasSuffix(said, "\n0\n") {
				continue
			}
			failed++
			if !strings.Contains(said, "no space left on device") || !strings.Contains(said, roomCure) || !strings.Contains(said, ": no space") {
				t.Errorf("%s said %s", dir, said)
			}
		}
		if failed < 3 {
			t.Errorf("%s failed %d times", name, failed)
		}
		asRecorded(t, name+"-last")
	}
	must(t, "export", "before", "--formats", "npz,sonata")
	same(t, "exported when there was room again", "before", "export-last")
}

// asRecorded fails unless every file that run.json of a directory lists is there with its hash, and
// nothing else is but run.json.
func asRecorded(t *testing.T, dir string) {
	t.Helper()
	listed := map[string]bool{"run.json": true}
	for _, f := range recorded(t, dir).Files {
		listed[f.Name] = true
		sum := sha256.Sum256([]byte(read(t, filepath.Join(dir, f.Name))))
		if hex.EncodeToString(sum[:]) != f.SHA256 {
			t.Errorf("%s: %s is not what run.json says", dir, f.Name)
		}
	}
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if name, _ := filepath.Rel(dir, path); err == nil && !e.IsDir() && !listed[filepath.ToSlash(name)] {
			t.Errorf("%s: %s was left", dir, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// recorded reads run.json of a directory.
func recorded(t *testing.T, dir string) (rec results.Record) {
	t.Helper()
	if err := json.Unmarshal([]byte(read(t, filepath.Join(dir, "run.json"))), &rec); err != nil {
		t.Fatal(err)
	}
	return rec
}
