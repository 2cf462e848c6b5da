package discover

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/account"
	accounttypes "github.com/aws/aws-sdk-go-v2/service/account/types"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/stub"
)

// pages is an Account Management API with one Region a page.
type pages struct {
	regions []accounttypes.Region
	err     error // after the last page
}

func (p pages) ListRegions(_ context.Context, in *sdk.ListRegionsInput, _ ...func(*sdk.Options)) (*sdk.ListRegionsOutput, error) {
	at := len(aws.ToString(in.NextToken))
	if at == len(p.regions) {
		return nil, p.err
	}
	out := &sdk.ListRegionsOutput{Regions: p.regions[at : at+1]}
	if at+1 < len(p.regions) || p.err != nil {
		out.NextToken = aws.String(strings.Repeat("x", at+1))
	}
	return out, nil
}

func region(code string, status accounttypes.RegionOptStatus) accounttypes.Region {
	return accounttypes.Region{RegionName: aws.String(code), RegionOptStatus: status}
}

// Who takes such an answer for AWS's gives up the Regions that the file watches.
func TestAnAnswerWithoutTheRegionsThatAreAlwaysEnabledIsNone(t *testing.T) {
	for _, list := range [][]accounttypes.Region{
		{region("us-east-1", accounttypes.RegionOptStatusDisabled)}, {region("eu-west-1", "")}, {region("eu-south-2", accounttypes.RegionOptStatusEnabled)},
	} {
		if got, err := Regions(t.Context(), pages{regions: list}, "111111111111"); got != nil || err == nil ||
			!strings.Contains(err.Error(), "the answer has none of those that are always enabled; check what answers in the place of AWS") {
			t.Errorf("%v, %v", got, err)
		}
	}
}

func TestRegionsOfEveryPage(t *testing.T) {
	got, err := Regions(t.Context(), pages{regions: []accounttypes.Region{
		region("us-east-1", accounttypes.RegionOptStatusEnabledByDefault), region("eu-south-2", accounttypes.RegionOptStatusEnabled),
		region("af-south-1", accounttypes.RegionOptStatusDisabled), region("ap-east-1", accounttypes.RegionOptStatusEnabling),
		region("ap-east-2", accounttypes.RegionOptStatusDisabling), region("il-central-1", "RESTING"),
	}}, "111111111111")
	want := []Region{
		{"af-south-1", NotEnabled},
		{"ap-east-1", Enabling},
		{"ap-east-2", Disabling},
		{"eu-south-2", Enabled},
		{"il-central-1", "RESTING"},
		{"us-east-1", AlwaysOn},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	if got := On(got); !slices.Equal(got, []string{"ap-east-1", "eu-south-2", "us-east-1"}) {
		t.Errorf("on: %v", got)
	}
}

// Half a list would look like Regions that are off.
func TestRegionsAreAllOrNone(t *testing.T) {
	for code, want := range map[string]string{
		"TooManyRequestsException": "listing the Regions of account 111111111111: AWS throttled the requests",
		"AccessDeniedException":    "listing the Regions of account 111111111111: refused by AWS",
		"ExpiredTokenException":    "sign in again",
	} {
		got, err := Regions(t.Context(), pages{
			regions: []accounttypes.Region{region("us-east-1", accounttypes.RegionOptStatusEnabled)},
			err:     &smithy.GenericAPIError{Code: code, Message: "no"},
		}, "111111111111")
		if got != nil || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, %v", code, got, err)
		}
	}
}

// A state that this version does not know is named, not passed over.
func TestAnUnknownStateIsAFinding(t *testing.T) {
	c := parse(t, "hub: {account: \"111111111111\"}\nregions: [us-east-1]\n")
	for _, row := range Compare(c, []Region{{"us-east-1", AlwaysOn}, {"eu-south-2", "SLEEPING"}}, "") {
		if want := row.Region == "eu-south-2"; row.Finding != want || want && !strings.Contains(row.Todo, "SLEEPING") {
			t.Errorf("%+v", row)
		}
	}
}

type organization struct {
	describe, list error
	accounts       []types.Account
}

func (o organization) DescribeOrganization(context.Context, *organizations.DescribeOrganizationInput, ...func(*organizations.Options)) (*organizations.DescribeOrganizationOutput, error) {
	return &organizations.DescribeOrganizationOutput{Organization: &types.Organization{MasterAccountId: aws.String("999999999999")}}, o.describe
}

func (o organization) ListAccounts(_ context.Context, in *organizations.ListAccountsInput, _ ...func(*organizations.Options)) (*organizations.ListAccountsOutput, error) {
	out := &organizations.ListAccountsOutput{}
	out.Accounts, out.NextToken = stub.Page(o.accounts, in.NextToken)
	return out, o.list
}

func TestOrganization(t *testing.T) {
	named := func(number, name string, state types.AccountState, status types.AccountStatus) types.Account {
		return types.Account{Id: aws.String(number), Name: aws.String(name), State: state, Status: status}
	}
	refused := &smithy.GenericAPIError{Code: "AccessDeniedException", Message: "You don't have permissions to access this resource."}
	for name, test := range map[string]struct {
		client organization
		want   Organization
	}{
		"everything": {
			organization{accounts: []types.Account{
				named("333333333333", " b ", types.AccountStateActive, ""), named("222222222222", "a", "", types.AccountStatusActive),
				named("444444444444", "closed", types.AccountStateClosed, types.AccountStatusActive), named("555555555555", "old", "", types.AccountStatusSuspended),
				named("666666666666", "new", "SLEEPING", types.AccountStatusActive),
			}},
			Organization{Management: "999999999999", Accounts: []Account{{"222222222222", "a"}, {"333333333333", "b"}, {"666666666666", "new"}}},
		},
		"a member": {
			organization{list: refused},
			Organization{Management: "999999999999", Notes: []string{"the organization's accounts are not known: listing the organization's accounts: refused by AWS"}},
		},
		"no organization": {
			organization{describe: &types.AWSOrganizationsNotInUseException{}, list: errors.New("not asked")},
			Organization{},
		},
		"nothing allowed": {
			organization{describe: refused, list: refused},
			Organization{Notes: []string{
				"whether this is the management account is not known: asking for the organization: refused by AWS",
				"the organization's accounts are not known: listing the organization's accounts: refused by AWS",
			}},
		},
	} {
		if diff := cmp.Diff(test.want, Ask(t.Context(), test.client)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func parse(t *testing.T, more string) *config.Config {
	t.Helper()
	c, err := config.Parse("breakglass.yaml", []byte("version: 1\nalerts: {email: [a@example.com]}\n"+more))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCompare(t *testing.T) {
	c := parse(t, `hub: {account: "111111111111", standby: eu-south-2}
regions: [us-east-1, eu-south-2, eu-south-1, ap-east-1, me-south-1, ca-west-1]
unwatched: [{region: sa-east-1, reason: quiet}, {region: af-south-1, reason: never used}]
`)
	found := []Region{
		{"us-east-1", AlwaysOn},
		{"eu-south-2", NotEnabled},
		{"eu-south-1", Enabled},
		{"ap-east-1", Enabling},
		{"me-south-1", Disabling},
		{"sa-east-1", AlwaysOn},
		{"us-west-2", AlwaysOn},
		{"il-central-1", Enabling},
		{"xx-mars-1", Enabled},
		{"zz-north-2", Enabled}, // newer than this version
		{"xx-moon-1", NotEnabled},
		// ca-west-1 is missing
	}
	rows := map[string]Row{}
	var order []string
	for _, row := range Compare(c, found, "a hub") {
		rows[row.Region] = row
		order = append(order, row.Region)
	}
	if !slices.IsSorted(order) || len(order) != len(config.AllRegions())+3 {
		t.Errorf("rows: %v", order)
	}
	for code, want := range map[string]struct {
		finding bool
		todo    string
	}{
		"us-east-1":    {false, ""},
		"eu-south-1":   {false, ""},
		"sa-east-1":    {false, ""},
		"af-south-1":   {false, ""},
		"ap-south-2":   {false, ""},
		"ap-east-1":    {false, "deploy once it is enabled"},
		"xx-moon-1":    {false, "cannot watch the Region"},
		"xx-mars-1":    {true, "cannot watch the Region"},
		"zz-north-2":   {true, "run with --write"},
		"us-west-2":    {true, "sign-ins there go unnoticed"},
		"il-central-1": {true, "sign-ins there go unnoticed"},
		"eu-south-2":   {true, "no hub can be there: enable it (aws account enable-region --region-name eu-south-2 --profile 'a hub'), or"},
		"me-south-1":   {true, "is being disabled"},
		"ca-west-1":    {true, "aws account enable-region --region-name ca-west-1 --profile 'a hub'"},
	} {
		row := rows[code]
		if row.Finding != want.finding || !strings.Contains(row.Todo, want.todo) || want.todo == "" && row.Todo != "" {
			t.Errorf("%s: %+v, want %v", code, row, want)
		}
	}
	if rows["sa-east-1"].Reason != "quiet" {
		t.Error("the reason is lost")
	}
	want := []string{"ap-east-1", "eu-south-1", "eu-south-2", "il-central-1", "us-east-1", "us-west-2", "zz-north-2"}
	if got := Wanted(c, found); !slices.Equal(got, want) {
		t.Errorf("wanted: %v, want %v", got, want)
	}
	if got := Unknown(found); !slices.Equal(got, []string{"xx-mars-1"}) {
		t.Errorf("unknown: %v", got)
	}
}

func TestNothingToFind(t *testing.T) {
	c := parse(t, "hub: {account: \"111111111111\"}\n")
	var found []Region
	for _, code := range config.AlwaysOnRegions() {
		found = append(found, Region{code, AlwaysOn})
	}
	for _, row := range Compare(c, found, "a hub") {
		if row.Finding || row.Todo != "" {
			t.Errorf("%+v", row)
		}
	}
	if got := Wanted(c, found); !slices.Equal(got, c.Regions) {
		t.Errorf("wanted: %v", got)
	}
}
