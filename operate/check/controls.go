package check

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/aws/smithy-go"

	"example.com/breakglass/internal/whole"
	"example.com/breakglass/operate/discover"
)

type controlsAPI interface {
	discover.UnitReader
	ListPoliciesForTarget(context.Context, *organizations.ListPoliciesForTargetInput, ...func(*organizations.Options)) (*organizations.ListPoliciesForTargetOutput, error)
	DescribePolicy(context.Context, *organizations.DescribePolicyInput, ...func(*organizations.Options)) (*organizations.DescribePolicyOutput, error)
}

// control is a policy of the organization.
type control struct {
	id, name   string
	kind       types.PolicyType
	statements []map[string]any
}

func (c control) String() string {
	kind := "service control policy"
	if c.kind == types.PolicyTypeResourceControlPolicy {
		kind = "resource control policy"
	}
	return kind + " " + c.name + " (" + c.id + ")"
}

// controls are the organization's policies for some accounts and units.
type controls struct {
	// above is the parent of an account or a unit; one that the organization does not have is not there.
	above map[string]string
	// at are the policies that are attached to an account, a unit or the root.
	at map[string][]control
}

// path returns an account or unit, and what is above it; nil where it is not in the organization.
func (c *controls) path(id string) (all []string) {
	for at := id; at != ""; at = c.above[at] {
		all = append(all, at)
	}
	if len(all) == 1 && !isRoot(id) {
		return nil
	}
	return all
}

// isRoot reports whether an ID is that of an organization's root: r-ab12.
func isRoot(id string) bool { return strings.HasPrefix(id, "r-") }

// readControls reads the policies of accounts and units, and of all that is above them. It fails as a whole: half of them would say
// nothing of what is in the way.
func readControls(ctx context.Context, api controlsAPI, ids []string) (*controls, error) {
	out := &controls{above: map[string]string{}, at: map[string][]control{}}
	type parent struct {
		id  string
		err error
	}
	nodes := slices.Clone(ids)
	for level := ids; len(level) > 0; {
		var next []string
		for i, p := range each(level, callsAtOnce, func(id string) parent {
			above, err := discover.ParentOf(ctx, api, id)
			var unknown *types.ChildNotFoundException
			if errors.As(err, &unknown) {
				return parent{}
			}
			return parent{above, err}
		}) {
			if p.err != nil {
				return nil, p.err
			}
			if p.id == "" {
				continue
			}
			out.above[level[i]] = p.id
			if !slices.Contains(nodes, p.id) {
				nodes = append(nodes, p.id)
				if !isRoot(p.id) {
					next = append(next, p.id)
				}
			}
		}
		level = next
	}
	return out, out.read(ctx, api, slices.DeleteFunc(nodes, func(id string) bool { return len(out.path(id)) == 0 }))
}

// read reads the policies of accounts, units and the root.
func (c *controls) read(ctx context.Context, api controlsAPI, nodes []string) error {
	type question struct {
		at   string
		kind types.PolicyType
	}
	type attached struct {
		policies []types.PolicySummary
		err      error
	}
	var questions []question
	for _, at := range nodes {
		questions = append(questions, question{at, types.PolicyTypeServiceControlPolicy}, question{at, types.PolicyTypeResourceControlPolicy})
	}
	answers := each(questions, callsAtOnce, func(q question) (a attached) {
		pages := organizations.NewListPoliciesForTargetPaginator(api, &organizations.ListPoliciesForTargetInput{TargetId: aws.String(q.at), Filter: q.kind})
		a.policies, a.err = whole.Pages(ctx, pages, func(page *organizations.ListPoliciesForTargetOutput) []types.PolicySummary { return page.Policies })
		return a
	})
	type read struct {
		control
		err error
	}
	var ids []string
	for _, a := range answers {
		if a.err != nil {
			return a.err
		}
		for _, p := range a.policies {
			ids = union(ids, []string{aws.ToString(p.Id)})
		}
	}
	policies := map[string]control{}
	for _, one := range each(ids, callsAtOnce, func(id string) read {
		p, err := api.DescribePolicy(ctx, &organizations.DescribePolicyInput{PolicyId: aws.String(id)})
		if err != nil {
			return read{err: err}
		}
		var document struct{ Statement any }
		if err := json.Unmarshal([]byte(aws.ToString(p.Policy.Content)), &document); err != nil {
			return read{err: err}
		}
		out := control{id: id, name: aws.ToString(p.Policy.PolicySummary.Name), kind: p.Policy.PolicySummary.Type}
		several, ok := document.Statement.([]any)
		if !ok {
			several = []any{document.Statement}
		}
		for _, s := range several {
			if statement, ok := s.(map[string]any); ok {
				out.statements = append(out.statements, statement)
			}
		}
		return read{control: out}
	}) {
		if one.err != nil {
			return one.err
		}
		policies[one.id] = one.control
	}
	for i, a := range answers {
		for _, p := range a.policies {
			c.at[questions[i].at] = append(c.at[questions[i].at], policies[aws.ToString(p.Id)])
		}
	}
	return nil
}

// mayNot reports whether AWS refused a request for want of a permission, or since the account is the wrong one.
func mayNot(err error) bool {
	var answer smithy.APIError
	return errors.As(err, &answer) && strings.Contains(answer.ErrorCode(), "AccessDenied")
}
