package cdkcli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// stray reports whether an environment variable would change what the CLI, the CDK, Node.js or Go does. The CLI takes every option
// from a CDK_ variable that the command line leaves out: CDK_EXECUTE=false deploys nothing, and CDK_APP runs another program.
// CDK_VALIDATION stays: it changes no template, and the tests switch the slow validation off with it.
func stray(name string) bool {
	switch {
	case name == "CDK_VALIDATION":
		return false
	case strings.HasPrefix(name, "NODE_"): // these print, write files, load other code, or trust every certificate
		return !slices.Contains([]string{"NODE_EXTRA_CA_CERTS", "NODE_USE_ENV_PROXY", "NODE_USE_SYSTEM_CA"}, name)
	case strings.HasPrefix(name, "CDK_"), strings.HasPrefix(name, "JSII_"), strings.HasPrefix(name, "AMAZON_"): // the last are keys that nothing else takes
		return true
	}
	return name == "FORCE_COLOR" || slices.Contains(builds, name)
}

// builds are variables that change what go run makes of the app, and for which machine: GOOS and GOARCH are left from a program for
// another one, and GOAMD64=v4 makes one that ends at once on most. Those that say where modules come from, and where caches are, stay.
var builds = []string{"GO111MODULE", "GOAMD64", "GOARCH", "GOARM64", "GODEBUG", "GOEXPERIMENT", "GOFIPS140", "GOFLAGS", "GOOS", "GOWORK"}

// clean returns an environment in which only the arguments and the project's cdk.json decide what the CLI does; it prints nothing
// but its work, and reports nothing.
func clean(env []string) []string {
	if env == nil {
		env = os.Environ()
	}
	env = slices.DeleteFunc(slices.Clone(env), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return stray(name)
	})
	return append(env,
		"NO_COLOR=1",
		"GOWORK=off",    // a go.work in a folder above would leave the app out
		"CGO_ENABLED=0", // the app has no C, and nobody needs a compiler for it
		"GO111MODULE=on", "GOAMD64=v1", "GOARM64=v8.0",
		"GOOS="+runtime.GOOS, "GOARCH="+runtime.GOARCH, "GOFLAGS=-mod=readonly", // what go env -w has written counts where nothing else does
		"CDK_DISABLE_CLI_TELEMETRY=true",
		"CDK_DISABLE_VERSION_CHECK=true",
		"AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true",
		"JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION=true",
		"JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION=true",
		"JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=20,21,22,23,24,25", // this one lists the versions
	)
}

// WithoutCredentials returns an environment, this process's own if it is nil, in which a program finds no AWS credentials and
// looks for none: making templates needs none.
func WithoutCredentials(env []string) []string {
	if env == nil {
		env = os.Environ()
	}
	env = slices.DeleteFunc(slices.Clone(env), func(entry string) bool { return strings.HasPrefix(entry, "AWS_") })
	return append(env, "AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull)
}

// userSettings is the file in the home folder with options for every CDK project of a user. The CLI has no option to ignore it.
const userSettings = ".cdk.json"

// withoutUserSettings returns an environment in which the CLI does not find userSettings: its home folder has links to everything
// else in the real one. Call done when the CLI has ended.
func withoutUserSettings(env []string) (changed []string, done func(), err error) {
	done = func() {}
	variable := "HOME"
	if runtime.GOOS == "windows" {
		variable = "USERPROFILE"
	}
	home := ""
	for _, entry := range env {
		if name, value, _ := strings.Cut(entry, "="); name == variable {
			home = value
		}
	}
	if home == "" {
		return env, done, nil
	}
	if _, err := os.Lstat(filepath.Join(home, userSettings)); errors.Is(err, fs.ErrNotExist) {
		return env, done, nil
	}
	folder, err := os.MkdirTemp("", "breakglass-home-")
	if err == nil {
		done = func() { _ = os.RemoveAll(folder) } // a folder of links
		err = linkAll(home, folder)
	}
	if err != nil {
		done()
		return nil, func() {}, fmt.Errorf("%s sets options for every CDK project; move it away: %w", filepath.Join(home, userSettings), err)
	}
	return append(slices.Clone(env), variable+"="+folder), done, nil
}

// linkAll links everything in a home folder but userSettings into another folder.
func linkAll(home, folder string) error {
	entries, err := os.ReadDir(home)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if entry.Name() == userSettings {
			continue
		}
		if err := os.Symlink(filepath.Join(home, entry.Name()), filepath.Join(folder, entry.Name())); err != nil {
			return err
		}
	}
	return nil
}
