// Package ranks is what processes that simulate one model together know of each other.
package ranks

// Ranks are processes that simulate one model, numbered from 0, as one of them sees it. Each
// has a contiguous range of the cells, with their synapses. Rank 0 records.
type Ranks interface {
	Rank() int // of this process
	Size() int

	// Exchange brings the bytes toAll of every process to all, and toFirst to rank 0, by
	// rank. All processes call it. What it returns is valid until the next call.
	Exchange(toAll, toFirst []byte) (all, first [][]byte)
}

// Range returns which of n things are those of a rank: lo … hi-1.
func Range(n, rank, size int) (lo, hi int) { return n * rank / size, n * (rank + 1) / size }
