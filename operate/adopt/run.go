package adopt

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/file"
	"example.com/breakglass/operate/deploy"
	"example.com/breakglass/plan"
)

// Request selects what to adopt.
type Request struct {
	Config *config.Config
	Keys   *account.Keys
	// File is the configuration, Profile the one of the AWS CLI that --profile names, Flags those with which another command
	// does the same: " --profile hub".
	File, Profile, Flags string
	// Project is the project's folder; empty means the working directory.
	Project string
	// Only is a pattern of stack names; empty selects all.
	Only string
	// Assembly is a folder that cdk synth has written; empty means that the templates are made now.
	Assembly string
	// Folder is where to write the templates and mappings of the import.
	Folder   string
	Progress deploy.Progress
}

// Result is what there is to adopt, and the way to do it.
type Result struct {
	Folder string   `json:"folder"`
	Stacks []Stack  `json:"stacks"`
	Notes  []string `json:"notes"`
	Steps  []Step   `json:"steps"`
}

// Blocked reports whether something prevents an import, or a stack could not be read.
func (r *Result) Blocked() bool {
	return slices.ContainsFunc(r.Stacks, func(s Stack) bool { return len(s.InTheWay) > 0 || s.Unknown != "" })
}

// Check reports why Run would fail before it asks AWS.
func (r Request) Check(ctx context.Context) error {
	if err := file.CheckFolder(r.Folder); err != nil {
		return err
	}
	if r.Assembly != "" {
		_, err := Read(r.Assembly)
		return err
	}
	_, err := deploy.Project(ctx, r.Project)
	return err
}

// Run finds what there is to adopt, and writes the folder of the import. It changes nothing on AWS.
func Run(ctx context.Context, r Request) (*Result, error) {
	stacks, err := deploy.Select(plan.Of(r.Config), r.Only, true)
	if err != nil {
		return nil, err
	}
	made, err := r.templates(ctx)
	if err != nil {
		return nil, err
	}
	r.Progress.Begin(len(stacks), "looking for existing resources")
	found, err := Look(ctx, r.Keys.In, stacks, made, r.Progress.Step)
	r.Progress.End()
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(found, func(s Stack) bool { return s.Unknown == "" }) {
		return nil, fmt.Errorf("no stack could be read: %s", found[0].Unknown)
	}
	if err := Write(r.Folder, made, found); err != nil {
		return nil, err
	}
	call := Caller{
		Folder: r.Folder, Breakglass: r.Flags, Through: r.Config.Deploy.Access != config.AccessCredentials, AllStages: r.Config.Pipeline.On(),
		Profile: func(number string) string { return cmp.Or(r.Keys.Profile(number), r.Profile) },
		Own:     func(number string) string { return r.Keys.CLIProfile(number, r.Profile) },
	}
	for _, s := range found {
		for i, t := range s.InTheWay {
			s.InTheWay[i].Fix = strings.ReplaceAll(t.Fix, ofItsAccount, call.own(s.Account))
		}
	}
	return &Result{Folder: r.Folder, Stacks: found, Notes: Notes(r.Config), Steps: Steps(found, stacks, call)}, nil
}

// templates reads those of the request's folder, or makes them.
func (r Request) templates(ctx context.Context) (Assembly, error) {
	if r.Assembly != "" {
		return Read(r.Assembly)
	}
	root, err := deploy.Project(ctx, r.Project)
	if err != nil {
		return Assembly{}, err
	}
	temporary, err := os.MkdirTemp("", "breakglass-")
	if err != nil {
		return Assembly{}, err
	}
	defer os.RemoveAll(temporary)
	folder := filepath.Join(temporary, "cdk.out")
	r.Progress.Begin(1, "compiling the app (slow the first time)")
	err = deploy.Synth(ctx, root, r.File, folder, r.Only)
	r.Progress.End()
	if err != nil {
		return Assembly{}, err
	}
	return Read(folder)
}
