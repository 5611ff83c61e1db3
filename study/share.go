package study

import (
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"sync"

	"neurosim/grammar"
)

// A Share is what one of several processes does of a study. Of each stage it computes the parts
// that are its own, and takes those of others from what they have left. A part is a function of
// the configuration and its index alone, so it does not matter which process computes it, or
// whether two do.
type Share struct {
	Index, Of int                   // from 0; Index -1 computes nothing and sees what is missing
	Others    func() (State, error) // what all processes have done so far

	mu      sync.Mutex
	divided bool // a stage has several parts
}

// A Waits is the error of a stage of which other processes have parts to do.
type Waits struct {
	Stage   string `json:"stage"`
	Parts   int    `json:"parts"`             // of the stage; 0: nobody knows how many
	Missing []int  `json:"missing,omitempty"` // ascending
}

func (e *Waits) Error() string {
	if e.Parts == 0 {
		return e.Stage + ": not all that the study asks is answered"
	}
	return fmt.Sprintf("%s: %s of %s missing: %s", e.Stage, grammar.Grouped(float64(len(e.Missing))), grammar.Count(float64(e.Parts), "part"), ranges(e.Missing))
}

// AllWaits returns every Waits in an error.
func AllWaits(err error) (all []*Waits) {
	switch e := err.(type) {
	case nil:
	case *Waits:
		return []*Waits{e}
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			all = append(all, AllWaits(inner)...)
		}
	default:
		return AllWaits(errors.Unwrap(err))
	}
	return all
}

// Divided tells whether the study had anything that processes could share.
func (s *Share) Divided() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.divided
}

// mine tells whether a part of a stage is one of the share: every Of-th, since costs often rise
// along an axis. Where they begin depends on the stage, so that of many stages of few parts every
// process has some.
func (s *Share) mine(stage string, i int) bool {
	if s.Index < 0 {
		return false
	}
	h := fnv.New32a()
	h.Write([]byte(stage))
	return (i+int(h.Sum32()%uint32(s.Of)))%s.Of == s.Index
}

// HasOwn tells whether parts that are missing are of this share.
func (s *Share) HasOwn(w *Waits) bool {
	return slices.ContainsFunc(w.Missing, func(i int) bool { return s.mine(w.Stage, i) })
}

// ranges writes ascending numbers briefly: 0-3, 7, 9-11.
func ranges(list []int) string {
	const most = 12
	var out []string
	for i := 0; i < len(list); {
		end := i
		for end+1 < len(list) && list[end+1] == list[end]+1 {
			end++
		}
		if len(out) == most {
			return strings.Join(out, ", ") + " ..."
		}
		text := fmt.Sprint(list[i])
		if end > i {
			text += fmt.Sprintf("-%d", list[end])
		}
		out = append(out, text)
		i = end + 1
	}
	return strings.Join(out, ", ")
}

// take adds the parts of a stage that others have done. They are not kept a second time.
func (s *parts[T]) take(from func() (State, error)) error {
	all, err := from()
	if err != nil {
		return err
	}
	of, there := all[s.of.Name]
	if !there {
		return nil
	}
	if of.Parts != s.n {
		return fmt.Errorf("the parts of %s are %d, not %d", s.of.Name, of.Parts, s.n)
	}
	for i, b := range of.Done {
		if _, there := s.have[i]; there || i < 0 || i >= s.n {
			continue
		}
		var r T
		if err := Decode(b, &r); err != nil {
			return fmt.Errorf("the parts of %s, part %d: %w", s.of.Name, i, err)
		}
		s.have[i] = r
	}
	return nil
}

// missing returns the parts that no one has done.
func (s *parts[T]) missing() (out []int) {
	for i := range s.n {
		if _, done := s.have[i]; !done {
			out = append(out, i)
		}
	}
	return out
}

// own returns the parts that a process has to do: all that are not done, or of these its share.
func (s *parts[T]) own(share *Share) []int {
	left := s.missing()
	if share == nil {
		return left
	}
	return slices.DeleteFunc(left, func(i int) bool { return !share.mine(s.of.Name, i) })
}

// begin notes how many parts a stage has.
func (s *Share) begin(parts int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.divided = s.divided || parts > 1
}
