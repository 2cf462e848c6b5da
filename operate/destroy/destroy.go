// Package destroy removes a deployment, each stack before those that it depends on, and then searches every account and Region
// for what is left. Like every package below operate, it may import the plan, what the plan is made from, and internal packages,
// but neither the CDK nor a screen.
package destroy

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/smithy-go"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/fan"
	"example.com/breakglass/operate/deploy"
	"example.com/breakglass/plan"
)

// Keys open the accounts: In reads, Stacks changes stacks, Own changes users.
type Keys interface {
	In(ctx context.Context, account, region string) (aws.Config, error)
	Stacks(ctx context.Context, account, region string) (aws.Config, error)
	Own(ctx context.Context, account, region string) (aws.Config, error)
}

// Stack is a deployed stack of the plan.
type Stack struct {
	plan.Placement `json:"-"`
	// ID is the stack's ARN, by which it can be asked for when it is gone.
	ID string `json:"id"`
	// Status as CloudFormation has it.
	Status string `json:"status"`
	// Protected against deletion.
	Protected bool `json:"protected"`
}

// FindStacks finds the deployed stacks of the plan. Those that AWS did not answer about are in unknown, by name. step is called
// for each name.
func FindStacks(ctx context.Context, keys Keys, p plan.Plan, step func(string)) (found []Stack, unknown map[string]error) {
	of := map[string]plan.Placement{}
	var names []string
	for _, at := range p.Placements {
		of[at.Stack] = at
		names = append(names, at.Stack)
	}
	unknown = map[string]error{}
	for _, r := range fan.Out(ctx, names, fan.Bound, func(ctx context.Context, name string) (*Stack, error) {
		at := of[name]
		cfg, err := keys.In(ctx, at.Account, at.Region)
		if err != nil {
			return nil, err
		}
		return look(ctx, cloudformation.NewFromConfig(cfg), at, name)
	}, func(r fan.Result[*Stack]) { step(r.Key) }) {
		switch {
		case r.Err != nil:
			unknown[r.Key] = r.Err
		case r.Value != nil:
			found = append(found, *r.Value)
		}
	}
	return found, unknown
}

// look reads a stack by its name or its ARN; nil if it does not exist.
func look(ctx context.Context, client *cloudformation.Client, at plan.Placement, name string) (*Stack, error) {
	out, err := client.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: aws.String(name)})
	var api smithy.APIError
	switch {
	case errors.As(err, &api) && strings.Contains(api.ErrorMessage(), "does not exist"):
		return nil, nil
	case err != nil:
		return nil, account.Explain(err, "looking for "+at.Stack+" in "+at.Region)
	case len(out.Stacks) == 0 || out.Stacks[0].StackStatus == types.StackStatusDeleteComplete:
		return nil, nil
	}
	s := out.Stacks[0]
	return &Stack{Placement: at, ID: aws.ToString(s.StackId), Status: string(s.StackStatus), Protected: aws.ToBool(s.EnableTerminationProtection)}, nil
}

// State is the result of a stack's removal.
type State string

// The states.
const (
	Removed State = "removed"
	Failed  State = "failed"
	Held    State = "blocked"
	Stopped State = "not started"
)

// Outcome is a stack with the result of its removal.
type Outcome struct {
	Stack   string  `json:"stack"`
	Account string  `json:"account"`
	Region  string  `json:"region"`
	State   State   `json:"state"`
	Seconds float64 `json:"seconds,omitempty"`
	Reason  string  `json:"reason,omitempty"`
}

// Line returns the outcome for people.
func (o Outcome) Line() string {
	switch {
	case o.State == Removed:
		return fmt.Sprintf("%s: removed in %.1f s", o.Stack, o.Seconds)
	case o.Reason != "":
		return fmt.Sprintf("%s: %s: %s", o.Stack, o.State, o.Reason)
	}
	return o.Stack + ": " + string(o.State)
}

// Removal is one run.
type Removal struct {
	Keys Keys
	Plan plan.Plan
	// Stacks that FindStacks has found, and Unknown those that it could not look for: what they depend on is blocked.
	Stacks  []Stack
	Unknown map[string]error
	// Profile returns the profile of the AWS CLI for the commands that a person has to run in an account; nil means none.
	Profile func(account string) string
	// OnEnd receives each stack as it ends, one at a time; Say receives messages on all other steps. Both may be nil.
	OnEnd func(Outcome)
	Say   func(string)

	// Poll is the interval between two reads of a stack's state; 0 means five seconds.
	Poll time.Duration

	mutex sync.Mutex
	// outlived are the keys and buckets of the stacks that are gone.
	outlived []Resource
}

const (
	// longest is how long the deletion of a stack may take. A queue takes a minute, a key none.
	longest = time.Hour
	// longestOfSets is for a stack set, which goes from account to account: CloudFormation gives it 36 hours (its resource
	// type's schema).
	longestOfSets = 36 * time.Hour
)

// Run removes the stacks, and returns what happened to each. When ctx ends, it starts nothing more.
func (r *Removal) Run(ctx context.Context) []Outcome {
	there := map[string]Stack{}
	for _, s := range r.Stacks {
		there[s.Stack] = s
	}
	missing := map[string]string{} // why a stack is still there
	for name, err := range r.Unknown {
		missing[name] = err.Error()
	}
	var outcomes []Outcome
	for _, wave := range waves(r.Plan.Placements) {
		var names []string
		for _, at := range wave {
			if _, ok := there[at.Stack]; !ok {
				continue
			}
			if i := slices.IndexFunc(dependents(at, r.Plan.Placements), func(name string) bool { return missing[name] != "" }); i >= 0 {
				o := Outcome{Stack: at.Stack, Account: at.Account, Region: at.Region, State: Held,
					Reason: dependents(at, r.Plan.Placements)[i] + " depends on it and is not removed"}
				missing[at.Stack] = o.Reason
				outcomes = append(outcomes, o)
				r.tell(o)
				continue
			}
			names = append(names, at.Stack)
		}
		for _, result := range fan.Out(ctx, names, fan.Bound, func(ctx context.Context, name string) (Outcome, error) {
			return r.remove(ctx, there[name]), nil
		}, func(result fan.Result[Outcome]) {
			if result.Err == nil {
				r.tell(result.Value)
			}
		}) {
			o := result.Value
			if result.Err != nil {
				s := there[result.Key]
				o = Outcome{Stack: s.Stack, Account: s.Account, Region: s.Region, State: Stopped}
			}
			if o.State != Removed {
				missing[o.Stack] = "it is " + string(o.State)
			}
			outcomes = append(outcomes, o)
		}
	}
	return outcomes
}

func (r *Removal) tell(o Outcome) {
	if r.OnEnd != nil {
		r.OnEnd(o)
	}
}

func (r *Removal) profile(account string) string {
	if r.Profile == nil {
		return ""
	}
	return r.Profile(account)
}

func (r *Removal) say(text string) {
	if r.Say != nil {
		r.Say(text)
	}
}

func (r *Removal) remove(ctx context.Context, s Stack) Outcome {
	began := time.Now()
	o := Outcome{Stack: s.Stack, Account: s.Account, Region: s.Region, State: Removed}
	err := r.empty(ctx, s)
	if err == nil {
		err = r.delete(ctx, s)
	}
	o.Seconds = time.Since(began).Round(100 * time.Millisecond).Seconds()
	if err != nil {
		o.State, o.Reason = Failed, err.Error()
	}
	return o
}

// empty removes from the users what keeps CloudFormation from deleting them.
func (r *Removal) empty(ctx context.Context, s Stack) error {
	if !s.Kind.Info().Users {
		return nil
	}
	cfg, err := r.Keys.Own(ctx, s.Account, s.Region)
	if err != nil {
		return err
	}
	for _, user := range r.Plan.Config.Users {
		taken, err := strip(ctx, cfg, user.Name)
		if len(taken) > 0 {
			r.say(user.Name + ": deleted " + strings.Join(taken, ", "))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *Removal) delete(ctx context.Context, s Stack) error {
	cfg, err := r.Keys.Stacks(ctx, s.Account, s.Region)
	if err != nil {
		return err
	}
	client := cloudformation.NewFromConfig(cfg)
	made := resources(ctx, client, s)
	if s.Protected {
		if _, err := client.UpdateTerminationProtection(ctx, &cloudformation.UpdateTerminationProtectionInput{
			StackName: aws.String(s.Stack), EnableTerminationProtection: aws.Bool(false),
		}); err != nil {
			return account.Explain(err, "lifting the termination protection of "+s.Stack)
		}
	}
	if err := r.wait(ctx, client, s); err != nil {
		return err
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.outlived = append(r.outlived, made...)
	return nil
}

// delays returns the shortest and the longest interval between two reads of a stack's state.
func (r *Removal) delays() (least, most time.Duration) {
	most = cmp.Or(r.Poll, 5*time.Second)
	return min(time.Second, most), most
}

// wait deletes a stack, and waits until it is gone.
func (r *Removal) wait(ctx context.Context, client *cloudformation.Client, s Stack) error {
	if _, err := client.DeleteStack(ctx, &cloudformation.DeleteStackInput{StackName: aws.String(s.ID)}); err != nil {
		return account.Explain(err, "deleting "+s.Stack)
	}
	waiter := cloudformation.NewStackDeleteCompleteWaiter(client, func(o *cloudformation.StackDeleteCompleteWaiterOptions) { o.MinDelay, o.MaxDelay = r.delays() })
	most := longest
	if s.Kind == plan.StackSet {
		most = longestOfSets
	}
	// By its ARN: a deleted stack is found by nothing else.
	err := waiter.Wait(ctx, &cloudformation.DescribeStacksInput{StackName: aws.String(s.ID)}, most)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return errors.New("stopped; CloudFormation finishes the removal")
	}
	now, lookErr := look(ctx, client, s.Placement, s.ID)
	switch {
	case lookErr != nil:
		return account.Explain(lookErr, "waiting for "+s.Stack)
	case now == nil:
		return nil
	}
	if reason, _ := deploy.FirstFailure(ctx, client, s.ID); reason != "" {
		if bucket := Bucket(s.Placement); bucket != "" && strings.Contains(reason, "not empty") {
			reason += "; empty it (" + EmptyBucket(s.Placement, r.profile(s.Account)) + "), and run breakglass destroy again"
		}
		return errors.New(reason)
	}
	return fmt.Errorf("it is %s", now.Status)
}
