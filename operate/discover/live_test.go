//go:build emulator

// These tests start LocalEmu: go test -tags emulator ./operate/discover

package discover

import (
	"errors"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/account"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/smithy-go"

	"example.com/breakglass/prove/emulator"
)

func TestLive(t *testing.T) {
	server, err := emulator.Start(t.Context(), emulator.Options{Root: "../..", Log: t.Output()})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Stop()
	cfg := server.Config("111111111111", "us-east-1")

	// The local AWS has no Account Management: what a stub answers in the other tests is all there is.
	regions, err := Regions(t.Context(), sdk.NewFromConfig(cfg), "111111111111")
	var api smithy.APIError
	if regions != nil || !errors.As(err, &api) || api.ErrorCode() != "InternalFailure" {
		t.Errorf("the local AWS lists Regions now, so test with it: %v, %v", regions, err)
	}

	client := organizations.NewFromConfig(cfg)
	if found := Ask(t.Context(), client); found.Management != "" || len(found.Accounts)+len(found.Notes) > 0 {
		t.Errorf("before there is an organization: %+v", found)
	}
	if _, err := client.CreateOrganization(t.Context(), &organizations.CreateOrganizationInput{}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.CreateAccount(t.Context(), &organizations.CreateAccountInput{
		AccountName: aws.String("production"), Email: aws.String("a@example.com"),
	}); err != nil {
		t.Fatal(err)
	}
	found := Ask(t.Context(), client)
	named := slices.ContainsFunc(found.Accounts, func(a Account) bool { return a.Name == "production" && len(a.Number) == 12 })
	if found.Management != "111111111111" || len(found.Accounts) != 2 || !named || len(found.Notes) > 0 {
		t.Errorf("with an organization: %+v", found)
	}
}
