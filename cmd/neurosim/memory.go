package main

import (
	"os"
	"strconv"
	"strings"
)

// availableMemory returns the bytes that a network may take: what the system
// says is available, within the limit of the process's control group. It
// returns 0, no limit, where the system does not tell.
func availableMemory() int64 {
	limit := int64(0)
	if text, err := os.ReadFile("/proc/meminfo"); err == nil {
		for line := range strings.Lines(string(text)) {
			if rest, ok := strings.CutPrefix(line, "MemAvailable:"); ok {
				if kb, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64); err == nil {
					limit = kb << 10
				}
			}
		}
	}
	if text, err := os.ReadFile("/sys/fs/cgroup/memory.max"); err == nil {
		if max, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && (limit == 0 || max < limit) {
			limit = max
		}
	}
	return limit
}
