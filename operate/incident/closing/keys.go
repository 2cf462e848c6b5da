package closing

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/whole"
)

// ActiveKeys returns when each active access key of a user was created.
func ActiveKeys(ctx context.Context, api iam.ListAccessKeysAPIClient, user string) (map[string]time.Time, error) {
	keys, err := whole.Pages(ctx, iam.NewListAccessKeysPaginator(api, &iam.ListAccessKeysInput{UserName: aws.String(user)}),
		func(page *iam.ListAccessKeysOutput) []types.AccessKeyMetadata { return page.AccessKeyMetadata })
	if err != nil {
		return nil, account.Explain(err, "listing the access keys of "+user)
	}
	all := map[string]time.Time{}
	for _, k := range keys {
		if k.Status == types.StatusTypeActive {
			all[aws.ToString(k.AccessKeyId)] = aws.ToTime(k.CreateDate)
		}
	}
	return all, nil
}
