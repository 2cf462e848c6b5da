package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	eb "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"example.com/breakglass/internal/whole"
)

// recordsWithin is how long CloudTrail may take to deliver a record, to the bus and to its event history; lookUpEach is the pause between
// two queries of the history, which answers two a second.
const (
	recordsWithin = 20 * time.Minute
	// iamSettles is how long IAM takes to show a change everywhere, with room.
	iamSettles = 3 * time.Minute
	lookUpEach = 10 * time.Second
)

// lookUp returns the records of a call since the trial began, as CloudTrail's event history of an account and Region has them.
func (t *trial) lookUp(ctx context.Context, number, region, event string) (records []string, err error) {
	cfg, err := t.at(ctx, number, region)
	if err != nil {
		return nil, err
	}
	pages := cloudtrail.NewLookupEventsPaginator(cloudtrail.NewFromConfig(cfg), &cloudtrail.LookupEventsInput{
		StartTime:        aws.Time(t.began),
		LookupAttributes: []types.LookupAttribute{{AttributeKey: types.LookupAttributeKeyEventName, AttributeValue: aws.String(event)}},
	})
	for e, err := range whole.Each(ctx, pages, func(page *cloudtrail.LookupEventsOutput) []types.Event { return page.Events }) {
		if err != nil {
			return nil, err
		}
		records = append(records, aws.ToString(e.CloudTrailEvent))
	}
	return records, nil
}

// rulesAPI lists the rules of a Region.
type rulesAPI interface {
	ListRules(context.Context, *eventbridge.ListRulesInput, ...func(*eventbridge.Options)) (*eventbridge.ListRulesOutput, error)
}

// rulesOf returns the rules of a Region whose names begin with a text, or all.
func rulesOf(ctx context.Context, api rulesAPI, begin string) ([]eb.Rule, error) {
	in := &eventbridge.ListRulesInput{}
	if begin != "" {
		in.NamePrefix = aws.String(begin)
	}
	return whole.List(func(token *string) ([]eb.Rule, *string, error) {
		in.NextToken = token
		page, err := api.ListRules(ctx, in)
		if err != nil {
			return nil, nil, err
		}
		return page.Rules, page.NextToken, nil
	})
}

// eventsIn returns how many events a log group has. Its first pages may be empty.
func eventsIn(ctx context.Context, api cloudwatchlogs.FilterLogEventsAPIClient, in *cloudwatchlogs.FilterLogEventsInput) (int, error) {
	all, err := whole.Pages(ctx, cloudwatchlogs.NewFilterLogEventsPaginator(api, in),
		func(page *cloudwatchlogs.FilterLogEventsOutput) []logs.FilteredLogEvent { return page.Events })
	return len(all), err
}

// places returns the accounts and Regions of the trial that have a record of a call with some text in it.
func (t *trial) places(ctx context.Context, event, with string) (found []string, records []string, err error) {
	for _, number := range t.accounts() {
		for _, region := range []string{hubRegion, standbyRegion, furtherRegion} {
			all, err := t.lookUp(ctx, number, region, event)
			if err != nil {
				return nil, nil, err
			}
			n := 0
			for _, record := range all {
				if strings.Contains(record, with) {
					n++
					records = append(records, record)
				}
			}
			if n > 0 {
				of := "the hub account"
				if number != t.hub {
					of = "the target account"
				}
				found = append(found, fmt.Sprintf("%s in %s", of, region))
			}
		}
	}
	return found, records, nil
}
