package constructs

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"example.com/breakglass/watch"
)

func TestQueries(t *testing.T) {
	one := synth(t, func(stack awscdk.Stack) { NewQueries(stack, "Queries", true) })
	saved := one.all("AWS::Logs::QueryDefinition")
	if len(saved) != len(watch.Queries) || len(one.Resources) != len(saved) {
		t.Errorf("%d queries are saved, of %d, as %q", len(saved), len(watch.Queries), one.types())
	}
	for _, q := range watch.Queries {
		query := one.named(t, "AWS::Logs::QueryDefinition", "Name", "Break glass/"+q.Name).Properties
		// No QueryLanguage: the default is the language that they are written in.
		has(t, query, "Name", "QueryString", "LogGroupNames")
		same(t, q.Name, query["QueryString"], "# "+q.Why+"\n"+q.Text)
		same(t, q.Name, query["LogGroupNames"], []string{q.Group})
	}
}
