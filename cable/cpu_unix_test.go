//go:build unix

package cable

import (
	"syscall"
	"time"
)

// processorTime returns the time that the process has had of processors, which a
// busy machine stretches less than the time of day.
func processorTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
