package contain

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/aws/smithy-go"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/whole"
)

// before writes into a measure what is there before it is taken, for release. The policies of an incident have names of their own: what has such
// a name was put there by an earlier run. An account that cannot be read is not touched.
func (r *run) before(ctx context.Context, m *Measure) error {
	if m.Kind == Control {
		_, err := r.policy(ctx, false)
		return err
	}
	api, err := r.iamOf(ctx, m.Account)
	if err != nil {
		return err
	}
	switch m.Kind {
	case User:
		m.Existed, err = attached(ctx, api, m.Name, r.denyAll())
	case Role:
		_, err = r.document(ctx, api, m.Name)
	case Key:
		var status string
		_, status, err = owner(ctx, api, *m)
		m.Existed = err == nil && status != string(iamtypes.StatusTypeActive) // inactive, or gone
	case Control:
	}
	return err
}

// take takes a measure.
func (r *run) take(ctx context.Context, m *Measure) error {
	if m.Kind == Control {
		return r.takeControl(ctx, m)
	}
	api, err := r.iamOf(ctx, m.Account)
	if err != nil {
		return err
	}
	switch m.Kind {
	case User:
		_, err = api.AttachUserPolicy(ctx, &iam.AttachUserPolicyInput{UserName: aws.String(m.Name), PolicyArn: aws.String(r.denyAll())})
		return err
	case Role:
		text := revoke(time.Now())
		_, err = api.PutRolePolicy(ctx,
			&iam.PutRolePolicyInput{RoleName: aws.String(m.Name), PolicyName: aws.String(r.revokeName()), PolicyDocument: aws.String(text)})
		if err == nil {
			r.set(m.ID(), text)
		}
		return err
	case Control, Key:
	}
	if m.Existed {
		_, status, err := owner(ctx, api, *m)
		if err != nil || status != string(iamtypes.StatusTypeActive) {
			return err // it is not active, and may be gone
		}
	}
	return setKey(ctx, api, *m, iamtypes.StatusTypeInactive)
}

// holds reports whether a measure is in force.
func (r *run) holds(ctx context.Context, m Measure) (bool, error) {
	if m.Kind == Control {
		return r.controlHolds(ctx, m)
	}
	api, err := r.iamOf(ctx, m.Account)
	if err != nil {
		return false, err
	}
	switch m.Kind {
	case User:
		return attached(ctx, api, m.Name, r.denyAll())
	case Role:
		text, err := r.document(ctx, api, m.Name)
		return text != "" && text == r.get(m.ID()), err
	case Control, Key:
	}
	_, status, err := owner(ctx, api, m)
	return status != string(iamtypes.StatusTypeActive), err
}

// changed is the error for what has the name of a measure, and is not what a run puts there.
func changed(m Measure) error {
	return &account.Refusal{What: "releasing: " + m.Title() + ": somebody changed its policy since", Fix: "look at it, remove it by hand, then repeat the command"}
}

// undo takes a measure back: what this incident put there, and nothing else.
func (r *run) undo(ctx context.Context, m Measure) error {
	if m.Existed {
		return nil
	}
	if m.Kind == Control {
		return r.undoControl(ctx, m)
	}
	if m.Kind != Role && r.shared != nil {
		return r.shared
	}
	api, err := r.iamOf(ctx, m.Account)
	if err != nil {
		return err
	}
	switch m.Kind {
	case User:
		err = r.detach(ctx, api, m)
	case Role:
		var text string
		switch text, err = r.document(ctx, api, m.Name); {
		case err != nil || text == "":
			return err // it is gone already, if there is no error
		case !revokes.MatchString(text):
			return changed(m)
		}
		_, err = api.DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: aws.String(m.Name), PolicyName: aws.String(r.revokeName())})
	case Key:
		err = setKey(ctx, api, m, iamtypes.StatusTypeActive)
	case Control:
	}
	if missing(err) {
		return nil // it is gone already
	}
	return err
}

func missing(err error) bool {
	var none *iamtypes.NoSuchEntityException
	return errors.As(err, &none)
}

// attached reports whether a policy is attached to a user.
func attached(ctx context.Context, api iamAPI, user, arn string) (bool, error) {
	all, err := whole.Pages(ctx, iam.NewListAttachedUserPoliciesPaginator(api, &iam.ListAttachedUserPoliciesInput{UserName: aws.String(user)}),
		func(page *iam.ListAttachedUserPoliciesOutput) []iamtypes.AttachedPolicy { return page.AttachedPolicies })
	return slices.ContainsFunc(all, func(p iamtypes.AttachedPolicy) bool { return aws.ToString(p.PolicyArn) == arn }), err
}

// document returns the policy that ends sessions of a role; empty if it has none.
func (r *run) document(ctx context.Context, api iamAPI, role string) (string, error) {
	out, err := api.GetRolePolicy(ctx, &iam.GetRolePolicyInput{RoleName: aws.String(role), PolicyName: aws.String(r.revokeName())})
	if missing(err) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	text := aws.ToString(out.PolicyDocument)
	if plain, err := url.PathUnescape(text); err == nil {
		text = plain // IAM escapes it
	}
	return text, nil
}

// setKey sets the status of the key of a measure, whatever its user is called now.
func setKey(ctx context.Context, api iamAPI, m Measure, status iamtypes.StatusType) error {
	set := func(user string) error {
		_, err := api.UpdateAccessKey(ctx, &iam.UpdateAccessKeyInput{UserName: aws.String(user), AccessKeyId: aws.String(m.Key), Status: status})
		return err
	}
	err := set(m.Name)
	if !missing(err) {
		return err
	}
	user, _, unknown := owner(ctx, api, m)
	switch {
	case unknown != nil:
		return unknown
	case user != m.Name:
		return set(user)
	}
	return err
}

// owner returns the user who has the key of a measure now, and its status; none for a key that is gone. Whoever renames the user takes its keys
// along: they are not gone, and go on working.
func owner(ctx context.Context, api iamAPI, m Measure) (user, status string, err error) {
	all, err := keys(ctx, api, m.Name)
	if err != nil || all[m.Key] != "" {
		return m.Name, all[m.Key], err
	}
	used, err := api.GetAccessKeyLastUsed(ctx, &iam.GetAccessKeyLastUsedInput{AccessKeyId: aws.String(m.Key)})
	var refused smithy.APIError
	switch {
	case errors.As(err, &refused) && (missing(err) || strings.HasPrefix(refused.ErrorCode(), "AccessDenied")):
		return m.Name, "", nil // so does AWS answer about a key that no user of the account has
	case err != nil:
		return m.Name, "", err
	}
	if user = aws.ToString(used.UserName); user == "" || user == m.Name {
		return m.Name, "", nil
	}
	all, err = keys(ctx, api, user)
	return user, all[m.Key], err
}

// keys returns the status of each access key of a user.
func keys(ctx context.Context, api iamAPI, user string) (map[string]string, error) {
	listed, err := whole.Pages(ctx, iam.NewListAccessKeysPaginator(api, &iam.ListAccessKeysInput{UserName: aws.String(user)}),
		func(page *iam.ListAccessKeysOutput) []iamtypes.AccessKeyMetadata { return page.AccessKeyMetadata })
	if err != nil && !missing(err) {
		return nil, err
	}
	all := map[string]string{}
	for _, k := range listed {
		all[aws.ToString(k.AccessKeyId)] = string(k.Status)
	}
	return all, nil
}

// revokes matches what revoke returns.
var revokes = regexp.MustCompile("^" + strings.Replace(regexp.QuoteMeta(revokeText), "%q", `"[0-9T:.-]+Z"`, 1) + "$")

const revokeText = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"DateLessThan":{"aws:TokenIssueTime":%q}}}]}`

// revoke returns the policy that denies everything to the sessions that began before a time, as the console's Revoke sessions does.
func revoke(before time.Time) string {
	return fmt.Sprintf(revokeText, before.UTC().Format("2006-01-02T15:04:05.000Z"))
}

// control returns the service control policy: it denies everything to the users, and to the role in every account.
func control(principals []string) string {
	text, _ := json.Marshal(map[string]any{ // texts and lists are always valid
		"Version": "2012-10-17",
		"Statement": []any{map[string]any{
			"Sid": "BreakGlassContainment", "Effect": "Deny", "Action": "*", "Resource": "*",
			"Condition": map[string]any{"ArnLike": map[string]any{"aws:PrincipalArn": principals}},
		}},
	})
	return string(text)
}

// isControl reports whether a text is what control returns, for whichever principals.
func isControl(text string) bool {
	var document struct {
		Statement []struct {
			Condition struct {
				ArnLike map[string][]string
			}
		}
	}
	return json.Unmarshal([]byte(text), &document) == nil && len(document.Statement) == 1 &&
		text == control(document.Statement[0].Condition.ArnLike["aws:PrincipalArn"])
}

func (r *run) takeControl(ctx context.Context, m *Measure) error {
	id, err := r.policy(ctx, true)
	if err != nil {
		return err
	}
	_, err = r.organization.AttachPolicy(ctx, &organizations.AttachPolicyInput{PolicyId: aws.String(id), TargetId: aws.String(m.Name)})
	var again *types.DuplicatePolicyAttachmentException
	if errors.As(err, &again) {
		return nil
	}
	return err
}

// controls returns the organization's service control policies.
func (r *run) controls(ctx context.Context) ([]types.PolicySummary, error) {
	return whole.Pages(ctx, organizations.NewListPoliciesPaginator(r.organization, &organizations.ListPoliciesInput{Filter: types.PolicyTypeServiceControlPolicy}),
		func(page *organizations.ListPoliciesOutput) []types.PolicySummary { return page.Policies })
}

// policy returns the ID of the service control policy, which it creates or sets right if it is to.
func (r *run) policy(ctx context.Context, make bool) (string, error) {
	text := control(r.principals)
	all, err := r.controls(ctx)
	if err != nil {
		return "", err
	}
	if i := slices.IndexFunc(all, func(p types.PolicySummary) bool { return aws.ToString(p.Name) == r.policyName() }); i >= 0 {
		id := all[i].Id
		if !make {
			return aws.ToString(id), nil
		}
		about, err := r.organization.DescribePolicy(ctx, &organizations.DescribePolicyInput{PolicyId: id})
		if err == nil && aws.ToString(about.Policy.Content) != text {
			_, err = r.organization.UpdatePolicy(ctx, &organizations.UpdatePolicyInput{PolicyId: id, Content: aws.String(text)})
		}
		return aws.ToString(id), err
	}
	if !make {
		return "", nil
	}
	out, err := r.organization.CreatePolicy(ctx, &organizations.CreatePolicyInput{
		Name: aws.String(r.policyName()), Description: aws.String("Denies everything to the emergency access: breakglass incident contain"),
		Content: aws.String(text), Type: types.PolicyTypeServiceControlPolicy,
	})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.Policy.PolicySummary.Id), nil
}

func (r *run) isAttached(ctx context.Context, id, target string) (bool, error) {
	all, err := whole.Pages(ctx, organizations.NewListPoliciesForTargetPaginator(r.organization, &organizations.ListPoliciesForTargetInput{
		TargetId: aws.String(target), Filter: types.PolicyTypeServiceControlPolicy,
	}), func(page *organizations.ListPoliciesForTargetOutput) []types.PolicySummary { return page.Policies })
	return slices.ContainsFunc(all, func(p types.PolicySummary) bool { return aws.ToString(p.Id) == id }), err
}

func (r *run) controlHolds(ctx context.Context, m Measure) (bool, error) {
	id, err := r.policy(ctx, false)
	if err != nil || id == "" {
		return false, err
	}
	about, err := r.organization.DescribePolicy(ctx, &organizations.DescribePolicyInput{PolicyId: aws.String(id)})
	if err != nil || aws.ToString(about.Policy.Content) != control(r.principals) {
		return false, err
	}
	return r.isAttached(ctx, id, m.Name)
}

func (r *run) undoControl(ctx context.Context, m Measure) error {
	id, err := r.policy(ctx, false)
	if err != nil || id == "" {
		return err
	}
	about, err := r.organization.DescribePolicy(ctx, &organizations.DescribePolicyInput{PolicyId: aws.String(id)})
	if err != nil {
		return err
	}
	if !isControl(aws.ToString(about.Policy.Content)) {
		return changed(m)
	}
	_, err = r.organization.DetachPolicy(ctx, &organizations.DetachPolicyInput{PolicyId: aws.String(id), TargetId: aws.String(m.Name)})
	var gone *types.PolicyNotAttachedException
	if err != nil && !errors.As(err, &gone) {
		return err
	}
	_, err = r.organization.DeletePolicy(ctx, &organizations.DeletePolicyInput{PolicyId: aws.String(id)})
	var used *types.PolicyInUseException
	if errors.As(err, &used) {
		return nil // the last account that is released removes it
	}
	return err
}
