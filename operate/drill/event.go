package drill

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

type entry = types.PutEventsRequestEntry

// toEntry returns the event in the form of PutEvents; EventBridge adds the caller's account and Region.
func toEntry(event watch.Fields, at time.Time) (entry, error) {
	detail, err := json.Marshal(event["detail"])
	if err != nil {
		return entry{}, fmt.Errorf("encoding a drill: %w", err)
	}
	return entry{
		Source: aws.String(event["source"].(string)), DetailType: aws.String(event["detail-type"].(string)),
		Detail: aws.String(string(detail)), Time: aws.Time(at),
	}, nil
}

// namesKey reports whether the pattern of an entry names the topic's key.
func namesKey(e watch.Entry) bool {
	one, other := watch.SampleScope, watch.SampleScope
	one.Key, other.Key = "a", "b"
	return !reflect.DeepEqual(e.Detail(one), e.Detail(other))
}

// needsKey reports whether a drill of an entry names the topic's key.
func needsKey(d Drill) bool {
	one, other := watch.SampleScope, watch.SampleScope
	one.Key, other.Key = "a", "b"
	return !reflect.DeepEqual(d.entry.Drill(one, d.suffix, d.Region, "", time.Time{}), d.entry.Drill(other, d.suffix, d.Region, "", time.Time{}))
}

// findKeys looks up the IDs of the topics' keys, which CloudFormation generated, if a drill or a pattern names them.
func (s *state) findKeys(ctx context.Context) {
	if !slices.ContainsFunc(s.Drills, func(d Drill) bool { return namesKey(d.entry) }) {
		return
	}
	for _, hub := range s.Hubs {
		if away := s.away[hub]; away != nil {
			s.keyErr[hub] = errors.New(away.What)
			continue
		}
		scope := plan.ScopeOf(s.config)
		scope.KeyRegion = hub
		scope.Key, s.keyErr[hub] = s.findKey(ctx, hub)
		s.scopes[hub] = scope
	}
}

func (s *state) findKey(ctx context.Context, hub string) (string, error) {
	cfg, err := s.aws(ctx, hub)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, s.asking)
	defer cancel()
	out, err := kms.NewFromConfig(cfg).DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: aws.String(names.KeyAlias)})
	if err != nil {
		return "", account.Explain(err, "looking up the topic's key "+names.KeyAlias+" in "+hub)
	}
	return aws.ToString(out.KeyMetadata.KeyId), nil
}

// scope returns the scope of a Region: only that of a hub has a key in it.
func (s *state) scope(region string) watch.Scope {
	if scope, ok := s.scopes[region]; ok {
		return scope
	}
	return plan.ScopeOf(s.config)
}
