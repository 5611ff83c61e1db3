// Package rescue turns a panic, which is a fault of the program, into an error that
// says where it was, so that what a run has written is kept. A panic in a goroutine
// would end the process at once: it is carried to the goroutine that waits.
package rescue

import (
	"fmt"
	"path"
	"runtime"
	"strings"
	"sync"
)

// A Panic is the error that a panic becomes.
type Panic struct {
	Value any
	Where string // "network/shard.go:12"
}

func (p *Panic) Error() string {
	return fmt.Sprintf("a fault of the program at %s: %v; please report this line with the configuration", p.Where, p.Value)
}

// Do runs f and returns its error, or its panic as one.
func Do(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = of(v)
		}
	}()
	return f()
}

// of makes the error of a recovered value, for a function that is deferred.
func of(v any) *Panic {
	if p, ok := v.(*Panic); ok {
		return p // carried from another goroutine
	}
	calls := make([]uintptr, 64)
	frames := runtime.CallersFrames(calls[:runtime.Callers(1, calls)])
	p, thrown := &Panic{v, "an unknown place"}, false
	for more := true; more; {
		var f runtime.Frame
		f, more = frames.Next()
		if strings.HasPrefix(f.Function, "runtime.") {
			thrown = true // what is above has recovered
		} else if thrown {
			dir, file := path.Split(f.File)
			p.Where = fmt.Sprintf("%s/%s:%d", path.Base(dir), file, f.Line)
			break
		}
	}
	return p
}

// Panics keeps the first panic of several goroutines.
type Panics struct {
	mu    sync.Mutex
	first *Panic
}

// Catch is deferred in a goroutine: its panic is kept and the goroutine returns.
func (p *Panics) Catch() {
	if v := recover(); v != nil {
		caught := of(v)
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.first == nil {
			p.first = caught
		}
	}
}

// Rethrow panics in the calling goroutine with the panic that was kept, if any.
func (p *Panics) Rethrow() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.first != nil {
		panic(p.first)
	}
}

// A Group is a sync.WaitGroup whose Wait panics with the first panic of its
// goroutines, when all have returned.
type Group struct {
	wg     sync.WaitGroup
	panics Panics
}

// Go runs f in a goroutine of the group.
func (g *Group) Go(f func()) {
	g.wg.Go(func() {
		defer g.panics.Catch()
		f()
	})
}

// Wait returns when all goroutines of the group have.
func (g *Group) Wait() {
	g.wg.Wait()
	g.panics.Rethrow()
}
