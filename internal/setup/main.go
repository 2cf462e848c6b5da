// Command setup installs into the project's folder what the demo and the proofs need: the CDK CLI and the local AWS.
// What is there already stays.
package main

import (
	"context"
	"fmt"
	"os"

	"example.com/breakglass/internal/cdkcli"
	"example.com/breakglass/prove/emulator"
)

func main() {
	ctx, stop := emulator.WithSignals(context.Background())
	defer stop()
	say := func(text string) { fmt.Println(text) }
	err := cdkcli.Install(ctx, ".", say)
	if err == nil {
		err = emulator.Install(ctx, ".", say)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		stop()
		os.Exit(1)
	}
}
