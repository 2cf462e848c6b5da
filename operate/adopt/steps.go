package adopt

import (
	"fmt"
	"slices"
	"strings"

	"example.com/breakglass/internal/shell"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
)

// Step is one step to the plan, with the commands to run, in order.
type Step struct {
	Title string `json:"title"`
	// Note is what to know about it.
	Note     string   `json:"note,omitempty"`
	Commands []string `json:"commands"`
}

// Caller is how the commands of the steps are called.
type Caller struct {
	// Folder that Write has written.
	Folder string
	// Breakglass are the flags that this run was given: " --profile hub".
	Breakglass string
	// Profile of the AWS CLI for an account; empty means the credentials of the environment.
	Profile func(account string) string
	// Through is set where stacks are deployed through a role: the profile is then not one of the account.
	Through bool
	// Own is the profile of an account itself; empty where none is known.
	Own func(account string) string
	// AllStages is set where a pipeline deploys the stacks later on.
	AllStages bool
}

// Steps returns the way from what was found to the plan, in an order that keeps access and alerts working.
func Steps(stacks []Stack, of []plan.Placement, call Caller) []Step {
	kinds := map[string]plan.Kind{}
	for _, at := range of {
		kinds[at.Stack] = at.Kind
	}
	var hub, forwarders, roles, rest []Stack
	for _, s := range stacks {
		switch kind := kinds[s.Stack]; {
		case len(s.Import) == 0:
		case kind == plan.Forwarder:
			forwarders = append(forwarders, s)
		case kind == plan.Role:
			roles = append(roles, s)
		case kind == plan.Hub:
			hub = append(hub, s)
		default:
			rest = append(rest, s)
		}
	}
	var steps []Step
	add := func(title, note string, commands ...string) {
		steps = append(steps, Step{Title: title, Note: note, Commands: commands})
	}
	group := func(stacks []Stack, title, note, only string) {
		if len(stacks) > 0 {
			add(title, note, append(call.imports(stacks), call.deploy(only))...)
		}
	}
	group(hub, "The hub",
		"From here on, the users also get their permissions through the group, and need MFA. The rules start the composer, which is deployed with the hub and sends the alerts. The old targets of the rules stay, but the topic and its key no longer let EventBridge in: remove them below.", stackNames(hub))
	for i := range rest {
		group(rest[i:i+1], rest[i].Stack, "", rest[i].Stack)
	}
	group(forwarders, "Every other Region", "Its rules keep forwarding while they are changed.", names.ForwarderStack+"*")
	if len(roles) > 0 {
		group(roles[:1], "The first target account",
			"From here on, the role trusts only the users, with MFA. Sign in, switch to the role, and wait for the alert before you continue with the others.",
			roles[0].Stack)
		group(roles[1:], "The other target accounts", "", names.RoleStack+"*")
	}
	if len(steps) > 0 {
		add("Everything else, and the proof", "check lists what differs from the file, including what is removed by hand below.",
			call.deploy(""), "breakglass check"+call.Breakglass, "breakglass drill"+call.Breakglass)
	}
	if left := call.leftovers(stacks); len(left) > 0 {
		add("What is left, by hand",
			"Only after the proof, and after the old tool no longer manages these resources (terraform state rm, never destroy). Nothing needs them any more.", left...)
	}
	return steps
}

func stackNames(stacks []Stack) string {
	var all []string
	for _, s := range stacks {
		all = append(all, s.Stack)
	}
	return strings.Join(all, " ")
}

// imports returns the commands that import stacks: a loop for each profile.
func (c Caller) imports(stacks []Stack) []string {
	var profiles []string
	by := map[string][]Stack{}
	for _, s := range stacks {
		profile := c.profile(s.Account)
		if by[profile] == nil {
			profiles = append(profiles, profile)
		}
		by[profile] = append(by[profile], s)
	}
	var commands []string
	for _, profile := range profiles {
		if some := by[profile]; len(some) == 1 {
			commands = append(commands, c.imported(some[0].Stack, profile))
		} else {
			commands = append(commands, "for stack in "+stackNames(some)+"; do "+c.imported("$stack", profile)+" || break; done")
		}
	}
	return commands
}

// imported returns the command for one import. Without --force the CDK CLI would ask about the stack's other resources, which
// it leaves unchanged.
func (c Caller) imported(stack, profile string) string {
	folder := shell.Quote(c.Folder)
	return fmt.Sprintf("npx cdk import %s --app %s --resource-mapping %s/%s --force%s", stack, folder, folder, Mapping(stack), profile)
}

func (c Caller) profile(account string) string {
	if p := c.Profile(account); p != "" {
		return " " + shell.Quote("--profile", p)
	}
	return ""
}

// own returns the end of an AWS CLI command for an account.
func (c Caller) own(account string) string {
	if !c.Through {
		return c.profile(account)
	}
	if p := c.Own(account); p != "" {
		return " " + shell.Quote("--profile", p)
	}
	return " --profile <" + account + ">"
}

func (c Caller) deploy(only string) string {
	command := "breakglass deploy"
	if only != "" {
		command += " --only " + only
		if strings.Contains(only, "*") {
			command = "breakglass deploy --only '" + only + "'"
		}
	}
	if c.AllStages {
		command += " --all-stages"
	}
	return command + c.Breakglass
}

// leftovers returns the commands that remove what is left. The same one in many Regions is a loop.
func (c Caller) leftovers(stacks []Stack) []string {
	var order []string
	regions := map[string][]string{}
	for _, s := range stacks {
		for _, l := range s.ByHand {
			command := l.Command + c.own(l.Account)
			if _, ok := regions[command]; !ok {
				order = append(order, command)
				regions[command] = nil
			}
			if l.Region != "" && !slices.Contains(regions[command], l.Region) {
				regions[command] = append(regions[command], l.Region)
			}
		}
	}
	var commands []string
	for _, command := range order {
		switch in := regions[command]; len(in) {
		case 0:
			commands = append(commands, command)
		case 1:
			commands = append(commands, command+" --region "+in[0])
		default:
			commands = append(commands, "for region in "+strings.Join(in, " ")+"; do "+command+" --region $region; done")
		}
	}
	return commands
}
