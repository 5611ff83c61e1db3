package results

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

type state1 struct {
	Step int64
	V    []float64
}

func TestCheckpoint(t *testing.T) {
	d := start(t, t.TempDir(), New)
	var got state1
	refused(t, d.ReadCheckpoint(&got), "checkpoint.bin: no such file")
	want := state1{3, []float64{-65, 0.1}}
	check(t, d.WriteCheckpoint(state1{2, make([]float64, 1000)}))
	check(t, d.WriteCheckpoint(want))
	check(t, d.ReadCheckpoint(&got))
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}

	// A value that cannot be encoded leaves the one before it.
	refused(t, d.WriteCheckpoint(func() {}), "checkpoint.bin: ", "gob")
	check(t, d.ReadCheckpoint(&got))
	refused(t, d.ReadCheckpoint(&struct{ Step string }{}), "checkpoint.bin: does not fit this program")

	check(t, d.Finish(Record{}))
	if _, err := os.Stat(d.Path(checkpointName)); err == nil {
		t.Error("the checkpoint was not removed")
	}
}

// Any bit that flips, and any byte that is missing or too many, is noticed.
func TestDamagedCheckpoint(t *testing.T) {
	d := start(t, t.TempDir(), New)
	check(t, d.WriteCheckpoint(state1{3, []float64{-65, 0.1}}))
	good, err := os.ReadFile(d.Path(checkpointName))
	check(t, err)
	try := func(data []byte) error {
		check(t, os.WriteFile(d.Path(checkpointName), data, 0o644))
		var v state1
		err := d.ReadCheckpoint(&v)
		if !reflect.DeepEqual(v, state1{}) {
			t.Errorf("decoded %v", v)
		}
		return err
	}
	for i := range good {
		flipped := []byte(string(good))
		flipped[i] ^= 4
		refused(t, try(flipped), "checkpoint.bin: ")
		refused(t, try(good[:i]), "checkpoint.bin: ")
	}
	refused(t, try(append(good, 0)), "checkpoint.bin: damaged")
	refused(t, try(good[:len(good)-1]), "damaged or cut short")
	refused(t, try(good[:len(checkpointMagic)+3]), "cut short")
	refused(t, try([]byte("PNG and so on")), "not a checkpoint of neurosim")
	refused(t, try([]byte(strings.Replace(string(good), "checkpoint 2", "checkpoint 3", 1))), `version "3": this program reads 2`)
}
