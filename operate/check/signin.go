package check

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/signin"
	"github.com/aws/aws-sdk-go-v2/service/signin/types"
	endpoints "github.com/aws/smithy-go/endpoints"
)

type signInAPI interface {
	GetConsoleAuthorizationConfiguration(context.Context, *signin.GetConsoleAuthorizationConfigurationInput, ...func(*signin.Options)) (*signin.GetConsoleAuthorizationConfigurationOutput, error)
	GetResourcePolicy(context.Context, *signin.GetResourcePolicyInput, ...func(*signin.Options)) (*signin.GetResourcePolicyOutput, error)
}

// signInJob asks AWS Sign-In whether the hub account restricts who can sign in to the console, and from where.
func (r *run) signInJob(ctx context.Context) []*result {
	if !r.isThere(r.ownStack()) {
		return nil
	}
	client := signin.NewFromConfig(r.hub, func(o *signin.Options) {
		if o.BaseEndpoint != nil {
			o.EndpointResolverV2 = elsewhere(*o.BaseEndpoint)
		}
	})
	return []*result{r.signIn(ctx, client)}
}

// elsewhere is the endpoint that AWS_ENDPOINT_URL sets, which the service's own rules pass over for these calls.
type elsewhere string

// ResolveEndpoint returns that endpoint.
func (e elsewhere) ResolveEndpoint(context.Context, signin.EndpointParameters) (endpoints.Endpoint, error) {
	at, err := url.Parse(string(e))
	if err != nil {
		return endpoints.Endpoint{}, err
	}
	return endpoints.Endpoint{URI: *at}, nil
}

// signIn reports what of the policy of AWS Sign-In is in the users' way. Sign-In considers it only while console authorization is
// enabled, and never for access keys (AWS Sign-In user guide).
func (s *scene) signIn(ctx context.Context, api signInAPI) *result {
	r := of("way")
	enabled, err := api.GetConsoleAuthorizationConfiguration(ctx, &signin.GetConsoleAuthorizationConfigurationInput{})
	if err != nil {
		return unread(r, err)
	}
	if !aws.ToBool(enabled.ConsoleAuthorizationEnabled) {
		r.fine("", "the account does not restrict where users sign in to the console from")
		return r
	}
	out, err := api.GetResourcePolicy(ctx, &signin.GetResourcePolicyInput{})
	var none *types.ResourceNotFoundException
	if errors.As(err, &none) {
		r.fine("", "AWS Sign-In has no policy of the account")
		return r
	}
	if err != nil {
		return unread(r, err)
	}
	found := map[string]*barrier{}
	for i, statement := range out.SigninResourceBasedPolicy.Statement {
		if aws.ToString(statement.Effect) != "Deny" {
			continue
		}
		one := plain(statementOf(statement)).(map[string]any)
		for _, u := range s.config.Users {
			known := contextOf(s.config.HubPlace().User(u.Name), "User", s.account(), "")
			for _, action := range signIn {
				// A statement here is about the account's sign-in, whatever resource it names.
				ruling := request{action, "", known}.applies(one)
				if ruling.verdict == no {
					continue
				}
				key := fmt.Sprint(ruling.verdict, i)
				b := found[key]
				if b == nil {
					b = &barrier{what: fmt.Sprintf("statement %d of the policy of AWS Sign-In", i+1), certain: ruling.verdict == yes, where: []string{s.account()}}
					found[key] = b
				}
				b.users, b.actions, b.on = union(b.users, []string{u.Name}), union(b.actions, []string{action}), union(b.on, ruling.on)
			}
		}
	}
	for _, key := range sorted(found) {
		f := s.barrierFinding(*found[key])
		f.Fix = "exempt the users, for example by a new statement with --excluded-principal " + s.config.HubPlace().User(found[key].users[0]) +
			" in place of this one; " + awsCLI("signin", "list-resource-permission-statements") + " shows the statements"
		r.found = append(r.found, f)
	}
	if r.well() {
		r.fine("", "the policy of AWS Sign-In lets the users sign in")
	}
	return r
}

// statementOf returns a statement as policies spell it, without its resource.
func statementOf(s types.PolicyStatement) map[string]any {
	out := map[string]any{"Effect": aws.ToString(s.Effect), "Action": s.Action, "Condition": s.Condition}
	if len(s.Principal) > 0 {
		out["Principal"] = s.Principal
	}
	return out
}

// unread adds that the policy of AWS Sign-In was not looked at. That is no problem by itself: the API is new, and not in every
// partition.
func unread(r *result, err error) *result {
	reason := explain(err)
	r.note("", "whether AWS Sign-In restricts where the users sign in from is not checked: "+strings.TrimPrefix(reason.What, ": "), reason.Fix)
	return r
}
