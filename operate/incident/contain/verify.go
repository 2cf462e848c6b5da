package contain

import (
	"context"
	"fmt"
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
		case p.Kind == chain.Session && p.Role != r.Config.Role.Name:
			add("sessions of role %s in %s, which others may use: aws iam put-role-policy with %s ends all of them; %s began %s", role, p.Account, RevokePolicy, title, p.Since.Format(time.RFC3339))
		case p.Kind == chain.Root:
			add("a session of root in %s: it ends with its credentials, 15 minutes after %s", p.Account, p.Since.Format(time.RFC3339))
		case p.Kind == chain.Made && p.Own, p.Kind == chain.Opened:
			add("%s in %s: breakglass incident leftovers names it", title, p.Account)
		case p.Kind == chain.Made:
			add("user %s in %s, but for its keys: breakglass incident leftovers names it", title, p.Account)
		}
	}
	add("open browser consoles show what they have loaded, and every call of theirs is denied; their credentials run out by %s at the latest", time.Now().Add(max(r.Config.LongestSession(), 12*time.Hour)).UTC().Format("2006-01-02 15:04 UTC"))
	add("sign-in sessions cannot be revoked from here; set new passwords (%s): aws login cannot refresh after that", "docs/credentials.md")
	add("what was created or changed: breakglass incident leftovers")
}
