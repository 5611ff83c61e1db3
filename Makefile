.PHONY: release check test bench golden fuzz figures build docs gallery

check: ; bash .ci/run

build: ; CGO_ENABLED=0 go build -o neurosim ./cmd/neurosim

# Programs for every system, without C and without paths of this machine, so that the same
# sources and version of Go give the same bytes, and their hashes; in dist.
TARGETS = linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64
DIST = dist

release:
	rm -rf $(DIST) && mkdir -p $(DIST)
	set -e; for t in $(TARGETS); do \
	  os=$${t%/*} arch=$${t#*/}; [ $$os != windows ] || exe=.exe; \
	  CGO_ENABLED=0 GOOS=$$os GOARCH=$$arch go build -trimpath -ldflags='-s -w -buildid=' -o $(DIST)/neurosim-$$os-$$arch$$exe ./cmd/neurosim; \
	done; cd $(DIST) && sha256sum neurosim-* >SHA256SUMS

test: ; go test ./...

# Benchmarks of the speed budget; see docs/performance.md.
bench: ; go test ./cable ./dendrite ./neuron ./network ./record ./sequence/... ./stimulus ./studies/... ./theory -run '^$$' -bench . -benchmem

# Rewrites the golden files: messages of bad configurations, the reference of
# keys, pictures. Read the diff.
golden: ; go test ./configs ./plots -update

fuzz: ; go test ./configs -run '^$$' -fuzz FuzzLoad -fuzztime 60s -fuzzminimizetime 5x

# The figures of the shipped configurations, under out/.
figures: ; for c in $$(go run ./cmd/neurosim list | cut -d' ' -f1); do go run ./cmd/neurosim run $$c || exit 1; done

# The pages as a site with a search, under out/site: open out/site/index.html.
docs: ; go run -C docs/site . -o ../../out/site

# The figures of all pages, made again by the commands beside them: hours for --full.
gallery: ; go test ./cmd/neurosim -run 'TestDocs$$' -update -long 24h -timeout 24h
