package check

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"

	"example.com/breakglass/internal/trail"
)

type trailAPI interface {
	DescribeTrails(context.Context, *cloudtrail.DescribeTrailsInput, ...func(*cloudtrail.Options)) (*cloudtrail.DescribeTrailsOutput, error)
	GetTrailStatus(context.Context, *cloudtrail.GetTrailStatusInput, ...func(*cloudtrail.Options)) (*cloudtrail.GetTrailStatusOutput, error)
	GetEventSelectors(context.Context, *cloudtrail.GetEventSelectorsInput, ...func(*cloudtrail.Options)) (*cloudtrail.GetEventSelectorsOutput, error)
}

// trail looks for one that logs every management event of every Region. at returns the API in a Region: a trail is read in its
// home Region.
func (s *scene) trail(ctx context.Context, at func(region string) trailAPI) *result {
	r := of("trail")
	// Shadow trails are those that live in another Region, or in the organization's management account.
	out, err := at(s.config.Hub.Region).DescribeTrails(ctx, &cloudtrail.DescribeTrailsInput{IncludeShadowTrails: aws.Bool(true)})
	if err != nil {
		r.unanswered("", "the trails", err)
		return r
	}
	var lacks []string
	unknown := false
	for _, t := range out.TrailList {
		lack, err := s.trailLacks(ctx, at(aws.ToString(t.HomeRegion)), r, t)
		name := aws.ToString(t.Name)
		switch {
		case err != nil:
			unknown = true
			r.unanswered("", "the settings of trail "+name, err)
		case lack == "":
			r.fine("", "trail "+name+" logs every management event of every Region")
		default:
			lacks = append(lacks, name+": "+lack)
		}
	}
	if slices.ContainsFunc(r.found, func(f Finding) bool { return f.Severity == Fine }) {
		// One that does is enough; the others may be for something else.
		r.found = slices.DeleteFunc(r.found, func(f Finding) bool { return f.failed != nil })
		return r
	}
	switch {
	case len(out.TrailList) == 0:
		r.problem("", "the hub account has no trail: nothing is detected", trail.Fix)
	case len(lacks) > 0 && !unknown:
		r.problem("", "no trail logs every management event of every Region, so some activity goes unnoticed; "+strings.Join(lacks, "; "), trail.Fix)
	}
	return r
}

// startLogging returns the command that starts a trail, in the account that owns it.
func startLogging(t types.Trail) string {
	return inAccount(accountOf(aws.ToString(t.TrailARN)),
		awsCLI("cloudtrail", "start-logging", "--name", aws.ToString(t.Name), "--region", aws.ToString(t.HomeRegion)))
}

// trailLacks returns what a trail does not log; empty means nothing is missing.
func (s *scene) trailLacks(ctx context.Context, api trailAPI, r *result, t types.Trail) (string, error) {
	switch {
	case !aws.ToBool(t.IsMultiRegionTrail):
		return "logs " + aws.ToString(t.HomeRegion) + " only", nil
	case !aws.ToBool(t.IncludeGlobalServiceEvents):
		return "excludes IAM and STS", nil
	}
	status, err := api.GetTrailStatus(ctx, &cloudtrail.GetTrailStatusInput{Name: t.TrailARN})
	if err != nil {
		return "", err
	}
	if !aws.ToBool(status.IsLogging) {
		return "is stopped (" + startLogging(t) + ")", nil
	}
	if failed := aws.ToString(status.LatestDeliveryError); failed != "" {
		r.warning("", "trail "+aws.ToString(t.Name)+" could not write its latest log file: "+failed,
			"fix its bucket or the bucket policy; alerts do not need the log file, an investigation does")
	}
	selectors, err := api.GetEventSelectors(ctx, &cloudtrail.GetEventSelectorsInput{TrailName: t.TrailARN})
	if err != nil {
		return "", err
	}
	seen := trail.Logged(selectors)
	if len(seen.Without) > 0 {
		slices.Sort(seen.Without)
		r.warning("", fmt.Sprintf("trail %s excludes %s, whose changes trigger no alert", aws.ToString(t.Name), strings.Join(slices.Compact(seen.Without), ", ")),
			"include them, or use another trail")
	}
	switch {
	case !seen.Read && !seen.Write:
		return "logs no management events", nil
	case !seen.Read:
		return "logs no read-only management events, such as AssumeRole", nil
	case !seen.Write:
		return "logs no write-only management events", nil
	}
	return "", nil
}
