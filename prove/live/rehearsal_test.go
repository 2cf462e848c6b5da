//go:build emulator

package main

import (
	"context"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/screen"
	"example.com/breakglass/prove/local/localtest"
)

// TestQuestionsThatOnlyAWSAnswersCanBeAsked: the local AWS's answers mean nothing, but it takes the calls, and everything that they make
// is removed again.
func TestQuestionsThatOnlyAWSAnswersCanBeAsked(t *testing.T) {
	server := localtest.Start(t, "../..")
	localtest.As(t, server, sandboxAccount, hubRegion)
	ctx := t.Context()
	out := screen.New(t.Output(), io.Discard, false)
	tr := &trial{
		options: options{Out: out, Local: true}, began: time.Now(), within: 3 * time.Second, settles: 5 * time.Second, answers: map[string]given{},
		refused: map[string]string{}, undo: undoing{out: out},
	}
	tr.hub, tr.target, tr.folder = sandboxAccount, sandboxAccount, t.TempDir()
	tr.file = filepath.Join(tr.folder, "breakglass.yaml")
	var err error
	tr.caller, err = account.Load(ctx, "", hubRegion)
	must(t, err)
	must(t, tr.write(true))
	tr.keys = account.NewKeys(tr.caller, tr.config, nil)
	must(t, tr.inspect(ctx, sandboxAccount))

	users := iam.NewFromConfig(server.Config(sandboxAccount, hubRegion))
	_, err = users.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String(config.DefaultUser)})
	must(t, err)
	_, err = users.CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String(config.DefaultRole), AssumeRolePolicyDocument: document(map[string]any{
		"Effect": "Allow", "Principal": map[string]any{"AWS": sandboxAccount}, "Action": "sts:AssumeRole",
	})})
	must(t, err)
	if err := tr.inspect(ctx, sandboxAccount); err == nil || !strings.Contains(err.Error(), config.DefaultUser) {
		t.Errorf("an account in which the project is deployed: %v", err)
	}

	must(t, beginSchedules(ctx, tr))
	must(t, beginConditions(ctx, tr))
	for _, q := range []struct {
		name string
		ask  func(context.Context, *trial) (string, error)
		want string
	}{
		{"source-conditions", sourceConditions, "with aws:SourceArn: events arrive"},
		{"scheduler-calls", schedulerCalls, "sts:assumeRole: "},
		{"serial-number", serialNumber, "GetSessionToken with the code first, then AssumeRole: "},
		{"name-case", nameCase, "BREAKGLASSUSER"},
		{"sigv4a", signature, "AssumeRole"},
	} {
		got, err := q.ask(ctx, tr)
		if err != nil || !strings.Contains(got, q.want) {
			t.Errorf("%s: %q, %v", q.name, got, err)
		}
	}
	must(t, tr.undo.all(ctx))
	must(t, deleteRole(ctx, users, config.DefaultRole))
	_, err = users.DeleteLoginProfile(ctx, &iam.DeleteLoginProfileInput{UserName: aws.String(config.DefaultUser)})
	must(t, err)
	_, err = users.DeleteUser(ctx, &iam.DeleteUserInput{UserName: aws.String(config.DefaultUser)})
	must(t, err)
	nothingLeft(t, server)
}
