package mpi

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestMain is what each of the processes does that the tests start.
func TestMain(m *testing.M) {
	if os.Getenv("IS_ONE_RANK") == "" {
		os.Exit(m.Run())
	}
	w, err := Init()
	if n, bench := strings.CutPrefix(os.Getenv("IS_ONE_RANK"), "bench "); err == nil && bench {
		timed(w, n)
	} else if err == nil {
		err = exchanges(w)
	}
	if err != nil {
		fmt.Println(err)
		w.Abort(1)
		os.Exit(1)
	}
	fmt.Printf("rank %d of %d is whole\n", w.Rank(), w.Size())
	w.Close()
	os.Exit(0)
}

// message returns n bytes that name their rank and place.
func message(rank, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(31*rank + i)
	}
	return b
}

// exchanges sends messages of many lengths, none among them, in one round and in several.
func exchanges(w *World) error {
	for _, w.most = range []int64{w.most, 10} {
		for n := range 40 {
			all, first := w.Exchange(message(w.Rank(), n*w.Rank()), message(w.Rank(), max(0, 3*n-w.Rank())))
			for r := range w.Size() {
				if !bytes.Equal(all[r], message(r, n*r)) {
					return fmt.Errorf("rank %d: of rank %d came %v to all", w.Rank(), r, all[r])
				}
				if w.Rank() == 0 && !bytes.Equal(first[r], message(r, max(0, 3*n-r))) {
					return fmt.Errorf("of rank %d came %v to rank 0", r, first[r])
				}
			}
			if w.Rank() > 0 && first != nil {
				return fmt.Errorf("rank %d got what is for rank 0", w.Rank())
			}
		}
	}
	return nil
}

// timed prints the median time of an exchange of so many bytes of every process.
func timed(w *World, bytes string) {
	n, _ := strconv.Atoi(bytes)
	own, took := message(w.Rank(), n), make([]time.Duration, 5001)
	for i := range took {
		start := time.Now()
		w.Exchange(own, nil)
		took[i] = time.Since(start)
	}
	slices.Sort(took)
	if w.Rank() == 0 {
		fmt.Printf("median %d ns\n", took[len(took)/2].Nanoseconds())
	}
}

// BenchmarkExchange is the median time of an exchange, each process sending so many bytes.
// ns/op has the start of the processes in it.
func BenchmarkExchange(b *testing.B) {
	if !built {
		b.Skip("the program is one process: build with the tag mpi")
	}
	for _, ranks := range []int{2, 3} {
		for _, n := range []int{10, 1000, 100_000} {
			b.Run(fmt.Sprintf("processes=%d/bytes=%d", ranks, n), func(b *testing.B) {
				for b.Loop() {
					out, err := start(ranks, fmt.Sprintf("bench %d", n)).CombinedOutput()
					var median float64
					if _, none := fmt.Sscanf(string(out[max(0, strings.Index(string(out), "median")):]), "median %g ns", &median); err != nil || none != nil {
						b.Fatalf("%v\n%s", err, out)
					}
					b.ReportMetric(median, "median-ns/exchange")
				}
			})
		}
	}
}

// start returns the command that starts this program on some processes.
func start(ranks int, as string) *exec.Cmd {
	run := exec.Command(os.Args[0])
	if ranks > 1 {
		run = exec.Command(launcher, "-n", fmt.Sprint(ranks), os.Args[0])
	}
	run.Env = append(os.Environ(), "IS_ONE_RANK="+as, "OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1", "OMPI_MCA_rmaps_base_oversubscribe=1")
	return run
}

// What every process sends arrives whole, at all or at rank 0. Without the tag there is
// one process.
func TestExchange(t *testing.T) {
	for _, ranks := range []int{1, 2, 3} {
		if ranks > 1 && !built {
			continue
		}
		out, err := start(ranks, "test").CombinedOutput()
		if err != nil || strings.Count(string(out), "is whole") != ranks {
			t.Errorf("%d processes: %v\n%s", ranks, err, out)
		}
	}
}

// What launchers say of the number of processes; a script of Slurm is one.
func TestLaunched(t *testing.T) {
	for _, c := range []struct {
		set  string
		want int
	}{{"OMPI_COMM_WORLD_SIZE=3", 3}, {"PMI_SIZE=2", 2}, {"SLURM_STEP_NUM_TASKS=4", 4}, {"SLURM_NTASKS=4", 1}, {"OMPI_COMM_WORLD_SIZE=1", 1}, {"PMI_SIZE=many", 1}} {
		t.Run(c.set, func(t *testing.T) {
			for _, name := range []string{"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"} {
				t.Setenv(name, "")
			}
			name, value, _ := strings.Cut(c.set, "=")
			t.Setenv(name, value)
			n, _ := launched()
			if n != c.want {
				t.Errorf("%d processes, want %d", n, c.want)
			}
			if built {
				return
			}
			if _, err := Init(); (err != nil) != (c.want > 1) || err != nil && !strings.Contains(err.Error(), "go build -tags mpi ./cmd/neurosim") {
				t.Errorf("Init: %v", err)
			}
		})
	}
}

// One process is a world too, and none given is one.
func TestNil(t *testing.T) {
	var w *World
	if w.Rank() != 0 || w.Size() != 1 {
		t.Errorf("rank %d of %d", w.Rank(), w.Size())
	}
}
