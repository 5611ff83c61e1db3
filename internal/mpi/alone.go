//go:build !mpi

package mpi

import "fmt"

// Init returns a world of one process, or refuses where a launcher has started more:
// each would simulate everything and write the same files.
func Init() (*World, error) {
	if n, by := launched(); n > 1 {
		return nil, fmt.Errorf("this is one of %d processes (%s), but the program was built without MPI: build it with `go build -tags mpi ./cmd/neurosim`, or start it once", n, by)
	}
	return newWorld(0, 1), nil
}

// built tells that the program can be one of several processes.
const built = false

// tell says to every process how many bytes each has to send.
func (w *World) tell(own [2]int64) { copy(w.lengths, own[:]) }

// round sends bytes to all processes or to rank 0.
func (w *World) round(_ bool, own, to []byte) { copy(to, own) }

// Abort ends all processes; of one it does nothing.
func (w *World) Abort(int) {}

// Close waits for the other processes.
func (w *World) Close() {}
