# The commands that the README promises. Each installs what it needs into this folder.
.PHONY: demo cli test verify judges e2e setup fuzz lint bench golden clean

# The CDK's own validator takes four seconds a run: make verify has it on.
fast = CDK_VALIDATION=false JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=20

# Deploys everything on a local AWS and plays a break glass story. Needs Go, Node and Python 3.13.
demo:
	@go run ./prove/demo

# The operator's CLI, as one file that runs anywhere: bin/breakglass. Needs Go.
cli:
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o bin/breakglass ./cmd/breakglass

# The fast tests. Needs Go and Node.
test: lint
	$(fast) go test ./...

# Packages with tests of their own on a local AWS.
live = ./prove/emulator ./internal/cdkcli ./operate/discover ./operate/deploy ./operate/check ./operate/drill ./operate/adopt ./cmd/breakglass

# The independent judges, on the synthesized app and on mutants of it, and the end-to-end run on a local AWS.
# Needs Go, Node, Python 3.13, and a JDK with Maven.
verify: judges e2e

judges: setup
	go test -tags judges -count 1 ./prove/judge
	go test -tags verify -count 1 -timeout 30m -skip EndToEnd ./prove/verify

e2e: setup
	go test -tags verify -count 1 -timeout 30m -run EndToEnd -v ./prove/verify
	go test -tags emulator -p 1 -count 1 -timeout 15m $(live)

# Looks for a file that makes the loader panic, for a minute.
fuzz:
	go test ./config -run '^$$' -fuzz FuzzParse -fuzztime 1m

# Formatting, and what the compiler does not mind.
lint:
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$unformatted" || { echo "not formatted: $$unformatted"; exit 1; }
	go vet ./...
	go vet -tags 'verify judges emulator' ./...

# Synth time against the same templates from a plain JavaScript CDK app, as a ratio measured in one run.
bench:
	bash prove/bench/run

# After a change on purpose: write the golden templates, the schema, the tables of the documents and the CLI's pages again, and review the difference.
golden:
	$(fast) go test ./stacks -update
	go test ./docs -update
	go test ./cmd/breakglass -run TestDocs -update
	go generate ./config

clean:
	rm -rf bin cdk.out .local .venv node_modules prove/bench/node_modules prove/judge/ruler/target

setup:
	@go run ./internal/setup
