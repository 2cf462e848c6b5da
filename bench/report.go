package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
)

// timing is what one app took in one case.
type timing struct {
	// Wall and CPU are medians, Fastest is the shortest wall time.
	Wall    float64  `json:"wall"`
	Fastest float64  `json:"fastest"`
	CPU     float64  `json:"cpu"`
	Runs    []sample `json:"runs"`
}

// comparison is of the two apps in the same rounds.
type comparison struct {
	Go timing `json:"go"`
	JS timing `json:"js"`
	// Ratio of the median wall times, FastestRatio of the shortest ones, CPURatio of the median CPU times.
	Ratio        float64 `json:"ratio"`
	FastestRatio float64 `json:"fastestRatio"`
	CPURatio     float64 `json:"cpuRatio"`
}

// result is one case.
type result struct {
	benchCase
	Regions int `json:"regions"`
	Stacks  int `json:"stacks"`
	// Synth is what a user waits for.
	Synth comparison `json:"synth"`
	// Bare is without the CDK's own rules, which take both apps the same time.
	Bare comparison `json:"bare"`
}

func (c *comparison) finish() {
	c.Go.finish()
	c.JS.finish()
	c.Ratio = c.Go.Wall / c.JS.Wall
	c.FastestRatio = c.Go.Fastest / c.JS.Fastest
	c.CPURatio = c.Go.CPU / c.JS.CPU
}

func (t *timing) finish() {
	var walls, cpus []float64
	for _, s := range t.Runs {
		walls = append(walls, s.Wall)
		cpus = append(cpus, s.CPU)
	}
	t.Wall, t.CPU, t.Fastest = median(walls), median(cpus), slices.Min(walls)
}

func median(values []float64) float64 {
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}

func report(w io.Writer, output string, results []result) error {
	if output == "json" {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(map[string]any{"results": results})
	}
	fmt.Fprintln(w, "As cdk synth runs them, with the CDK's own rules over every template:")
	table(w, results, func(r result) comparison { return r.Synth })
	fmt.Fprintln(w, "\nWithout those rules (CDK_VALIDATION=false), which take both apps the same time:")
	table(w, results, func(r result) comparison { return r.Bare })
	return nil
}

func table(w io.Writer, results []result, of func(result) comparison) {
	fmt.Fprintln(w, "\n| access | Regions | targets | stacks | Go, s | JavaScript, s | ratio | ratio of the fastest | Go CPU, s | JavaScript CPU, s |")
	fmt.Fprintln(w, "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
	for _, r := range results {
		c := of(r)
		fmt.Fprintf(w, "| %s | %d | %d | %d | %.2f | %.2f | %.2f | %.2f | %.2f | %.2f |\n", r.Access, r.Regions, r.Targets, r.Stacks,
			c.Go.Wall, c.JS.Wall, c.Ratio, c.FastestRatio, c.Go.CPU, c.JS.CPU)
	}
}
