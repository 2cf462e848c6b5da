package check

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/signin"
	"github.com/aws/aws-sdk-go-v2/service/signin/types"
)

func (w *world) GetConsoleAuthorizationConfiguration(context.Context, *signin.GetConsoleAuthorizationConfigurationInput, ...func(*signin.Options)) (*signin.GetConsoleAuthorizationConfigurationOutput, error) {
	return answer(w, "GetConsoleAuthorizationConfiguration",
		&signin.GetConsoleAuthorizationConfigurationOutput{
			ConsoleAuthorizationEnabled: aws.Bool(w.restricted), Scope: aws.String("ACCOUNT"), TargetId: aws.String(w.account),
		})
}

func (w *world) GetResourcePolicy(context.Context, *signin.GetResourcePolicyInput, ...func(*signin.Options)) (*signin.GetResourcePolicyOutput, error) {
	if w.signInPolicy == nil {
		return nil, &types.ResourceNotFoundException{}
	}
	return answer(w, "GetResourcePolicy",
		&signin.GetResourcePolicyOutput{SigninResourceBasedPolicy: &types.SigninResourceBasedPolicy{Version: aws.String("2012-10-17"), Statement: w.signInPolicy}})
}
