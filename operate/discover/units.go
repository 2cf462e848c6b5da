package discover

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	sdk "github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/fan"
)

// StackSetsPrincipal is the service that stack sets act as in an organization (CloudFormation user guide, delegated
// administrators).
const StackSetsPrincipal = "member.org.stacksets.cloudformation.amazonaws.com"

// Clash is something about the organization that a stack set would fail on, or by which an account would get two stacks with
// the same role.
type Clash struct {
	// ID of the account or unit that it is about.
	ID   string `json:"id"`
	What string `json:"what"`
	// Fix is what to do about it.
	Fix string `json:"fix"`
}

// UnitReader is the part of Organizations that knows where an account lies. The management account and delegated
// administrators of any service may ask it (Organizations API, ListParents).
type UnitReader interface {
	ListParents(ctx context.Context, in *sdk.ListParentsInput, options ...func(*sdk.Options)) (*sdk.ListParentsOutput, error)
}

// unitsAtOnce is how many questions Organizations is asked at once: it answers few a second.
const unitsAtOnce = 4

// Twice are the accounts of the file, and the units, that lie in one of its units. Each would get two stacks with the same
// role.
func Twice(ctx context.Context, client UnitReader, c *config.Config) ([]Clash, error) {
	names, ids := map[string]string{}, []string{}
	units := map[string]string{}
	for _, t := range slices.Concat(c.Targets, c.Units) {
		names[t.ID()] = t.Name
		ids = append(ids, t.ID())
		if t.OrganizationalUnit != "" {
			units[t.ID()] = t.Name
		}
	}
	tree := &tree{client: client, above: map[string]string{}}
	var clashes []Clash
	for _, r := range fan.Out(ctx, ids, unitsAtOnce, func(ctx context.Context, id string) (string, error) {
		return tree.within(ctx, id, units)
	}, nil) {
		unit, isUnit := r.Value, units[r.Key] != ""
		switch {
		case r.Err != nil && unknown(r.Err) && isUnit:
			clashes = append(clashes, Clash{r.Key, fmt.Sprintf("the organization has no unit %s", titled(r.Key, names[r.Key])),
				"aws organizations list-organizational-units-for-parent shows the units' IDs"})
		case r.Err != nil && unknown(r.Err):
			// An account of another organization, or of none.
		case r.Err != nil:
			return nil, r.Err
		case unit == "":
		case isUnit:
			clashes = append(clashes, Clash{r.Key, fmt.Sprintf("the unit %s lies in the unit %s, which the file names too: its accounts would get two stacks with the same role",
				titled(r.Key, names[r.Key]), titled(unit, units[unit])), "take one of the two out of the file"})
		default:
			clashes = append(clashes, Clash{r.Key, fmt.Sprintf("the account %s lies in the unit %s, which the file names too: it would get two stacks with the same role",
				titled(r.Key, names[r.Key]), titled(unit, units[unit])), "take the account out of targets, or move it out of the unit"})
		}
	}
	return clashes, nil
}

func titled(id, name string) string {
	if name == id || name == "" {
		return id
	}
	return fmt.Sprintf("%s (%s)", id, name)
}

// unknown tells that the organization has no such account or unit.
func unknown(err error) bool {
	var child *types.ChildNotFoundException
	return errors.As(err, &child)
}

// tree is what is known of who lies where; it may be used by several goroutines at once.
type tree struct {
	client UnitReader
	mutex  sync.Mutex
	above  map[string]string
}

// within is the first of the units above an account or a unit; empty where none is.
func (t *tree) within(ctx context.Context, id string, units map[string]string) (string, error) {
	for child := id; ; {
		parent, err := t.parent(ctx, child)
		switch {
		case err != nil || parent == "":
			return "", err
		case units[parent] != "":
			return parent, nil
		}
		child = parent
	}
}

// parent is what an account or a unit lies in; empty above the root.
func (t *tree) parent(ctx context.Context, child string) (string, error) {
	t.mutex.Lock()
	parent, ok := t.above[child]
	t.mutex.Unlock()
	if ok || child[0] == 'r' { // r-ab12 is a root
		return parent, nil
	}
	out, err := t.client.ListParents(ctx, &sdk.ListParentsInput{ChildId: aws.String(child)})
	if err != nil {
		return "", err
	}
	if len(out.Parents) > 0 {
		parent = aws.ToString(out.Parents[0].Id)
	}
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.above[child] = parent
	return parent, nil
}

// StackSetsReader is what is asked about the right to make stack sets.
type StackSetsReader interface {
	DescribeOrganizationsAccess(ctx context.Context, in *cloudformation.DescribeOrganizationsAccessInput, options ...func(*cloudformation.Options)) (*cloudformation.DescribeOrganizationsAccessOutput, error)
}

// DelegateReader is the part of Organizations that knows who may act for it.
type DelegateReader interface {
	DescribeOrganization(ctx context.Context, in *sdk.DescribeOrganizationInput, options ...func(*sdk.Options)) (*sdk.DescribeOrganizationOutput, error)
	ListDelegatedAdministrators(ctx context.Context, in *sdk.ListDelegatedAdministratorsInput, options ...func(*sdk.Options)) (*sdk.ListDelegatedAdministratorsOutput, error)
}

// MayNotMake is why the account of the stack sets could not make them: it is the wrong one, or nobody has let it. Both
// clients have that account's credentials. What could not be asked is in unknown.
func MayNotMake(ctx context.Context, sets StackSetsReader, client DelegateReader, c *config.Config) (clashes []Clash, unknown []error) {
	owner := c.StackSetAccount()
	management := ""
	if out, err := client.DescribeOrganization(ctx, &sdk.DescribeOrganizationInput{}); err != nil {
		unknown = append(unknown, err)
	} else {
		management = aws.ToString(out.Organization.MasterAccountId)
	}
	switch given := c.StackSets.ManagementAccount; {
	case management == "":
	case given != "" && given != management:
		return []Clash{{given, fmt.Sprintf("stackSets.managementAccount is %s, and the organization's management account is %s", given, management),
			"write its number, or leave the key out, and register the hub account as a delegated administrator"}}, unknown
	case given == "" && management == owner:
		return []Clash{{owner, "the hub account is the organization's management account, which is no delegated administrator",
			"write stackSets: {managementAccount: \"" + owner + "\"}"}}, unknown
	}
	out, err := sets.DescribeOrganizationsAccess(ctx, &cloudformation.DescribeOrganizationsAccessInput{CallAs: CallAs(c)})
	switch {
	case err != nil:
		unknown = append(unknown, err)
	case out.Status != cfn.OrganizationStatusEnabled:
		clashes = append(clashes, Clash{owner, "CloudFormation's stack sets may not reach the organization: trusted access is " + string(out.Status),
			"in the management account: aws cloudformation activate-organizations-access"})
	}
	if c.StackSets.ManagementAccount != "" {
		return clashes, unknown
	}
	pages := sdk.NewListDelegatedAdministratorsPaginator(client, &sdk.ListDelegatedAdministratorsInput{ServicePrincipal: aws.String(StackSetsPrincipal)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return clashes, append(unknown, err)
		}
		if slices.ContainsFunc(page.DelegatedAdministrators, func(d types.DelegatedAdministrator) bool { return aws.ToString(d.Id) == owner }) {
			return clashes, unknown
		}
	}
	return append(clashes, Clash{owner, "the hub account is no delegated administrator for stack sets",
		"in the management account: aws organizations register-delegated-administrator --service-principal " + StackSetsPrincipal + " --account-id " + owner}), unknown
}

// CallAs is as what the account of the stack sets asks about them.
func CallAs(c *config.Config) cfn.CallAs {
	if c.StackSets.ManagementAccount != "" {
		return cfn.CallAsSelf
	}
	return cfn.CallAsDelegatedAdmin
}
