package cdkcli

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"go/version"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// Ready reports why the CLI in root/node_modules or the app could not run here, in one sentence: a program that is missing or too
// old, or a folder for caches that cannot be written.
func Ready(ctx context.Context, root string) error {
	file, err := os.Open(executable(root))
	if err != nil {
		return fmt.Errorf("the CDK CLI is not installed in %s; run npm ci --include=dev in the project folder", filepath.Join(root, "node_modules"))
	}
	first, _ := bufio.NewReader(file).ReadString('\n')
	file.Close()
	if strings.Contains(first, "node") || runtime.GOOS == "windows" {
		if err := checkNode(ctx, "node"); err != nil {
			sentence, _, _ := strings.Cut(err.Error(), "\n")
			return fmt.Errorf("%s; install one, then run the command again", sentence)
		}
	}
	if home, err := os.UserHomeDir(); err != nil || !writable(home) {
		return fmt.Errorf("the home folder %q cannot be written, and the CDK keeps its caches there; set HOME to a folder that can be", home)
	}
	if temporary := os.TempDir(); !writable(temporary) {
		return fmt.Errorf("the folder for temporary files, %s, cannot be written; set TMPDIR to a folder that can be", temporary)
	}
	if strings.HasPrefix(appOf(root), "go ") {
		return checkGo(ctx, root)
	}
	return nil
}

// appOf returns the app's command; empty if cdk.json has none, which the CLI reports.
func appOf(root string) string {
	var settings struct {
		App string `json:"app"`
	}
	text, err := os.ReadFile(filepath.Join(root, "cdk.json"))
	if err == nil {
		err = json.Unmarshal(text, &settings)
	}
	if err != nil {
		return ""
	}
	return settings.App
}

// checkGo asks Go in the project's folder, where go.mod says which version it needs.
func checkGo(ctx context.Context, root string) error {
	if _, err := exec.LookPath("go"); err != nil {
		return fmt.Errorf("go was not found, and deploying compiles the app: install the version of Go that go.mod names, or newer")
	}
	install := "install the version of Go that go.mod names, or newer"
	if chosen := os.Getenv("GOTOOLCHAIN"); chosen != "" {
		install += ", or unset GOTOOLCHAIN, which is " + chosen
	}
	printed, err := output(ctx, root, "go", "env", "GOCACHE", "GOVERSION")
	if err != nil {
		return fmt.Errorf("go cannot compile the app: %s; %s", ownWords(printed), install)
	}
	lines := strings.Split(strings.TrimSpace(printed), "\n") // first what Go says, such as that it downloads the version of go.mod
	cache := lines[max(0, len(lines)-2)]
	own, _, _ := strings.Cut(lines[len(lines)-1], " ") // what a distribution or an experiment adds is no part of it
	if version.IsValid(own) && version.Compare(own, comparing) < 0 {
		return fmt.Errorf("go cannot compile the app: it is %s; %s", own, install)
	}
	if !filepath.IsAbs(cache) || os.MkdirAll(cache, 0o755) != nil || !writable(cache) { // off is no folder
		return fmt.Errorf("the cache of Go, %s, cannot be written; set GOCACHE to a folder that can be", cache)
	}
	return nil
}

// comparing is the first version of Go that compares itself with go.mod: older ones do not see there that they are too old.
const comparing = "go1.21"

// ownWords returns the line in which Go says what is wrong: more about it may follow.
func ownWords(printed string) string {
	lines := strings.Split(strings.TrimSpace(printed), "\n")
	for _, line := range slices.Backward(lines) {
		if strings.HasPrefix(line, "go: ") {
			return line
		}
	}
	return lines[len(lines)-1]
}

// writable reports whether a file can be created in a folder.
func writable(folder string) bool {
	file, err := os.CreateTemp(folder, ".breakglass-*")
	if err != nil {
		return false
	}
	file.Close()
	return os.Remove(file.Name()) == nil
}
