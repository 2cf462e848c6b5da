package cdkcli

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"example.com/breakglass/internal/child"
)

const (
	minNode   = 20
	stampFile = "node_modules/.breakglass-stamp" // written last; npm ci removes it first
	getNode   = `the CDK needs Node 22 or 24 with npm (20 works)
  Debian, Ubuntu: sudo apt install nodejs npm, or nodejs.org where that is older
  macOS:          brew install node@24
  with nvm:       nvm install 24`
)

// Install puts the CDK CLI into root/node_modules, in the version of root/package-lock.json. When it is there already it
// returns at once; what an interrupted run has left is replaced. npm's own settings apply.
func Install(ctx context.Context, root string, progress func(string)) error {
	root, err := filepath.Abs(root)
	if err != nil {
		return err
	}
	if err := checkNode(ctx, "node", "npm"); err != nil {
		return err
	}
	lock, err := os.ReadFile(filepath.Join(root, "package-lock.json"))
	if err != nil {
		return fmt.Errorf("cannot read what to install: %w", err)
	}
	stamp := fmt.Sprintf("%x\n", sha256.Sum256(lock))
	if installed(root, stamp) {
		return nil
	}

	progress("installing the CDK CLI into node_modules: half a minute, only once")
	if _, err := output(ctx, root, "npm", "ci", "--include=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"); err != nil {
		return fmt.Errorf("cannot install the CDK CLI with npm ci: %w", err)
	}
	if _, err := os.Stat(executable(root)); err != nil {
		return fmt.Errorf("npm ci ended well, and yet there is no %s: see which of its settings keep it away (npm config list)", executable(root))
	}
	return os.WriteFile(filepath.Join(root, stampFile), []byte(stamp), 0o644)
}

// executable returns the path of the installed CLI.
func executable(root string) string { return filepath.Join(root, "node_modules", ".bin", "cdk") }

func installed(root, stamp string) bool {
	have, err := os.ReadFile(filepath.Join(root, stampFile))
	if err != nil || string(have) != stamp {
		return false
	}
	_, err = os.Stat(executable(root))
	return err == nil
}

// checkNode reports which of these programs is missing, or that Node.js is too old.
func checkNode(ctx context.Context, programs ...string) error {
	for _, name := range programs {
		if _, err := exec.LookPath(name); err != nil {
			return fmt.Errorf("%s was not found: %s", name, getNode)
		}
	}
	version, err := output(ctx, "", "node", "--version")
	if err != nil {
		return fmt.Errorf("node does not run: %w\n%s", err, getNode)
	}
	if major, ok := majorVersion(version); !ok || major < minNode {
		return fmt.Errorf("node is %s: %s", strings.TrimSpace(version), getNode)
	}
	return nil
}

// majorVersion reads the first number of "v22.1.0".
func majorVersion(version string) (int, bool) {
	first, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(version), "v"), ".")
	major, err := strconv.Atoi(first)
	return major, err == nil
}

// output runs a program and returns what it printed; its error ends with the last lines.
func output(ctx context.Context, dir, name string, args ...string) (string, error) {
	var out bytes.Buffer
	cmd := child.Command(name, args...)
	cmd.Dir = dir
	cmd.Stdout, cmd.Stderr = &out, &out
	err := child.Run(ctx, cmd)
	if err != nil && ctx.Err() == nil {
		var tail child.Tail
		_, _ = tail.Write(out.Bytes())
		err = fmt.Errorf("%w\n%s", err, tail.Last(15))
	}
	return out.String(), err
}
