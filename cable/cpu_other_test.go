//go:build !unix

package cable

import "time"

// processorTime is not known here.
func processorTime() time.Duration { return 0 }
