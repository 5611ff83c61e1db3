package experiments

import (
	"context"
	"crypto/sha256"
	"encoding"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"slices"
	"strings"

	"neurosim/configs"
	"neurosim/sequence/spiking"
	"neurosim/sweep"
)

// A SpikingResult is what one network gave: whole, or what is done of it.
type SpikingResult struct {
	Episodes []spiking.Outcome // done so far
	State    []byte            // of the network after them; nil once the run is whole
	Hash     []byte            // state of the hash of all events

	Digest        string // SHA-256 of all events
	Events        int64
	Before, After []int // permanences, in bins from 0 to P_max
	Recalled      []spiking.Recalled

	// Of the first network only.
	First, Last, Replay []spiking.Event // of the first and last episode, and of the recall
	ReplayFrom          int64           // step of the first cue
	Learned             []LearnedSynapse
}

// A LearnedSynapse is a mature synapse of a network that has learned.
type LearnedSynapse struct {
	Cell, Source        int
	Predicts            string // what the cell stood for in the last episode: SEQUENCE.ELEMENT ...
	After               string // what the source stood for
	Permanence, Initial float64
}

// spikingBins is the number of bins of a histogram of permanences.
const spikingBins = 80

// eventBytes is the length of an event in the hash: step, kind, cell.
const eventBytes = 13

// RunSpiking runs every network of a study on workers and returns the results in
// order; what is in have, by index, is taken over or gone on with. progress is
// told of every further episode, from any goroutine. If ctx is done, networks
// stop after their episode, and what they have done is returned with its error.
func RunSpiking(ctx context.Context, s *configs.Spiking, workers int, have map[int]SpikingResult, progress func()) ([]SpikingResult, error) {
	n := s.Run.Repeats
	threads := max(1, workers/n)
	out, done, err := sweep.Map(ctx, workers, n, func(i int) (SpikingResult, error) {
		return runSpiking(ctx, s, i, threads, have[i], progress)
	})
	for i := range out {
		if !done[i] && out[i].Episodes == nil {
			out[i] = have[i] // not begun again
		}
	}
	return out, err
}

// Whole tells whether nothing is left to do of a run.
func (r *SpikingResult) Whole() bool { return r.Episodes != nil && r.State == nil }

func runSpiking(ctx context.Context, s *configs.Spiking, i, threads int, r SpikingResult, progress func()) (SpikingResult, error) {
	if r.Whole() {
		return r, nil
	}
	net, err := spiking.New(s.Network, spiking.Draw(&s.Network, &s.Task, s.Run.Seed+uint64(i)), threads)
	if err != nil {
		return r, err
	}
	digest := sha256.New()
	if r.State == nil {
		r.Before = net.Histogram(spikingBins)
	} else {
		if err := net.UnmarshalBinary(r.State); err != nil {
			return r, err
		}
		if err := digest.(encoding.BinaryUnmarshaler).UnmarshalBinary(r.Hash); err != nil {
			return r, err
		}
		r.State = nil
	}
	train := spiking.NewTraining(net, s.Task)
	watch := []spiking.Observer{func(events []spiking.Event) { r.note(digest, events) }}
	// Episodes are whole: the saved state stands between two of them.
	for episode := len(r.Episodes); episode < s.Run.Episodes; episode++ {
		mode := net.Mode()
		mode.Learning = s.Run.Learns(episode)
		net.SetMode(mode)
		o, err := train.Run(context.WithoutCancel(ctx), episode, append(watch, r.keep(i, episode, s))...)
		if err != nil {
			return r, err
		}
		r.Episodes = append(r.Episodes, o)
		progress()
		if ctx.Err() != nil && episode+1 < s.Run.Episodes {
			if r.State, err = net.MarshalBinary(); err != nil {
				return r, err
			}
			if r.Hash, err = digest.(encoding.BinaryMarshaler).MarshalBinary(); err != nil {
				return r, err
			}
			return r, ctx.Err()
		}
	}
	r.After = net.Histogram(spikingBins)
	if s.Replay != nil {
		r.ReplayFrom = net.Now()
		all := watch
		if i == 0 {
			all = append(all, func(events []spiking.Event) { r.Replay = append(r.Replay, events...) })
		}
		if r.Recalled, err = train.Replay(context.WithoutCancel(ctx), s.Replay.VthE, s.Replay.Interval, all...); err != nil {
			return r, err
		}
	}
	if i == 0 {
		r.Learned = learned(net, s, r.Last)
	}
	r.Hash, r.Digest = nil, hex.EncodeToString(digest.Sum(nil))
	return r, nil
}

// note adds events to the hash.
func (r *SpikingResult) note(digest hash.Hash, events []spiking.Event) {
	var b [eventBytes]byte
	for _, e := range events {
		binary.LittleEndian.PutUint64(b[:], uint64(e.Step))
		b[8] = byte(e.Kind)
		binary.LittleEndian.PutUint32(b[9:], uint32(e.Cell))
		digest.Write(b[:])
	}
	r.Events += int64(len(events))
}

// keep returns an observer that keeps the events of the first and the last
// episode of the first network.
func (r *SpikingResult) keep(i, episode int, s *configs.Spiking) spiking.Observer {
	return func(events []spiking.Event) {
		if i > 0 {
			return
		}
		if episode == 0 {
			r.First = append(r.First, events...)
		}
		if episode == s.Run.Episodes-1 {
			r.Last = append(r.Last, events...)
		}
	}
}

// learned lists the mature synapses of a network, with what their cells stood
// for in the last episode.
func learned(net *spiking.Network, s *configs.Spiking, last []spiking.Event) []LearnedSynapse {
	p := net.Params()
	stands := contexts(s, last)
	var out []LearnedSynapse
	for cell := range p.N() {
		for _, x := range net.Segment(cell) {
			if x.Permanence > p.PTheta {
				out = append(out, LearnedSynapse{Cell: cell, Source: int(x.Source), Predicts: strings.Join(stands[cell], " "),
					After: strings.Join(stands[int(x.Source)], " "), Permanence: x.Permanence, Initial: x.Floor})
			}
		}
	}
	return out
}

// contexts returns, for each cell, the elements that it spiked at in the last
// episode, as SEQUENCE.ELEMENT.
func contexts(s *configs.Spiking, last []spiking.Event) map[int][]string {
	at := spiking.NewSchedule(&s.Network, &s.Task, firstStep(s))
	out := map[int][]string{}
	for _, e := range last {
		sequence, element, ok := at.Locate(s.Run.Episodes-1, e.Step)
		if e.Kind != spiking.Spike || !ok || symbolAt(s, sequence, element) != int(e.Cell)/s.Network.Cells {
			continue
		}
		name := s.Task.Sequences[sequence] + "." + itoa(element+1)
		if cell := int(e.Cell); !slices.Contains(out[cell], name) {
			out[cell] = append(out[cell], name)
		}
	}
	return out
}

// symbolAt is the subpopulation of an element.
func symbolAt(s *configs.Spiking, sequence, element int) int {
	return int(s.Task.Sequences[sequence][element] - 'A')
}

// combined hashes the hashes of several networks.
func combined(digests []string) string {
	sum := sha256.Sum256([]byte(strings.Join(digests, "\n")))
	return hex.EncodeToString(sum[:])
}
