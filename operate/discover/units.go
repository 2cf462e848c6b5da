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
	"example.com/breakglass/internal/whole"
)

// StackSetsPrincipal is the service that stack sets act as in an organization (CloudFormation user guide, delegated
// administrators).
const StackSetsPrincipal = "member.org.stacksets.cloudformation.amazonaws.com"

// Clash is a fact of the organization that makes a stack set fail, or gives an account two stacks with the same role.
type Clash struct {
	// ID of the account or unit that it is about.
	ID   string `json:"id"`
	What string `json:"what"`
	// Fix is what to do about it.
	Fix string `json:"fix"`
}

// UnitReader is the part of AWS Organizations that knows the parents of an account. The management account and delegated
// administrators of any service may call it (Organizations API, ListParents).
type UnitReader interface {
	ListParents(ctx context.Context, in *sdk.ListParentsInput, options ...func(*sdk.Options)) (*sdk.ListParentsOutput, error)
}

// unitsAtOnce is the number of concurrent requests to AWS Organizations: it allows few a second.
const unitsAtOnce = 4

// Twice returns the accounts and units of the file that are in another of its units: they would get two stacks with the same role.
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
				"correct it in the file: the console of AWS Organizations shows the IDs of the units"})
		case r.Err != nil && unknown(r.Err):
			// The account is in another organization, or in none.
		case r.Err != nil:
			return nil, r.Err
		case unit == "":
		case isUnit:
			clashes = append(clashes, Clash{r.Key, fmt.Sprintf("unit %s is in unit %s, which the file lists as well: its accounts would get two stacks with the same role",
				titled(r.Key, names[r.Key]), titled(unit, units[unit])), "remove one of the two from the file"})
		default:
			clashes = append(clashes, Clash{r.Key, fmt.Sprintf("account %s is in unit %s, which the file lists as well: it would get two stacks with the same role",
				titled(r.Key, names[r.Key]), titled(unit, units[unit])), "remove the account from targets, or move it out of the unit"})
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

// unknown reports whether the organization has no such account or unit.
func unknown(err error) bool {
	var child *types.ChildNotFoundException
	return errors.As(err, &child)
}

// tree caches the parents of accounts and units; several goroutines may use it at once.
type tree struct {
	client UnitReader
	mutex  sync.Mutex
	above  map[string]string
}

// within returns the nearest of the units above an account or a unit; empty where there is none.
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

// parent returns the parent of an account or a unit; empty above the root.
func (t *tree) parent(ctx context.Context, child string) (string, error) {
	t.mutex.Lock()
	parent, ok := t.above[child]
	t.mutex.Unlock()
	if ok || child[0] == 'r' { // r-ab12 is a root
		return parent, nil
	}
	parent, err := ParentOf(ctx, t.client, child)
	if err != nil {
		return "", err
	}
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.above[child] = parent
	return parent, nil
}

// ParentOf returns the root or unit that an account or a unit is in; empty where AWS names none. The list has one item, but its first
// page may be empty (AWS Organizations API, ListParents).
func ParentOf(ctx context.Context, client UnitReader, child string) (string, error) {
	pages := sdk.NewListParentsPaginator(client, &sdk.ListParentsInput{ChildId: aws.String(child)})
	for p, err := range whole.Each(ctx, pages, func(page *sdk.ListParentsOutput) []types.Parent { return page.Parents }) {
		return aws.ToString(p.Id), err
	}
	return "", nil
}

// StackSetsReader is the part of CloudFormation that knows whether stack sets may use the organization.
type StackSetsReader interface {
	DescribeOrganizationsAccess(ctx context.Context, in *cloudformation.DescribeOrganizationsAccessInput, options ...func(*cloudformation.Options)) (*cloudformation.DescribeOrganizationsAccessOutput, error)
}

// DelegateReader is the part of AWS Organizations that knows its delegated administrators.
type DelegateReader interface {
	DescribeOrganization(ctx context.Context, in *sdk.DescribeOrganizationInput, options ...func(*sdk.Options)) (*sdk.DescribeOrganizationOutput, error)
	ListDelegatedAdministrators(ctx context.Context, in *sdk.ListDelegatedAdministratorsInput, options ...func(*sdk.Options)) (*sdk.ListDelegatedAdministratorsOutput, error)
}

// MayNotMake returns why the account of the stack sets cannot create them: it is the wrong account, or lacks the delegation. Both
// clients have that account's credentials. unknown has the errors of requests that failed.
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
			"set it to that number; or remove the key, and register the hub account as a delegated administrator"}}, unknown
	case given == "" && management == owner:
		return []Clash{{owner, "the hub account is the organization's management account, which cannot be a delegated administrator",
			"set stackSets: {managementAccount: \"" + owner + "\"}"}}, unknown
	}
	out, err := sets.DescribeOrganizationsAccess(ctx, &cloudformation.DescribeOrganizationsAccessInput{CallAs: CallAs(c)})
	switch {
	case err != nil:
		unknown = append(unknown, err)
	case out.Status != cfn.OrganizationStatusEnabled:
		clashes = append(clashes, Clash{owner, "stack sets have no access to the organization: trusted access is " + string(out.Status),
			"in the management account: aws cloudformation activate-organizations-access --region " + c.Hub.Region})
	}
	if c.StackSets.ManagementAccount != "" {
		return clashes, unknown
	}
	pages := sdk.NewListDelegatedAdministratorsPaginator(client, &sdk.ListDelegatedAdministratorsInput{ServicePrincipal: aws.String(StackSetsPrincipal)})
	administrators := func(page *sdk.ListDelegatedAdministratorsOutput) []types.DelegatedAdministrator {
		return page.DelegatedAdministrators
	}
	for d, err := range whole.Each(ctx, pages, administrators) {
		if err != nil {
			return clashes, append(unknown, err)
		}
		if aws.ToString(d.Id) == owner {
			return clashes, unknown
		}
	}
	return append(clashes, Clash{owner, "the hub account is not a delegated administrator for stack sets",
		"in the management account: aws organizations register-delegated-administrator --service-principal " + StackSetsPrincipal + " --account-id " +
			owner}), unknown
}

// CallAs returns the role in which the account of the stack sets calls CloudFormation.
func CallAs(c *config.Config) cfn.CallAs {
	if c.StackSets.ManagementAccount != "" {
		return cfn.CallAsSelf
	}
	return cfn.CallAsDelegatedAdmin
}
