package main

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/dustin/go-humanize/english"
	"github.com/spf13/cobra"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/file"
	"example.com/breakglass/internal/screen"
	"example.com/breakglass/internal/shell"
	"example.com/breakglass/operate/cost"
	"example.com/breakglass/operate/diagram"
	"example.com/breakglass/plan"
)

func planCommand(common *flags) *cobra.Command {
	var show planFlags
	cmd := &cobra.Command{
		Use:   "plan",
		Short: "Print what will be deployed where, in order, with the purpose of each stack and the monthly cost",
		Long: `Print what will be deployed where, in order, with the purpose of each stack and the monthly cost.

It reads only the file and needs no credentials. Of many role and observer stacks it prints the first 20; --all prints all of
them, and --output json always has them all. With a pipeline, the column STAGE shows which stage deploys a stack.`,
		Example: `  breakglass plan
  breakglass plan --config breakglass.yaml --output json
  breakglass plan --diagram deployment.svg`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			out, err := common.screen(cmd)
			if err != nil {
				return err
			}
			if out.JSON && show.diagram == standardOutput {
				return errors.New("--diagram - and --output json both write to standard output; write the diagram to a file")
			}
			c, err := common.load()
			if err != nil {
				return err
			}
			profiles, err := common.accountProfiles()
			if err != nil {
				return err
			}
			p := plan.Of(c)
			p.Notes = p.NotesFor(profiles)
			if show.diagram != standardOutput {
				if err := file.CheckEach(common.file, show.diagram); err != nil {
					return err
				}
			}
			switch show.diagram {
			case "":
			case standardOutput:
				_, err := fmt.Fprint(cmd.OutOrStdout(), diagram.SVG(p))
				return err
			default:
				if err := file.Write(show.diagram, []byte(diagram.SVG(p))); err != nil {
					return err
				}
			}
			if out.JSON {
				return out.Value(planned(p, common.bootstrap(p, profiles)))
			}
			show.print(out, p, common.bootstrap(p, profiles))
			return nil
		},
	}
	cmd.Flags().BoolVar(&show.all, "all", false, "print every role and observer stack")
	cmd.Flags().StringVar(&show.diagram, "diagram", "", "write a diagram of the deployment to this SVG `file`; - writes only the diagram, to standard output")
	return cmd
}

// standardOutput is the file name that means standard output.
const standardOutput = "-"

// planFlags select what plan prints.
type planFlags struct {
	all     bool
	diagram string
}

// plannedValue is what plan prints for machines.
type plannedValue struct {
	Placements []plan.Placement `json:"placements"`
	Rights     []plan.Grant     `json:"rights"`
	Cost       costValue        `json:"cost"`
	Notes      []string         `json:"notes"`
	// Units and Stages are omitted where the file has none.
	Units  []unitValue  `json:"units,omitempty"`
	Stages []stageValue `json:"stages,omitempty"`
	// Bootstrap has the commands that deploy.access: bootstrap needs to have been run, each with its account's own credentials.
	Bootstrap []string `json:"bootstrap,omitempty"`
}

// unitValue is an organizational unit; its accounts are known only when it is deployed.
type unitValue struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// stageValue is a stage of the pipeline, in their order.
type stageValue struct {
	Name string `json:"name"`
	// Approval reports whether the stage waits for an approval.
	Approval bool `json:"approval"`
	Stacks   int  `json:"stacks"`
}

// costValue is an estimate for machines, in USD a month.
type costValue struct {
	PricesOf string      `json:"pricesOf"`
	Currency string      `json:"currency"`
	Lines    []lineValue `json:"lines"`
	Total    float64     `json:"total"`
}

type lineValue struct {
	Item     string  `json:"item"`
	Quantity float64 `json:"quantity"`
	Unit     string  `json:"unit"`
	Price    float64 `json:"price"`
	Total    float64 `json:"total"`
	Note     string  `json:"note"`
}

func planned(p plan.Plan, bootstrap []string) plannedValue {
	value := plannedValue{Placements: p.Placements, Rights: p.Grants(), Notes: append([]string{}, p.Notes...), Stages: stagesOf(p), Bootstrap: bootstrap}
	for _, u := range p.Config.Units {
		value.Units = append(value.Units, unitValue{u.OrganizationalUnit, u.Name})
	}
	estimate := cost.Estimate(p)
	value.Cost = costValue{PricesOf: cost.PricesOf, Currency: "USD", Total: cents(cost.Total(estimate))}
	for _, l := range estimate {
		value.Cost.Lines = append(value.Cost.Lines, lineValue{l.Price.Item, l.Quantity, l.Price.Unit, l.Price.USD, cents(l.USD), l.Price.Note})
	}
	return value
}

func cents(usd float64) float64 { return math.Round(usd*100) / 100 }

// stagesOf returns the stages of the pipeline; none without one.
func stagesOf(p plan.Plan) []stageValue {
	approvals := map[string]bool{config.HubStage: p.Config.Pipeline.Approval}
	for _, w := range p.Config.Pipeline.Waves {
		approvals[w.Name] = w.Approval
	}
	stacks := map[string]int{}
	for _, at := range p.Placements {
		stacks[at.Stage]++
	}
	var stages []stageValue
	for _, name := range p.Stages() {
		stages = append(stages, stageValue{name, approvals[name], stacks[name]})
	}
	return stages
}

// eachShown is how many role stacks, and how many observer stacks, are printed without --all.
const eachShown = 20

func (show planFlags) print(out *screen.Screen, p plan.Plan, bootstrap []string) {
	var rows []plan.Placement
	regions, accounts, of := map[string]bool{}, map[string]bool{}, map[plan.Kind]int{}
	for _, at := range p.Placements {
		regions[at.Region], accounts[at.Account] = true, true
		of[at.Kind]++
		if (at.Kind == plan.Role || at.Kind == plan.TargetObserver) && of[at.Kind] > eachShown && !show.all {
			continue
		}
		rows = append(rows, at)
	}
	printStacks(out, rows)
	if len(rows) < len(p.Placements) {
		var more []string
		for _, kind := range []plan.Kind{plan.Role, plan.TargetObserver} {
			if n := of[kind] - eachShown; n > 0 {
				more = append(more, count(n, "more "+string(kind)+" stack"))
			}
		}
		out.Line("… and %s; --all shows them", strings.Join(more, ", "))
	}
	out.Line("\n%s in %s and %s; %s watched", count(len(p.Placements), "stack"), count(len(regions), "Region"),
		count(len(accounts), "account"), count(len(p.Config.Regions), "Region"))
	if units := p.Config.Units; len(units) > 0 {
		var named []string
		for _, u := range units {
			named = append(named, unitName(u))
		}
		out.Line("and, through stack sets, every account in %s", strings.Join(named, ", "))
	}
	printStages(out, p)
	var users []string
	for _, u := range p.Config.Users {
		users = append(users, u.Name)
	}
	a := p.Config.Alerts
	out.Line("users: %s", strings.Join(users, ", "))
	out.Line("alerts go to: %s\n", strings.Join(slices.Concat(a.Email, a.HTTPS, a.SMS, a.SQS), ", "))
	show.printRights(out, p.Grants())
	printCost(out, p)
	if len(bootstrap) > 0 {
		show.printBootstrap(out, bootstrap)
	}
	if len(p.Notes) > 0 {
		out.Line("")
	}
	for _, note := range p.Notes {
		out.Note("%s", note)
	}
	if show.diagram != "" {
		out.Line("\ndiagram: %s", show.diagram)
	}
}

// unitName returns the name of a unit for people.
func unitName(u config.Target) string {
	if u.Name == u.OrganizationalUnit {
		return u.Name
	}
	return fmt.Sprintf("%s (%s)", u.Name, u.OrganizationalUnit)
}

// printStages prints what the pipeline deploys, one stage after another.
func printStages(out *screen.Screen, p plan.Plan) {
	var steps []string
	for _, s := range stagesOf(p) {
		if s.Approval {
			steps = append(steps, "approval")
		}
		steps = append(steps, fmt.Sprintf("%s (%s)", s.Name, count(s.Stacks, "stack")))
	}
	if len(steps) > 0 {
		out.Line("pipeline: %s; manually, with breakglass deploy: %s", strings.Join(steps, ", then "), count(len(p.ByHand()), "stack"))
	}
}

// bootstrap returns the commands that deploy.access: bootstrap needs to have been run; none for another access.
func (f *flags) bootstrap(p plan.Plan, profiles map[string]string) []string {
	if p.Config.Deploy.Access != config.AccessBootstrap {
		return nil
	}
	return p.BootstrapCommands(f.sameFile(), func(account string) string {
		if profiles[account] == "" {
			return ""
		}
		return " " + shell.Quote("--profile", profiles[account])
	})
}

// printBootstrap prints the commands to run before anything can be deployed through the roles of the bootstrap.
func (show planFlags) printBootstrap(out *screen.Screen, commands []string) {
	out.Line("\nbootstrap commands, to run once, each with its account's own credentials (they replace an earlier bootstrap of the account):")
	shown := commands
	if !show.all {
		shown = commands[:min(len(commands), eachShown)]
	}
	for _, command := range shown {
		out.Line("  %s", command)
	}
	if more := len(commands) - len(shown); more > 0 {
		out.Line("… and %s; --all shows them", count(more, "more command"))
	}
}

// printStacks prints a table of stacks, with the stage if a pipeline deploys any of them.
func printStacks(out *screen.Screen, stacks []plan.Placement) {
	head := []string{"STACK", "ACCOUNT", "REGION", "WHY"}
	staged := slices.ContainsFunc(stacks, func(at plan.Placement) bool { return at.Stage != "" })
	if staged {
		head = []string{"STACK", "ACCOUNT", "REGION", "STAGE", "WHY"}
	}
	var rows [][]string
	for _, at := range stacks {
		row := []string{at.Stack, at.Account, at.Region, at.Why}
		if staged {
			stage := at.Stage
			if stage == "" {
				stage = "manual"
			}
			row = []string{at.Stack, at.Account, at.Region, stage, at.Why}
		}
		rows = append(rows, row)
	}
	out.Table(head, rows)
}

func printCost(out *screen.Screen, p plan.Plan) {
	estimate := cost.Estimate(p)
	var rows [][]string
	for _, l := range estimate {
		if l.Quantity > 0 {
			rows = append(rows, []string{l.Price.Item, quantity(l.Quantity), l.Price.Unit, fmt.Sprintf("%6.2f", l.USD)})
		}
	}
	rows = append(rows, []string{"total", "", "", fmt.Sprintf("%6.2f", cost.Total(estimate))})
	out.Table([]string{"MONTHLY COST", "NUMBER", "UNIT", "   USD"}, rows)
	out.Prose("list prices of %s in us-east-1, before tax, for a month without sign-ins", cost.PricesOf)
}

func quantity(n float64) string {
	if n == float64(int(n)) {
		return fmt.Sprint(int(n))
	}
	return fmt.Sprintf("%.2f", n)
}

func count(n int, thing string) string {
	return english.Plural(n, thing, "")
}
