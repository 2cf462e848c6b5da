package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"time"
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
func (a apps) race(context map[string]any, validate bool, rounds int) (comparison, error) {
	var c comparison
	for range rounds {
		s, err := a.Go.synth(context, validate)
		if err != nil {
			return c, err
		}
		c.Go.Runs = append(c.Go.Runs, s)
		if s, err = a.JS.synth(context, validate); err != nil {
			return c, err
		}
		c.JS.Runs = append(c.JS.Runs, s)
	}
	c.finish()
	return c, nil
}

// sample is one run.
type sample struct {
	// Wall and CPU seconds; CPU is that of the app and of the Node process that a Go CDK app starts.
	Wall float64 `json:"wall"`
	CPU  float64 `json:"cpu"`
}

// readContext is what the CDK CLI tells an app through its environment.
func readContext(file string) (map[string]any, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var cdk struct{ Context map[string]any }
	if err := json.Unmarshal(text, &cdk); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	for key, value := range map[string]any{
		"aws:cdk:disable-version-reporting":         true,
		"aws:cdk:bundling-stacks":                   []string{"**"},
		"@aws-cdk/core:failSynthOnValidationErrors": false,
	} {
		cdk.Context[key] = value
	}
	return cdk.Context, nil
}

// synth runs the app once, as the CDK CLI would.
func (p program) synth(context map[string]any, validate bool) (sample, error) {
	if err := os.RemoveAll(p.out); err != nil {
		return sample{}, err
	}
	text, err := json.Marshal(context)
	if err != nil {
		return sample{}, err
	}
	cmd := exec.Command(p.args[0], p.args[1:]...)
	cmd.Env = append(os.Environ(), "CDK_OUTDIR="+p.out, "CDK_CONTEXT_JSON="+string(text), fmt.Sprintf("CDK_VALIDATION=%t", validate))
	var messages bytes.Buffer
	cmd.Stdout, cmd.Stderr = &messages, &messages
	start := time.Now()
	err = cmd.Run()
	wall := time.Since(start)
	if err != nil {
		return sample{}, fmt.Errorf("the %s app: %w\n%s", p.name, err, messages.Bytes())
	}
	state := cmd.ProcessState
	return sample{Wall: wall.Seconds(), CPU: (state.UserTime() + state.SystemTime()).Seconds()}, nil
}
