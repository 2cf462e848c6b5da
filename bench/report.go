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

// result is one case.
type result struct {
	benchCase
	Regions int    `json:"regions"`
	Stacks  int    `json:"stacks"`
	Go      timing `json:"go"`
	JS      timing `json:"js"`
	// Ratio of the median wall times, FastestRatio of the shortest ones, CPURatio of the median CPU times.
	Ratio        float64 `json:"ratio"`
	FastestRatio float64 `json:"fastestRatio"`
	CPURatio     float64 `json:"cpuRatio"`
}

func (r *result) finish() {
	r.Go.finish()
	r.JS.finish()
	r.Ratio = r.Go.Wall / r.JS.Wall
	r.FastestRatio = r.Go.Fastest / r.JS.Fastest
	r.CPURatio = r.Go.CPU / r.JS.CPU
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
	fmt.Fprintln(w, "| access | Regions | targets | stacks | Go, s | JavaScript, s | ratio | ratio of the fastest | Go CPU, s | JavaScript CPU, s |")
	fmt.Fprintln(w, "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
	for _, r := range results {
		fmt.Fprintf(w, "| %s | %d | %d | %d | %.2f | %.2f | %.2f | %.2f | %.2f | %.2f |\n", r.Access, r.Regions, r.Targets, r.Stacks,
			r.Go.Wall, r.JS.Wall, r.Ratio, r.FastestRatio, r.Go.CPU, r.JS.CPU)
	}
	return nil
}
