package leftovers

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/breakglass/operate/incident/chain"
	"example.com/breakglass/operate/incident/events"
)

// What a renamed user or group had is looked for under its name of now, at each point of time: under the old one, IAM would say that it is gone.
func TestWhatIsRenamedIsStillThere(t *testing.T) {
	at := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	var calls []*chain.Call
	add := func(event string, request, response map[string]any) {
		c := sample{Event: event, Request: request, Response: response}.call()
		c.EventID, c.Time = fmt.Sprintf("e-%02d", len(calls)), at.Add(time.Duration(len(calls))*time.Minute)
		calls = append(calls, c)
	}
	add("iam:CreateUser", map[string]any{"userName": "evil"}, nil)
	add("iam:CreateAccessKey", map[string]any{"userName": "evil"}, map[string]any{"accessKey": map[string]any{"userName": "evil", "accessKeyId": "AKIAEVIL"}})
	add("iam:CreateGroup", map[string]any{"groupName": "admins"}, nil)
	add("iam:AddUserToGroup", map[string]any{"groupName": "admins", "userName": "evil"}, nil)
	add("iam:UpdateUser", map[string]any{"userName": "evil", "newUserName": "good"}, nil)
	add("iam:UpdateUser", map[string]any{"userName": "good", "newPath": "/x/"}, nil)
	add("iam:UpdateUser", map[string]any{"userName": "good", "newUserName": "better"}, nil)
	add("iam:UpdateGroup", map[string]any{"groupName": "Admins", "newGroupName": "readers"}, nil)
	add("iam:CreateUser", map[string]any{"userName": "evil"}, nil) // another one of that name
	add("iam:CreateLoginProfile", map[string]any{"userName": "evil"}, nil)
	var got []string
	for _, item := range Expected(calls) {
		got = append(got, item.ID+" "+item.What+" | "+item.Undo)
	}
	for _, want := range []string{
		"e-00 user better | aws iam delete-user --user-name better",
		"e-01 access key AKIAEVIL of better | aws iam delete-access-key --user-name better --access-key-id AKIAEVIL",
		"e-02 group readers | aws iam delete-group --group-name readers",
		"e-03 user better in group readers | aws iam remove-user-from-group --user-name better --group-name readers",
		"e-08 user evil | aws iam delete-user --user-name evil",
		"e-09 password of user evil | aws iam delete-login-profile --user-name evil",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is not among\n%s", want, strings.Join(got, "\n"))
		}
	}
	// Whoever makes, renames and deletes a user has removed nothing of before.
	add("iam:DeleteUser", map[string]any{"userName": "better"}, nil)
	for _, item := range Expected(calls) {
		if item.Effect == Removed {
			t.Errorf("%+v", item)
		}
	}
}

// A call that names no user is about its caller, as those are by which one changes the own password.
func TestACallAboutItsCaller(t *testing.T) {
	c := sample{Event: "iam:ChangePassword"}.call()
	c.Identity = events.Identity{Type: "IAMUser", UserName: "ops"}
	if all := Expected([]*chain.Call{c}); len(all) != 1 || all[0].What != "password of user ops" {
		t.Errorf("%+v", all)
	}
	renaming := sample{Event: "iam:UpdateUser", Request: map[string]any{"newUserName": "hidden"}}.call()
	renaming.Identity, renaming.EventID = c.Identity, "e-2"
	if all := Expected([]*chain.Call{c, renaming}); len(all) != 2 || all[0].What != "password of user hidden" || all[1].What != "user hidden, which was ops before" {
		t.Errorf("%+v", all)
	}
	c.Source = "s3.amazonaws.com" // others have no such rule
	if all := Expected([]*chain.Call{c}); len(all) != 1 || strings.Contains(all[0].What, "ops") {
		t.Errorf("%+v", all)
	}
}

// A policy that a session put at a bucket of another account is looked for, and undone, in that account.
func TestAThingOfAnotherAccount(t *testing.T) {
	c := sample{Event: "s3:PutBucketPolicy", Request: map[string]any{"bucketName": "logs"}}.call()
	c.Identity.Account = c.Account
	c.Halves = []events.Record{{Account: "333333333333"}}
	if all := Expected([]*chain.Call{c}); len(all) != 1 || all[0].Account != "333333333333" {
		t.Errorf("%+v", all)
	}
	c.Account, c.Halves = "333333333333", []events.Record{{Account: "222222222222"}}
	if all := Expected([]*chain.Call{c}); len(all) != 1 || all[0].Account != "333333333333" {
		t.Errorf("%+v", all)
	}
}

// An account that the configuration does not know is no stranger to itself.
func TestTheOwnAccountIsNoRisk(t *testing.T) {
	trust := func(principal string) []string {
		s := sample{Event: "iam:CreateRole", Request: map[string]any{
			"roleName": "x", "assumeRolePolicyDocument": `{"Statement": [{"Effect": "Allow", "Principal": ` + principal + `}]}`,
		}}
		return of(s.call(), []string{"111111111111"}, nil)[0].Risks
	}
	if all := trust(`{"AWS": "arn:aws:iam::222222222222:root"}`); len(all) > 0 {
		t.Errorf("%q", all)
	}
	if all := trust(`{"Federated": "arn:aws:iam::222222222222:oidc-provider/example.com"}`); !slices.Equal(all,
		[]string{"opens it to whoever comes through arn:aws:iam::222222222222:oidc-provider/example.com"}) {
		t.Errorf("%q", all)
	}
}
