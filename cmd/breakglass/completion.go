package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

// offer registers the completion of flag values, by the flag's name, on every command that has such a flag. A function that a
// command has registered itself stays.
func offer(root *cobra.Command, common *flags) {
	values := map[string]cobra.CompletionFunc{
		"output": fixed("text\tfor people", "json\tfor scripts"),
		"region": func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return only(regionCodes())
		},
		"profile": func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return only(account.Profiles())
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
	for alias, name := range map[string]string{
		"regions": "region", "alerts": "alert", "stacks": "stack", "only": "stack", "accounts": "account", "targets": "target", "users": "user",
	} {
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
				_ = cmd.RegisterFlagCompletionFunc(f.Name, value) // fails only for a flag that does not exist
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

// only completes with these words, and not with files.
func only(words []string) ([]string, cobra.ShellCompDirective) {
	return words, cobra.ShellCompDirectiveNoFileComp
}

// listed completes the last of several values that are separated by commas.
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

// fromPlan completes with values from the plan; with none if the file cannot be read.
func (f *flags) fromPlan(list func(plan.Plan) []string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		c, err := f.load()
		if err != nil {
			return only(nil)
		}
		return only(list(plan.Of(c)))
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
		all = append(all, p.Config.StackSetAccount()+"\tmanagement account, owner of the stack sets")
	}
	return all
}

// completeAccountProfile completes with the file's accounts, and with profiles after the equals sign.
func (f *flags) completeAccountProfile(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	var all []string
	if number, _, ok := strings.Cut(begun, "="); ok {
		for _, name := range account.Profiles() {
			all = append(all, number+"="+name)
		}
		return only(all)
	}
	known, directive := f.fromPlan(accounts)(cmd, args, begun)
	for _, one := range known {
		number, name, _ := strings.Cut(one, "\t")
		all = append(all, number+"=\t"+name)
	}
	return all, directive | cobra.ShellCompDirectiveNoSpace
}
