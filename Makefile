# The commands that the README promises. Each installs what it needs into this folder.
.PHONY: demo live cli test race verify judges e2e e2e-whole e2e-parts setup fuzz lint bench golden regions policies release clean

# All build tags of the tests: one vet and one staticcheck see every file.
tags = verify judges emulator
tool = go tool -modfile=tools/go.mod

# The CDK's own validator takes four seconds a run: make verify has it on.
fast = CDK_VALIDATION=false JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=20

# Deploys everything on a local AWS and plays a break glass story. Needs Go, Node and Python 3.13.
demo:
	@go run ./prove/demo

# Tries everything on a real AWS account, a sandbox, and answers what only AWS can: docs/live.md. Asks before it changes anything, and
# removes everything, also after Ctrl-C. Needs Go, Node, credentials, and an hour.
live:
	@go run ./prove/live

# The operator's CLI, as one file that runs anywhere: bin/breakglass. Needs Go.
cli:
	@test -e bin/breakglass || echo 'compiling the CLI: the first build takes minutes, later ones seconds'
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o bin/breakglass ./cmd/breakglass

# The fast tests. Needs Go and Node. Lint has run vet already.
test: lint
	$(fast) go test -vet=off ./...

# Data races, in every package but those that start the CDK. Short: without the tests that compute for long in one thread.
# Needs Go and a C compiler; says so where there is none.
cdk = ^example.com/breakglass$$|/constructs$$|/stacks$$|/prove/bench$$
race:
	@command -v cc >/dev/null || { echo 'no C compiler (cc): data races are not looked for'; exit 0; }; \
	nice go test -race -short -vet=off -timeout 30m $$(go list ./... | grep -vE '$(cdk)')

# Packages with their own tests on a local AWS, in two halves that take about as long with the end-to-end runs before them.
live = ./compose ./prove/emulator ./internal/cdkcli ./operate/discover ./operate/deploy ./operate/check ./operate/drill
live_too = ./operate/adopt ./operate/credentials ./operate/destroy ./cmd/breakglass ./prove/live ./prove/awscli

# The independent judges, on the synthesized app and on mutants of it, the end-to-end runs on a local AWS, and data races.
# Needs Go, Node, Python 3.13, and a JDK with Maven.
verify: judges e2e

judges: setup
	go test -tags judges -count 1 ./prove/judge ./compose
	go test -tags verify -count 1 -timeout 30m -skip EndToEnd ./prove/verify

# Two halves side by side: each test starts a local AWS of its own, and waits more than it computes. What they leave of the machine is
# for the race detector.
e2e:
	$(MAKE) -j3 --no-print-directory --output-sync=line e2e-whole e2e-parts race

e2e-whole: setup
	go test -tags verify -count 1 -timeout 50m -run 'EndToEnd$$' -v ./prove/verify
	go test -tags emulator -p 1 -count 1 -timeout 15m $(live_too)

e2e-parts: setup
	go test -tags verify -count 1 -timeout 45m -run 'EndToEnd.+' -v ./prove/verify
	go test -tags emulator -p 1 -count 1 -timeout 30m $(live)

# Searches for a file that makes the loader panic, for a minute.
fuzz:
	go test ./config -run '^$$' -fuzz FuzzParse -fuzztime 1m

# Formatting, go.mod, and what vet and staticcheck find.
lint:
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$unformatted" || { echo "not formatted: $$unformatted"; exit 1; }
	go mod tidy -diff
	go vet -tags '$(tags)' ./...
	$(tool) staticcheck -tags '$(tags)' ./...

# Synth time against the same templates from a plain JavaScript CDK app, as a ratio measured in one run.
bench:
	bash prove/bench/run

# After a change on purpose: write the golden templates, the schema, the tables of the documents and the CLI's pages again, and review the difference.
golden:
	$(fast) go test ./stacks -update # first: the fakes of the check are made from its templates
	$(fast) go test $$(grep -rl 'breakglass/internal/reviewed"' --include='*_test.go' access compose config docs internal operate plan prove watch | xargs -n 1 dirname | sort -u | sed 's,^,./,') -update
	go test ./cmd/breakglass -run TestDocs -update
	go generate ./config

# Takes the Regions that AWS has added from its newest SDK into config/regions.json, and says what has changed. Needs Go.
regions:
	go run ./internal/regions

# Takes the managed policies that AWS has added from the local AWS into config/policies.txt. Needs what make setup installs.
policies:
	go run ./internal/policies

# Makes what a release publishes, in dist/, and publishes nothing: docs/release.md. Needs Go and the database of known vulnerabilities.
release:
	$(tool) govulncheck -tags '$(tags)' ./...
	tools/release/run

clean:
	rm -rf bin dist cdk.out .local .venv node_modules prove/bench/node_modules prove/judge/ruler/target

setup:
	@go run ./internal/setup
