// Package studies lists the kinds of studies that a configuration may describe.
package studies

import (
	"neurosim/studies/networks"
	"neurosim/studies/onecell"
	"neurosim/studies/protocols"
	"neurosim/studies/spikingmemory"
	"neurosim/studies/temporalmemory"
	"neurosim/study"
)

// All returns every kind of study. A new one is its package and a line here.
func All() []study.Kind {
	return []study.Kind{
		networks.Kind(),
		onecell.Kind(),
		protocols.Kind(),
		temporalmemory.Kind(),
		spikingmemory.Kind(),
	}
}
