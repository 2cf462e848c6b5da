//go:build verify

package verify

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/breakglass/internal/cdkcli"
	"example.com/breakglass/prove/judge"
)

// synthesized is what the CDK CLI made of a file.
type synthesized struct {
	*Assembly
	// findings are those of the CDK's own validator, warnings included.
	findings []judge.Finding
}

// projectRoot finds the project's folder: the one with go.mod.
var projectRoot = sync.OnceValues(func() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		_, err := os.Stat(filepath.Join(dir, "go.mod"))
		if err == nil {
			return dir, nil
		}
		if parent := filepath.Dir(dir); !errors.Is(err, fs.ErrNotExist) || parent == dir {
			return "", fmt.Errorf("no go.mod above the tests: %w", err)
		}
		dir = filepath.Dir(dir)
	}
})

var (
	wholeAssembly = sync.OnceValues(func() (synthesized, error) { return synthesize("stacks/testdata/whole.yaml") })
	smallAssembly = sync.OnceValues(func() (synthesized, error) { return synthesize("stacks/testdata/small.yaml") })
)

// synthesize runs the real CLI as a deployment would, with the CDK's validator in it and warnings as errors.
func synthesize(file string) (synthesized, error) {
	root, err := projectRoot()
	if err != nil {
		return synthesized{}, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	if err := cdkcli.Install(ctx, root, report); err != nil {
		return synthesized{}, err
	}
	dir, err := os.MkdirTemp("", "breakglass-verify-")
	if err != nil {
		return synthesized{}, err
	}
	defer os.RemoveAll(dir)

	began := time.Now()
	err = cdkcli.Run(ctx, cdkcli.Options{
		Root: root, Args: []string{"synth", "--strict", "--quiet", "-c", "config=" + file}, Output: dir, Env: withoutAWS(os.Environ()),
	})
	if err != nil {
		return synthesized{}, fmt.Errorf("%s: %w", file, err)
	}
	report(fmt.Sprintf("%s synthesized and validated in %v", file, time.Since(began).Round(100*time.Millisecond)))
	findings, err := judge.ReadValidation(dir)
	if err != nil {
		return synthesized{}, err
	}
	app, err := ReadAssembly(dir)
	return synthesized{app, findings}, err
}

func report(line string) { fmt.Fprintln(os.Stderr, line) }

// withoutAWS keeps the caller's credentials away from the CLI, and CDK_VALIDATION, which would switch the validator off. The CLI
// asks for the account of its credentials before it synthesizes; without any, it makes no call.
func withoutAWS(env []string) []string {
	env = slices.DeleteFunc(slices.Clone(env), func(entry string) bool {
		return strings.HasPrefix(entry, "AWS_") || strings.HasPrefix(entry, "CDK_")
	})
	return append(env, "AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull)
}

func root(t *testing.T) string {
	t.Helper()
	dir, err := projectRoot()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// wholeApp returns the app of stacks/testdata/whole.yaml, smallApp that of stacks/testdata/small.yaml. Tests that break something work on
// a Copy.
func wholeApp(t *testing.T) synthesized { return orFatal(t, wholeAssembly) }
func smallApp(t *testing.T) synthesized { return orFatal(t, smallAssembly) }

func orFatal(t *testing.T, make func() (synthesized, error)) synthesized {
	t.Helper()
	app, err := make()
	if err != nil {
		t.Fatal(err)
	}
	return app
}
