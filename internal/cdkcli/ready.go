package cdkcli

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
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
	printed, err := output(ctx, root, "go", "env", "GOCACHE")
	if err != nil {
		lines := strings.Split(strings.TrimSpace(printed), "\n")
		return fmt.Errorf("go cannot compile the app: %s; install the version of Go that go.mod names, or newer", lines[len(lines)-1])
	}
	cache := strings.TrimSpace(printed)
	if err := os.MkdirAll(cache, 0o755); err != nil || !writable(cache) {
		return fmt.Errorf("the cache of Go, %s, cannot be written; set GOCACHE to a folder that can be", cache)
	}
	return nil
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
