//go:build verify

package verify

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"example.com/breakglass/operate/exercise"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

// gone is an HTTP client to which a Region does not answer. It knows the Region by the signature of a request.
type gone struct {
	region string
	asked  []string
}

func (g *gone) Do(r *http.Request) (*http.Response, error) {
	if signed := r.Header.Get("Authorization"); strings.Contains(signed, "/"+g.region+"/") {
		g.asked = append(g.asked, signed)
		return nil, fmt.Errorf("%s does not answer", g.region)
	}
	return http.DefaultClient.Do(r)
}

// withoutUsEast1 exercises the way in while us-east-1 is gone: its hub has neither a composer nor a table any more, and does not answer.
// The standby alone sees and alerts. Who takes the usual address finds out.
func (e *e2e) withoutUsEast1(t *testing.T, ctx context.Context) {
	e.breathe(t, ctx)
	run, err := exercise.New(plan.Of(e.run.Config),
		exercise.Options{Way: exercise.Console, Scenario: exercise.Gone, Accounts: []string{"production"}, Wait: 3 * patience}, "e2e")
	if err != nil {
		t.Fatal(err)
	}
	client := &gone{region: hubRegion}
	open := exercise.Without(func(_ context.Context, region string) (aws.Config, error) {
		cfg := e.run.AWS(region)
		cfg.HTTPClient = client
		return cfg, nil
	})
	for _, name := range []string{"a sign-in with MFA", "an assumption by CLI"} {
		if err := e.run.Play(ctx, watch.At(e.sample(t, ctx, name, hubRegion), time.Now())); err != nil {
			t.Fatal(err)
		}
	}
	refused, ended := make(chan struct{}, 10), make(chan *exercise.Evidence, 1)
	go func() {
		evidence, err := run.Do(ctx, exercise.AWS{Open: open, Exercise: run.ID()}, "the test", nil,
			exercise.Progress{Refused: func(string) { refused <- struct{}{} }})
		if err != nil {
			t.Error(err)
		}
		ended <- evidence
	}()
	for range 2 {
		select {
		case <-refused:
		case evidence := <-ended:
			t.Fatalf("it ended: %+v", evidence)
		}
	}
	for _, name := range []string{"a sign-in with MFA", "an assumption by a switch in the console"} {
		if err := e.run.Play(ctx, watch.At(e.sample(t, ctx, name, "eu-north-1"), time.Now())); err != nil {
			t.Fatal(err)
		}
	}
	evidence := <-ended
	if evidence == nil {
		return
	}
	if !evidence.OK || !slices.Equal(evidence.Hubs, []string{standbyRegion}) || len(evidence.Refused) != 2 {
		t.Errorf("%+v", evidence)
	}
	for _, r := range evidence.Results {
		if r.Record == nil || r.Record.Region != "eu-north-1" || len(r.Alerts) != 1 || r.Alerts[0].Hub != standbyRegion || r.Alerts[0].Sent.IsZero() {
			t.Errorf("%s: %+v", r.ID, r)
		}
	}
	if len(client.asked) > 0 {
		t.Errorf("us-east-1 was asked: %q", client.asked)
	}
}
