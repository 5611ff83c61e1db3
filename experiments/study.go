package experiments

import (
	"neurosim/configs"
	"neurosim/study"
)

// Of returns the study that a configuration describes.
func Of(x *configs.Experiment) study.Study {
	switch {
	case x.Temporal != nil:
		return &temporalStudy{x}
	case x.Spiking != nil:
		return &spikingStudy{x}
	case x.StudiesCell():
		return &cellStudy{x}
	}
	return &networkStudy{x}
}
