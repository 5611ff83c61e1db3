// Package mpi lets the processes that mpirun or srun has started exchange bytes.
//
// With the build tag mpi it is a thin layer on MPI by cgo: Open MPI, or MPICH with the
// second tag mpich. Without it the world is one process, the program stays static, and
// Init refuses to be started as one of several.
//
// The goroutine that calls Init is locked to its thread and makes all calls of MPI
// (MPI_THREAD_FUNNELED).
package mpi

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

// A World is all processes of the program, numbered by rank from 0. A nil World is one
// process.
type World struct {
	rank, size int
	traffic    Traffic

	most       int64   // bytes of one call of MPI, which counts in 32 bits
	lengths    []int64 // [2·size] scratch, as the rest
	counts, at []int32 // [size]
	all, first delivery
}

// A delivery is the messages that came in one exchange.
type delivery struct {
	bytes []byte
	parts [][]byte // [size]
}

func newWorld(rank, size int) *World {
	w := &World{rank: rank, size: size, most: 1<<31 - 1, lengths: make([]int64, 2*size), counts: make([]int32, size), at: make([]int32, size)}
	w.all.parts = make([][]byte, size)
	if rank == 0 {
		w.first.parts = make([][]byte, size)
	}
	return w
}

// Traffic is what the exchanges of this process cost.
type Traffic struct {
	Exchanges int64
	ToAll     int64 // bytes that came to every process, those of this process included
	ToFirst   int64 // bytes that came to rank 0 alone, those of rank 0 included; the same number on all
	Own       int64 // bytes that this process sent
	Time      time.Duration
}

// Rank returns the number of this process.
func (w *World) Rank() int {
	if w == nil {
		return 0
	}
	return w.rank
}

// Size returns the number of processes.
func (w *World) Size() int {
	if w == nil {
		return 1
	}
	return w.size
}

// Traffic returns what the exchanges have cost so far.
func (w *World) Traffic() Traffic {
	if w == nil {
		return Traffic{}
	}
	return w.traffic
}

// Exchange brings the bytes toAll of each process to all of them, and the bytes toFirst
// to rank 0. It returns both by rank; the second is nil but on rank 0. They are valid
// until the next exchange. All processes call it, and it returns when all have.
func (w *World) Exchange(toAll, toFirst []byte) (all, first [][]byte) {
	start := time.Now()
	own := [2]int64{int64(len(toAll)), int64(len(toFirst))}
	w.tell(own)
	w.traffic.ToAll += w.deliver(toAll, 0, &w.all)
	w.traffic.ToFirst += w.deliver(toFirst, 1, &w.first)
	w.traffic.Own += own[0] + own[1]
	w.traffic.Exchanges++
	w.traffic.Time += time.Since(start)
	return w.all.parts, w.first.parts
}

// deliver sends bytes to all processes (kind 0) or to rank 0 (kind 1), in as many rounds
// as the longest message needs, and returns how many bytes all of them sent.
func (w *World) deliver(own []byte, kind int, to *delivery) (total int64) {
	longest := int64(0)
	for r := range w.size {
		longest, total = max(longest, w.lengths[2*r+kind]), total+w.lengths[2*r+kind]
	}
	for r := range to.parts {
		to.parts[r] = nil
	}
	chunk := max(1, w.most/int64(w.size))
	for from := int64(0); from < longest; from += chunk {
		sum := int64(0)
		for r := range w.size {
			w.at[r] = int32(sum)
			w.counts[r] = int32(min(max(0, w.lengths[2*r+kind]-from), chunk))
			sum += int64(w.counts[r])
		}
		if to.parts != nil {
			to.bytes = grown(to.bytes, sum)
		}
		end := int64(len(own))
		w.round(kind == 0, own[min(from, end):min(from+chunk, end)], to.bytes)
		for r := range to.parts {
			part := to.bytes[w.at[r] : w.at[r]+w.counts[r]]
			if longest > chunk {
				part = append(to.parts[r], part...)
			}
			to.parts[r] = part
		}
	}
	return total
}

// grown returns a slice of n bytes, of which at least one is there to point at.
func grown(buf []byte, n int64) []byte {
	if int64(cap(buf)) < n+1 {
		buf = make([]byte, n+1+n/2)
	}
	return buf[:n]
}

// launched returns the number of processes that a launcher says it has started, and
// which variable of the environment says so; 1 where there is none. The size of a job of
// Slurm counts for nothing: its script is one process.
func launched() (n int, by string) {
	for _, name := range []string{"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"} {
		if n, err := strconv.Atoi(os.Getenv(name)); err == nil && n > 1 {
			return n, fmt.Sprintf("%s=%d", name, n)
		}
	}
	return 1, ""
}
