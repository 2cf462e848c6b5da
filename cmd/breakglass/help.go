package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// aCommand checks the arguments of a command that has others below it: the first one would be one that does not exist.
func aCommand(parent *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return unknownCommand(parent, args[0])
}

func unknownCommand(parent *cobra.Command, name string) error {
	hint := ""
	if alike := parent.SuggestionsFor(name); len(alike) > 0 {
		hint = "did you mean " + strings.Join(alike, " or ") + "? "
	}
	return fmt.Errorf("unknown command %q; %s%s --help lists the commands", name, hint, parent.CommandPath())
}

// noArguments checks that a command gets flags only.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return fmt.Errorf("unexpected argument %q; %s takes flags only, and %[2]s --help lists them", args[0], cmd.CommandPath())
}

// helpCommand returns cobra's help command, changed in one way: a command that does not exist is an error.
func helpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [command]",
		Short: "Print the help of a command",
		Example: `  breakglass help
  breakglass help drill`,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var names []string
			for _, cmd := range root.Commands() {
				if cmd.IsAvailableCommand() {
					names = append(names, cmd.Name()+"\t"+cmd.Short)
				}
			}
			return only(names)
		},
		RunE: func(_ *cobra.Command, args []string) error {
			at := root
			for _, name := range args {
				if !at.HasSubCommands() {
					return fmt.Errorf("unexpected argument %q; %s has no commands below it", name, at.CommandPath())
				}
				next, _, err := at.Find([]string{name})
				if err != nil || next == at {
					return unknownCommand(at, name)
				}
				at = next
			}
			at.InitDefaultHelpFlag()
			at.InitDefaultVersionFlag()
			return at.Help()
		},
	}
}
