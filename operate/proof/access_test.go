package proof

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/stub"
)

// opened gives access to a fake AWS, or an error.
type opened struct {
	cfg aws.Config
	err error
	at  string
}

func (o *opened) In(_ context.Context, number, region string) (aws.Config, error) {
	o.at = number + " " + region
	return o.cfg, o.err
}

// The proof is of the file that was read, and asks the hub account in the Region of each hub. Where AWS refuses everything, all of it is a problem.
func TestTheProofAsksEachHub(t *testing.T) {
	s := stub.New()
	defer s.Close()
	s.Direct(t)
	cfg, err := awsconfig.LoadDefaultConfig(t.Context(), awsconfig.WithRegion("eu-west-1"), awsconfig.WithRetryMaxAttempts(1))
	if err != nil {
		t.Fatal(err)
	}
	c, err := config.Parse("breakglass.yaml", []byte(fileText))
	if err != nil {
		t.Fatal(err)
	}
	keys := &opened{cfg: cfg}
	r, err := Run(t.Context(), Options{Config: c, Keys: keys, Period: period, Began: time.Now().Add(-time.Hour), By: "arn", File: "breakglass.yaml"})
	if err != nil || r.OK() || r.SHA256 != c.SHA256() || !strings.HasPrefix(r.Took, "1h0m") || keys.at != "111111111111 us-east-1" {
		t.Fatalf("%+v, %v, asked %s", r, err, keys.at)
	}
	for _, call := range []string{
		"logs:DescribeLogGroups@us-east-1", "logs:DescribeLogGroups@us-west-2", "cloudformation:DescribeStacks@us-east-1", "cloudformation:DescribeStacks@eu-west-1",
	} {
		if calls := s.Calls(); !slices.Contains(calls, call) {
			t.Errorf("%s was not asked: %q", call, slices.Compact(calls))
		}
	}
	keys.err = errors.New("no way in")
	if r, err := Run(t.Context(), Options{Config: c, Keys: keys}); r != nil || !errors.Is(err, keys.err) {
		t.Errorf("%+v, %v", r, err)
	}
	keys.err = nil
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if r, err := Run(ctx, Options{Config: c, Keys: keys, Period: period}); r != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("%+v, %v", r, err)
	}
}
