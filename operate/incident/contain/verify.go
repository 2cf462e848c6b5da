package contain

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/page"
	"example.com/breakglass/operate/incident/chain"
)

// probes are calls of which every one has to be refused: the way into the accounts, and those with which a session would free itself.
var probes = []string{"sts:AssumeRole", "iam:DetachUserPolicy", "iam:DeleteRolePolicy", "ec2:RunInstances"}

// verify asks IAM's simulator whether the users, and the sessions of the role that began before, are refused.
func (r *run) verify(ctx context.Context) {
	r.result.Open = append(r.result.Open, r.Unknown...)
	for _, name := range r.Users {
		r.simulate(ctx, r.Config.Hub.Account, r.Config.HubPlace().User(name), nil)
	}
	issued := []types.ContextEntry{{
		ContextKeyName: aws.String("aws:TokenIssueTime"), ContextKeyType: types.ContextKeyTypeEnumDate,
		ContextKeyValues: []string{time.Now().Add(-24 * time.Hour).UTC().Format(time.RFC3339)},
	}}
	for _, number := range accountsOf(r.Config) {
		r.simulate(ctx, number, r.Config.HubPlace().Of(number).Role(r.Config.Role.Name), issued)
	}
}

func (r *run) simulate(ctx context.Context, number, identity string, entries []types.ContextEntry) {
	open := func(why string) { r.result.Open = append(r.result.Open, identity+": "+why) }
	api, err := r.iamOf(ctx, number)
	var out *iam.SimulatePrincipalPolicyOutput
	if err == nil {
		asking, cancel := context.WithTimeout(ctx, account.Patience)
		defer cancel()
		out, err = api.SimulatePrincipalPolicy(asking, &iam.SimulatePrincipalPolicyInput{
			PolicySourceArn: aws.String(identity), ActionNames: probes, ResourceArns: []string{"*"}, ContextEntries: entries,
		})
	}
	if err != nil {
		open("not verified: " + account.Explain(err, "simulating it").Error())
		return
	}
	if len(out.EvaluationResults) < len(probes) {
		open("not verified: IAM answered only a part")
		return
	}
	for _, result := range out.EvaluationResults {
		denied := result.EvalDecision == types.PolicyEvaluationDecisionTypeExplicitDeny ||
			result.OrganizationsDecisionDetail != nil && !result.OrganizationsDecisionDetail.AllowedByOrganizations
		if !denied {
			open(fmt.Sprintf("%s is not denied (%s)", aws.ToString(result.EvalActionName), result.EvalDecision))
			return
		}
	}
	r.result.Verified = append(r.result.Verified, identity)
}

// remains says what no measure ends.
func (r *run) remains() {
	add := func(format string, args ...any) {
		r.result.Remains = append(r.result.Remains, fmt.Sprintf(format, args...))
	}
	for _, p := range r.Principals {
		title, role := page.Clean(p.Title()), page.Clean(p.Role)
		switch {
		case p.Kind == chain.Made && p.Account == r.Config.Hub.Account && slices.Contains(r.Users, p.Name): // it is one of the users, who was renamed
		case p.Kind == chain.Session && p.Role != r.Config.Role.Name:
			add("sessions of role %s in %s, which others may use: aws iam put-role-policy with %s ends all of them; %s began %s", role, p.Account, revokePolicy, title,
				p.Since.Format(time.RFC3339))
		case p.Kind == chain.Root:
			add("a session of root in %s: it ends with its credentials, 15 minutes after %s", p.Account, p.Since.Format(time.RFC3339))
		case p.Kind == chain.Made && p.Own, p.Kind == chain.Opened, p.Kind == chain.Provider, p.Kind == chain.Person:
			add("%s in %s: %s names it", title, p.Account, r.Leftovers)
		case p.Kind == chain.Made:
			add("user %s in %s, but for its keys: %s names it", title, p.Account, r.Leftovers)
		}
	}
	r.consoles(add)
	r.signInSessions(add)
	add("what was created or changed: %s", r.Leftovers)
}

// longestConsole is how long the credentials of a console last at most, and how long aws login refreshes its own (IAM user guide; sign-in user
// guide).
const longestConsole = 12 * time.Hour

// consoles names the consoles that may be open, with the time until which their credentials last.
func (r *run) consoles(add func(string, ...any)) {
	const (
		denied = "what it has loaded stays on the screen, and every call of it is denied"
		minute = "2006-01-02 15:04 UTC"
	)
	last := map[*chain.Principal]*chain.Call{}
	var order []*chain.Principal
	for _, c := range r.Calls {
		if c.By == nil || c.Failed() || c.Name != "ConsoleLogin" && c.Name != "SwitchRole" {
			continue
		}
		if last[c.By] == nil {
			order = append(order, c.By)
		}
		last[c.By] = c
	}
	for _, p := range order {
		c := last[p]
		if end := c.Time.Add(longestConsole); end.After(time.Now()) {
			add("the console of %s (%s, %s, %s): %s; its credentials run out by %s", page.Clean(p.Title()), c.Name, page.Clean(c.Region), c.Time.UTC().Format(minute),
				denied, end.UTC().Format(minute))
		}
	}
	add("a browser console that the report does not show: %s; its credentials run out by %s at the latest", denied,
		time.Now().Add(longestConsole).UTC().Format(minute))
}

// signInSessions says how to end the sessions of AWS Sign-In, from which aws login refreshes its credentials. Neither service/signin v1.13.1 of
// the SDK nor the AWS CLI 2.38.5 and 1.46.3 has ListSessions and BatchRevokeSessions; botocore 1.44.8 has.
func (r *run) signInSessions(add func(string, ...any)) {
	var arns []string
	for _, name := range r.Users {
		arns = append(arns, page.Clean(r.Config.HubPlace().User(name)))
	}
	add("sign-in sessions of %s (aws login): set new passwords (docs/credentials.md), after which none is refreshed, and what it has runs out within 15 minutes. "+
		"To revoke them at once: docs/incident.md, \"Sign-in sessions\"", strings.Join(arns, ", "))
}
