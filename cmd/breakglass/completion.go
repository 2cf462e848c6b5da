package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"example.com/breakglass/config"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

// offer tells the shell what the values of flags may be, by the flag's name, on every command that has such a flag. A
// command that knows better has registered a function of its own, which stays.
func offer(root *cobra.Command, common *flags) {
	values := map[string]cobra.CompletionFunc{
		"output": fixed("text\tfor people", "json\tfor machines"),
		"region": func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return only(regionCodes())
		},
		"profile": func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return only(profileNames())
		},
		"alert":           func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) { return only(alertIDs()) },
		"account-profile": common.completeAccountProfile,
		"stack": common.fromPlan(func(p plan.Plan) (all []string) {
			for _, at := range p.Placements {
				all = append(all, at.Stack+"\t"+at.Why)
			}
			return all
		}),
		"account": common.fromPlan(accounts),
		"target":  common.fromPlan(accounts),
		"user": common.fromPlan(func(p plan.Plan) (all []string) {
			for _, u := range p.Config.Users {
				all = append(all, u.Name)
			}
			return all
		}),
	}
	for alias, name := range map[string]string{"regions": "region", "alerts": "alert", "stacks": "stack", "only": "stack", "accounts": "account", "targets": "target", "users": "user"} {
		values[alias] = values[name]
	}
	each(root, func(cmd *cobra.Command) {
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if _, known := cmd.GetFlagCompletionFunc(f.Name); known {
				return
			}
			if value, ok := values[f.Name]; ok && f.Value.Type() != "bool" {
				if f.Value.Type() == "stringSlice" {
					value = listed(value)
				}
				_ = cmd.RegisterFlagCompletionFunc(f.Name, value) // fails only for a flag that is not there
			}
		})
	})
	_ = root.MarkPersistentFlagFilename("config", "yaml", "yml")
}

// each visits a command and all below it.
func each(cmd *cobra.Command, visit func(*cobra.Command)) {
	visit(cmd)
	for _, below := range cmd.Commands() {
		each(below, visit)
	}
}

func fixed(words ...string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) { return only(words) }
}

// only the words, and no files.
func only(words []string) ([]string, cobra.ShellCompDirective) {
	return words, cobra.ShellCompDirectiveNoFileComp
}

// listed completes the last of several values with commas between them.
func listed(one cobra.CompletionFunc) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		before := begun[:strings.LastIndex(begun, ",")+1]
		words, directive := one(cmd, args, begun[len(before):])
		all := make([]string, 0, len(words))
		for _, word := range words {
			name, _, _ := strings.Cut(word, "\t")
			if !slices.Contains(strings.Split(before, ","), name) {
				all = append(all, before+word)
			}
		}
		return all, directive | cobra.ShellCompDirectiveNoSpace
	}
}

func regionCodes() (codes []string) {
	for _, r := range config.AllRegions() {
		codes = append(codes, r.Code)
	}
	return codes
}

func alertIDs() (ids []string) {
	for _, e := range slices.Concat(watch.Catalogue, watch.Observed) {
		ids = append(ids, e.ID+"\t"+e.Title)
	}
	return ids
}

// fromPlan offers something that the file knows; with a file that can't be read, nothing.
func (f *flags) fromPlan(list func(plan.Plan) []string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		c, err := f.load()
		if err != nil {
			return only(nil)
		}
		return only(list(plan.New(c)))
	}
}

func accounts(p plan.Plan) []string {
	all := []string{p.Config.Hub.Account + "\thub"}
	for _, t := range p.Config.Targets {
		if t.Account != p.Config.Hub.Account {
			all = append(all, t.Account+"\t"+t.Name)
		}
	}
	known := func(one string) bool { return strings.HasPrefix(one, p.Config.StackSetAccount()+"\t") }
	if !slices.ContainsFunc(all, known) {
		all = append(all, p.Config.StackSetAccount()+"\tmanagement account, with the stack sets")
	}
	return all
}

// completeAccountProfile offers the file's accounts, and profiles behind the equals sign.
func (f *flags) completeAccountProfile(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	var all []string
	if number, _, ok := strings.Cut(begun, "="); ok {
		for _, name := range profileNames() {
			all = append(all, number+"="+name)
		}
		return only(all)
	}
	known, directive := f.fromPlan(accounts)(cmd, args, begun)
	for _, account := range known {
		number, name, _ := strings.Cut(account, "\t")
		all = append(all, number+"=\t"+name)
	}
	return all, directive | cobra.ShellCompDirectiveNoSpace
}

// profileNames are the profiles of the AWS CLI: only their names are read out of its files.
func profileNames() []string {
	var names []string
	home, _ := os.UserHomeDir()
	for _, file := range []struct{ variable, standard string }{
		{"AWS_CONFIG_FILE", filepath.Join(home, ".aws", "config")},
		{"AWS_SHARED_CREDENTIALS_FILE", filepath.Join(home, ".aws", "credentials")},
	} {
		path := os.Getenv(file.variable)
		if path == "" {
			path = file.standard
		}
		text, _ := os.ReadFile(path)
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSpace(line)
			if !strings.HasPrefix(line, "[") || !strings.HasSuffix(line, "]") {
				continue
			}
			name := strings.TrimSpace(line[1 : len(line)-1])
			if rest, ok := strings.CutPrefix(name, "profile "); ok {
				name = strings.TrimSpace(rest)
			} else if strings.Contains(name, " ") {
				continue // sso-session and services are no profiles
			}
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
