// Command breakglass (the CDK app) turns breakglass.yaml into CloudFormation templates; cdk synth, cdk diff and cdk deploy run
// it. It calls no AWS API and reads no environment, so that the same file always gives the same templates. It may import the CDK,
// config, plan and stacks.
package main

import (
	"fmt"
	"io"
	"os"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/plan"
	"example.com/breakglass/stacks"
)

func main() {
	os.Exit(run(os.Stderr))
}

func run(stderr io.Writer) int {
	defer jsii.Close()
	app := awscdk.NewApp(nil)
	file := "breakglass.yaml"
	if named, ok := app.Node().TryGetContext(jsii.String("config")).(string); ok {
		file = named
	}
	p, err := build(app, file)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 2
	}
	for _, note := range p.Notes {
		fmt.Fprintln(stderr, "note:", note)
	}
	app.Synth(nil)
	return 0
}

// build fills the app with the stacks of the file.
func build(app awscdk.App, file string) (plan.Plan, error) {
	p, err := plan.Load(file)
	if err != nil {
		return plan.Plan{}, err
	}
	// One of many stacks, for who deploys just that one: its template is the same.
	if only, ok := app.Node().TryGetContext(jsii.String("only")).(string); ok {
		if p, err = p.Only(only); err != nil {
			return plan.Plan{}, err
		}
	}
	stacks.Build(app, p)
	return p, nil
}
