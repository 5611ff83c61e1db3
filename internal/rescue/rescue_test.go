package rescue

import (
	"errors"
	"strings"
	"testing"
)

var none []int

func deep() { none[3] = 1 }

// A panic becomes one line with the place where it was thrown, also from a goroutine
// and through another one.
func TestPanicsBecomeErrors(t *testing.T) {
	wait := func() error {
		var g Group
		for range 3 {
			g.Go(deep)
		}
		g.Wait()
		return nil
	}
	for name, f := range map[string]func() error{
		"here":           func() error { deep(); return nil },
		"in a goroutine": wait,
		"in a goroutine of one": func() error {
			var g Group
			g.Go(func() { wait() })
			g.Wait()
			return nil
		},
	} {
		err := Do(f)
		var p *Panic
		if !errors.As(err, &p) || p.Where != "rescue/rescue_test.go:11" || !strings.Contains(err.Error(), "index out of range") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
	mine := errors.New("mine")
	if err := Do(func() error { return mine }); err != mine {
		t.Errorf("an error became %v", err)
	}
	if err := Do(func() error { panic("at once") }); !strings.Contains(err.Error(), "rescue_test.go:") {
		t.Error(err)
	}
}
