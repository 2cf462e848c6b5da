package discover

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/stub"
)

// above is an organization: the parent of each account or unit.
type above struct {
	of    map[string]string
	err   error
	mutex sync.Mutex
	asked map[string]int
}

func (a *above) ListParents(_ context.Context, in *organizations.ListParentsInput, _ ...func(*organizations.Options)) (*organizations.ListParentsOutput, error) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if in.NextToken == nil {
		a.asked[*in.ChildId]++
	}
	if strings.HasPrefix(*in.ChildId, "r-") {
		return nil, errors.New("a root has no parent")
	}
	parent, ok := a.of[*in.ChildId]
	if !ok && a.err == nil {
		return nil, &types.ChildNotFoundException{}
	}
	out := &organizations.ListParentsOutput{}
	out.Parents, out.NextToken = stub.Page([]types.Parent{{Id: aws.String(parent)}}, in.NextToken)
	return out, a.err
}

func unitsOf(t *testing.T, targets string) *config.Config {
	t.Helper()
	c, err := config.Parse("breakglass.yaml", []byte("version: 1\nhub: {account: \"111111111111\"}\nalerts: {email: [a@example.com]}\n"+
		"stackSets: {retainOnAccountRemoval: true}\ntargets:\n"+targets))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTwice(t *testing.T) {
	const (
		account = "  - {account: \"222222222222\", name: production}\n"
		unit    = "  - {organizationalUnit: ou-ab12-11111111, name: workloads}\n"
		other   = "  - {organizationalUnit: ou-ab12-22222222}\n"
	)
	for name, c := range map[string]struct {
		targets string
		of      map[string]string
		want    []string
	}{
		"apart": {account + unit, map[string]string{"222222222222": "r-ab12", "ou-ab12-11111111": "r-ab12"}, nil},
		"in it": {account + unit, map[string]string{"222222222222": "ou-ab12-11111111", "ou-ab12-11111111": "r-ab12"},
			[]string{"account 222222222222 (production) is in unit ou-ab12-11111111 (workloads), which the file lists as well"}},
		"far below": {account + unit, map[string]string{
			"222222222222": "ou-ab12-33333333", "ou-ab12-33333333": "ou-ab12-44444444", "ou-ab12-44444444": "ou-ab12-11111111", "ou-ab12-11111111": "r-ab12",
		},
			[]string{"account 222222222222 (production) is in unit ou-ab12-11111111"}},
		"in the root": {account + "  - {organizationalUnit: r-ab12}\n", map[string]string{"222222222222": "ou-ab12-33333333", "ou-ab12-33333333": "r-ab12"},
			[]string{"account 222222222222 (production) is in unit r-ab12"}},
		"a unit in another": {unit + other, map[string]string{
			"ou-ab12-11111111": "r-ab12", "ou-ab12-22222222": "ou-ab12-33333333", "ou-ab12-33333333": "ou-ab12-11111111",
		},
			[]string{"unit ou-ab12-22222222 is in unit ou-ab12-11111111 (workloads), which the file lists as well"}},
		"another organization's account": {account + unit, map[string]string{"ou-ab12-11111111": "r-ab12"}, nil},
		"no such unit": {
			account + unit, map[string]string{"222222222222": "r-ab12"}, []string{"the organization has no unit ou-ab12-11111111 (workloads)"},
		},
	} {
		client := &above{of: c.of, asked: map[string]int{}}
		got, err := Twice(t.Context(), client, unitsOf(t, c.targets))
		if err != nil || len(got) != len(c.want) {
			t.Errorf("%s: %+v, %v", name, got, err)
			continue
		}
		for i, want := range c.want {
			if !strings.Contains(got[i].What, want) || got[i].Fix == "" || got[i].ID == "" {
				t.Errorf("%s: %+v, want %q", name, got[i], want)
			}
		}
	}
	refused := &above{err: errors.New("refused"), asked: map[string]int{}}
	if _, err := Twice(t.Context(), refused, unitsOf(t, account+unit)); err == nil {
		t.Error("nobody says that it could not be asked")
	}
}

// delegates is who may act for an organization.
type delegates struct {
	management string
	accounts   []string
	access     cfn.OrganizationStatus
	err        error
	as         cfn.CallAs
}

func (d *delegates) DescribeOrganization(context.Context, *organizations.DescribeOrganizationInput, ...func(*organizations.Options)) (*organizations.DescribeOrganizationOutput, error) {
	return &organizations.DescribeOrganizationOutput{Organization: &types.Organization{MasterAccountId: aws.String(d.management)}}, d.err
}

func (d *delegates) ListDelegatedAdministrators(_ context.Context, in *organizations.ListDelegatedAdministratorsInput, _ ...func(*organizations.Options)) (*organizations.ListDelegatedAdministratorsOutput, error) {
	out := &organizations.ListDelegatedAdministratorsOutput{}
	for _, account := range d.accounts {
		if *in.ServicePrincipal == StackSetsPrincipal {
			out.DelegatedAdministrators = append(out.DelegatedAdministrators, types.DelegatedAdministrator{Id: aws.String(account)})
		}
	}
	out.DelegatedAdministrators, out.NextToken = stub.Page(out.DelegatedAdministrators, in.NextToken)
	return out, d.err
}

func (d *delegates) DescribeOrganizationsAccess(_ context.Context, in *cloudformation.DescribeOrganizationsAccessInput, _ ...func(*cloudformation.Options)) (*cloudformation.DescribeOrganizationsAccessOutput, error) {
	d.as = in.CallAs
	return &cloudformation.DescribeOrganizationsAccessOutput{Status: d.access}, d.err
}

func TestMayNotMake(t *testing.T) {
	const unit = "  - {organizationalUnit: ou-ab12-11111111}\n"
	managed := func(c *config.Config) { c.StackSets.ManagementAccount = "999999999999" }
	on := cfn.OrganizationStatusEnabled
	for name, c := range map[string]struct {
		of   delegates
		file func(*config.Config)
		want string
		fix  string
	}{
		"a delegated administrator": {of: delegates{management: "999999999999", accounts: []string{"222222222222", "111111111111"}, access: on}},
		"the management account":    {of: delegates{management: "999999999999", access: on}, file: managed},
		"nobody let it": {of: delegates{management: "999999999999", accounts: []string{"222222222222"}, access: on},
			want: "not a delegated administrator", fix: "register-delegated-administrator --service-principal " + StackSetsPrincipal + " --account-id 111111111111"},
		"no trusted access": {of: delegates{management: "999999999999", accounts: []string{"111111111111"}, access: cfn.OrganizationStatusDisabled},
			want: "trusted access is DISABLED", fix: "activate-organizations-access"},
		"the hub is it": {
			of: delegates{management: "111111111111", access: on}, want: "is the organization's management account", fix: `{managementAccount: "111111111111"}`,
		},
		"the wrong number": {
			of: delegates{management: "888888888888", access: on}, file: managed, want: "the organization's management account is 888888888888",
			fix: "set it to that number",
		},
	} {
		file := unitsOf(t, unit)
		if c.file != nil {
			c.file(file)
		}
		got, unknown := MayNotMake(t.Context(), &c.of, &c.of, file)
		if len(unknown) > 0 || (c.want == "") != (len(got) == 0) {
			t.Errorf("%s: %+v, %v", name, got, unknown)
			continue
		}
		if c.want != "" && (len(got) != 1 || !strings.Contains(got[0].What, c.want) || !strings.Contains(got[0].Fix, c.fix)) {
			t.Errorf("%s: %+v, want %q", name, got, c.want)
		}
		if want := map[bool]cfn.CallAs{true: cfn.CallAsSelf, false: cfn.CallAsDelegatedAdmin}[c.file != nil]; c.of.as != "" && c.of.as != want {
			t.Errorf("%s: it asks as %s", name, c.of.as)
		}
	}
	refused := delegates{err: errors.New("refused")}
	if got, unknown := MayNotMake(t.Context(), &refused, &refused, unitsOf(t, unit)); len(got) != 0 || len(unknown) != 3 {
		t.Errorf("%+v, %v", got, unknown)
	}
}
