package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const minimal = `version: 1
hub:
  account: "111111111111"
alerts:
  email: [security-team@example.com]
`

const full = `version: 1
hub: {account: "111111111111", region: eu-west-1, standby: eu-central-1}
regions: all
unwatched:
  - region: ap-east-2
    reason: denied by policy for all principals
alerts:
  email: [security-team@example.com, "o'neil+alerts@example.co.uk"]
  https: ["https://example.com/hook?key=1"]
  sms: ["+15550100123"]
  sqs: [arn:aws:sqs:us-east-1:333333333333:alerts]
  instructions: |
    Call the duty officer, +1 555 0100.
    Runbook: https://example.com/runbook
users:
  - {name: BreakglassAda, accessKey: sealed}
  - name: ada.lovelace@example.com
userAccess:
  managedPolicies: []
role:
  name: Emergency
  managedPolicies: [job-function/ViewOnlyAccess, arn:aws:iam::aws:policy/IAMFullAccess]
  inlinePolicy:
    Version: 2012-10-17
    Statement:
      - Sid: Support
        Effect: Allow
        Action: ["support:*", iam:GetUser]
        Resource: "*"
        Condition:
          Bool: {aws:MultiFactorAuthPresent: true}
          NumericLessThan: {aws:MultiFactorAuthAge: 3600}
  permissionsBoundary: Boundary
  sessionDuration: 90m
targets:
  - account: "222222222222"
  - account: "012345678901"
    name: production eu
    region: us-east-1
    managedPolicies: [arn:aws:iam::012345678901:policy/team/Admin]
    inlinePolicy: {}
    permissionsBoundary: ""
    sessionDuration: 12h
monitoring: {heartbeats: false, tampering: false, deliveryFailures: false, newRegions: false, dashboard: false}
ledger: {retentionDays: 365}
trail: create
userNotifications: {email: [oncall@example.com]}
chat:
  slack: {workspace: T0123ABCDEF, channel: C0123ABCDEF}
  teams:
    tenant: 0f0f0f0f-1111-2222-3333-444444444444
    team: 0f0f0f0f-1111-2222-3333-555555555555
    channel: 19%3Aabcdef%40thread.tacv2
deploy:
  access: organization
  accessRole: AWSControlTowerExecution
terminationProtection: false
tags:
  team: cloud platform
  cost-center: "0042"
credentials: {passwordHolders: [age1lvhw59lx93wpa96g8t9l96lx4qfk9p837whhwd0ddtghytms9e3sccd3v9], mfaHolders: [age1qlqp9llgttsgkrh3595a7svmenhnfpmspnapqynjgrwt7jmaxc8qvg7v9x], rotateEvery: 30d}
`

var ignoreLines = cmpopts.IgnoreUnexported(Config{})

func mustParse(t *testing.T, text string) *Config {
	t.Helper()
	c, err := Parse("breakglass.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestDefaults(t *testing.T) {
	got := mustParse(t, minimal+"targets:\n  - account: \"222222222222\"\n")
	want := &Config{
		Version: 1,
		Hub:     Hub{Account: "111111111111", Region: "us-east-1"},
		Regions: AlwaysOnRegions(),
		Alerts: Alerts{
			Email:        []string{"security-team@example.com"},
			Instructions: DefaultInstructions,
		},
		Users:       []User{{Name: "BreakglassUser"}},
		Credentials: Credentials{RotateEvery: 90 * Day},
		UserAccess:  UserAccess{ManagedPolicies: []string{"IAMFullAccess"}},
		Role:        Role{Name: "BreakGlassRole", ManagedPolicies: []string{"IAMFullAccess"}, SessionDuration: time.Hour},
		Targets: []Target{{
			Account: "222222222222", Name: "222222222222", Region: "us-east-1",
			ManagedPolicies: []string{"IAMFullAccess"}, SessionDuration: time.Hour,
		}},
		StackSets:  StackSets{Region: "us-east-1"},
		Monitoring: Monitoring{Heartbeats: true, Tampering: true, DeliveryFailures: true, NewRegions: true, Dashboard: true},
		Ledger:     Ledger{RetentionDays: 3653}, Trail: TrailExisting,
		Deploy:                Deploy{Access: AccessCredentials, AccessRole: "OrganizationAccountAccessRole"},
		Pipeline:              Pipeline{Approval: true},
		TerminationProtection: true,
	}
	if diff := cmp.Diff(want, got, ignoreLines); diff != "" {
		t.Error(diff)
	}
}

func TestEveryKey(t *testing.T) {
	got := mustParse(t, full)
	inline := map[string]any{
		"Version": "2012-10-17",
		"Statement": []any{map[string]any{
			"Sid": "Support", "Effect": "Allow", "Action": []any{"support:*", "iam:GetUser"}, "Resource": "*",
			"Condition": map[string]any{
				"Bool":            map[string]any{"aws:MultiFactorAuthPresent": true},
				"NumericLessThan": map[string]any{"aws:MultiFactorAuthAge": int64(3600)},
			},
		}},
	}
	var regions []string
	for _, r := range AllRegions() {
		if r.Code != "ap-east-2" {
			regions = append(regions, r.Code)
		}
	}
	policies := []string{"job-function/ViewOnlyAccess", "arn:aws:iam::aws:policy/IAMFullAccess"}
	want := &Config{
		Version:   1,
		Hub:       Hub{Account: "111111111111", Region: "eu-west-1", Standby: "eu-central-1"},
		Regions:   regions,
		Unwatched: []Unwatched{{Region: "ap-east-2", Reason: "denied by policy for all principals"}},
		Alerts: Alerts{
			Email:        []string{"security-team@example.com", "o'neil+alerts@example.co.uk"},
			HTTPS:        []string{"https://example.com/hook?key=1"},
			SMS:          []string{"+15550100123"},
			SQS:          []string{"arn:aws:sqs:us-east-1:333333333333:alerts"},
			Instructions: "Call the duty officer, +1 555 0100.\nRunbook: https://example.com/runbook",
		},
		Credentials: Credentials{
			PasswordHolders: []string{"age1lvhw59lx93wpa96g8t9l96lx4qfk9p837whhwd0ddtghytms9e3sccd3v9"},
			MFAHolders:      []string{"age1qlqp9llgttsgkrh3595a7svmenhnfpmspnapqynjgrwt7jmaxc8qvg7v9x"}, RotateEvery: 30 * Day,
		},
		Users:      []User{{Name: "BreakglassAda", AccessKey: AccessKeySealed}, {Name: "ada.lovelace@example.com"}},
		UserAccess: UserAccess{ManagedPolicies: []string{}},
		Role:       Role{Name: "Emergency", ManagedPolicies: policies, InlinePolicy: inline, PermissionsBoundary: "Boundary", SessionDuration: 90 * time.Minute},
		Targets: []Target{
			{
				Account: "222222222222", Name: "222222222222", Region: "eu-west-1",
				ManagedPolicies: policies, InlinePolicy: inline, PermissionsBoundary: "Boundary", SessionDuration: 90 * time.Minute,
			},
			{
				Account: "012345678901", Name: "production eu", Region: "us-east-1",
				ManagedPolicies: []string{"arn:aws:iam::012345678901:policy/team/Admin"}, SessionDuration: 12 * time.Hour,
			},
		},
		Ledger: Ledger{RetentionDays: 365}, Trail: TrailCreate,
		UserNotifications: UserNotifications{Email: []string{"oncall@example.com"}},
		Chat: Chat{
			Slack: Slack{Workspace: "T0123ABCDEF", Channel: "C0123ABCDEF"},
			Teams: Teams{Tenant: "0f0f0f0f-1111-2222-3333-444444444444", Team: "0f0f0f0f-1111-2222-3333-555555555555", Channel: "19%3Aabcdef%40thread.tacv2"},
		},
		StackSets: StackSets{Region: "eu-west-1"},
		Deploy:    Deploy{Access: AccessOrganization, AccessRole: "AWSControlTowerExecution"},
		Pipeline:  Pipeline{Approval: true},
		Tags:      map[string]string{"team": "cloud platform", "cost-center": "0042"},
	}
	if diff := cmp.Diff(want, got, ignoreLines); diff != "" {
		t.Error(diff)
	}
}

func TestLine(t *testing.T) {
	c := mustParse(t, full)
	for path, want := range map[string]int{
		"hub.account": 2, "unwatched[0].reason": 6, "alerts.instructions": 12, "users[1].name": 17, "targets[1]": 37,
		"targets[1].sessionDuration": 43, "targets[0].name": 36, "tags.team": 59, "nothing": 1,
		"role.inlinePolicy.Statement[0].Condition.Bool.aws:MultiFactorAuthPresent": 31,
	} {
		if got := c.Line(path); got != want {
			t.Errorf("Line(%q) = %d, want %d", path, got, want)
		}
	}
	if got := new(Config).Line("hub.account"); got != 0 {
		t.Errorf("a Config without a file has line %d", got)
	}
}

func TestLineEndsAndByteOrderMark(t *testing.T) {
	want := mustParse(t, full)
	got := mustParse(t, "\ufeff"+strings.ReplaceAll(full, "\n", "\r\n"))
	if got.sum == want.sum {
		t.Error("another text has the same checksum")
	}
	got.sum = want.sum
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(Config{})); diff != "" {
		t.Error(diff)
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "breakglass.yaml")
	_, err := Load(file)
	if want := file + ": file does not exist. Create one with breakglass init, copy the project's breakglass.yaml there, or name another file (--config FILE for breakglass, -c config=FILE for the CDK)."; err == nil || err.Error() != want || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want %s", err, want)
	}
	_, err = Load(dir)
	if want := dir + ": is a folder. Name the file in it (--config FILE for breakglass, -c config=FILE for the CDK)."; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(strings.Repeat("#", MaxFileSize+1))
	_, err = Load(file)
	if want := file + ": larger than 1 MiB. Is this the right file? Name another one (--config FILE for breakglass, -c config=FILE for the CDK)."; err == nil ||
		err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	write(minimal)
	if _, err := Load(file); err != nil {
		t.Error(err)
	}
	if _, err := Load(exampleFile); err != nil {
		t.Error(err)
	}
}

// One subscriber is enough, of whatever kind.
func TestOneSubscriberIsEnough(t *testing.T) {
	for _, alerts := range []string{
		"email: [security-team@example.com]", "https: ['https://example.com/hook']", "sms: ['+15550100123']", "sqs: ['arn:aws:sqs:us-east-1:333333333333:alerts']",
	} {
		if _, err := Parse("breakglass.yaml", []byte("version: 1\nhub: {account: \"111111111111\"}\nalerts: {"+alerts+"}\n")); err != nil {
			t.Errorf("%s: %v", alerts, err)
		}
	}
}
