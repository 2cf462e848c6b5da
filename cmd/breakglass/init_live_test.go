//go:build emulator

// This test starts LocalEmu: go test -tags emulator -run Live ./cmd/breakglass

package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"

	"example.com/breakglass/config"
	"example.com/breakglass/prove/local/localtest"
)

// TestLiveInit writes a file in an organization's management account, of an AWS that has no Account Management.
func TestLiveInit(t *testing.T) {
	server := localtest.Start(t, "../..")
	client := organizations.NewFromConfig(server.Config("111111111111", "us-east-1"))
	if _, err := client.CreateOrganization(t.Context(), &organizations.CreateOrganizationInput{}); err != nil {
		t.Fatal(err)
	}
	made, err := client.CreateAccount(t.Context(), &organizations.CreateAccountInput{AccountName: aws.String("production"), Email: aws.String("a@example.com")})
	if err != nil {
		t.Fatal(err)
	}
	production := aws.ToString(made.CreateAccountStatus.AccountId)
	localtest.As(t, server, "111111111111", "us-east-1")
	file := filepath.Join(t.TempDir(), "breakglass.yaml")
	var out, errs bytes.Buffer
	call := func(args ...string) int {
		out.Reset()
		errs.Reset()
		return run(t.Context(), append(args, "--config", file), strings.NewReader(""), &out, &errs)
	}
	if code := call("init", "--email", "security-team@example.com", "--target", production); code != 0 {
		t.Fatalf("init: %d, %s", code, &errs)
	}
	t.Logf("%s%s", &out, &errs)
	for _, want := range []string{"111111111111 is the management account", "the enabled Regions are not known"} {
		if !strings.Contains(errs.String(), want) {
			t.Errorf("%q lacks %q", &errs, want)
		}
	}
	c, err := config.Load(file)
	if err != nil || c.Hub.Account != "111111111111" || len(c.Targets) != 1 || c.Targets[0].Name != "production" {
		t.Errorf("%+v, %v", c, err)
	}
	if code := call("regions"); code != exitCouldNotRun || !strings.Contains(errs.String(), "listing the Regions of account 111111111111") {
		t.Errorf("regions: %d, %s", code, &errs)
	}
}
