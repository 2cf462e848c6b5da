package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"example.com/breakglass/prove/bench/results"
)

// timed runs a command to its end. Whatever it printed is in the error of one that failed.
func timed(cmd *exec.Cmd) (results.Run, error) { return timedAt(cmd, lookEach) }

// timedAt runs like timed, with another interval between its readings of the memory.
func timedAt(cmd *exec.Cmd, each time.Duration) (results.Run, error) {
	var messages bytes.Buffer
	cmd.Stdout, cmd.Stderr = &messages, &messages
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return results.Run{}, err
	}
	m := watchMemory(cmd.Process.Pid, each)
	err := cmd.Wait()
	wall := time.Since(start)
	run := results.Run{Wall: wall.Seconds(), Memory: m.stop()}
	if err != nil {
		return run, fmt.Errorf("%w\n%s", err, messages.Bytes())
	}
	run.CPU = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	return run, nil
}

// compiled returns how long the compiler takes for the app: from nothing, and with nothing changed.
func compiled(dir string) (results.Build, error) {
	build := func() (float64, error) {
		cmd := exec.Command("go", "build", "-o", filepath.Join(dir, "app"), ".")
		cmd.Env = append(os.Environ(), "GOCACHE="+filepath.Join(dir, "cache"))
		run, err := timed(cmd)
		return run.Wall, err
	}
	var b results.Build
	var err error
	if b.Cold, err = build(); err == nil {
		b.Unchanged, err = build()
	}
	return b, err
}

// ofOne measures how long the CDK CLI takes to synthesize one changed account of many: with all of them, and alone.
func ofOne(dir string, k benchCase) (results.One, error) {
	one := results.One{Targets: k.Targets}
	file := filepath.Join(dir, "one.yaml")
	if _, err := k.write(file); err != nil {
		return one, err
	}
	stack := "BreakGlass-Role-" + accountOf(k.Targets/2)
	synth := func(more ...string) (float64, error) {
		args := append([]string{"--no-install", "cdk", "synth", stack, "--quiet", "--output", filepath.Join(dir, "cdk.out"), "-c", "config=" + file}, more...)
		run, err := timed(exec.Command("npx", args...))
		return run.Wall, err
	}
	var whole, only []float64
	for range 2 {
		all, err := synth()
		if err != nil {
			return one, err
		}
		some, err := synth("-c", "only="+stack)
		if err != nil {
			return one, err
		}
		whole, only = append(whole, all), append(only, some)
	}
	one.Whole, one.Only = results.Median(whole), results.Median(only)
	return one, nil
}

// planned returns how long breakglass plan takes.
func planned(dir string, sizes ...benchCase) ([]results.Plan, error) {
	cli := filepath.Join(dir, "breakglass")
	if _, err := timed(exec.Command("go", "build", "-o", cli, "./cmd/breakglass")); err != nil {
		return nil, err
	}
	var plans []results.Plan
	for _, k := range sizes {
		file := filepath.Join(dir, "plan.yaml")
		if _, err := k.write(file); err != nil {
			return nil, err
		}
		one := results.Plan{Targets: k.Targets}
		var walls []float64
		for range 5 {
			run, err := timedAt(exec.Command(cli, "plan", "--config", file), lookOften)
			if err != nil {
				return nil, err
			}
			walls, one.Memory = append(walls, run.Wall), max(one.Memory, run.Memory)
		}
		one.Wall = results.Median(walls)
		plans = append(plans, one)
	}
	return plans, nil
}
