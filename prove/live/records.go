package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"

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
