package contain

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/stub"
)

// opened gives access to a fake AWS, and notes where.
type opened struct {
	cfg   aws.Config
	mutex sync.Mutex
	at    []string
}

func (o *opened) In(_ context.Context, number, region string) (aws.Config, error) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	o.at = append(o.at, number+" "+region)
	cfg := o.cfg
	cfg.Region = region
	return cfg, nil
}

// What is said of credentials comes from AWS itself: who they are of, and whether a call with them is refused.
func TestASessionAsksAWS(t *testing.T) {
	s := stub.New()
	defer s.Close()
	s.Direct(t)
	cfg, err := awsconfig.LoadDefaultConfig(t.Context(), awsconfig.WithRegion("us-east-1"), awsconfig.WithRetryMaxAttempts(1))
	if err != nil {
		t.Fatal(err)
	}
	one := NewSession("profile x", true, cfg)
	if key, err := one.key(t.Context()); key != "AKIAEXAMPLE" || err != nil || one.From != "profile x" || !one.Found {
		t.Errorf("%s, %v, %+v", key, err, one)
	}
	if who, err := one.identity(t.Context()); who != "arn:aws:iam::111111111111:user/operator" || err != nil {
		t.Errorf("%s, %v", who, err)
	}
	if verdict, why := judge(one.call(t.Context())); verdict != Unproved || !strings.HasPrefix(why, "AccessDenied: ") {
		t.Errorf("%s, %s", verdict, why)
	}
	s.Answer(
		"iam:ListAccountAliases",
		"<ListAccountAliasesResponse><ListAccountAliasesResult><AccountAliases/></ListAccountAliasesResult></ListAccountAliasesResponse>",
	)
	if verdict, _ := judge(one.call(t.Context())); verdict != Works {
		t.Error(verdict)
	}
	s.Fail("sts:GetCallerIdentity", "InvalidClientTokenId", "no such key")
	if who, err := one.identity(t.Context()); who != "" || err == nil {
		t.Errorf("%s, %v", who, err)
	}

	// The commands ask the accounts that they are about, and Organizations at its one endpoint.
	conf, err := config.Parse("breakglass.yaml", []byte(fileText))
	if err != nil {
		t.Fatal(err)
	}
	access := &opened{cfg: cfg}
	o := Options{Config: conf, Keys: access, Incident: incident, Caller: "arn:aws:iam::111111111111:user/operator", Users: []string{"BreakglassUser"}}
	s.Answer("organizations:DescribeOrganization", `{"Organization": {"MasterAccountId": "999999999999"}}`)
	s.Answer(
		"iam:ListAccessKeys",
		"<ListAccessKeysResponse><ListAccessKeysResult><IsTruncated>false</IsTruncated><AccessKeyMetadata/></ListAccessKeysResult></ListAccessKeysResponse>",
	)
	p, err := New(t.Context(), o)
	if err != nil || len(p.Measures) != 6 || p.run.Hold != DefaultHold {
		t.Fatalf("%+v, %v", p, err)
	}
	for _, at := range []string{"111111111111 us-east-1", "999999999999 us-east-1", "222222222222 us-east-1"} {
		if !strings.Contains(strings.Join(access.at, ", "), at) {
			t.Errorf("asked %q", access.at)
		}
	}
	access.at = nil
	if failed, err := Release(t.Context(), o, p.Measures[:1]); err != nil || len(failed) != 1 || access.at[0] != "999999999999 us-east-1" {
		t.Errorf("%+v, %v, asked %q", failed, err, access.at)
	}
	if proofs, err := Prove(t.Context(), o, p.Measures); err != nil || len(proofs) != 0 {
		t.Errorf("%+v, %v", proofs, err)
	}
}
