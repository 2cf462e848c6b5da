package closing

import (
	"context"
	"fmt"
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

// UsesAPI is the part of IAM that says when somebody used the credentials of a user.
type UsesAPI interface {
	iam.ListAccessKeysAPIClient
	GetUser(context.Context, *iam.GetUserInput, ...func(*iam.Options)) (*iam.GetUserOutput, error)
	GetAccessKeyLastUsed(context.Context, *iam.GetAccessKeyLastUsedInput, ...func(*iam.Options)) (*iam.GetAccessKeyLastUsedOutput, error)
}

// LastUsed returns when the password or an access key of a user was used last; zero if none of them ever was.
func LastUsed(ctx context.Context, api UsesAPI, user string) (last time.Time, err error) {
	about, err := api.GetUser(ctx, &iam.GetUserInput{UserName: aws.String(user)})
	if err != nil {
		return last, account.Explain(err, "asking for the last use of "+user)
	}
	if about.User == nil {
		return last, fmt.Errorf("asking for the last use of %s: the answer names no user", user)
	}
	last = aws.ToTime(about.User.PasswordLastUsed)
	keys, err := whole.Pages(ctx, iam.NewListAccessKeysPaginator(api, &iam.ListAccessKeysInput{UserName: aws.String(user)}),
		func(page *iam.ListAccessKeysOutput) []types.AccessKeyMetadata { return page.AccessKeyMetadata })
	if err != nil {
		return last, account.Explain(err, "listing the access keys of "+user)
	}
	for _, k := range keys {
		used, err := api.GetAccessKeyLastUsed(ctx, &iam.GetAccessKeyLastUsedInput{AccessKeyId: k.AccessKeyId})
		if err != nil {
			return last, account.Explain(err, "asking for the last use of an access key of "+user)
		}
		if of := used.AccessKeyLastUsed; of != nil && aws.ToTime(of.LastUsedDate).After(last) {
			last = aws.ToTime(of.LastUsedDate)
		}
	}
	return last, nil
}
