package emulator

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/breakglass/internal/child"
)

const (
	venvDir          = ".venv"
	requirementsFile = "requirements-emulator.txt"
	stampFile        = "breakglass-stamp" // inside the virtual environment; written last
)

// Install puts the local AWS into root/.venv, in the versions of root/requirements-emulator.txt, and reports progress in
// a few lines. When it is installed already, Install returns immediately; it replaces what an interrupted run left. pip's
// settings in the environment (proxy, certificates, index) apply.
func Install(ctx context.Context, root string, progress func(string)) error {
	root, err := filepath.Abs(root)
	if err != nil {
		return err
	}
	requirements, err := os.ReadFile(filepath.Join(root, requirementsFile))
	if err != nil {
		return fmt.Errorf("cannot read what to install: %w", err)
	}
	venv := filepath.Join(root, venvDir)
	if installed(venv, requirements) {
		return nil
	}
	python, err := FindPython(ctx)
	if err != nil {
		return err
	}

	progress(fmt.Sprintf("making %s with %s", venvDir, python))
	if err := run(ctx, root, io.Discard, python, "-m", "venv", "--clear", venvDir); err != nil {
		return fmt.Errorf("cannot make the virtual environment %s: %w", venv, err)
	}
	progress(fmt.Sprintf("installing LocalEmu and %d packages it needs: 600 MB, a minute or a few, only once", count(requirements)-1))
	// Python compiles what the local AWS imports when it first starts: a fraction of what pip would compile here.
	err = run(ctx, root, collecting(count(requirements), progress), venvPython(root), "-m", "pip", "install", "--no-compile",
		"--disable-pip-version-check", "--no-input", "--progress-bar", "off", "--requirement", requirementsFile)
	if err != nil {
		return fmt.Errorf("cannot install %s: %w", requirementsFile, err)
	}
	version, err := venvVersion(venv)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(venv, stampFile), []byte(stamp(requirements, version)), 0o644)
}

// installed reports whether a finished installation of exactly these requirements is there and has its Python still.
func installed(venv string, requirements []byte) bool {
	have, err := os.ReadFile(filepath.Join(venv, stampFile))
	if err != nil {
		return false
	}
	version, err := venvVersion(venv)
	if err != nil {
		return false
	}
	_, err = os.Stat(filepath.Join(venv, "bin", "python")) // a link, that an upgrade of Python may have broken
	return err == nil && string(have) == stamp(requirements, version)
}

func stamp(requirements []byte, python string) string {
	return fmt.Sprintf("%x python %s\n", sha256.Sum256(requirements), python)
}

// venvVersion reads the Python version a virtual environment was made with.
func venvVersion(venv string) (string, error) {
	text, err := os.ReadFile(filepath.Join(venv, "pyvenv.cfg"))
	if err != nil {
		return "", fmt.Errorf("not a virtual environment: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, "="); ok && strings.TrimSpace(key) == "version" {
			return strings.TrimSpace(value), nil
		}
	}
	return "", fmt.Errorf("%s has no version", filepath.Join(venv, "pyvenv.cfg"))
}

func venvPython(root string) string { return filepath.Join(root, venvDir, "bin", "python") }

// count returns the number of packages in a requirements file.
func count(requirements []byte) int {
	n := 0
	for line := range strings.Lines(string(requirements)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			n++
		}
	}
	return n
}

// collecting reads pip's output and reports progress from time to time.
func collecting(total int, progress func(string)) io.Writer {
	n := 0
	return child.NewLines(func(line string) {
		switch {
		case strings.HasPrefix(line, "Collecting "):
			if n++; n%25 == 0 {
				progress(fmt.Sprintf("%d of %d packages fetched", n, total))
			}
		case strings.HasPrefix(line, "Installing collected packages"):
			progress("unpacking")
		}
	})
}

// run runs a program in root; its error ends with the last lines the program wrote.
func run(ctx context.Context, root string, out io.Writer, name string, args ...string) error {
	var tail child.Tail
	cmd := child.Command(name, args...)
	cmd.Dir = root
	// These would send packages elsewhere than into the virtual environment, or other packages into Python.
	cmd.Env = without(os.Environ(), "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV")
	both := io.MultiWriter(&tail, out)
	cmd.Stdout, cmd.Stderr = both, both
	err := child.Run(ctx, cmd)
	if err == nil || ctx.Err() != nil {
		return err
	}
	if last := tail.Last(15); last != "" {
		return errors.New(err.Error() + "\n" + last)
	}
	return err
}

// without returns an environment without the given names.
func without(env []string, names ...string) []string {
	return slices.DeleteFunc(slices.Clone(env), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return slices.Contains(names, name)
	})
}
