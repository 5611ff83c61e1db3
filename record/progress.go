package record

import (
	"time"

	"neurosim/network"
)

// Progress tells how far a run is, now and then. It writes nothing itself.
type Progress struct {
	total  int64
	every  time.Duration
	report func(step, total int64)
	now    func() time.Time // tests set the time
	last   time.Time
}

// NewProgress returns a recorder that calls report with the number of steps done
// and their total: after the first block, then at most once in every, and after
// step total.
func NewProgress(total int64, every time.Duration, report func(step, total int64)) *Progress {
	return &Progress{total: total, every: every, report: report, now: time.Now}
}

// Record calls the function if it is time.
func (p *Progress) Record(b *network.Block) error {
	done := b.First + int64(b.Steps)
	now := p.now()
	if p.last.IsZero() || now.Sub(p.last) >= p.every || done >= p.total {
		p.last = now
		p.report(done, p.total)
	}
	return nil
}
