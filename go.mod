module neurosim

go 1.26
