// Command bench measures how long the app takes to synthesize, beside a plain JavaScript CDK app (app.js) that writes the
// same templates. bench/run builds and starts it.
//
// Standard output is the table, or with --output json every number; standard error says what is under way. It exits 1
// when the ratio at 500 stacks, with the default access, is above the limit or when the two apps' templates differ, 2 when something failed.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"example.com/breakglass/config"
)

// errSlow says that a headline ratio is above the limit.
var errSlow = errors.New("too slow")

type options struct {
	app      string
	rounds   int
	only     string
	output   string
	maxRatio float64
}

func main() {
	var o options
	flag.StringVar(&o.app, "app", "", "the built Go app")
	flag.IntVar(&o.rounds, "rounds", 4, "how often each app runs at 500 stacks, in turn; half as often elsewhere")
	flag.StringVar(&o.only, "only", "", "only the cases with this in their name")
	flag.StringVar(&o.output, "output", "table", "table or json")
	flag.Float64Var(&o.maxRatio, "max-ratio", 1.3, "the highest ratio of the fastest runs at 500 stacks")
	flag.Parse()
	if o.app == "" || o.rounds < 1 || (o.output != "table" && o.output != "json") || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	switch err := run(o); {
	case errors.Is(err, errDiffer), errors.Is(err, errSlow):
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	case err != nil:
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(2)
	}
}

func run(o options) error {
	context, err := readContext("cdk.json")
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "breakglass-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)

	var results []result
	for _, k := range cases() {
		if !strings.Contains(k.Name, o.only) {
			continue
		}
		r, err := measure(o, context, filepath.Join(dir, fmt.Sprint(len(results))), k)
		if err != nil {
			return fmt.Errorf("%s: %w", k.Name, err)
		}
		results = append(results, r)
	}
	if len(results) == 0 {
		return fmt.Errorf("no case with %q in its name", o.only)
	}
	if err := report(os.Stdout, o.output, results); err != nil {
		return err
	}
	for _, r := range results {
		if r.Headline && r.Access == config.AccessCredentials && r.Synth.FastestRatio > o.maxRatio {
			return fmt.Errorf("%w: %s: %.2f times the JavaScript app, the limit is %.2f", errSlow, r.Name, r.Synth.FastestRatio, o.maxRatio)
		}
	}
	return nil
}

// measure checks that both apps do the same, and times them with and without the CDK's own rules.
func measure(o options, context map[string]any, dir string, k benchCase) (result, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return result{}, err
	}
	file, data := filepath.Join(dir, "breakglass.yaml"), filepath.Join(dir, "data.json")
	p, err := k.write(file)
	if err != nil {
		return result{}, err
	}
	if err := writeData(data, p); err != nil {
		return result{}, err
	}
	pair := apps{
		Go: program{name: "go", args: []string{o.app}, out: filepath.Join(dir, "go")},
		JS: program{name: "js", args: []string{"node", filepath.Join("bench", "app.js"), data}, out: filepath.Join(dir, "js")},
	}
	context["config"] = file
	r := result{benchCase: k, Regions: len(p.Config.Regions), Stacks: len(p.Placements)}
	// A first round fills the caches of the disk and of jsii, and is not counted.
	if _, err := pair.race(context, false, 1); err != nil {
		return result{}, err
	}
	if err := compare(pair.Go.out, pair.JS.out, r.Stacks); err != nil {
		return result{}, err
	}
	few := (o.rounds + 1) / 2
	rounds := few
	if k.Headline {
		rounds = o.rounds
	}
	if r.Synth, err = pair.race(context, true, rounds); err != nil {
		return result{}, err
	}
	if r.Bare, err = pair.race(context, false, few); err != nil {
		return result{}, err
	}
	fmt.Fprintf(os.Stderr, "%s: %d stacks, %.2f s and %.2f s, ratio %.2f; bare %.2f\n",
		k.Name, r.Stacks, r.Synth.Go.Wall, r.Synth.JS.Wall, r.Synth.Ratio, r.Bare.Ratio)
	return r, nil
}

// modes are the forms of deploy.access that need nothing bootstrapped.
var modes = []config.Access{config.AccessCredentials, config.AccessOrganization}
