package deploy

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/breakglass/internal/cdkcli"
)

// manifest is in the project's folder and names the app's command.
const manifest = "cdk.json"

// Project returns the project's folder: the one that a person names, or the working directory. It runs nothing there before it
// knows that nobody else can have written it, and that the CDK CLI can run.
func Project(ctx context.Context, folder string) (string, error) {
	dir, err := filepath.Abs(cmp.Or(folder, "."))
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(filepath.Join(dir, manifest)); err != nil {
		return "", fmt.Errorf("%s is not the project's folder: it has no %s; run the command in the project's folder, or pass --project", dir, manifest)
	}
	paths := append([]string{dir}, programs(dir)...)
	for _, path := range append(paths, filepath.Join(dir, "node_modules", ".bin", "cdk")) {
		if why := unsafe(path); why != "" {
			return "", fmt.Errorf("%s %s, who could run a program with your credentials; change that, or copy the project into a folder of your own", path, why)
		}
	}
	if err := noContext(filepath.Join(dir, "cdk.context.json")); err != nil {
		return "", err
	}
	return dir, cdkcli.Ready(ctx, dir)
}

// programs returns what the CDK CLI and Go may run of a project: its files and folders, but for what is hidden and what was installed.
func programs(dir string) (all []string) {
	_ = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil || path == dir:
			return nil // what cannot be read cannot be run either
		case strings.HasPrefix(entry.Name(), "."):
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if all = append(all, path); entry.Name() == "node_modules" && entry.IsDir() {
			return fs.SkipDir
		}
		return nil
	})
	return all
}

// noContext returns an error if a file of the CDK CLI, beside cdk.json, has what the app or the CDK read while they make templates: one
// stack only, or a permissions boundary for every role. What the CLI was told for itself stays.
func noContext(path string) error {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var values map[string]any
	if err == nil {
		err = json.Unmarshal(text, &values)
	}
	if err != nil {
		return fmt.Errorf("%s cannot be read; this project needs none: remove it: %w", path, err)
	}
	delete(values, "acknowledged-issue-numbers")
	delete(values, "cli-telemetry")
	if len(values) > 0 {
		return fmt.Errorf("%s changes what is deployed (%s); this project needs none: remove it", path, strings.Join(slices.Sorted(maps.Keys(values)), ", "))
	}
	return nil
}

// Synth runs the app, once, and puts the templates into a folder: all of them, or those of the stacks with a matching name, in
// which * matches anything.
func Synth(ctx context.Context, root, file, assembly, only string) error {
	file, err := filepath.Abs(file)
	if err != nil {
		return err
	}
	args := []string{"synth", "--quiet", "-c", "config=" + file}
	if only != "" {
		args = append(args, "-c", "only="+only)
	}
	err = cdkcli.Run(ctx, cdkcli.Options{Root: root, Args: args, Env: cdkcli.WithoutCredentials(nil), Output: assembly})
	var failed *cdkcli.Error
	if errors.As(err, &failed) {
		return fmt.Errorf("the templates cannot be synthesized:\n%s", failed.Output)
	}
	return err
}
