// Command regions refreshes config/regions.json from the newest AWS SDK for Go: make regions. It keeps what the SDK does not know,
// and prints what has changed.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"example.com/breakglass/internal/file"
)

// data is the file with the Regions, relative to the root of the project.
const data = "config/regions.json"

// The modules of the SDK, with the files that list Regions: all those of a partition, and those that have CodePipeline.
const (
	sdk        = "github.com/aws/aws-sdk-go-v2"
	partitions = "internal/endpoints/awsrulesfn/partitions.json"
	pipelines  = sdk + "/service/codepipeline"
	endpoints  = "internal/endpoints/endpoints.go"
)

func main() {
	changes, err := refresh("@latest")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	for _, change := range changes {
		fmt.Println(change)
	}
	if len(changes) == 0 {
		fmt.Println(data + " is up to date")
	}
}

// refresh updates the file from one version of the SDK.
func refresh(version string) ([]string, error) {
	all, err := module(sdk+version, partitions)
	if err != nil {
		return nil, err
	}
	with, err := module(pipelines+version, endpoints)
	if err != nil {
		return nil, err
	}
	old, err := os.ReadFile(data)
	if err != nil {
		return nil, err
	}
	text, changes, err := merge(old, all, with)
	if err != nil || bytes.Equal(text, old) {
		return nil, err
	}
	return changes, file.Edit(data, text)
}

// module returns a file of a module, which the Go command downloads and verifies.
func module(name, path string) ([]byte, error) {
	command := exec.Command("go", "mod", "download", "-json", name)
	command.Stderr = os.Stderr
	out, err := command.Output()
	var at struct{ Dir, Error string }
	if unread := json.Unmarshal(out, &at); err == nil {
		err = unread
	}
	if err != nil || at.Error != "" {
		return nil, fmt.Errorf("cannot download %s: %v %s", name, err, at.Error)
	}
	return os.ReadFile(filepath.Join(at.Dir, filepath.FromSlash(path)))
}
