package check

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"example.com/breakglass/internal/whole"
)

type phonesAPI interface {
	sns.ListSMSSandboxPhoneNumbersAPIClient
	GetSMSSandboxAccountStatus(context.Context, *sns.GetSMSSandboxAccountStatusInput, ...func(*sns.Options)) (*sns.GetSMSSandboxAccountStatusOutput, error)
	CheckIfPhoneNumberIsOptedOut(context.Context, *sns.CheckIfPhoneNumberIsOptedOutInput, ...func(*sns.Options)) (*sns.CheckIfPhoneNumberIsOptedOutOutput, error)
	GetSMSAttributes(context.Context, *sns.GetSMSAttributesInput, ...func(*sns.Options)) (*sns.GetSMSAttributesOutput, error)
}

// defaultSpendLimit is what SMS may cost a month, in USD, where nobody has raised it (SNS developer guide, SMS sandbox and spending quota).
const defaultSpendLimit = 1

// phones checks what a subscription of a phone number does not show: SNS takes each as confirmed at once, and sends an account in the
// sandbox, a person who opted out and a month that has cost too much no SMS.
func (s *scene) phones(ctx context.Context, api phonesAPI, region string) *result {
	r := of("subscribers")
	numbers := s.config.Alerts.SMS
	if len(numbers) == 0 {
		return r
	}
	unknown := func(what string, err error) {
		r.note(region, "whether "+what+" is not known: "+strings.TrimPrefix(explain(err).What, ": "), explain(err).Fix)
	}
	if verified, in, err := sandbox(ctx, api); err != nil {
		unknown("SMS reach numbers that nobody has verified", err)
	} else if in {
		for _, number := range numbers {
			if !slices.Contains(verified, number) {
				r.problem(region, "sms "+number+" receives nothing: the account is in the SMS sandbox, and the number is not verified there",
					"leave the sandbox (docs/limits.md), or verify the number with the code that it gets: "+inRegion("sns", "create-sms-sandbox-phone-number",
						"--phone-number", number))
			}
		}
	}
	for _, number := range numbers {
		out, err := api.CheckIfPhoneNumberIsOptedOut(ctx, &sns.CheckIfPhoneNumberIsOptedOutInput{PhoneNumber: aws.String(number)})
		if err != nil {
			unknown("a number has opted out of SMS", err)
			break
		}
		if out.IsOptedOut {
			r.problem(region, "sms "+number+" has opted out of SMS and receives nothing",
				"once its owner agrees, at most every 30 days: "+inRegion("sns", "opt-in-phone-number", "--phone-number", number))
		}
	}
	out, err := api.GetSMSAttributes(ctx, &sns.GetSMSAttributesInput{})
	if err != nil {
		unknown("SMS may cost enough", err)
		return r
	}
	limit, err := strconv.ParseFloat(out.Attributes["MonthlySpendLimit"], 64)
	if err != nil {
		limit = defaultSpendLimit
	}
	if limit <= defaultSpendLimit {
		r.note(region, "SMS end for the rest of a month once they have cost "+strconv.FormatFloat(limit, 'f', -1, 64)+" USD",
			"have the quota raised (docs/limits.md)")
	}
	return r
}

// sandbox reports whether the account is in the SMS sandbox, and returns the numbers that are verified there.
func sandbox(ctx context.Context, api phonesAPI) (verified []string, in bool, err error) {
	status, err := api.GetSMSSandboxAccountStatus(ctx, &sns.GetSMSSandboxAccountStatusInput{})
	if err != nil || !status.IsInSandbox {
		return nil, false, err
	}
	numbers, err := whole.Pages(ctx, sns.NewListSMSSandboxPhoneNumbersPaginator(api, &sns.ListSMSSandboxPhoneNumbersInput{}),
		func(page *sns.ListSMSSandboxPhoneNumbersOutput) []types.SMSSandboxPhoneNumber {
			return page.PhoneNumbers
		})
	for _, number := range numbers {
		if number.Status == types.SMSSandboxPhoneNumberVerificationStatusVerified {
			verified = append(verified, aws.ToString(number.PhoneNumber))
		}
	}
	return verified, true, err
}
