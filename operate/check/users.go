package check

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/whole"
	"example.com/breakglass/names"
	"example.com/breakglass/place"
	"example.com/breakglass/plan"
)

type usersAPI interface {
	GetUser(context.Context, *iam.GetUserInput, ...func(*iam.Options)) (*iam.GetUserOutput, error)
	GetLoginProfile(context.Context, *iam.GetLoginProfileInput, ...func(*iam.Options)) (*iam.GetLoginProfileOutput, error)
	ListMFADevices(context.Context, *iam.ListMFADevicesInput, ...func(*iam.Options)) (*iam.ListMFADevicesOutput, error)
	ListAccessKeys(context.Context, *iam.ListAccessKeysInput, ...func(*iam.Options)) (*iam.ListAccessKeysOutput, error)
	ListGroupsForUser(context.Context, *iam.ListGroupsForUserInput, ...func(*iam.Options)) (*iam.ListGroupsForUserOutput, error)
	ListUserPolicies(context.Context, *iam.ListUserPoliciesInput, ...func(*iam.Options)) (*iam.ListUserPoliciesOutput, error)
	ListAttachedUserPolicies(context.Context, *iam.ListAttachedUserPoliciesInput, ...func(*iam.Options)) (*iam.ListAttachedUserPoliciesOutput, error)
}

// password is what is known of a user's password, and since when there is the user; zero means unknown, or never.
type password struct {
	made, used, user time.Time
	// none is set where IAM said that there is none.
	none bool
}

// user checks one emergency user.
func (s *scene) user(ctx context.Context, api usersAPI, name string) (r *result, known password) {
	r = of("users")
	who := "user " + name
	r.ask(func(r *result) bool {
		out, err := api.GetUser(ctx, &iam.GetUserInput{UserName: aws.String(name)})
		switch {
		case missing(err):
			r.drifted(Problem, "", s.ownStack(), who+" is missing")
			return false
		case err != nil:
			r.unanswered("", who, err)
			return true
		}
		if got, want := aws.ToString(out.User.Arn), s.config.HubPlace().User(name); got != want {
			r.problem("", otherARN(who, got, want)+": the role's trust, the guard and the alerts name the latter, so the user can't get in", rename(got, name))
		}
		if b := out.User.PermissionsBoundary; b != nil {
			r.ofUser(Problem, name, "<users> <have> the permissions boundary "+aws.ToString(b.PermissionsBoundaryArn)+", which is not in breakglass.yaml",
				"find out who set it, then: "+awsCLI("iam", "delete-user-permissions-boundary", "--user-name", theUser))
		}
		known.user = aws.ToTime(out.User.CreateDate)
		if used := out.User.PasswordLastUsed; used != nil {
			known.used = *used
			r.note("", who+" last signed in with the password on "+used.UTC().Format(time.DateOnly), "")
		}
		return true
	},
		func(r *result) { known.made, known.none = s.password(ctx, api, r, name) },
		func(r *result) { s.devices(ctx, api, r, name) },
		func(r *result) { s.accessKeys(ctx, api, r, name) },
		func(r *result) { s.groups(ctx, api, r, name) },
		func(r *result) { s.inlinePolicies(ctx, api, r, name) },
		func(r *result) { s.attachedPolicies(ctx, api, r, name) },
	)
	if r.well() {
		r.fine("", name+": password, MFA, access keys as in the file, permissions from the group only")
	}
	return r, known
}

func (s *scene) password(ctx context.Context, api usersAPI, r *result, name string) (made time.Time, none bool) {
	out, err := api.GetLoginProfile(ctx, &iam.GetLoginProfileInput{UserName: aws.String(name)})
	switch {
	case missing(err):
		r.ofUser(Problem, name, "<users> <have> no password, and can't sign in", s.credential("create", "create one: docs/credentials.md"))
		return time.Time{}, true
	case err != nil:
		r.unanswered("", "the password of user "+name, err)
		return time.Time{}, false
	}
	if out.LoginProfile.PasswordResetRequired {
		r.ofUser(Note, name, "<users> must choose a new password at the next sign-in, which the guard allows", "")
	}
	return aws.ToTime(out.LoginProfile.CreateDate), false
}

func (s *scene) devices(ctx context.Context, api usersAPI, r *result, name string) {
	devices, err := whole.Pages(ctx, iam.NewListMFADevicesPaginator(api, &iam.ListMFADevicesInput{UserName: aws.String(name)}),
		func(page *iam.ListMFADevicesOutput) []types.MFADevice { return page.MFADevices })
	switch {
	case err != nil:
		r.unanswered("", "the MFA devices of user "+name, err)
	case len(devices) == 0:
		r.ofUser(Problem, name, "<users> <have> no MFA device: the guard denies everything", s.credential("mfa", "register one: docs/credentials.md"))
	case len(devices) == 1:
		r.ofUser(Note, name, "<users> <have> a single MFA device: if it is lost, so is the user's access",
			"register a second one and keep it elsewhere; a user can have eight")
	}
	if err == nil {
		s.hardware(r, name, devices)
	}
}

// hardware reports the devices that have no seed which could be sealed, and a user who has no others.
func (s *scene) hardware(r *result, name string, devices []types.MFADevice) {
	var keys, tokens []string
	for _, d := range devices {
		switch kind, what := place.DeviceOf(aws.ToString(d.SerialNumber)); kind {
		case place.FIDO:
			keys = append(keys, what)
		case place.Token:
			tokens = append(tokens, what)
		}
	}
	use := ", for the console and aws login (AWS CLI " + plan.LoginVersion + " or later)"
	switch {
	case len(keys) > 0 && len(keys) == len(devices) && s.sealedKey(name):
		r.ofUser(Problem, name, "<users> <have> only FIDO keys, which give no code: the access key that accessKey: sealed allows can't be used",
			s.credential("mfa", "register a virtual device, too: docs/credentials.md"))
	case len(keys) > 0 && len(keys) == len(devices):
		r.ofUser(Note, name, "<users> <have> only FIDO keys"+use+": they give no code for the sealed access key",
			s.credential("mfa", "register a virtual device, too: docs/credentials.md"))
	case len(keys) > 0:
		r.note("", "user "+name+" has the "+named("FIDO key", keys)+use, "")
	}
	if len(tokens) > 0 {
		r.note("", "user "+name+" has the "+named("hardware token", tokens)+": enter takes its codes typed, with --device", "")
	}
}

func (s *scene) accessKeys(ctx context.Context, api usersAPI, r *result, name string) {
	keys, err := whole.Pages(ctx, iam.NewListAccessKeysPaginator(api, &iam.ListAccessKeysInput{UserName: aws.String(name)}),
		func(page *iam.ListAccessKeysOutput) []types.AccessKeyMetadata { return page.AccessKeyMetadata })
	if err != nil {
		r.unanswered("", "the access keys of user "+name, err)
		return
	}
	if s.sealedKey(name) {
		keys = s.sealedKeys(r, name, keys)
	}
	for _, key := range keys {
		id := aws.ToString(key.AccessKeyId)
		fix := "find out who created it, then: " + awsCLI("iam", "delete-access-key", "--user-name", name, "--access-key-id", id)
		if key.Status == types.StatusTypeActive {
			r.problem("", "user "+name+" has the access key "+id, fix)
		} else {
			r.warning("", "user "+name+" has the access key "+id+", which is "+strings.ToLower(string(key.Status)), fix)
		}
	}
}

// credential returns the command that gives a user a credential, where the file names its holders; otherwise the way by hand.
func (s *scene) credential(what, byHand string) string {
	if s.config.Credentials.On() {
		return breakglassCLI("credentials", what, theUser)
	}
	return byHand
}

// sealedKeys reports the active keys of a user who may have one, and returns the others.
func (s *scene) sealedKeys(r *result, name string, keys []types.AccessKeyMetadata) (inactive []types.AccessKeyMetadata) {
	var active []string
	for _, key := range keys {
		if key.Status == types.StatusTypeActive {
			active = append(active, aws.ToString(key.AccessKeyId))
		} else {
			inactive = append(inactive, key)
		}
	}
	switch len(active) {
	case 0:
		var which, activations []string
		for _, key := range inactive {
			id := aws.ToString(key.AccessKeyId)
			which = append(which, id)
			activations = append(activations, awsCLI("iam", "update-access-key", "--user-name", name, "--access-key-id", id, "--status", "Active"))
		}
		if len(which) > 0 {
			r.problem("", "user "+name+" has only access keys that are inactive, "+strings.Join(which, " and ")+": with a sealed one, nobody gets in",
				"find out who deactivated it, then activate the one that a sealed file names: "+strings.Join(activations, ", or "))
		}
		return nil
	case 1:
		r.note("", "user "+name+" has the access key "+active[0]+", as accessKey: sealed allows", "")
	default:
		var deletions []string
		for _, id := range active {
			deletions = append(deletions, awsCLI("iam", "delete-access-key", "--user-name", name, "--access-key-id", id))
		}
		r.warning("", "user "+name+" has the access keys "+strings.Join(active, " and ")+": only one of them is sealed",
			"delete the one that no sealed file names: "+strings.Join(deletions, ", or "))
	}
	return inactive
}

// sealedKey reports whether the file lets a user have an access key.
func (s *scene) sealedKey(name string) bool {
	return slices.ContainsFunc(s.config.Users, func(u config.User) bool { return u.Name == name && u.AccessKey == config.AccessKeySealed })
}

// groups checks that the user is in the group that grants permissions, and in no other.
func (s *scene) groups(ctx context.Context, api usersAPI, r *result, name string) {
	groups, err := whole.Pages(ctx, iam.NewListGroupsForUserPaginator(api, &iam.ListGroupsForUserInput{UserName: aws.String(name)}),
		func(page *iam.ListGroupsForUserOutput) []types.Group { return page.Groups })
	if err != nil {
		r.unanswered("", "the groups of user "+name, err)
		return
	}
	in := false
	for _, g := range groups {
		if group := aws.ToString(g.GroupName); group == names.Group {
			in = true
		} else {
			// The group may deny what an emergency needs, or allow what the guard is to keep from the user.
			r.ofUser(Problem, name, "<users> <are> also in group "+group, awsCLI("iam", "remove-user-from-group", "--user-name", theUser, "--group-name", group))
		}
	}
	if !in {
		r.ofUser(Problem, name, "<users> <are> not in the group "+names.Group+": no permissions, and the guard does not apply to them",
			awsCLI("iam", "add-user-to-group", "--user-name", theUser, "--group-name", names.Group))
	}
}

func (s *scene) inlinePolicies(ctx context.Context, api usersAPI, r *result, name string) {
	policies, err := whole.Pages(ctx, iam.NewListUserPoliciesPaginator(api, &iam.ListUserPoliciesInput{UserName: aws.String(name)}),
		func(page *iam.ListUserPoliciesOutput) []string { return page.PolicyNames })
	if err != nil {
		r.unanswered("", "the policies of user "+name, err)
	}
	for _, policy := range policies {
		r.ofUser(Problem, name, "<users> <have> the inline policy "+policy, awsCLI("iam", "delete-user-policy", "--user-name", theUser, "--policy-name", policy))
	}
}

func (s *scene) attachedPolicies(ctx context.Context, api usersAPI, r *result, name string) {
	policies, err := whole.Pages(ctx, iam.NewListAttachedUserPoliciesPaginator(api, &iam.ListAttachedUserPoliciesInput{UserName: aws.String(name)}),
		func(page *iam.ListAttachedUserPoliciesOutput) []types.AttachedPolicy { return page.AttachedPolicies })
	if err != nil {
		r.unanswered("", "the policies of user "+name, err)
	}
	for _, policy := range policies {
		arn := aws.ToString(policy.PolicyArn)
		r.ofUser(Problem, name, "<users> <have> the policy "+arn+" attached directly",
			awsCLI("iam", "detach-user-policy", "--user-name", theUser, "--policy-arn", arn))
	}
}

// otherARN says that what was found by its name is something else to the policies that name its ARN.
func otherARN(what, got, want string) string { return what + " is " + got + ", not " + want }

// rename returns the command that brings a user's ARN back: IAM finds names without regard to case.
func rename(arn, name string) string {
	if has := arn[strings.LastIndex(arn, "/")+1:]; has != name {
		return awsCLI("iam", "update-user", "--user-name", has, "--new-user-name", name, "--new-path", "/")
	}
	return awsCLI("iam", "update-user", "--user-name", name, "--new-path", "/")
}

// missing reports whether IAM answered that something does not exist.
func missing(err error) bool {
	var gone *types.NoSuchEntityException
	return errors.As(err, &gone)
}
