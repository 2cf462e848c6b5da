// Package localtest sets up the local AWS and the app's templates for a test of a command. Like all proof it may import
// everything; only tests import it.
package localtest

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/breakglass/internal/cdkcli"
	"example.com/breakglass/operate/deploy"
	"example.com/breakglass/prove/emulator"
)

// Start installs what the local AWS and the CDK CLI need into the project's folder, and starts a local AWS. It is stopped at
// the end of the test.
func Start(t testing.TB, root string) *emulator.Server {
	t.Helper()
	progress := func(line string) { t.Log(line) }
	if err := errors.Join(cdkcli.Install(t.Context(), root, progress), emulator.Install(t.Context(), root, progress)); err != nil {
		t.Fatal(err)
	}
	server, err := emulator.Start(t.Context(), emulator.Options{Root: root})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	return server
}

// As makes the test, and the programs that it runs, use a local AWS as an account.
func As(t testing.TB, server *emulator.Server, account, region string) {
	t.Helper()
	for _, entry := range server.Env(account, region) {
		name, value, _ := strings.Cut(entry, "=")
		t.Setenv(name, value)
	}
}

// App writes a configuration into a folder of its own, and makes its templates.
func App(t testing.TB, root, config string) (file, assembly string) {
	t.Helper()
	// The CDK's own validator has its place in the judges, and takes four seconds here.
	t.Setenv("CDK_VALIDATION", "false")
	t.Setenv("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")
	if err := cdkcli.Install(t.Context(), root, func(line string) { t.Log(line) }); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	file, assembly = filepath.Join(folder, "breakglass.yaml"), filepath.Join(folder, "cdk.out")
	if err := os.WriteFile(file, []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := deploy.Synth(t.Context(), root, file, assembly, ""); err != nil {
		t.Fatal(err)
	}
	return file, assembly
}
