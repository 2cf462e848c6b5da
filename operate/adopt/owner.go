package adopt

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/smithy-go"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/whole"
)

// owned returns the logical IDs that the plan's stack has already, without resources that were deleted from it or never
// created.
func (v *view) owned(ctx context.Context) (map[string]bool, error) {
	owned := map[string]bool{}
	pages := cloudformation.NewListStackResourcesPaginator(cloudformation.NewFromConfig(v.config),
		&cloudformation.ListStackResourcesInput{StackName: aws.String(v.Stack.Stack)})
	resources := func(page *cloudformation.ListStackResourcesOutput) []types.StackResourceSummary {
		return page.StackResourceSummaries
	}
	for r, err := range whole.Each(ctx, pages, resources) {
		if noSuchStack(err) {
			return owned, nil
		}
		if err != nil {
			return nil, account.Explain(err, "asking what "+v.Stack.Stack+" consists of")
		}
		status := string(r.ResourceStatus)
		if !strings.HasPrefix(status, "DELETE_") && status != "CREATE_FAILED" && status != "IMPORT_FAILED" && !strings.HasPrefix(status, "IMPORT_ROLLBACK") {
			owned[aws.ToString(r.LogicalResourceId)] = true
		}
	}
	return owned, nil
}

// glance is how long to wait for an optional answer.
const glance = 15 * time.Second

// otherStack returns the stack that has a resource, if it is not in the plan.
func (v *view) otherStack(ctx context.Context, r *Resource) (string, error) {
	if v.silent {
		return "", nil
	}
	ctx, cancel := context.WithTimeout(ctx, glance)
	defer cancel()
	out, err := cloudformation.NewFromConfig(v.config).DescribeStackResources(ctx,
		&cloudformation.DescribeStackResourcesInput{PhysicalResourceId: aws.String(r.physical())})
	if noSuchStack(err) {
		return "", nil
	}
	if err != nil {
		return "", account.Explain(err, "asking for other stacks in "+v.Account+" "+v.Region)
	}
	if len(out.StackResources) == 0 {
		return "", nil
	}
	name := aws.ToString(out.StackResources[0].StackName)
	if name == v.Stack.Stack {
		return "", nil
	}
	is := func(id, kind *string, status types.ResourceStatus) bool {
		return aws.ToString(id) == r.physical() && aws.ToString(kind) == r.Type && !strings.HasPrefix(string(status), "DELETE_")
	}
	for _, s := range out.StackResources {
		if is(s.PhysicalResourceId, s.ResourceType, s.ResourceStatus) {
			return name, nil
		}
	}
	if len(out.StackResources) < describedAtMost {
		return "", nil
	}
	all, err := whole.Pages(ctx, cloudformation.NewListStackResourcesPaginator(cloudformation.NewFromConfig(v.config),
		&cloudformation.ListStackResourcesInput{StackName: aws.String(name)}),
		func(page *cloudformation.ListStackResourcesOutput) []types.StackResourceSummary {
			return page.StackResourceSummaries
		})
	if err != nil {
		return "", account.Explain(err, "asking for the resources of "+name+" in "+v.Account+" "+v.Region)
	}
	for _, s := range all {
		if is(s.PhysicalResourceId, s.ResourceType, s.ResourceStatus) {
			return name, nil
		}
	}
	return "", nil
}

// describedAtMost is how many resources DescribeStackResources returns (CloudFormation API).
const describedAtMost = 100

// importable asks CloudFormation whether it imports such resources in this Region, and by the property of the mapping. What it
// doesn't import is a trouble.
func (v *view) importable(ctx context.Context) error {
	if len(v.Import) == 0 {
		return nil
	}
	body, err := json.Marshal(v.importTemplate())
	if err != nil {
		return err
	}
	out, err := cloudformation.NewFromConfig(v.config).GetTemplateSummary(ctx, &cloudformation.GetTemplateSummaryInput{TemplateBody: aws.String(string(body))})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	by := map[string][]string{}
	if err == nil {
		for _, s := range out.ResourceIdentifierSummaries {
			if len(s.ResourceIdentifiers) > 0 {
				by[aws.ToString(s.ResourceType)] = s.ResourceIdentifiers
			}
		}
		if len(by) == 0 {
			err = errors.New("no answer about any type")
		}
	}
	if err != nil {
		v.note("cannot tell whether CloudFormation can import these types here (%v)", account.Explain(err, "asking in "+v.Account+" "+v.Region))
		return nil
	}
	v.Import = slices.DeleteFunc(v.Import, func(r Resource) bool {
		if slices.Contains(by[r.Type], identifierOf(r.Type)) {
			return false
		}
		v.trouble(`docs/adopting.md, "What CloudFormation does not import"`, "CloudFormation does not import %s (%s) in %s by %s", r.Name, r.Type, v.Region,
			identifierOf(r.Type))
		return true
	})
	return nil
}

// physical returns CloudFormation's physical ID of the resource, in most cases the identifier for its import.
func (r *Resource) physical() string {
	if r.Type == "AWS::Events::Rule" {
		return r.Name
	}
	return r.Identifier[identifierOf(r.Type)]
}

// missing reports whether AWS answered that the resource does not exist.
func missing(err error) bool {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return false
	}
	switch api.ErrorCode() {
	case "NoSuchEntity", "NoSuchEntityException", "NotFound", "NotFoundException", "ResourceNotFoundException":
		return true
	}
	return false
}

func noSuchStack(err error) bool {
	var api smithy.APIError
	return errors.As(err, &api) && api.ErrorCode() == "ValidationError" && strings.Contains(api.ErrorMessage(), "does not exist")
}
