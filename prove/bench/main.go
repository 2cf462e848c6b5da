// Command bench measures the time and memory that the app takes to synthesize, beside a plain JavaScript CDK app (app.js) that
// writes the same templates. prove/bench/run builds and starts it. It may import everything.
//
// Standard output has the tables, or with --output json every number; standard error shows the progress. It exits 1 when a ratio
// is above its limit or when the templates of the two apps differ, 2 on an error.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"example.com/breakglass/prove/bench/results"
)

// errSlow means that a ratio is above the limit.
var errSlow = errors.New("too slow")

// Where what was measured is kept, and what is made of it.
const (
	dataFile = "prove/bench/results.json"
	document = "docs/scale.md"
	picture  = "docs/scale.svg"
)

type options struct {
	rounds       int
	only         string
	output       string
	maxRatio     float64
	record, draw bool
}

func main() {
	var o options
	flag.IntVar(&o.rounds, "rounds", 0, "how often each app runs in each case, in turn; 0 means the number of the case")
	flag.StringVar(&o.only, "only", "", "only the cases with this in their name")
	flag.StringVar(&o.output, "output", "table", "table or json")
	flag.Float64Var(&o.maxRatio, "max-ratio", results.MaxRatio, "the highest ratio of the fastest runs, with the default access")
	flag.BoolVar(&o.record, "record", false, "measure everything, and write "+dataFile+", "+document+" and "+picture)
	flag.BoolVar(&o.draw, "draw", false, "measure nothing: write "+document+" and "+picture+" from "+dataFile)
	flag.Parse()
	if o.rounds < 0 || (o.output != "table" && o.output != "json") || flag.NArg() > 0 || o.record && o.only != "" {
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
	if o.draw {
		return draw()
	}
	dir, err := os.MkdirTemp("", "breakglass-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	f := results.File{Machine: machine()}
	if err := measureAll(o, dir, &f); err != nil {
		return err
	}
	if o.output == "json" {
		err = f.Write(os.Stdout)
	} else {
		_, err = fmt.Print(f.Tables())
	}
	if err != nil {
		return err
	}
	if o.record {
		if err := record(f); err != nil {
			return err
		}
	}
	for _, c := range f.Cases {
		if c.Limited && c.Synth.FastestRatio > o.maxRatio {
			return fmt.Errorf("%w: %d targets in %d Regions: %.2f times the JavaScript app, the limit is %.2f", errSlow, c.Targets, c.Regions, c.Synth.FastestRatio,
				o.maxRatio)
		}
	}
	return nil
}

func measureAll(o options, dir string, f *results.File) error {
	context, err := readContext("cdk.json")
	if err != nil {
		return err
	}
	app := filepath.Join(dir, "app")
	if _, err := timed(exec.Command("go", "build", "-o", app, ".")); err != nil {
		return err
	}
	for i, k := range cases() {
		if !strings.Contains(k.name, o.only) {
			continue
		}
		if o.rounds > 0 {
			k.rounds = o.rounds
		}
		c, err := measure(k, app, context, filepath.Join(dir, fmt.Sprint(i)))
		if err != nil {
			return fmt.Errorf("%s: %w", k.name, err)
		}
		fmt.Fprintf(os.Stderr, "%s: %d stacks, %.2f s and %.2f s, ratio %.2f; bare %.2f\n",
			k.name, c.Stacks, c.Synth.Go.Wall, c.Synth.JS.Wall, c.Synth.Ratio, c.Bare.Ratio)
		f.Cases = append(f.Cases, c)
	}
	if len(f.Cases) == 0 {
		return fmt.Errorf("no case with %q in its name", o.only)
	}
	if o.only != "" {
		return nil
	}
	thousand, most := cases()[3], cases()[5]
	fmt.Fprintln(os.Stderr, "breakglass plan")
	if f.Plans, err = planned(dir, thousand, most); err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, "one account of a thousand, by the CDK CLI")
	if f.One, err = ofOne(dir, thousand); err != nil {
		return err
	}
	if !o.record {
		return nil
	}
	fmt.Fprintln(os.Stderr, "compiling the app from nothing")
	f.Build, err = compiled(dir)
	return err
}

// measure checks that both apps do the same, and times them with and without the CDK's own rules.
func measure(k benchCase, app string, context map[string]any, dir string) (results.Case, error) {
	c := k.Case
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return c, err
	}
	defer os.RemoveAll(dir)
	file, data := filepath.Join(dir, "breakglass.yaml"), filepath.Join(dir, "data.json")
	p, err := k.write(file)
	if err != nil {
		return c, err
	}
	if err := writeData(data, p); err != nil {
		return c, err
	}
	pair := apps{
		Go: program{name: "go", args: []string{app}, out: filepath.Join(dir, "go")},
		JS: program{name: "js", args: []string{"node", filepath.Join("prove", "bench", "app.js"), data}, out: filepath.Join(dir, "js")},
	}
	context["config"] = file
	c.Regions, c.Stacks = len(p.Config.Regions), len(p.Placements)
	// A first round fills the caches of the disk and of jsii, and is not counted.
	if _, err := pair.race(context, false, 1); err != nil {
		return c, err
	}
	if err := compare(pair.Go.out, pair.JS.out, c.Stacks); err != nil {
		return c, err
	}
	if c.Synth, err = pair.race(context, true, k.rounds); err != nil {
		return c, err
	}
	c.Bare, err = pair.race(context, false, (k.rounds+1)/2)
	return c, err
}

// machine describes this machine, for the reader of the numbers.
func machine() string {
	node := "Node"
	if out, err := exec.Command("node", "--version").Output(); err == nil {
		node += " " + strings.TrimPrefix(strings.TrimSpace(string(out)), "v")
	}
	return fmt.Sprintf("%d cores (%s, %s), %s, %s", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, node, strings.Replace(runtime.Version(), "go", "Go ", 1))
}

// record keeps the numbers, and draws them.
func record(f results.File) error {
	file, err := os.Create(dataFile)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Write(file), file.Close()); err != nil {
		return err
	}
	return draw()
}

// draw writes the tables and the plot.
func draw() error {
	f, err := results.Read(dataFile)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(document)
	if err != nil {
		return err
	}
	made, err := f.Into(string(text))
	if err != nil {
		return fmt.Errorf("%s: %w", document, err)
	}
	if err := os.WriteFile(document, []byte(made), 0o644); err != nil {
		return err
	}
	return os.WriteFile(picture, []byte(f.Plot()), 0o644)
}
