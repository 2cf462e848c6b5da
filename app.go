// Command breakglass (the CDK app) turns breakglass.yaml into CloudFormation: cdk synth, cdk diff and cdk deploy run it.
// It asks AWS nothing and reads no environment, so that the same file always gives the same templates.
package main

import (
	"fmt"
	"os"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/config"
	"example.com/breakglass/plan"
	"example.com/breakglass/stacks"
)

func main() {
	os.Exit(run())
}

func run() int {
	defer jsii.Close()
	app := awscdk.NewApp(nil)
	file := "breakglass.yaml"
	if named, ok := app.Node().TryGetContext(jsii.String("config")).(string); ok {
		file = named
	}
	c, err := config.Load(file)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	p := plan.New(c)
	for _, note := range p.Notes {
		fmt.Fprintln(os.Stderr, "note:", note)
	}
	stacks.Build(app, p)
	app.Synth(nil)
	return 0
}
