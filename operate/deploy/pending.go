package deploy

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/fan"
	"example.com/breakglass/internal/whole"
	"example.com/breakglass/names"
)

// Pending is what people still have to do before alerts reach everybody and the users can sign in, as SNS and IAM answer.
type Pending struct {
	// Unconfirmed are subscriptions that wait for their confirmation. Unsubscribed are subscribers of the file that a topic does not
	// have: SNS deletes a subscription that nobody confirms within 48 hours, and CloudFormation does not notice.
	Unconfirmed  []Subscriber `json:"unconfirmed"`
	Unsubscribed []Subscriber `json:"unsubscribed"`
	// NoPassword and NoMFA are the names of users.
	NoPassword []string `json:"withoutPassword"`
	NoMFA      []string `json:"withoutMFA"`
	// Unknown is why something could not be asked.
	Unknown []string `json:"unknown"`
}

// Subscriber receives the alerts of a hub's topic.
type Subscriber struct {
	Region   string `json:"region"`
	Protocol string `json:"protocol"`
	Endpoint string `json:"endpoint"`
}

// askPending asks SNS in the Regions of the hubs, and IAM, after a deployment. fresh are the Regions whose topic this deployment has
// created or changed: SNS may list its subscriptions a little later. What does not exist yet is not pending.
func askPending(ctx context.Context, open Stacks, c *config.Config, fresh map[string]bool) Pending {
	p := Pending{Unconfirmed: []Subscriber{}, Unsubscribed: []Subscriber{}, NoPassword: []string{}, NoMFA: []string{}, Unknown: []string{}}
	for _, r := range fan.Out(ctx, c.HubRegions(), fan.Bound, func(ctx context.Context, region string) (Pending, error) {
		return askSubscribers(ctx, open, c, region, fresh[region])
	}, nil) {
		p.Unconfirmed = append(p.Unconfirmed, r.Value.Unconfirmed...)
		p.Unsubscribed = append(p.Unsubscribed, r.Value.Unsubscribed...)
		p.note(r.Err)
	}
	var users []string
	for _, u := range c.Users {
		users = append(users, u.Name)
	}
	for _, r := range fan.Out(ctx, users, fan.Bound, func(ctx context.Context, name string) (Pending, error) { return askUser(ctx, open, c, name) }, nil) {
		p.NoPassword = append(p.NoPassword, r.Value.NoPassword...)
		p.NoMFA = append(p.NoMFA, r.Value.NoMFA...)
		p.note(r.Err)
	}
	return p
}

func (p *Pending) note(err error) {
	if err != nil && !slices.Contains(p.Unknown, err.Error()) {
		p.Unknown = append(p.Unknown, err.Error())
	}
}

// What SNS has in the place of a subscription's ARN (SNS API reference, Subscription).
const (
	unconfirmed = "PendingConfirmation"
	deleted     = "Deleted"
)

func askSubscribers(ctx context.Context, open Stacks, c *config.Config, region string, fresh bool) (p Pending, err error) {
	ctx, cancel := context.WithTimeout(ctx, account.Patience)
	defer cancel()
	cfg, err := open(ctx, c.Hub.Account, region)
	if err != nil {
		return p, err
	}
	confirmed := map[Subscriber]bool{}
	pages := sns.NewListSubscriptionsByTopicPaginator(sns.NewFromConfig(cfg),
		&sns.ListSubscriptionsByTopicInput{TopicArn: aws.String(c.HubIn(region).Topic(names.Topic))})
	for s, err := range whole.Each(ctx, pages, func(page *sns.ListSubscriptionsByTopicOutput) []types.Subscription { return page.Subscriptions }) {
		var none *types.NotFoundException
		if errors.As(err, &none) {
			return p, nil
		}
		if err != nil {
			return p, account.Explain(err, "asking who has confirmed the subscription in "+region)
		}
		arn := aws.ToString(s.SubscriptionArn)
		if one := subscriber(region, aws.ToString(s.Protocol), aws.ToString(s.Endpoint)); arn != deleted {
			confirmed[one] = confirmed[one] || arn != unconfirmed
		}
	}
	for _, list := range []struct {
		protocol  string
		endpoints []string
	}{{"email", c.Alerts.Email}, {"https", c.Alerts.HTTPS}, {"sms", c.Alerts.SMS}, {"sqs", c.Alerts.SQS}} {
		for _, endpoint := range list.endpoints {
			one := subscriber(region, list.protocol, endpoint)
			switch done, listed := confirmed[one]; {
			case done:
			case listed, fresh && list.protocol == "email":
				p.Unconfirmed = append(p.Unconfirmed, one)
			case !fresh:
				p.Unsubscribed = append(p.Unsubscribed, one)
			}
		}
	}
	return p, nil
}

// subscriber returns a subscriber as a map key. SNS may return an email address in lower case.
func subscriber(region, protocol, endpoint string) Subscriber {
	if protocol == "email" {
		endpoint = strings.ToLower(endpoint)
	}
	return Subscriber{region, protocol, endpoint}
}

func askUser(ctx context.Context, open Stacks, c *config.Config, name string) (p Pending, err error) {
	ctx, cancel := context.WithTimeout(ctx, account.Patience)
	defer cancel()
	cfg, err := open(ctx, c.Hub.Account, c.Hub.Region)
	if err != nil {
		return p, err
	}
	client := iam.NewFromConfig(cfg)
	var none *iamtypes.NoSuchEntityException
	// It tells a user without a device from one that does not exist yet, which GetLoginProfile does not.
	devices, err := whole.Pages(ctx, iam.NewListMFADevicesPaginator(client, &iam.ListMFADevicesInput{UserName: aws.String(name)}),
		func(page *iam.ListMFADevicesOutput) []iamtypes.MFADevice { return page.MFADevices })
	if errors.As(err, &none) {
		return p, nil
	}
	if err != nil {
		return p, account.Explain(err, "asking for the MFA devices of the users")
	}
	if len(devices) == 0 {
		p.NoMFA = []string{name}
	}
	_, err = client.GetLoginProfile(ctx, &iam.GetLoginProfileInput{UserName: aws.String(name)})
	switch {
	case errors.As(err, &none):
		p.NoPassword = []string{name}
	case err != nil:
		return p, account.Explain(err, "asking for the passwords of the users")
	}
	return p, nil
}
