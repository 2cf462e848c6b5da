package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"example.com/breakglass/config"
)

// asWritten are the kinds of flags whose values may have any character: paths, and what people write for people.
var asWritten = []string{"file", "folder", "pack", "text", "FIELD=TEXT", "ITEM=REASON", "REGION=REASON"}

// meant refuses values that nobody meant. An empty one is what a script passes for a variable that is not set: no evidence would be
// written, or everything be deployed, and nobody would notice. A character that nobody sees, or that passes for another one, comes with
// a paste, and AWS knows nothing by such a name.
func meant(cmd *cobra.Command, args []string) error {
	if cmd.DisableFlagParsing {
		return nil // a shell asks for completions of what is not written yet
	}
	var all []error
	cmd.Flags().Visit(func(f *pflag.Flag) {
		kind, _ := pflag.UnquoteUsage(f)
		values := []string{f.Value.String()}
		if several, ok := f.Value.(pflag.SliceValue); ok {
			if values = several.GetSlice(); len(values) == 0 {
				values = []string{""}
			}
		}
		for _, value := range values {
			why := spoiled(value, kind)
			switch {
			case value == "" && (kind == "file" || kind == "folder"):
				why = "empty; name a " + kind
			case value == "":
				why = "empty; give it a value, or leave the flag out"
			}
			if why != "" && f.Name != "config" {
				all = append(all, fmt.Errorf("invalid --%s %q: %s", f.Name, value, why))
			}
		}
	})
	if at := cmd.ArgsLenAtDash(); at >= 0 {
		args = args[:at]
	}
	kind := "name"
	if strings.Contains(cmd.Use, "FILE") {
		kind = "file"
	}
	for _, arg := range args {
		if why := spoiled(arg, kind); why != "" {
			all = append(all, fmt.Errorf("invalid argument %q: %s", arg, why))
		} else if arg == "" {
			all = append(all, errors.New(`invalid argument "": empty`))
		}
	}
	return errors.Join(all...)
}

// spoiled returns the character in a value that nobody meant; empty if there is none, or if values of that kind may have any.
func spoiled(value, kind string) string {
	if what := config.Unmeant(value); what != "" && !slices.Contains(asWritten, kind) {
		return what + "; type it again"
	}
	return ""
}
