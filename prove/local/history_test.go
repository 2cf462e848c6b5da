package local

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"

	"example.com/breakglass/watch"
)

func TestTheHistoryIsOfOneAccountAndRegion(t *testing.T) {
	h, err := newHistory(func(_ context.Context, key string) (string, error) {
		if key == "nobody" {
			return "", errors.New("no such key")
		}
		return "111111111111", nil
	})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	begin := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	record := func(i int, account, region, name string) {
		h.Add(watch.Fields{"account": account, "region": region, "detail": watch.Fields{
			"eventID": fmt.Sprintf("%s %s %d", account, region, i), "eventTime": begin.Add(time.Duration(i) * time.Second).Format(time.RFC3339), "readOnly": i%2 == 0,
			"userIdentity": watch.Fields{"arn": "arn:aws:sts::111111111111:assumed-role/Role/" + name},
			"resources":    []any{watch.Fields{"ARN": fmt.Sprintf("arn:aws:iam::111111111111:role/%d", i)}},
		}})
	}
	for i := range 120 {
		record(i, "111111111111", "eu-west-1", "Jane")
	}
	record(5, "222222222222", "eu-west-1", "Jane")
	record(6, "111111111111", "us-east-1", "Jane")
	record(7, "111111111111", "eu-west-1", "John")

	ask := func(key, attribute, value string) (ids []string, err error) {
		client := cloudtrail.New(cloudtrail.Options{
			Region: "eu-west-1", BaseEndpoint: aws.String(h.URL()), Retryer: aws.NopRetryer{},
			Credentials: credentials.NewStaticCredentialsProvider(key, "secret", ""),
		})
		pages := cloudtrail.NewLookupEventsPaginator(client, &cloudtrail.LookupEventsInput{
			StartTime: aws.Time(begin.Add(2 * time.Second)), EndTime: aws.Time(begin.Add(117 * time.Second)),
			LookupAttributes: []types.LookupAttribute{{AttributeKey: types.LookupAttributeKey(attribute), AttributeValue: aws.String(value)}},
		})
		for pages.HasMorePages() {
			page, err := pages.NextPage(t.Context())
			if err != nil {
				return nil, err
			}
			if len(page.Events) > 50 {
				t.Errorf("a page has %d events", len(page.Events))
			}
			for _, e := range page.Events {
				ids = append(ids, aws.ToString(e.EventId))
			}
		}
		return ids, nil
	}
	ids, err := ask("key", "Username", "Jane")
	if err != nil || len(ids) != 116 || ids[0] != "111111111111 eu-west-1 117" || ids[115] != "111111111111 eu-west-1 2" {
		t.Errorf("%q, %v", ids, err)
	}
	if ids, err = ask("key", "ReadOnly", "false"); err != nil || len(ids) != 59 {
		t.Errorf("writes: %d %q, %v", len(ids), ids, err)
	}
	if ids, err = ask("key", "ResourceName", "arn:aws:iam::111111111111:role/7"); err != nil ||
		!slices.Equal(ids, []string{"111111111111 eu-west-1 7", "111111111111 eu-west-1 7"}) {
		t.Errorf("%q, %v", ids, err)
	}
	if _, err = ask("nobody", "Username", "Jane"); err == nil {
		t.Error("a key that is nobody's is answered")
	}
}
