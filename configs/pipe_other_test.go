//go:build !unix

package configs

import (
	"errors"
)

func makePipe(string) error { return errors.ErrUnsupported }
