package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"example.com/breakglass/internal/reviewed"
)

// TestDocs compares docs/cli with the commands: a page for each, and one manual page for all.
func TestDocs(t *testing.T) {
	const folder = "../../docs/cli"
	want := pages()
	found, err := filepath.Glob(folder + "/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range found {
		if _, ok := want[filepath.Base(path)]; ok {
			continue
		}
		if !reviewed.Updating() {
			t.Errorf("%s is of no command; go test ./cmd/breakglass -run TestDocs -update removes it", path)
		} else if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		reviewed.File(t, filepath.Join(folder, name), want[name])
	}
}

// pages returns the files of docs/cli. Help and completion come with the library and explain themselves.
func pages() map[string]string {
	root := newRoot()
	all := map[string]string{"breakglass.1": manual(root)}
	each(root, func(cmd *cobra.Command) {
		if documented(cmd) {
			all[pageOf(cmd)] = textOf(cmd)
		}
	})
	return all
}

// documented reports whether a command has a page.
func documented(cmd *cobra.Command) bool {
	for ; cmd.HasParent(); cmd = cmd.Parent() {
		if !cmd.IsAvailableCommand() || cmd.Name() == "help" || cmd.Name() == "completion" {
			return false
		}
	}
	return true
}

func pageOf(cmd *cobra.Command) string {
	return strings.ReplaceAll(cmd.CommandPath(), " ", "_") + ".md"
}

func textOf(cmd *cobra.Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n", cmd.CommandPath())
	if !cmd.HasParent() {
		b.WriteString("*For operators: every command and flag. [Deploy](../deploy.md) says in which order to use them.*\n\n")
	}
	fmt.Fprintf(&b, "%s\n", prose(longOf(cmd)))
	if cmd.Runnable() {
		fmt.Fprintf(&b, "\n```text\n%s\n```\n", cmd.UseLine())
	}
	if cmd.Example != "" {
		fmt.Fprintf(&b, "\n## Examples\n\n```sh\n%s\n```\n", unindented(cmd.Example))
	}
	var below []string
	for _, next := range cmd.Commands() {
		if documented(next) {
			below = append(below, fmt.Sprintf("| [%s](%s) | %s |\n", next.CommandPath(), pageOf(next), cell(next.Short)))
		}
	}
	if len(below) > 0 {
		b.WriteString("\n## Commands\n\n| Command | What it does |\n|---|---|\n" + strings.Join(below, ""))
	}
	if !cmd.HasParent() {
		flagTable(&b, "Flags of every command", own(cmd))
		return b.String()
	}
	flagTable(&b, "Flags", own(cmd))
	fmt.Fprintf(&b, "\nSee also [%s](%s), and the [flags of every command](%s#flags-of-every-command).\n",
		cmd.Parent().CommandPath(), pageOf(cmd.Parent()), pageOf(cmd.Root()))
	return b.String()
}

func longOf(cmd *cobra.Command) string {
	if cmd.Long == "" {
		return cmd.Short + "."
	}
	return strings.TrimSpace(cmd.Long)
}

// own returns the flags of a command itself, without those that cobra adds.
func own(cmd *cobra.Command) *pflag.FlagSet {
	set := pflag.NewFlagSet(cmd.Name(), pflag.ContinueOnError)
	cmd.NonInheritedFlags().VisitAll(func(f *pflag.Flag) {
		if f.Name != "help" && f.Name != "version" {
			set.AddFlag(f)
		}
	})
	return set
}

func flagTable(b *strings.Builder, title string, set *pflag.FlagSet) {
	if !set.HasAvailableFlags() {
		return
	}
	fmt.Fprintf(b, "\n## %s\n\n| Flag | Default | Meaning |\n|---|---|---|\n", title)
	set.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		name, usage := spelled(f)
		byDefault := defaultOf(f)
		if byDefault != "" {
			byDefault = "`" + byDefault + "`"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", name, byDefault, cell(usage))
	})
}

// spelled returns a flag as it is typed, with the kind of its value, and its usage.
func spelled(f *pflag.Flag) (name, usage string) {
	kind, usage := pflag.UnquoteUsage(f)
	name = "--" + f.Name
	if f.Shorthand != "" {
		name = "-" + f.Shorthand + ", " + name
	}
	switch {
	case kind == "":
	case f.NoOptDefVal != "":
		name += "[=" + kind + "]"
	default:
		name += " " + kind
	}
	return name, usage
}

func defaultOf(f *pflag.Flag) string {
	if slices.Contains([]string{"", "false", "0", "0s", "[]"}, f.DefValue) {
		return ""
	}
	return f.DefValue
}

func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;", "\n", " ").Replace(text)
}

// prose keeps paragraphs, and leaves indented lines unchanged.
func prose(text string) string {
	var parts []string
	for _, part := range strings.Split(text, "\n\n") {
		if strings.Contains("\n"+part, "\n ") || strings.Contains("\n"+part, "\n\t") {
			part = "```text\n" + unindented(part) + "\n```"
		} else {
			part = strings.ReplaceAll(strings.TrimSpace(part), "<", "&lt;")
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "\n\n")
}

func unindented(text string) string {
	lines := strings.Split(strings.Trim(text, "\n"), "\n")
	least := 99
	for _, line := range lines {
		if strings.TrimSpace(line) != "" {
			least = min(least, len(line)-len(strings.TrimLeft(line, " \t")))
		}
	}
	for i, line := range lines {
		lines[i] = strings.TrimRight(line[min(least, len(line)):], " ")
	}
	return strings.Join(lines, "\n")
}

// manual returns the manual page, in roff.
func manual(root *cobra.Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, ".TH BREAKGLASS 1 \"\" \"breakglass\" \"User Commands\"\n.SH NAME\nbreakglass \\- %s\n", roff(root.Short))
	b.WriteString(".SH SYNOPSIS\n.B breakglass\n.I command\n[\\fIflags\\fR]\n.SH DESCRIPTION\n")
	manualText(&b, longOf(root))
	b.WriteString(".SH COMMANDS\n")
	each(root, func(cmd *cobra.Command) {
		if !documented(cmd) || !cmd.HasParent() {
			return
		}
		fmt.Fprintf(&b, ".SS %s\n", roff(cmd.UseLine()))
		manualText(&b, longOf(cmd))
		manualFlags(&b, own(cmd))
		if cmd.Example != "" {
			fmt.Fprintf(&b, ".PP\n.nf\n.RS\n%s\n.RE\n.fi\n", roff(unindented(cmd.Example)))
		}
	})
	b.WriteString(".SH FLAGS OF EVERY COMMAND\n")
	manualFlags(&b, root.PersistentFlags())
	return b.String()
}

func manualText(b *strings.Builder, text string) {
	for i, part := range strings.Split(text, "\n\n") {
		if i > 0 {
			b.WriteString(".PP\n")
		}
		if strings.Contains("\n"+part, "\n ") || strings.Contains("\n"+part, "\n\t") {
			fmt.Fprintf(b, ".nf\n.RS\n%s\n.RE\n.fi\n", roff(unindented(part)))
			continue
		}
		b.WriteString(roff(strings.TrimSpace(part)) + "\n")
	}
}

func manualFlags(b *strings.Builder, set *pflag.FlagSet) {
	set.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		name, usage := spelled(f)
		if byDefault := defaultOf(f); byDefault != "" {
			usage += " (default: " + byDefault + ")"
		}
		fmt.Fprintf(b, ".TP\n.B %s\n%s\n", roff(name), roff(usage))
	})
}

// roff keeps man from taking a text for its own commands.
func roff(text string) string {
	lines := strings.Split(strings.ReplaceAll(strings.ReplaceAll(text, `\`, `\e`), "-", `\-`), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}
