package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"example.com/breakglass/access"
	"example.com/breakglass/plan"
)

func guardrailCommand(common *flags) *cobra.Command {
	var deployers []string
	var resource bool
	cmd := &cobra.Command{
		Use:   "guardrail",
		Short: "Print the organization's policy that keeps the accounts' administrators from changing what alerts",
		Long: `Print the organization's policy that keeps the accounts' administrators from changing what alerts.

The service control policy denies everybody but the roles that deploy: changing the role of the emergency users, its policies and
the rules that observe it in every account, and in the hub account the rules, topics, alarms, logs, trails and keys. It also denies
creating a role with the name of one that deploys, changing who may use one, updating a stack that was deployed with one, and
making or changing stack sets from the hub account, which act with one. Nobody may leave the organization. It does not deny
anything to the emergency users that their own policies allow, except for these.

--resource prints the resource control policy instead: nobody but the emergency users may assume their role, neither a service nor
the users of an identity provider, whatever becomes of its trust policy.

It reads only the file, asks AWS nothing and attaches nothing. Only the management account, or a delegated administrator of
Organizations, can create and attach policies; neither binds the management account itself.`,
		Example: `  breakglass guardrail > scp.json
  breakglass guardrail --deployer BreakGlassDeployer > scp.json
  breakglass guardrail --deployer arn:aws:iam::222222222222:role/team/Deployer > scp.json
  breakglass guardrail --resource > rcp.json
  aws organizations create-policy --type SERVICE_CONTROL_POLICY --name BreakGlass --description BreakGlass --content file://scp.json`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			out, err := common.screen(cmd)
			if err != nil {
				return err
			}
			c, err := common.load()
			if err != nil {
				return err
			}
			g, err := plan.Of(c).Guardrail(deployers)
			if err != nil {
				return err
			}
			policy := g.Service
			if resource {
				policy = g.Resource
			}
			text, err := json.Marshal(policy) // white space counts against the quota
			if err != nil {
				return err
			}
			if _, err := fmt.Fprintf(cmd.OutOrStdout(), "%s\n", text); err != nil {
				return err
			}
			for _, note := range g.Notes {
				out.WarnNote("%s", note)
			}
			out.WarnNote("%d of %d characters", policy.Size(), access.MaxOrganizationPolicy)
			return nil
		},
	}
	cmd.Flags().StringArrayVar(&deployers, "deployer", nil,
		"`name`, path and name, or ARN of a role that deploys, besides those that the file names; repeat the flag for several")
	cmd.Flags().BoolVar(&resource, "resource", false, "print the resource control policy")
	return cmd
}
