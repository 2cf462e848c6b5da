package constructs

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

// NewQueries saves the queries of the catalogue in CloudWatch Logs Insights, in a folder of their own. They work in the
// Region of their stack, over the log groups there.
//
// Without heartbeats there is no log group of them to ask.
func NewQueries(scope constructs.Construct, id string, heartbeats bool) {
	scope = constructs.NewConstruct(scope, jsii.String(id))
	for _, q := range watch.Queries {
		if q.Group == names.Heartbeats && !heartbeats {
			continue
		}
		awslogs.NewCfnQueryDefinition(scope, jsii.String(q.Name), &awslogs.CfnQueryDefinitionProps{
			Name: jsii.String(names.Queries + q.Name), QueryString: jsii.String(q.Saved()), LogGroupNames: texts([]string{q.Group}),
		})
	}
}
