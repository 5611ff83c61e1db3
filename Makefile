.PHONY: check test bench golden fuzz figures build

check: ; bash .ci/run

build: ; CGO_ENABLED=0 go build -o neurosim ./cmd/neurosim

test: ; go test ./...

# Benchmarks of the speed budget; see docs/performance.md.
bench: ; go test ./cable ./dendrite ./neuron ./network ./record ./sequence/... ./stimulus ./studies/... ./theory -run '^$$' -bench . -benchmem

# Rewrites the golden files: messages of bad configurations, the reference of
# keys, pictures. Read the diff.
golden: ; go test ./configs ./plots -update

fuzz: ; go test ./configs -run '^$$' -fuzz FuzzLoad -fuzztime 60s -fuzzminimizetime 5x

# The figures of the shipped configurations, under out/.
figures: ; for c in $$(go run ./cmd/neurosim list | cut -d' ' -f1); do go run ./cmd/neurosim run $$c || exit 1; done
