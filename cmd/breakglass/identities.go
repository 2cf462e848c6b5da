package main

import (
	"bufio"
	"context"
	"fmt"

	"filippo.io/age"
	"filippo.io/age/plugin"
	"github.com/spf13/cobra"

	"example.com/breakglass/internal/ask"
	"example.com/breakglass/internal/file"
	"example.com/breakglass/internal/screen"
	"example.com/breakglass/operate/seal"
)

// identities reads the holders' identities: files of age-keygen, or of a plugin such as that of a YubiKey. A file that is encrypted
// with a passphrase, and a plugin that wants a PIN, ask at the terminal.
func identities(ctx context.Context, cmd *cobra.Command, out *screen.Screen, paths []string) ([]age.Identity, error) {
	var all []age.Identity
	for _, path := range paths {
		content, err := file.Read(path, seal.MostIdentities)
		if err != nil {
			return nil, err
		}
		var passphrase func() (*seal.Secret, error)
		if ask.Possible(cmd.InOrStdin(), cmd.ErrOrStderr()) {
			passphrase = func() (*seal.Secret, error) {
				typed, err := line(ctx, cmd, bufio.NewReader(cmd.InOrStdin()), "Passphrase of "+path, true, nil)
				return seal.NewSecret([]byte(typed)), err
			}
		}
		some, err := seal.Identities(content, passphrase, pluginUI(out))
		clear(content)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		all = append(all, some...)
	}
	return all, nil
}

// pluginUI shows what the plugins of age say, and asks at the terminal what they ask.
func pluginUI(out *screen.Screen) *plugin.ClientUI {
	return plugin.NewTerminalUI(
		func(format string, args ...any) { out.Warn(format, args...) },
		func(format string, args ...any) { out.Warn("warning: "+format, args...) },
	)
}

// identityFlag is the flag with the files of identities.
func identityFlag(cmd *cobra.Command, paths *[]string) {
	cmd.Flags().StringArrayVarP(paths, "identity", "i", nil,
		"`file` with an identity of a holder, as age-keygen or a plugin wrote it; repeat the flag for several")
}
