package emulator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"example.com/breakglass/internal/child"
)

// PythonVersion is the only Python LocalEmu works with: on 3.12 it starts, and then queues and rules fail.
const PythonVersion = "3.13"

const getPython = `the local AWS needs Python ` + PythonVersion + ` (another version will not do), and none was found that runs
  Debian, Ubuntu: sudo apt install python3.13 python3.13-venv
  macOS:          brew install python@3.13
  with pyenv:     pyenv install 3.13
  with uv:        uv python install 3.13`

// FindPython returns the path of a Python of the version LocalEmu needs. Candidates are tried by running them, since a
// shim of that name may only report that it has no such version.
func FindPython(ctx context.Context) (string, error) {
	home, _ := os.UserHomeDir()
	return findPython(ctx, candidates(ctx, os.Getenv("PATH"), home))
}

func findPython(ctx context.Context, paths []string) (string, error) {
	var seen []string
	for _, path := range paths {
		version, usable := probe(ctx, path)
		if err := ctx.Err(); err != nil {
			return "", err
		}
		switch {
		case usable && isWanted(version):
			return path, nil
		case version != "" && isWanted(version):
			seen = append(seen, fmt.Sprintf("%s is %s without the venv module (Debian, Ubuntu: sudo apt install python3.13-venv)", path, version))
		case version != "":
			seen = append(seen, path+" is "+version)
		}
	}
	if len(seen) == 0 {
		return "", errors.New(getPython)
	}
	return "", fmt.Errorf("%s\n  seen: %s", getPython, strings.Join(seen, "\n        "))
}

func isWanted(version string) bool { return strings.HasPrefix(version, PythonVersion+".") }

// candidates lists the programs worth trying, the likeliest first.
func candidates(ctx context.Context, path, home string) []string {
	var found []string
	for _, name := range []string{"python" + PythonVersion, "python3"} {
		for _, dir := range filepath.SplitList(path) {
			found = append(found, filepath.Join(dir, name))
		}
	}
	roots := []string{filepath.Join(home, ".pyenv")}
	if root := pyenvRoot(ctx); root != "" {
		roots = append([]string{root}, roots...)
	}
	for _, root := range roots {
		found = append(found, glob(root, "versions/"+PythonVersion+"*/bin/python3")...)
	}
	found = append(found, glob(home, ".local/share/uv/python/cpython-"+PythonVersion+"*/bin/python3")...)
	for _, dir := range []string{
		"/opt/homebrew/bin", "/opt/homebrew/opt/python@3.13/bin", "/usr/local/bin", "/usr/local/opt/python@3.13/bin",
		"/Library/Frameworks/Python.framework/Versions/3.13/bin", "/usr/bin", filepath.Join(home, ".local/bin"),
	} {
		found = append(found, filepath.Join(dir, "python"+PythonVersion))
	}

	var unique []string
	tried := map[string]bool{}
	for _, candidate := range found {
		if info, err := os.Stat(candidate); err != nil || info.IsDir() || tried[candidate] {
			continue
		}
		tried[candidate] = true
		unique = append(unique, candidate)
	}
	return unique
}

func glob(root, pattern string) []string {
	matches, _ := filepath.Glob(filepath.Join(root, pattern)) // fails on a bad pattern only
	return matches
}

func pyenvRoot(ctx context.Context) string {
	if _, err := exec.LookPath("pyenv"); err != nil {
		return ""
	}
	out, err := output(ctx, "pyenv", "root")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(out)
}

// probe runs a Python and returns its version, and whether it can make virtual environments. A program that fails has
// no version.
func probe(ctx context.Context, path string) (version string, usable bool) {
	const script = `
import platform
print(platform.python_version(), flush=True)
import ensurepip, venv
print("usable")`
	out, _ := output(ctx, path, "-I", "-c", script) // a failure shows in what is missing from the output
	lines := strings.Fields(out)
	if len(lines) == 0 || !strings.Contains(lines[0], ".") {
		return "", false
	}
	return lines[0], len(lines) == 2 && lines[1] == "usable"
}

func output(ctx context.Context, name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	var out bytes.Buffer
	cmd := child.Command(name, args...)
	cmd.Stdout = &out
	err := child.Run(ctx, cmd)
	return out.String(), err
}
