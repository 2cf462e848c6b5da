package contain

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"example.com/breakglass/internal/stub"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/smithy-go"
)

// cloud is IAM of several accounts and an organization. A change is in force for those whom it concerns only after spread, as with AWS: until
// then, an attacker may undo it.
type cloud struct {
	mutex    sync.Mutex
	calls    []string
	attached map[string][]string // account/user → policies
	inline   map[string]string   // account/role/policy → its text
	keys     map[string]map[string]iamtypes.StatusType
	users    map[string]string   // ID → name, of the hub account
	controls map[string]string   // policy ID → content
	targets  map[string][]string // policy ID → accounts
	refused  map[string]bool     // accounts that refuse everything
	fault    string              // one call of one account that is refused: "GetRolePolicy 222222222222"

	// attack is called before each call, with its name and account; it plays the contained.
	attack func(call, number string)
	// after is called when a change has taken effect; its error is what the caller gets for an answer.
	after func(call, number string) error
	// simulated may change an answer of the simulator.
	simulated func(identity string, out *iam.SimulatePrincipalPolicyOutput)
	since     map[string]time.Time
	// management is the number of the management account.
	management string
}

const (
	hub, prod, other, management = "111111111111", "222222222222", "333333333333", "999999999999"
	spread                       = 4 * time.Second

	// incident is the ID of the incident; revoked and controlled are its policies.
	incident   = "case-AAAAAA"
	revoked    = "/BreakGlassRole/AWSRevokeOlderSessions-" + incident
	controlled = "p-BreakGlassContainment-" + incident
)

func newCloud() *cloud {
	return &cloud{
		attached: map[string][]string{}, inline: map[string]string{}, controls: map[string]string{}, targets: map[string][]string{}, refused: map[string]bool{},
		since: map[string]time.Time{}, management: management, users: map[string]string{"AIDAOPERATOR": "operator", "AIDAONE": "BreakglassUser"},
		keys: map[string]map[string]iamtypes.StatusType{hub + "/BreakglassUser": {"AKIAONE": "Active", "AKIATWO": "Inactive"}},
	}
}

// enter begins a call: it plays the attacker, and refuses.
func (c *cloud) enter(call, number string) error {
	c.calls = append(c.calls, call+" "+number)
	if c.attack != nil {
		c.attack(call, number)
	}
	if c.refused[number] || c.fault == call+" "+number {
		return &smithy.GenericAPIError{
			Code: "AccessDenied", Message: "User: arn:aws:iam::111111111111:user/operator is not authorized to perform: iam:" + call + " on resource: *",
		}
	}
	return nil
}

// rename gives a user of the hub account another name: what is attached and its keys stay its own.
func (c *cloud) rename(from, to string) {
	for id, name := range c.users {
		if name == from {
			c.users[id] = to
		}
	}
	from, to = hub+"/"+from, hub+"/"+to
	c.attached[to], c.keys[to], c.since[to] = c.attached[from], c.keys[from], c.since[from]
	delete(c.attached, from)
	delete(c.keys, from)
	delete(c.since, from)
}

// has reports whether an account has a user of that name.
func (i iamIn) has(name string) bool {
	for _, known := range i.users {
		if known == name {
			return true
		}
	}
	return i.number != hub
}

// done ends a call that has taken effect.
func (c *cloud) done(call, number string) error {
	if c.after == nil {
		return nil
	}
	return c.after(call, number)
}

// iamIn is IAM of one account.
type iamIn struct {
	*cloud
	number string
}

// named returns the names of the inline policies of a role.
func (i iamIn) named(of string) (names []string) {
	for at := range i.inline {
		if name, ok := strings.CutPrefix(at, i.number+"/"+of+"/"); ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func (i iamIn) ListUsers(_ context.Context, in *iam.ListUsersInput, _ ...func(*iam.Options)) (*iam.ListUsersOutput, error) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	if err := i.enter("ListUsers", i.number); err != nil {
		return nil, err
	}
	if in.Marker == nil {
		return &iam.ListUsersOutput{IsTruncated: true, Marker: aws.String("1")}, nil // behind an empty page
	}
	out := &iam.ListUsersOutput{}
	for _, id := range slices.Sorted(maps.Keys(i.users)) {
		out.Users = append(out.Users, iamtypes.User{UserId: aws.String(id), UserName: aws.String(i.users[id])})
	}
	return out, nil
}

func (i iamIn) ListAttachedUserPolicies(_ context.Context, in *iam.ListAttachedUserPoliciesInput, _ ...func(*iam.Options)) (*iam.ListAttachedUserPoliciesOutput, error) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	if err := i.enter("ListAttachedUserPolicies", i.number); err != nil {
		return nil, err
	}
	if !i.has(*in.UserName) {
		return nil, &iamtypes.NoSuchEntityException{}
	}
	// One a page, behind an empty one.
	all := i.attached[i.number+"/"+*in.UserName]
	if in.Marker == nil {
		return &iam.ListAttachedUserPoliciesOutput{IsTruncated: true, Marker: aws.String("1")}, nil
	}
	out := &iam.ListAttachedUserPoliciesOutput{}
	for _, arn := range all {
		out.AttachedPolicies = append(out.AttachedPolicies, iamtypes.AttachedPolicy{PolicyArn: aws.String(arn)})
	}
	return out, nil
}

func (i iamIn) AttachUserPolicy(_ context.Context, in *iam.AttachUserPolicyInput, _ ...func(*iam.Options)) (*iam.AttachUserPolicyOutput, error) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	if err := i.enter("AttachUserPolicy", i.number); err != nil {
		return nil, err
	}
	if !i.has(*in.UserName) {
		return nil, &iamtypes.NoSuchEntityException{}
	}
	at := i.number + "/" + *in.UserName
	if !slices.Contains(i.attached[at], *in.PolicyArn) {
		i.attached[at] = append(i.attached[at], *in.PolicyArn)
		if i.since[at].IsZero() {
			i.since[at] = time.Now()
		}
	}
	return &iam.AttachUserPolicyOutput{}, i.done("AttachUserPolicy", i.number)
}

func (i iamIn) DetachUserPolicy(_ context.Context, in *iam.DetachUserPolicyInput, _ ...func(*iam.Options)) (*iam.DetachUserPolicyOutput, error) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	if err := i.enter("DetachUserPolicy", i.number); err != nil {
		return nil, err
	}
	at := i.number + "/" + *in.UserName
	if !slices.Contains(i.attached[at], *in.PolicyArn) {
		return nil, &iamtypes.NoSuchEntityException{}
	}
	i.attached[at] = slices.DeleteFunc(i.attached[at], func(arn string) bool { return arn == *in.PolicyArn })
	return &iam.DetachUserPolicyOutput{}, nil
}

func (i iamIn) ListRolePolicies(_ context.Context, in *iam.ListRolePoliciesInput, _ ...func(*iam.Options)) (*iam.ListRolePoliciesOutput, error) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	if err := i.enter("ListRolePolicies", i.number); err != nil {
		return nil, err
	}
	if in.Marker == nil {
		return &iam.ListRolePoliciesOutput{IsTruncated: true, Marker: aws.String("1")}, nil // behind an empty page
	}
	return &iam.ListRolePoliciesOutput{PolicyNames: i.named(*in.RoleName)}, nil
}

func (i iamIn) GetRolePolicy(_ context.Context, in *iam.GetRolePolicyInput, _ ...func(*iam.Options)) (*iam.GetRolePolicyOutput, error) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	if err := i.enter("GetRolePolicy", i.number); err != nil {
		return nil, err
	}
	text, ok := i.inline[i.number+"/"+*in.RoleName+"/"+*in.PolicyName]
	if !ok {
		return nil, &iamtypes.NoSuchEntityException{}
	}
	return &iam.GetRolePolicyOutput{PolicyDocument: aws.String(url.PathEscape(text))}, nil
}

func (i iamIn) PutRolePolicy(_ context.Context, in *iam.PutRolePolicyInput, _ ...func(*iam.Options)) (*iam.PutRolePolicyOutput, error) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	if err := i.enter("PutRolePolicy", i.number); err != nil {
		return nil, err
	}
	at := i.number + "/" + *in.RoleName + "/" + *in.PolicyName
	i.inline[at] = *in.PolicyDocument
	if i.since[at].IsZero() {
		i.since[at] = time.Now()
	}
	return &iam.PutRolePolicyOutput{}, i.done("PutRolePolicy", i.number)
}

func (i iamIn) DeleteRolePolicy(_ context.Context, in *iam.DeleteRolePolicyInput, _ ...func(*iam.Options)) (*iam.DeleteRolePolicyOutput, error) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	if err := i.enter("DeleteRolePolicy", i.number); err != nil {
		return nil, err
	}
	at := i.number + "/" + *in.RoleName + "/" + *in.PolicyName
	if _, ok := i.inline[at]; !ok {
		return nil, &iamtypes.NoSuchEntityException{}
	}
	delete(i.inline, at)
	return &iam.DeleteRolePolicyOutput{}, nil
}

func (i iamIn) ListAccessKeys(_ context.Context, in *iam.ListAccessKeysInput, _ ...func(*iam.Options)) (*iam.ListAccessKeysOutput, error) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	if err := i.enter("ListAccessKeys", i.number); err != nil {
		return nil, err
	}
	out := &iam.ListAccessKeysOutput{}
	keys := i.keys[i.number+"/"+*in.UserName]
	for _, id := range slices.Sorted(maps.Keys(keys)) {
		out.AccessKeyMetadata = append(out.AccessKeyMetadata, iamtypes.AccessKeyMetadata{AccessKeyId: aws.String(id), Status: keys[id]})
	}
	out.AccessKeyMetadata, out.Marker = stub.Page(out.AccessKeyMetadata, in.Marker)
	out.IsTruncated = out.Marker != nil
	return out, nil
}

// GetAccessKeyLastUsed names the owner of a key; about a key that nobody has, AWS refuses to say anything.
func (i iamIn) GetAccessKeyLastUsed(_ context.Context, in *iam.GetAccessKeyLastUsedInput, _ ...func(*iam.Options)) (*iam.GetAccessKeyLastUsedOutput, error) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	if err := i.enter("GetAccessKeyLastUsed", i.number); err != nil {
		return nil, err
	}
	for at, of := range i.cloud.keys {
		if user, ok := strings.CutPrefix(at, i.number+"/"); ok && of[*in.AccessKeyId] != "" {
			return &iam.GetAccessKeyLastUsedOutput{UserName: aws.String(user)}, nil
		}
	}
	return nil, &smithy.GenericAPIError{Code: "AccessDenied", Message: "not authorized"}
}

func (i iamIn) UpdateAccessKey(_ context.Context, in *iam.UpdateAccessKeyInput, _ ...func(*iam.Options)) (*iam.UpdateAccessKeyOutput, error) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	if err := i.enter("UpdateAccessKey", i.number); err != nil {
		return nil, err
	}
	of := i.cloud.keys[i.number+"/"+*in.UserName]
	if of[*in.AccessKeyId] == "" {
		return nil, &iamtypes.NoSuchEntityException{}
	}
	of[*in.AccessKeyId] = in.Status
	return &iam.UpdateAccessKeyOutput{}, i.done("UpdateAccessKey", i.number)
}

func (i iamIn) SimulatePrincipalPolicy(_ context.Context, in *iam.SimulatePrincipalPolicyInput, _ ...func(*iam.Options)) (*iam.SimulatePrincipalPolicyOutput, error) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	if err := i.enter("SimulatePrincipalPolicy", i.number); err != nil {
		return nil, err
	}
	name := (*in.PolicySourceArn)[strings.LastIndex(*in.PolicySourceArn, "/")+1:]
	denied := len(i.attached[i.number+"/"+name]) > 0
	for _, policy := range i.named(name) {
		text := i.inline[i.number+"/"+name+"/"+policy]
		_, rest, _ := strings.Cut(text, `"aws:TokenIssueTime":"`)
		cut, _ := time.Parse(time.RFC3339, strings.TrimRight(rest, `"}]`))
		if len(in.ContextEntries) == 1 {
			issued, _ := time.Parse(time.RFC3339, in.ContextEntries[0].ContextKeyValues[0])
			denied = denied || issued.Before(cut)
		}
	}
	out := &iam.SimulatePrincipalPolicyOutput{}
	for _, action := range in.ActionNames {
		decision := iamtypes.PolicyEvaluationDecisionTypeAllowed
		if denied {
			decision = iamtypes.PolicyEvaluationDecisionTypeExplicitDeny
		}
		out.EvaluationResults = append(out.EvaluationResults, iamtypes.EvaluationResult{EvalActionName: aws.String(action), EvalDecision: decision})
	}
	if i.simulated != nil {
		i.simulated(*in.PolicySourceArn, out)
	}
	return out, nil
}
