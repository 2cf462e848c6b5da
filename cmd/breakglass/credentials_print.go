package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"example.com/breakglass/internal/file"
	"example.com/breakglass/operate/credentials"
	"example.com/breakglass/operate/seal"
)

// pageFlag is the file of a page.
func pageFlag(cmd *cobra.Command, path *string) {
	cmd.Flags().StringVar(path, "html", "", "write the page to this `file`")
}

// errNoPage is the error of a command that only makes a page.
var errNoPage = errors.New("no file to write the page to; pass --html FILE")

func credentialsScriptCommand(common *flags) *cobra.Command {
	var path string
	var rotation bool
	cmd := &cobra.Command{
		Use:   "script USER",
		Short: "Write the script of the ceremony in which a user gets credentials (offline)",
		Long: `Write a page to print: the script of a ceremony in which two teams, an operator and a witness give a user credentials, or replace them.

It has the roles, the fingerprints of the recipients to compare, each step with its command and room for time and initials, the numbers
of the tamper-evident bags, and the record to sign. It reads only breakglass.yaml.`,
		Example: `  breakglass credentials script BreakglassUser --html ceremony.html
  breakglass credentials script BreakglassUser --rotate --html ceremony.html`,
		Args:              aUser,
		ValidArgsFunction: common.completeUser,
		RunE: func(cmd *cobra.Command, args []string) error {
			out, err := common.screen(cmd)
			if err != nil {
				return err
			}
			c, err := common.load()
			if err != nil {
				return err
			}
			if path == "" {
				return errNoPage
			}
			if err := file.CheckEach(common.file, path); err != nil {
				return err
			}
			ceremony, err := credentials.NewCeremony(c, args[0], rotation, time.Now())
			if err != nil {
				return err
			}
			content, err := ceremony.Page()
			if err != nil {
				return err
			}
			if err := file.Write(path, content); err != nil {
				return err
			}
			out.WarnProse("written: %s", path)
			return out.Value(ceremony)
		},
	}
	pageFlag(cmd, &path)
	cmd.Flags().BoolVar(&rotation, "rotate", false, "the script for replacing what the user has")
	return cmd
}

func credentialsPaperCommand(common *flags) *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:   "paper FILE",
		Short: "Write a sealed file as a page to print, with its QR code (offline)",
		Long: `Write a page to print with a whole sealed file, as a QR code and as text. The secret on it is as sealed as in the file.

A file that is sealed to more than three holders (a password: four, if the names are short), or to a post-quantum recipient, is too
large for a QR code that is read reliably. A file of a run that was cut off is refused.`,
		Example: `  breakglass credentials paper BreakglassUser-password-….sealed --html password.html`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("paper takes one sealed file; breakglass credentials paper --help shows an example")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			out, err := common.screen(cmd)
			if err != nil {
				return err
			}
			f, err := seal.Read(args[0])
			if err != nil {
				return err
			}
			if path == "" {
				return errNoPage
			}
			if err := file.CheckEach(args[0], path); err != nil {
				return err
			}
			if err := seal.Settled(args[0]); err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			content, err := credentials.Paper(f)
			if err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			if err := file.Write(path, content); err != nil {
				return err
			}
			out.WarnProse("written: %s", path)
			return out.Value(f.Header)
		},
	}
	pageFlag(cmd, &path)
	return cmd
}
