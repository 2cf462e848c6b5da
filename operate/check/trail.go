package check

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
)

type trailAPI interface {
	DescribeTrails(context.Context, *cloudtrail.DescribeTrailsInput, ...func(*cloudtrail.Options)) (*cloudtrail.DescribeTrailsOutput, error)
	GetTrailStatus(context.Context, *cloudtrail.GetTrailStatusInput, ...func(*cloudtrail.Options)) (*cloudtrail.GetTrailStatusOutput, error)
	GetEventSelectors(context.Context, *cloudtrail.GetEventSelectorsInput, ...func(*cloudtrail.Options)) (*cloudtrail.GetEventSelectorsOutput, error)
}

// trailFix is for whoever has none.
const trailFix = "set trail: create in breakglass.yaml and deploy, or have your organization's trail log management events, read and write, in every Region"

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
		r.problem("", "the hub account has no trail: nothing is detected", trailFix)
	case len(lacks) > 0 && !unknown:
		r.problem("", "no trail logs every management event of every Region, so some activity goes unnoticed; "+strings.Join(lacks, "; "), trailFix)
	}
	return r
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
		return "is stopped (aws cloudtrail start-logging --name " + aws.ToString(t.Name) + " --region " + aws.ToString(t.HomeRegion) + ")", nil
	}
	if failed := aws.ToString(status.LatestDeliveryError); failed != "" {
		r.warning("", "trail "+aws.ToString(t.Name)+" could not write its latest log file: "+failed, "fix its bucket or the bucket policy; alerts do not need the log file, an investigation does")
	}
	selectors, err := api.GetEventSelectors(ctx, &cloudtrail.GetEventSelectorsInput{TrailName: t.TrailARN})
	if err != nil {
		return "", err
	}
	seen := logged(selectors)
	if len(seen.without) > 0 {
		slices.Sort(seen.without)
		r.warning("", fmt.Sprintf("trail %s excludes %s, whose changes trigger no alert", aws.ToString(t.Name), strings.Join(slices.Compact(seen.without), ", ")),
			"include them, or use another trail")
	}
	switch {
	case !seen.read && !seen.write:
		return "logs no management events", nil
	case !seen.read:
		return "logs no read-only management events, such as AssumeRole", nil
	case !seen.write:
		return "logs no write-only management events", nil
	}
	return "", nil
}

// loggedEvents are the management events that a trail logs.
type loggedEvents struct {
	read, write bool
	// without are the services that it leaves out.
	without []string
}

func logged(selectors *cloudtrail.GetEventSelectorsOutput) loggedEvents {
	var seen loggedEvents
	if len(selectors.EventSelectors)+len(selectors.AdvancedEventSelectors) == 0 {
		// The default of a trail without event selectors (CloudTrail API reference, PutEventSelectors).
		return loggedEvents{read: true, write: true}
	}
	for _, e := range selectors.EventSelectors {
		// Left out, it is true (CloudTrail API reference, EventSelector).
		if e.IncludeManagementEvents != nil && !*e.IncludeManagementEvents {
			continue
		}
		seen.read = seen.read || e.ReadWriteType != types.ReadWriteTypeWriteOnly
		seen.write = seen.write || e.ReadWriteType != types.ReadWriteTypeReadOnly
		seen.without = append(seen.without, e.ExcludeManagementEventSources...)
	}
	for _, a := range selectors.AdvancedEventSelectors {
		seen.add(a)
	}
	return seen
}

// add counts an advanced selector. One that picks some events only, by a field other than readOnly, counts for nothing,
// unless it picks all but some services.
func (l *loggedEvents) add(a types.AdvancedEventSelector) {
	management, read, write := false, true, true
	var without []string
	for _, f := range a.FieldSelectors {
		switch aws.ToString(f.Field) {
		case "eventCategory":
			management = slices.Contains(f.Equals, "Management")
		case "readOnly":
			read, write = slices.Contains(f.Equals, "true"), slices.Contains(f.Equals, "false")
		case "eventSource":
			if len(f.NotEquals) == 0 {
				return
			}
			without = append(without, f.NotEquals...)
		default:
			return
		}
	}
	if management {
		l.read, l.write = l.read || read, l.write || write
		l.without = append(l.without, without...)
	}
}
