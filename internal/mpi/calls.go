//go:build mpi

package mpi

/*
#include <mpi.h>
#include <stdint.h>
#include <time.h>

static int start(int *rank, int *size) {
	int provided;
	if (MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided) != MPI_SUCCESS) return -1;
	MPI_Comm_rank(MPI_COMM_WORLD, rank);
	MPI_Comm_size(MPI_COMM_WORLD, size);
	return provided >= MPI_THREAD_FUNNELED ? 0 : -1;
}

static int is_main(void) {
	int flag;
	MPI_Is_thread_main(&flag);
	return flag;
}

static void lengths(int64_t *own, int64_t *all) {
	MPI_Allgather(own, 2, MPI_INT64_T, all, 2, MPI_INT64_T, MPI_COMM_WORLD);
}

static void to_all(void *own, int n, void *all, int *counts, int *at) {
	MPI_Allgatherv(own, n, MPI_BYTE, all, counts, at, MPI_BYTE, MPI_COMM_WORLD);
}

static void to_first(void *own, int n, void *all, int *counts, int *at) {
	MPI_Gatherv(own, n, MPI_BYTE, all, counts, at, MPI_BYTE, 0, MPI_COMM_WORLD);
}

static void stop(int code) { MPI_Abort(MPI_COMM_WORLD, code); }

// MPI waits by asking again at once, which takes a processor. The last wait may be long,
// while rank 0 draws figures or sweeps, so it sleeps between two questions.
static void leave(void) {
	MPI_Request r;
	int done = 0;
	MPI_Ibarrier(MPI_COMM_WORLD, &r);
	for (;;) {
		MPI_Test(&r, &done, MPI_STATUS_IGNORE);
		if (done) break;
		struct timespec pause = {0, 2000000};
		nanosleep(&pause, NULL);
	}
	MPI_Finalize();
}
*/
import "C"

import (
	"errors"
	"fmt"
	"runtime"
	"unsafe"
)

// built tells that the program can be one of several processes.
const built = true

// Init begins MPI and locks the calling goroutine to its thread. An error of MPI later
// ends all processes, with MPI's own message.
func Init() (*World, error) {
	runtime.LockOSThread()
	var rank, size C.int
	if C.start(&rank, &size) != 0 {
		return nil, errors.New("MPI does not start, or not for a program of several threads")
	}
	if n, by := launched(); n > 1 && size == 1 {
		return nil, fmt.Errorf("this is one of %d processes (%s), but MPI knows of one: start it by the mpirun of the MPI that it was built with, or by srun --mpi=pmix", n, by)
	}
	return newWorld(int(rank), int(size)), nil
}

// tell says to every process how many bytes each has to send.
func (w *World) tell(own [2]int64) {
	if C.is_main() == 0 {
		panic("mpi: called from another goroutine than Init")
	}
	C.lengths((*C.int64_t)(unsafe.Pointer(&own[0])), (*C.int64_t)(unsafe.Pointer(&w.lengths[0])))
}

// round sends bytes to all processes or to rank 0.
func (w *World) round(toAll bool, own, to []byte) {
	from, buf := unsafe.Pointer(unsafe.SliceData(own)), unsafe.Pointer(unsafe.SliceData(to))
	counts, at := (*C.int)(unsafe.Pointer(&w.counts[0])), (*C.int)(unsafe.Pointer(&w.at[0]))
	if toAll {
		C.to_all(from, C.int(len(own)), buf, counts, at)
	} else {
		C.to_first(from, C.int(len(own)), buf, counts, at)
	}
}

// Abort ends all processes with an exit status; of one it does nothing.
func (w *World) Abort(code int) {
	if w.Size() > 1 {
		C.stop(C.int(code))
	}
}

// Close waits for the other processes, without taking a processor, and ends MPI.
func (w *World) Close() { C.leave() }
