package results

import (
	"runtime"
	"runtime/debug"
	"strings"
)

// A Build says which program ran, to the byte: what to check out and how to
// compile it.
type Build struct {
	Revision  string   `json:"revision,omitempty"` // of version control; empty if built without
	Modified  bool     `json:"modified"`           // the sources had changes not in that revision
	Go        string   `json:"go"`
	OS        string   `json:"os"`
	Arch      string   `json:"arch"`
	ArchLevel string   `json:"arch_level,omitempty"` // instructions it may use: "v3" of GOAMD64
	Modules   []Module `json:"modules,omitempty"`
}

// A Module is a library in the program.
type Module struct {
	Path    string `json:"path"`
	Version string `json:"version"`
}

// ThisBuild describes the running program.
func ThisBuild() Build {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{GoVersion: runtime.Version()}
	}
	return buildOf(info)
}

func buildOf(info *debug.BuildInfo) Build {
	b := Build{Go: info.GoVersion, OS: runtime.GOOS, Arch: runtime.GOARCH}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		case "GO" + strings.ToUpper(runtime.GOARCH): // GOAMD64, GOARM64 ...
			b.ArchLevel = s.Value
		}
	}
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		b.Modules = append(b.Modules, Module{m.Path, m.Version})
	}
	return b
}
