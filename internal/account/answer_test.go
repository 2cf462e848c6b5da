package account

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials/processcreds"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// Whatever answers in the place of AWS, nobody looks for what AWS always returns: a command that does must not panic.
func TestAnAnswerWithoutWhatWasAskedForIsRefused(t *testing.T) {
	c, err := caller(t, "iam:GetUser <GetUserResponse><GetUserResult></GetUserResult></GetUserResponse>\n"+
		"iam:ListUsers <ListUsersResponse><ListUsersResult></ListUsersResult></ListUsersResponse>\n"+
		"sts:AssumeRole <AssumeRoleResponse><AssumeRoleResult></AssumeRoleResult></AssumeRoleResponse>\n"+
		"iam:GetCredentialReport <R><GetCredentialReportResult></GetCredentialReportResult></R>")
	if err != nil {
		t.Fatal(err)
	}
	api := iam.NewFromConfig(c.In("us-east-1"))
	_, err = api.GetUser(t.Context(), &iam.GetUserInput{})
	if err = Explain(err, "looking for the user"); err == nil ||
		!strings.HasPrefix(err.Error(), "looking for the user: the answer to GetUser has no User; check what answers in the place of AWS") {
		t.Error(err)
	}
	if _, err := stscreds.NewAssumeRoleProvider(sts.NewFromConfig(c.In("us-east-1")), "arn:aws:iam::222222222222:role/x").Retrieve(t.Context()); err == nil ||
		!strings.Contains(err.Error(), "the answer to AssumeRole has no Credentials") {
		t.Error(err)
	}
	if _, err := api.ListUsers(t.Context(), &iam.ListUsersInput{}); err != nil {
		t.Errorf("an empty list: %v", err)
	}
	if _, err := api.GetCredentialReport(t.Context(), &iam.GetCredentialReportInput{}); err != nil {
		t.Errorf("a time that is not there: %v", err)
	}
}

// A Region that takes a request and never answers is not asked six times.
func TestARegionThatHangsIsAskedOnce(t *testing.T) {
	for name, begins := range map[string]bool{"no answer": false, "an answer without an end": true} {
		t.Run(name, func(t *testing.T) {
			c, err := caller(t, "")
			if err != nil {
				t.Fatal(err)
			}
			var asked atomic.Int32
			over := make(chan struct{})
			hanging := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				asked.Add(1)
				if begins {
					time.Sleep(20 * time.Millisecond) // the SDK closes what it sends once an answer begins: one that is too early breaks the connection
					w.Header().Set("Content-Length", "1000")
					_, _ = w.Write([]byte("<ListUsersResponse>"))
					_ = http.NewResponseController(w).Flush()
				}
				<-over
			}))
			defer hanging.Close()
			defer close(over)
			usual := anAnswer
			anAnswer = 100 * time.Millisecond
			t.Cleanup(func() { anAnswer = usual })
			t.Setenv("AWS_ENDPOINT_URL", hanging.URL)
			cfg, err := Session(t.Context(), "", "us-east-1")
			if err != nil {
				t.Fatal(err)
			}
			cfg.Credentials = c.config.Credentials
			_, err = iam.NewFromConfig(cfg).ListUsers(t.Context(), &iam.ListUsersInput{})
			// What has begun too early all the same is asked for again.
			if !Silent(err) || asked.Load() > 1 && !begins || !strings.Contains(Explain(err, "listing").Error(), "no answer in time") {
				t.Errorf("asked %d times: %v", asked.Load(), err)
			}
		})
	}
}

func TestAnAnswerThatBreaksOffIsNoWebPage(t *testing.T) {
	profiles(t, "[profile keys]\naws_access_key_id = x\naws_secret_access_key = y\nmax_attempts = 1\n")
	short := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = w.Write([]byte("<GetCallerIdentityResponse>"))
	}))
	defer short.Close()
	t.Setenv("AWS_ENDPOINT_URL", short.URL)
	if _, err := Load(t.Context(), "keys", "us-east-1"); err == nil ||
		!strings.Contains(err.Error(), ": the answer broke off (profile \"keys\"); check the network") {
		t.Error(err)
	}
}

// Another Region cannot help a program that has no credentials in time.
func TestAProgramWithoutCredentialsIsNoSilentRegion(t *testing.T) {
	slow := &processcreds.ProviderError{Err: fmt.Errorf("credential process timed out: %w", context.DeadlineExceeded)}
	if Silent(fmt.Errorf("asking: %w", slow)) {
		t.Error("it is")
	}
}
