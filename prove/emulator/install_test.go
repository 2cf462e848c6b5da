package emulator

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// This Python makes virtual environments whose pip fails while a file "broken" is there.
const installingPython = `
case "$*" in
*platform*) echo 3.13.0; echo usable ;;
*"-m venv"*)
	rm -rf .venv; mkdir -p .venv/bin; echo "version = 3.13.0" > .venv/pyvenv.cfg
	cp "$0" .venv/bin/python ;;
*"-m pip"*)
	echo "$* user=$PIP_USER cert=$PIP_CERT" >> pip.log
	[ -f broken ] && { echo "ERROR: No matching distribution found for localemu"; exit 1; }
	echo "Installing collected packages: a" ;;
esac`

func TestInstall(t *testing.T) {
	bin, root := t.TempDir(), t.TempDir()
	fakePython(t, filepath.Join(bin, "python3.13"), installingPython)
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	t.Setenv("PIP_USER", "1")
	t.Setenv("PIP_CERT", "own.pem")
	requirements := filepath.Join(root, requirementsFile)
	put := func(path, text string) {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	install := func() (lines []string, err error) {
		err = Install(t.Context(), root, func(line string) { lines = append(lines, line) })
		return lines, err
	}

	if _, err := install(); err == nil || !strings.Contains(err.Error(), requirementsFile) {
		t.Errorf("without requirements: %v", err)
	}
	put(requirements, "# comment\na==1\n")
	if lines, err := install(); err != nil || !slices.Contains(lines, "unpacking") {
		t.Errorf("the first time: %q, %v", lines, err)
	}
	if lines, err := install(); err != nil || len(lines) != 0 {
		t.Errorf("again: %q, %v", lines, err)
	}

	put(requirements, "a==2\n")
	put(filepath.Join(root, "broken"), "")
	if _, err := install(); err == nil || !strings.Contains(err.Error(), "No matching distribution found for localemu") {
		t.Errorf("pip fails: %v", err)
	}
	os.Remove(filepath.Join(root, "broken"))
	if lines, err := install(); err != nil || len(lines) == 0 {
		t.Errorf("after a failure: %q, %v", lines, err)
	}
	os.Remove(filepath.Join(root, venvDir, "bin", "python"))
	if lines, err := install(); err != nil || len(lines) == 0 {
		t.Errorf("after its Python has gone: %q, %v", lines, err)
	}

	log, err := os.ReadFile(filepath.Join(root, "pip.log"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(log), "user= cert=own.pem") {
		t.Errorf("pip's environment:\n%s", log)
	}
}

// The requirements are part of the product: every version exact, no address of a registry.
func TestRequirementsArePinned(t *testing.T) {
	exact := regexp.MustCompile(`^[A-Za-z0-9._-]+(\[[a-z]+\])?==[0-9A-Za-z.]+( --hash=sha256:[0-9a-f]{64})?$`)
	versions := map[string]string{}
	for _, name := range []string{requirementsFile, "requirements-judges.txt", "requirements-awscli.txt"} {
		text, err := os.ReadFile(filepath.Join("../..", name))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSpace(line)
			if line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			if !exact.MatchString(line) {
				t.Errorf("%s: %q is not an exact version", name, line)
			}
			pkg, version, _ := strings.Cut(line, "==")
			if other, ok := versions[pkg]; ok && other != version {
				t.Errorf("%s: %s %s, but %s in %s: both go into one virtual environment", name, pkg, version, other, requirementsFile)
			}
			versions[pkg] = version
		}
	}
	if versions["localemu[runtime]"] == "" || versions["cfn-lint"] == "" {
		t.Error("LocalEmu or cfn-lint is missing")
	}
}
