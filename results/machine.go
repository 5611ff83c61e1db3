package results

import (
	"os"
	"runtime"
	"strconv"
	"strings"
)

// A Machine is what a run's speed depends on. What the system does not tell is
// empty or 0. It holds no host or user name.
type Machine struct {
	CPU    string `json:"cpu,omitempty"`          // model name
	Cores  int    `json:"cores"`                  // logical, that the process may use
	Memory uint64 `json:"memory_bytes,omitempty"` // that the process may use
	OS     string `json:"os"`                     // with distribution and kernel where known
}

// ThisMachine describes the machine that the program runs on.
func ThisMachine() Machine {
	system := runtime.GOOS
	if name := prettyName(read("/etc/os-release")); name != "" {
		system = name
	}
	if kernel := strings.TrimSpace(read("/proc/sys/kernel/osrelease")); kernel != "" {
		system += ", " + runtime.GOOS + " " + kernel
	}
	return Machine{
		CPU:    cpuModel(read("/proc/cpuinfo")),
		Cores:  runtime.NumCPU(),
		Memory: memory(read("/proc/meminfo"), read("/sys/fs/cgroup/memory.max")),
		OS:     system,
	}
}

// read returns the text of a file, empty if there is none.
func read(path string) string {
	text, _ := os.ReadFile(path)
	return string(text)
}

// cpuModel returns the first "model name" of /proc/cpuinfo.
func cpuModel(cpuinfo string) string {
	return field(cpuinfo, "model name", ":")
}

// prettyName returns PRETTY_NAME of /etc/os-release.
func prettyName(release string) string {
	return strings.Trim(field(release, "PRETTY_NAME", "="), `"'`)
}

// memory returns the total of /proc/meminfo, or the limit of the control group
// if that is lower (bytes).
func memory(meminfo, limit string) uint64 {
	kib, _ := strconv.ParseUint(strings.TrimSuffix(field(meminfo, "MemTotal", ":"), " kB"), 10, 54)
	total := kib << 10
	if most, err := strconv.ParseUint(strings.TrimSpace(limit), 10, 64); err == nil {
		total = min(total, most)
	}
	return total
}

// field returns the value of the first line "key sep value".
func field(text, key, sep string) string {
	for line := range strings.Lines(text) {
		if k, v, ok := strings.Cut(line, sep); ok && strings.TrimSpace(k) == key {
			return strings.TrimSpace(v)
		}
	}
	return ""
}
