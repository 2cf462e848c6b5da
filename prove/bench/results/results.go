// Package results holds the numbers that the benchmark measured, and makes the tables and the plot from them. It imports nothing
// of this module.
package results

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
)

// MaxRatio is how many times the JavaScript app's time the Go app may take in a limited case, by the fastest runs.
const MaxRatio = 1.3

// File is everything that one run of the benchmark measured.
type File struct {
	// Machine is what it was measured on, for the reader.
	Machine string `json:"machine"`
	Build   Build  `json:"build"`
	Cases   []Case `json:"cases"`
	One     One    `json:"one"`
	Plans   []Plan `json:"plans"`
}

// Build is how long the Go compiler takes for the app, which no other number holds; cdk synth runs it each time, and it has
// then something to do only where something has changed.
type Build struct {
	// Cold is from nothing, Unchanged with nothing to do, in seconds.
	Cold      float64 `json:"cold"`
	Unchanged float64 `json:"unchanged"`
}

// Case is one size of deployment.
type Case struct {
	Access  string `json:"access"`
	Regions int    `json:"regions"`
	Targets int    `json:"targets"`
	Stacks  int    `json:"stacks"`
	// Curve cases differ in their number of targets only, and are drawn.
	Curve bool `json:"curve"`
	// Limited cases have a ratio that must not be passed.
	Limited bool `json:"limited"`
	// Synth is what a user waits for: with the CDK's own rules over every template.
	Synth Comparison `json:"synth"`
	// Bare is without those rules, which take both apps the same time.
	Bare Comparison `json:"bare"`
}

// Comparison is of the two apps in the same rounds.
type Comparison struct {
	Go Timing `json:"go"`
	JS Timing `json:"js"`
	// Ratio is the median of the ratios of each round's two wall times, FastestRatio is of the shortest ones.
	Ratio        float64 `json:"ratio"`
	FastestRatio float64 `json:"fastestRatio"`
}

// Timing is what one app took in one case.
type Timing struct {
	// Wall and CPU are medians in seconds, Fastest is the shortest wall time, Memory the highest of all runs.
	Wall    float64 `json:"wall"`
	Fastest float64 `json:"fastest"`
	CPU     float64 `json:"cpu"`
	Memory  float64 `json:"memory"`
	Runs    []Run   `json:"runs"`
}

// Run is one run of an app.
type Run struct {
	Wall float64 `json:"wall"`
	// CPU is that of the app and of the Node processes that a Go CDK app starts.
	CPU float64 `json:"cpu"`
	// Memory is what all its processes had resident at most, in MiB, each at its own peak; 0 where it can't be measured.
	Memory float64 `json:"memory"`
}

// One is what the CDK CLI takes to synthesize for one changed account of many, in seconds.
type One struct {
	Targets int `json:"targets"`
	// Whole makes every template, Only that of the account.
	Whole float64 `json:"whole"`
	Only  float64 `json:"only"`
}

// Plan is what breakglass plan takes.
type Plan struct {
	Targets int     `json:"targets"`
	Wall    float64 `json:"wall"`
	Memory  float64 `json:"memory"`
}

// Finish works out of the runs what is said of them.
func (c *Comparison) Finish() {
	c.Go.finish()
	c.JS.finish()
	var ratios []float64
	for i, run := range c.Go.Runs {
		ratios = append(ratios, run.Wall/c.JS.Runs[i].Wall)
	}
	c.Ratio, c.FastestRatio = Median(ratios), c.Go.Fastest/c.JS.Fastest
}

func (t *Timing) finish() {
	var walls, cpus []float64
	for _, run := range t.Runs {
		walls, cpus = append(walls, run.Wall), append(cpus, run.CPU)
		t.Memory = max(t.Memory, run.Memory)
	}
	t.Wall, t.CPU, t.Fastest = Median(walls), Median(cpus), slices.Min(walls)
}

// Median returns the median of at least one value.
func Median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// Curve returns the cases that are drawn, by their number of targets.
func (f File) Curve() []Case {
	some := slices.DeleteFunc(slices.Clone(f.Cases), func(c Case) bool { return !c.Curve })
	slices.SortFunc(some, func(a, b Case) int { return a.Targets - b.Targets })
	return some
}

// Read reads what Write wrote.
func Read(file string) (File, error) {
	var f File
	text, err := os.ReadFile(file)
	if err != nil {
		return f, err
	}
	if err := json.Unmarshal(text, &f); err != nil {
		return f, fmt.Errorf("%s: %w", file, err)
	}
	return f, nil
}

// Write writes every number.
func (f File) Write(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(f)
}
