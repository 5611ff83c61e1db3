module neurosim

go 1.26

require github.com/bits-and-blooms/bitset v1.29.0 // indirect
