package main

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	eb "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
)

// slow is a Region whose answers come one a page, behind an empty one, as AWS may send them.
type slow []string

func (s slow) page(token *string) (items []string, next *string) {
	switch at := len(aws.ToString(token)); {
	case at == 0:
		return nil, aws.String(".")
	case at < len(s):
		return s[at-1 : at], aws.String(strings.Repeat(".", at+1))
	default:
		return s[at-1:], nil
	}
}

func (s slow) ListRules(_ context.Context, in *eventbridge.ListRulesInput, _ ...func(*eventbridge.Options)) (*eventbridge.ListRulesOutput, error) {
	names, next := s.page(in.NextToken)
	out := &eventbridge.ListRulesOutput{NextToken: next}
	for _, name := range names {
		if strings.HasPrefix(name, aws.ToString(in.NamePrefix)) {
			out.Rules = append(out.Rules, eb.Rule{Name: aws.String(name)})
		}
	}
	return out, nil
}

func (s slow) FilterLogEvents(_ context.Context, in *cloudwatchlogs.FilterLogEventsInput, _ ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.FilterLogEventsOutput, error) {
	messages, next := s.page(in.NextToken)
	out := &cloudwatchlogs.FilterLogEventsOutput{NextToken: next}
	for _, message := range messages {
		out.Events = append(out.Events, logs.FilteredLogEvent{Message: aws.String(message)})
	}
	return out, nil
}

// A sign of life on the third page counts, and so does a rule.
func TestWhatIsAskedIsReadToItsEnd(t *testing.T) {
	region := slow{"capture-breakglass-1", "other", "capture-breakglass-2"}
	if rules, err := rulesOf(t.Context(), region, "capture-breakglass"); err != nil || len(rules) != 2 || *rules[1].Name != "capture-breakglass-2" {
		t.Errorf("%v, %v", rules, err)
	}
	if rules, err := rulesOf(t.Context(), region, ""); err != nil || len(rules) != 3 {
		t.Errorf("%v, %v", rules, err)
	}
	if n, err := eventsIn(t.Context(), region, &cloudwatchlogs.FilterLogEventsInput{}); err != nil || n != 3 {
		t.Errorf("%d events, %v", n, err)
	}
}
