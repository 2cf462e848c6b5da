// Command setup installs what the demo and the tests on a local AWS need into the project's folder: the CDK CLI, the local
// AWS and the AWS CLI. It skips what is installed already. It may import internal/cdkcli, prove/awscli and prove/emulator only.
package main

import (
	"context"
	"fmt"
	"os"

	"example.com/breakglass/internal/cdkcli"
	"example.com/breakglass/prove/awscli"
	"example.com/breakglass/prove/emulator"
)

func main() {
	ctx, stop := emulator.WithSignals(context.Background())
	defer stop()
	progress := func(text string) { fmt.Println(text) }
	err := cdkcli.Install(ctx, ".", progress)
	if err == nil {
		err = awscli.Install(ctx, ".", progress) // with the local AWS
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		stop()
		os.Exit(1)
	}
}
