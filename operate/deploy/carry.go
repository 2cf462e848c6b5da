package deploy

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"time"
)

// Way holds the options of a deployment.
type Way struct {
	// Root is the project's folder (see Project), File the configuration, Profile the one of the AWS CLI that --profile names.
	Root, File, Profile string
	// OnSynth receives the time that the templates took, OnWait each stack that has to wait for an operation of an earlier run,
	// and OnEnd each stack as it ends, one at a time.
	OnSynth func(time.Duration)
	OnWait  func(stack string)
	OnEnd   func(Outcome)
}

// Deploy synthesizes the templates, once, and deploys every stack that it can.
func (f *Found) Deploy(ctx context.Context, way Way) ([]Outcome, error) {
	folder, err := os.MkdirTemp("", "breakglass-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	assembly := filepath.Join(folder, "cdk.out")
	began := time.Now()
	f.Progress.Begin(len(f.Stacks), "synthesizing the templates")
	err = Synth(ctx, way.Root, way.File, assembly, f.Only)
	f.Progress.End()
	if err != nil {
		return nil, err
	}
	way.OnSynth(time.Since(began))
	f.Progress.Begin(len(f.Stacks), "deploying")
	defer f.Progress.End()
	run := &Deployment{
		Root: way.Root, Assembly: assembly, Stacks: f.Stacks, Left: f.Left, Open: f.Keys.Stacks,
		Profile: func(number string) string { return cmp.Or(f.Keys.Profile(number), way.Profile) },
		OnWait:  way.OnWait,
		OnEnd: func(o Outcome) {
			f.Progress.Step(o.Stack)
			way.OnEnd(o)
		},
	}
	return run.Run(ctx), nil
}
