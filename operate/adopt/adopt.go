// Package adopt takes over existing resources that have the names of the plan: a deployment of the published reference solution,
// or roles created by hand. It reads AWS and writes a folder for cdk import; it changes nothing on AWS. Like every package below
// operate, it may import the plan, what the plan is made from, and internal packages, but neither the CDK nor a screen.
//
// CloudFormation trusts the template of an import, and compares the next template with it rather than with the resource. So the
// folder's templates describe each resource as it is now: the next deployment then has a difference to apply. They leave out what
// the deployment must not remove (a rule's old target, a policy attached to a user): that stays until somebody removes it by
// hand, once the new alerting works.
package adopt

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/fan"
	"example.com/breakglass/place"
	"example.com/breakglass/plan"
)

// Stack is what there is to adopt for one stack of the plan.
type Stack struct {
	Stack   string `json:"stack"`
	Account string `json:"account"`
	Region  string `json:"region"`
	// Import are the resources that exist and are in none of the plan's stacks yet.
	Import []Resource `json:"import"`
	// Here lists those that exist and are in the plan's stack already.
	Here []Resource `json:"here"`
	// Made has the types of the resources that the deployment creates, with their number.
	Made map[string]int `json:"made"`
	// InTheWay lists what has to be fixed first.
	InTheWay []Trouble `json:"inTheWay"`
	// ByHand lists what to remove by hand, after everything is deployed and checked.
	ByHand []Leftover `json:"byHand"`
	Notes  []string   `json:"notes"`
	// Unknown is the reason why AWS could not be asked; the fields above are empty then.
	Unknown string `json:"unknown,omitempty"`

	template Template
	path     string
}

// Resource is one that exists under the name that the plan has for it.
type Resource struct {
	LogicalID string `json:"logicalId"`
	Type      string `json:"type"`
	Name      string `json:"name"`
	// Identifier is what CloudFormation knows it by.
	Identifier map[string]string `json:"identifier"`
	// Changes are the properties that the deployment after the import sets.
	Changes []string `json:"changes"`

	// record are its properties in the import's template.
	record map[string]any
}

// Trouble is what prevents an import, or makes it harmful.
type Trouble struct {
	What string `json:"what"`
	Fix  string `json:"fix"`
}

// Leftover is a resource of the old deployment that the new one does not need.
type Leftover struct {
	What    string `json:"what"`
	Why     string `json:"why"`
	Account string `json:"account"`
	// Region is empty for what is global.
	Region string `json:"region,omitempty"`
	// Command removes it, in that account and Region.
	Command string `json:"command"`
}

// Open opens an account and Region to read in.
type Open func(ctx context.Context, account, region string) (aws.Config, error)

// Look finds what there is to adopt for the stacks of a plan. Where AWS refuses an answer, the stack's Unknown holds the
// reason. step is called for each stack when it is done.
func Look(ctx context.Context, open Open, stacks []plan.Placement, made Assembly, step func(string)) ([]Stack, error) {
	of := map[string]Stack{}
	var keys []string
	for _, at := range stacks {
		template, ok := made.Templates[at.Stack]
		if !ok {
			return nil, fmt.Errorf("the templates in %s have no stack %s; synthesize them from the same file", made.Folder, at.Stack)
		}
		of[at.Stack] = Stack{
			Stack: at.Stack, Account: at.Account, Region: at.Region, template: template, path: at.Path(),
			Import: []Resource{}, Here: []Resource{}, InTheWay: []Trouble{}, ByHand: []Leftover{}, Notes: []string{}, Made: map[string]int{},
		}
		keys = append(keys, at.Stack)
	}
	var all []Stack
	for _, r := range fan.Out(ctx, keys, fan.Bound, func(ctx context.Context, name string) (Stack, error) {
		s := of[name]
		return s, s.look(ctx, open)
	}, func(r fan.Result[Stack]) { step(r.Key) }) {
		s := r.Value
		if r.Err != nil {
			s = of[r.Key]
			s.Unknown = r.Err.Error()
		}
		all = append(all, s)
	}
	return all, ctx.Err()
}

// look asks AWS about one stack.
func (s *Stack) look(ctx context.Context, open Open) error {
	if !s.template.has(lookers()) {
		s.rest(nil)
		return nil
	}
	cfg, err := open(ctx, s.Account, s.Region)
	if err != nil {
		return err
	}
	v := &view{Stack: s, config: cfg, found: map[string]*Resource{}}
	for _, l := range lookers() {
		for _, id := range s.template.of(l.typ) {
			if err := l.look(ctx, v, id); err != nil {
				return err
			}
		}
	}
	if len(v.found) == 0 {
		s.rest(nil)
		return nil
	}
	owned, err := v.owned(ctx)
	if err != nil {
		return err
	}
	for _, id := range v.template.ids() {
		r := v.found[id]
		if r == nil {
			continue
		}
		if owned[id] {
			s.Here = append(s.Here, *r)
			continue
		}
		other, err := v.otherStack(ctx, r)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			// CloudFormation looks itself when it imports.
			v.silent = true
			v.note("cannot tell whether another stack owns some of it (%v); if one does, the import fails and changes nothing", err)
		case other != "":
			s.InTheWay = append(s.InTheWay, Trouble{
				What: fmt.Sprintf("%s is in the stack %s", r.Name, other),
				Fix:  "set its deletion policy to Retain there, and remove it from that stack",
			})
			continue
		}
		r.Changes = s.template.changes(id, r.record)
		s.Import = append(s.Import, *r)
	}
	s.complete()
	if err := v.importable(ctx); err != nil {
		return err
	}
	s.complete()
	s.rest(v.found)
	return nil
}

// complete leaves out what refers to something that can't be imported: an import has no resources but its own, and those
// that the stack has already.
func (s *Stack) complete() {
	for before := -1; before != len(s.Import); {
		before = len(s.Import)
		known := map[string]bool{}
		for _, r := range slices.Concat(s.Import, s.Here) {
			known[r.LogicalID] = true
		}
		s.Import = slices.DeleteFunc(s.Import, func(r Resource) bool {
			to := dangling(r.record, known)
			if to != "" {
				s.InTheWay = append(s.InTheWay,
					Trouble{What: r.Name + " refers to " + to + ", which cannot be imported", Fix: "fix that first, then run this command again"})
			}
			return to != ""
		})
	}
}

// rest counts what the deployment makes new.
func (s *Stack) rest(found map[string]*Resource) {
	for _, id := range s.template.ids() {
		if found[id] == nil {
			s.Made[s.template.Resources[id].Type]++
		}
	}
}

// view collects the answers of AWS about one stack.
type view struct {
	*Stack
	config aws.Config
	found  map[string]*Resource

	rules    map[string]rule
	policies map[string]policy
	keyID    string
	// silent is set when CloudFormation did not answer which stack has a resource; it is not asked about the next.
	silent bool
}

// place returns where the stack is deployed.
func (v *view) place() place.Place { return config.PlaceOf(v.Account, v.Region) }

// add takes a resource that exists. Properties that CloudFormation can only set when it makes a resource are recorded as the
// plan has them: otherwise the deployment would replace it.
func (v *view) add(id, name string, identifier map[string]string, record map[string]any) {
	r := &Resource{LogicalID: id, Type: v.template.Resources[id].Type, Name: name, Identifier: identifier, record: map[string]any{}}
	for _, l := range lookers() {
		if l.typ != r.Type {
			continue
		}
		for _, property := range l.fixed {
			if value, ok := v.template.Resources[id].Properties[property]; ok {
				r.record[property] = value
			}
		}
	}
	for property, value := range record {
		if value != nil {
			r.record[property] = value
		}
	}
	v.found[id] = r
}

// ofItsAccount ends a command in a fix: Run puts the profile of the stack's account there.
const ofItsAccount = "\x00"

func (v *view) trouble(fix, format string, args ...any) {
	v.InTheWay = append(v.InTheWay, Trouble{What: fmt.Sprintf(format, args...), Fix: fix})
}

// byHand records a leftover; region is empty for what is global.
func (v *view) byHand(what, why, region, command string) {
	v.ByHand = append(v.ByHand, Leftover{What: what, Why: why, Account: v.Account, Region: region, Command: command})
}

func (v *view) note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if !slices.Contains(v.Notes, text) {
		v.Notes = append(v.Notes, text)
	}
}
