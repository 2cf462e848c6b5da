package deploy

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"time"

	"example.com/breakglass/plan"
)

// Way holds the options of a deployment.
type Way struct {
	// Root is the project's folder (see Project), File the configuration, Profile the one of the AWS CLI that --profile names.
	Root, File, Profile string
	// RevertDrift also sets back what was changed outside CloudFormation.
	RevertDrift bool
	// OnSynth receives the time that the templates took, OnWait each stack that has to wait for an operation of an earlier run,
	// and OnEnd each stack as it ends, one at a time.
	OnSynth func(time.Duration)
	OnWait  func(stack string)
	OnEnd   func(Outcome)
}

// prepared are the templates of a deployment, in a folder that Close removes.
type prepared struct {
	// Changes are what is different from what is deployed.
	Changes []Change

	*Found
	folder, assembly string
}

// Close removes the folder of the templates.
func (p *prepared) Close() { _ = os.RemoveAll(p.folder) }

// Prepare synthesizes the templates, once, and compares them with those that are deployed. It changes nothing on AWS.
func (f *Found) Prepare(ctx context.Context, way Way) (*prepared, error) {
	folder, err := os.MkdirTemp("", "breakglass-")
	if err != nil {
		return nil, err
	}
	p := &prepared{Found: f, folder: folder, assembly: filepath.Join(folder, "cdk.out")}
	began := time.Now()
	f.Progress.Begin(1, "compiling the app (slow the first time)")
	err = Synth(ctx, way.Root, way.File, p.assembly, f.Only)
	f.Progress.End()
	if err != nil {
		p.Close()
		return nil, err
	}
	way.OnSynth(time.Since(began))
	tried := slices.DeleteFunc(slices.Clone(f.Stacks), func(at plan.Placement) bool { _, left := f.Left[at.Stack]; return left })
	f.Progress.Begin(len(tried), "comparing with what is deployed")
	p.Changes = Changes(ctx, f.Keys.In, p.assembly, tried, f.Progress.Step)
	f.Progress.End()
	return p, ctx.Err()
}

// other returns the configuration as the CDK is told it; empty for the project's own, which it reads anyway.
func (w Way) other() string {
	file, err := filepath.Abs(w.File)
	if own, wrong := filepath.Abs(filepath.Join(w.Root, "breakglass.yaml")); err != nil || wrong == nil && file == own {
		return ""
	}
	return file
}

// Deploy deploys every stack that it can.
func (p *prepared) Deploy(ctx context.Context, way Way) []Outcome {
	f := p.Found
	f.Progress.Begin(len(f.Stacks), "deploying")
	defer f.Progress.End()
	run := &Deployment{
		Root: way.Root, File: way.other(), Assembly: p.assembly, RevertDrift: way.RevertDrift, Stacks: f.Stacks, Left: f.Left, Open: f.Keys.Stacks,
		Profile:    func(number string) string { return cmp.Or(f.Keys.Profile(number), way.Profile) },
		Session:    f.Keys.Session,
		Region:     f.Caller.Region(),
		CLIProfile: func(number string) string { return f.Keys.CLIProfile(number, way.Profile) },
		OnWait:     way.OnWait,
		OnEnd: func(o Outcome) {
			f.Progress.Step(o.Stack)
			way.OnEnd(o)
		},
	}
	return run.Run(ctx)
}

// Pending asks what people still have to do after the deployment.
func (f *Found) Pending(ctx context.Context, outcomes []Outcome) Pending {
	fresh := map[string]bool{}
	for i, o := range outcomes {
		if f.Stacks[i].Kind.Info().Topic && !o.State.blocks() && o.State != Unchanged {
			fresh[o.Region] = true
		}
	}
	f.Progress.Begin(1, "asking who has confirmed, and which users can sign in")
	defer f.Progress.End()
	return askPending(ctx, f.Keys.In, f.Config, fresh)
}

// HubFlags returns the flags with which the AWS CLI reaches the hub account in a Region. profile is that of --profile, whose
// credentials may be those of another account.
func (f *Found) HubFlags(profile string) func(region string) []string {
	profile = f.Keys.CLIProfile(f.Config.Hub.Account, profile)
	return func(region string) []string {
		flags := []string{"--region", region}
		if profile != "" {
			flags = append(flags, "--profile", profile)
		}
		return flags
	}
}
