package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"example.com/breakglass/access"
	"example.com/breakglass/internal/screen"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
)

func executionCommand(common *flags) *cobra.Command {
	return &cobra.Command{
		Use:   "execution-policy ACCOUNT",
		Short: "Print what CloudFormation may do in a target account that trusts the hub account to deploy there",
		Long: `Print what CloudFormation may do in a target account that trusts the hub account to deploy there (deploy.access: bootstrap).

The policy lets CloudFormation make the role of the emergency users, with the policies that the file names for that account, and the
observers; no other role, no other policy of the role, no user. It is called ` + names.ExecutionPolicy + ` and is given to cdk bootstrap with
--cloudformation-execution-policies: breakglass plan prints the commands. It is also the permissions boundary of the observers' role.

Whoever may assume the deploying role in the hub account can still have CloudFormation do all of that: change who may assume the
emergency users' role, for example. Observers report such a change, and an alarm reports who assumes the role. breakglass check
compares the policy, the roles that have it and deploy with it, and whom they trust.

It reads only the file, asks AWS nothing and creates nothing.`,
		Example: `  breakglass execution-policy 222222222222 > breakglass-execution-222222222222.json
  aws iam create-policy --policy-name breakglass-execution --policy-document file://breakglass-execution-222222222222.json`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("%d arguments; name one target account", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			out, err := common.screen(cmd)
			if err != nil {
				return err
			}
			c, err := common.load()
			if err != nil {
				return err
			}
			policy, found := plan.Of(c).Execution(args[0])
			if !found {
				return fmt.Errorf("no policy for %s: name a target account of the file other than the hub account: %s", screen.Escape(args[0]),
					strings.Join(plan.Of(c).Confined(), ", "))
			}
			text, err := json.Marshal(policy)
			if err != nil {
				return err
			}
			if _, err := fmt.Fprintf(cmd.OutOrStdout(), "%s\n", text); err != nil {
				return err
			}
			out.WarnNote("%d of %d characters", policy.Size(), access.MaxManagedPolicy)
			return nil
		},
	}
}
