package adopt

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"example.com/breakglass/internal/whole"
)

// lookLogGroup finds a ledger that an earlier deployment kept on purpose.
func lookLogGroup(ctx context.Context, v *view, id string) error {
	name := v.template.text(id, "LogGroupName")
	if name == "" {
		return nil
	}
	pages := cloudwatchlogs.NewDescribeLogGroupsPaginator(cloudwatchlogs.NewFromConfig(v.config),
		&cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: aws.String(name)})
	for g, err := range whole.Each(ctx, pages, func(page *cloudwatchlogs.DescribeLogGroupsOutput) []types.LogGroup { return page.LogGroups }) {
		if err != nil {
			return v.explainHere(err, "asking for the log group "+name)
		}
		if aws.ToString(g.LogGroupName) != name {
			continue
		}
		record := map[string]any{}
		if g.RetentionInDays != nil {
			record["RetentionInDays"] = *g.RetentionInDays
		}
		v.add(id, name, map[string]string{"LogGroupName": name}, record)
	}
	return nil
}
