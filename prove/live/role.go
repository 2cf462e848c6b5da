package main

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/smithy-go"
)

// trialPolicy is the name of the policy of every role of the trial.
const trialPolicy = "live-trial"

// role makes a role of the hub account for a service, which may do some actions on anything, and returns its ARN. condition, if
// given, is one of its trust.
func (t *trial) role(ctx context.Context, name, service string, condition map[string]any, actions ...string) (string, error) {
	cfg, err := t.at(ctx, t.hub, hubRegion)
	if err != nil {
		return "", err
	}
	api := iam.NewFromConfig(cfg)
	t.undo.add("the role "+name, func(ctx context.Context) error { return deleteRole(ctx, api, name) })
	statement := map[string]any{"Effect": "Allow", "Principal": map[string]any{"Service": service}, "Action": "sts:AssumeRole"}
	if condition != nil {
		statement["Condition"] = condition
	}
	made, err := api.CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String(name), AssumeRolePolicyDocument: document(statement)})
	if err != nil {
		return "", err
	}
	if len(actions) > 0 {
		_, err = api.PutRolePolicy(ctx, &iam.PutRolePolicyInput{
			RoleName: aws.String(name), PolicyName: aws.String(trialPolicy),
			PolicyDocument: document(map[string]any{"Effect": "Allow", "Action": actions, "Resource": "*"}),
		})
	}
	return aws.ToString(made.Role.Arn), err
}

// document returns a policy of some statements.
func document(statements ...map[string]any) *string {
	text, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": statements})
	if err != nil {
		panic(err) // the statements are those of this package
	}
	return aws.String(string(text))
}

func deleteRole(ctx context.Context, api *iam.Client, name string) error {
	_, err := api.DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: aws.String(name), PolicyName: aws.String(trialPolicy)})
	if err := gone(err, "NoSuchEntity"); err != nil {
		return err
	}
	_, err = api.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: aws.String(name)})
	return gone(err, "NoSuchEntity")
}

// retry repeats a call while its error may come from IAM, which takes a while to show a new role, policy or key everywhere.
func (t *trial) retry(ctx context.Context, again func(error) bool, call func() error) (err error) {
	waited := until(ctx, t.settles, func() (bool, error) {
		err = call()
		return err == nil || !again(err), nil
	})
	if err == nil {
		err = waited
	}
	return err
}

// gone returns nil for an error of one of these codes: there is nothing to remove.
func gone(err error, codes ...string) error {
	if isError(err, codes...) {
		return nil
	}
	return err
}

// isError reports whether AWS has answered with one of these codes.
func isError(err error, codes ...string) bool {
	var answered smithy.APIError
	return errors.As(err, &answered) && slices.Contains(codes, answered.ErrorCode())
}
