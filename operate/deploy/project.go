package deploy

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"example.com/breakglass/internal/cdkcli"
)

// manifest is in the project's folder and names the app's command.
const manifest = "cdk.json"

// Project finds the project's folder: that of the file, the working directory, or one above either.
func Project(file string) (string, error) {
	var looked []string
	for _, start := range []string{filepath.Dir(file), "."} {
		dir, err := filepath.Abs(start)
		if err != nil {
			return "", err
		}
		looked = append(looked, dir)
		for {
			if _, err := os.Stat(filepath.Join(dir, manifest)); err == nil {
				return dir, ready(dir)
			}
			above := filepath.Dir(dir)
			if above == dir {
				break
			}
			dir = above
		}
	}
	return "", fmt.Errorf("no project folder (with %s) found in %s or %s, or above them; run the command in the project folder", manifest, looked[0], looked[1])
}

func ready(root string) error {
	if _, err := os.Stat(filepath.Join(root, "node_modules", ".bin", "cdk")); err != nil {
		return fmt.Errorf("the CDK CLI is not installed in %s; run npm ci in the project folder", filepath.Join(root, "node_modules"))
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
	err = cdkcli.Run(ctx, cdkcli.Options{Root: root, Args: args, Output: assembly})
	var failed *cdkcli.Error
	if errors.As(err, &failed) {
		return fmt.Errorf("the templates cannot be synthesized:\n%s", failed.Output)
	}
	return err
}
