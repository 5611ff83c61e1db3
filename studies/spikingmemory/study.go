// Package spikingmemory is the study of the spiking sequence memory (package sequence/spiking): it
// trains networks on sequences, episode by episode, measures errors of the prediction, and lets the
// trained networks replay each sequence from its first element. The task and the measures are those of
// Bouhadjar et al. (2022, PLOS Comput. Biol. 18:e1010233).
package spikingmemory

import (
	"context"
	"crypto/sha256"
	"encoding"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"slices"
	"strconv"
	"strings"
	"time"

	"neurosim/grammar"
	"neurosim/sequence/spiking"
	"neurosim/study"
)

// A result is what one network gave.
type result struct {
	Episodes []spiking.Outcome

	Digest        string // SHA-256 of all events
	Events        int64
	Before, After []int // permanences, in bins from 0 to P_max
	Recalled      []spiking.Recalled

	// Of the first network only.
	First, Last, Replay []spiking.Event // of the first and last episode, and of the recall
	ReplayFrom          int64           // step of the first cue
	Learned             []learnedSynapse
}

// A learnedSynapse is a mature synapse of a network that has learned.
type learnedSynapse struct {
	Cell, Source        int
	Predicts            string // what the cell stood for in the last episode: SEQUENCE.ELEMENT ...
	After               string // what the source stood for
	Permanence, Initial float64
}

// histogramBins is the number of bins of a histogram of permanences.
const histogramBins = 80

// eventBytes is the length of an event in the hash: step, kind, cell.
const eventBytes = 13

// Do trains every network.
func (of *Study) Do(ctx context.Context, w *study.Work) (study.Report, error) {
	start, before := time.Now(), w.World.Traffic()
	results, err := trainAll(ctx, of, w)
	if err != nil || w.World.Rank() > 0 {
		return study.Report{}, err
	}
	episodes, seconds := float64(of.Run.Repeats*of.Run.Episodes), time.Since(start).Seconds()
	model := episodes * of.Task.EpisodeMs() / 1000
	w.Say("  %s, %.4g s, in %.3g s (%.3g times real time)", grammar.Count(episodes, "episode"), model, seconds, model/seconds)
	r := study.Report{Tables: tables(of, results), Figures: makeFigures(of, results), Metrics: metrics(of, results), Counts: map[string]int64{},
		Reasons: []study.Reason{{Part: "median", Why: "less than half of the runs came so far"}}}
	r.Lines = lines(of, r.Metrics)
	w.Exchanged(r.Counts, before)
	return r, nil
}

// trainAll trains every network of a study and returns the results in order. One that
// is interrupted stops after its episode, and goes on from there.
func trainAll(ctx context.Context, s *Study, w *study.Work) ([]result, error) {
	n := s.Run.Repeats
	of := study.Stage{Name: "learn", Label: "  learning", Unit: "episodes", Total: float64(n * s.Run.Episodes), Together: true}
	return study.Parts(ctx, w, of, n, func(ctx context.Context, p *study.Part) (result, error) {
		return train(ctx, s, p)
	})
}

// A state is a network on its way, between two episodes.
type state struct {
	Result        result
	Network, Hash []byte // of the hash of all events
}

func train(ctx context.Context, s *Study, p *study.Part) (result, error) {
	i := p.Index
	var at state
	r := &at.Result
	net, err := spiking.NewShared(s.Network, spiking.DrawShared(&s.Network, &s.Task, s.Run.Seed+uint64(i), p.World), p.Threads, p.World)
	if err != nil {
		return *r, err
	}
	digest := sha256.New()
	if p.Saved == nil {
		r.Before = net.Histogram(histogramBins)
	} else if err := at.resume(p.Saved, net, digest); err != nil {
		return *r, err
	}
	p.Advance(float64(len(r.Episodes)))
	train := spiking.NewTraining(net, s.Task)
	watch := []spiking.Observer{func(events []spiking.Event) { r.note(digest, events) }}
	// Episodes are whole: the saved state stands between two of them.
	for episode := len(r.Episodes); episode < s.Run.Episodes; episode++ {
		mode := net.Mode()
		mode.Learning = s.Run.learns(episode)
		net.SetMode(mode)
		o, err := train.Run(context.WithoutCancel(ctx), episode, append(watch, r.keep(i, episode, s))...)
		if err != nil {
			return *r, err
		}
		r.Episodes = append(r.Episodes, o)
		p.Advance(1)
		if err := p.Pause(ctx, func() ([]byte, error) { return at.save(net, digest) }); err != nil && episode+1 < s.Run.Episodes {
			return *r, err
		}
	}
	r.After = net.Histogram(histogramBins)
	if s.Replay != nil {
		r.ReplayFrom = net.Now()
		all := watch
		if i == 0 {
			all = append(all, func(events []spiking.Event) { r.Replay = append(r.Replay, events...) })
		}
		if r.Recalled, err = train.Replay(context.WithoutCancel(ctx), s.Replay.VthE, s.Replay.Interval, all...); err != nil {
			return *r, err
		}
	}
	if i == 0 {
		if r.Learned, err = learned(net, s, r.Last); err != nil {
			return *r, err
		}
	}
	r.Digest = hex.EncodeToString(digest.Sum(nil))
	return *r, nil
}

// save returns the state of a network and the hash of its events.
func (s *state) save(net *spiking.Network, digest hash.Hash) (saved []byte, err error) {
	if s.Network, err = net.MarshalBinary(); err != nil {
		return nil, err
	}
	if s.Hash, err = digest.(encoding.BinaryMarshaler).MarshalBinary(); err != nil {
		return nil, err
	}
	b, err := study.Encode(s)
	s.Network = nil // as large as the network itself
	return b, err
}

// resume takes up what save returned.
func (s *state) resume(saved []byte, net *spiking.Network, digest hash.Hash) error {
	if err := study.Decode(saved, s); err != nil {
		return err
	}
	if err := net.UnmarshalBinary(s.Network); err != nil {
		return err
	}
	s.Network = nil
	return digest.(encoding.BinaryUnmarshaler).UnmarshalBinary(s.Hash)
}

// note adds events to the hash.
func (r *result) note(digest hash.Hash, events []spiking.Event) {
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
func (r *result) keep(i, episode int, s *Study) spiking.Observer {
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
func learned(net *spiking.Network, s *Study, last []spiking.Event) ([]learnedSynapse, error) {
	mature, err := net.Mature()
	stands := contexts(s, last)
	var out []learnedSynapse
	for _, x := range mature {
		out = append(out, learnedSynapse{Cell: int(x.Cell), Source: int(x.Source), Predicts: strings.Join(stands[int(x.Cell)], " "),
			After: strings.Join(stands[int(x.Source)], " "), Permanence: x.Permanence, Initial: x.Floor})
	}
	return out, err
}

// contexts returns, for each cell, the elements that it spiked at in the last
// episode, as SEQUENCE.ELEMENT.
func contexts(s *Study, last []spiking.Event) map[int][]string {
	at := spiking.NewSchedule(&s.Network, &s.Task, firstStep(s))
	out := map[int][]string{}
	for _, e := range last {
		sequence, element, ok := at.Locate(s.Run.Episodes-1, e.Step)
		if e.Kind != spiking.Spike || !ok || symbolAt(s, sequence, element) != int(e.Cell)/s.Network.Cells {
			continue
		}
		name := s.Task.Sequences[sequence] + "." + strconv.Itoa(element+1)
		if cell := int(e.Cell); !slices.Contains(out[cell], name) {
			out[cell] = append(out[cell], name)
		}
	}
	return out
}

// symbolAt is the subpopulation of an element.
func symbolAt(s *Study, sequence, element int) int {
	return int(s.Task.Sequences[sequence][element] - 'A')
}

// combined hashes the hashes of several networks.
func combined(digests []string) string {
	sum := sha256.Sum256([]byte(strings.Join(digests, "\n")))
	return hex.EncodeToString(sum[:])
}
