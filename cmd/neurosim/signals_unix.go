//go:build unix

package main

import (
	"os"
	"syscall"
)

// stopSignals are those with which schedulers stop a program before its time is over.
var stopSignals = []os.Signal{syscall.SIGTERM, syscall.SIGUSR1}
