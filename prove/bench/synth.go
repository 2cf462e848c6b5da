package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"

	"example.com/breakglass/prove/bench/results"
)

// program is one of the two apps.
type program struct {
	name string
	args []string
	out  string
}

// apps are the two that are compared.
type apps struct {
	Go, JS program
}

// race runs both in turn, so that whatever else the machine does meets both alike.
func (a apps) race(context map[string]any, validate bool, rounds int) (results.Comparison, error) {
	var c results.Comparison
	for range rounds {
		run, err := a.Go.synth(context, validate)
		if err != nil {
			return c, err
		}
		c.Go.Runs = append(c.Go.Runs, run)
		if run, err = a.JS.synth(context, validate); err != nil {
			return c, err
		}
		c.JS.Runs = append(c.JS.Runs, run)
	}
	c.Finish()
	return c, nil
}

// readContext returns what the CDK CLI passes to an app through its environment.
func readContext(file string) (map[string]any, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var cdk struct{ Context map[string]any }
	if err := json.Unmarshal(text, &cdk); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	maps.Copy(cdk.Context, map[string]any{
		"aws:cdk:disable-version-reporting":         true,
		"aws:cdk:bundling-stacks":                   []string{"**"},
		"@aws-cdk/core:failSynthOnValidationErrors": false,
	})
	return cdk.Context, nil
}

// synth runs the app once, as the CDK CLI would.
func (p program) synth(context map[string]any, validate bool) (results.Run, error) {
	if err := os.RemoveAll(p.out); err != nil {
		return results.Run{}, err
	}
	text, err := json.Marshal(context)
	if err != nil {
		return results.Run{}, err
	}
	cmd := exec.Command(p.args[0], p.args[1:]...)
	cmd.Env = append(os.Environ(), "CDK_OUTDIR="+p.out, "CDK_CONTEXT_JSON="+string(text), fmt.Sprintf("CDK_VALIDATION=%t", validate))
	run, err := timed(cmd)
	if err != nil {
		err = fmt.Errorf("the %s app: %w", p.name, err)
	}
	return run, err
}
