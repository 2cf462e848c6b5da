package awscli

import (
	"maps"
	"strings"

	"example.com/breakglass/names"
)

const (
	hub, target = "111111111111", "222222222222"
	user, role  = "BreakglassUser", "BreakGlassRole"
	home        = "us-east-1"
)

// placeholders are what a person writes in place of a placeholder: of its name, or of the flag that it is the value of. In an example of
// the documents, the local AWS has what they name; world adds those that it makes up.
var placeholders = map[string]string{
	"<where>": home, "<region>": home, "REGION": home, "--region": home, "--region-name": "eu-south-2", "--regions": "eu-west-1",
	"<stack>": names.HubStack, "<HomeRegion>": home, "<TrailARN>": "arn:aws:cloudtrail:" + home + ":" + hub + ":trail/" + names.Trail,
	"<TopicArn>": "arn:aws:sns:" + home + ":" + hub + ":" + names.Topic, "<code>": "123456", "<next code>": "654321",
	"…":            "", // flags that are left out of an example
	"--token-code": "123456", "--profile": "breakglass",

	"--access-key-id": "AKIAIOSFODNN7EXAMPLE", "--user-name": user, "--new-user-name": user, "--role-name": role, "--group-name": names.Group,
	"--policy-name": "Example", "--serial-number": "arn:aws:iam::" + hub + ":mfa/" + user, "--policy-arn": "arn:aws:iam::aws:policy/AWSDenyAll",
	"--role-arn": "arn:aws:iam::" + target + ":role/" + role, "--role-session-name": user, "--permissions-boundary": "arn:aws:iam::aws:policy/AWSDenyAll",
	"--policy-source-arn": "arn:aws:iam::" + hub + ":user/" + user, "--action-names": "sts:AssumeRole", "--version-id": "v2",
	"--certificate-id": "ABCDEFGHIJKLMNOPQRSTUVWX", "--ssh-public-key-id": "APKAEXAMPLEEXAMPLE12", "--server-certificate-name": "example",
	"--service-specific-credential-id": "ACCAEXAMPLEEXAMPLE12", "--instance-profile-name": "example",
	"--saml-provider-arn":            "arn:aws:iam::" + hub + ":saml-provider/example",
	"--open-id-connect-provider-arn": "arn:aws:iam::" + hub + ":oidc-provider/example.com",

	"--name": "example", "--rule": "example", "--ids": "1", "--statement-id": "example", "--topic-arn": "arn:aws:sns:" + home + ":" + hub + ":" + names.Topic,
	"--subscription-arn": "arn:aws:sns:" + home + ":" + hub + ":" + names.Topic + ":c6b5b5f4-6e0e-4a6e-9a53-30f1f7e5b001",
	"--protocol":         "email", "--notification-endpoint": "a@example.com", "--resource-arn": "arn:aws:sns:" + home + ":" + hub + ":" + names.Topic,
	"--queue-url": "https://sqs." + home + ".amazonaws.com/" + hub + "/example", "--alarm-names": "example", "--dashboard-names": names.Dashboard,
	"--log-group-name": names.Ledger, "--log-group-identifier": names.Ledger, "--filter-pattern": `'{ $.source != "example" }'`, "--start-time": "0",
	"--filter-name": "example", "--execution-arn": "arn:aws:states:" + home + ":" + hub + ":execution:" + names.Composer + ":example",
	"--state-machine-arn": "arn:aws:states:" + home + ":" + hub + ":stateMachine:" + names.Composer, "--table-name": names.AlertsTable,
	"--key-id": "1234abcd-12ab-34cd-56ef-1234567890ab", "--alias-name": names.KeyAlias, "--grant-id": "example", "--secret-id": "example",

	"--stack-name": names.HubStack, "--stack-set-name": names.RoleStack + "ou-ab12-11111111", "--call-as": "SELF", "--operation-id": "example",
	"--parent-id": "r-ab12", "--account-id": hub, "--service-principal": "member.org.stacksets.cloudformation.amazonaws.com",
	"--policy-id": "p-12345678", "--target-id": "ou-ab12-11111111", "--retain-stacks": "--stack-set-name example --call-as SELF",
	"--deployment-targets": "OrganizationalUnitIds=ou-ab12-11111111",
	"attach-role-policy":   "--role-name " + role + " --policy-arn arn:aws:iam::aws:policy/AWSDenyAll",
	"detach-role-policy":   "--role-name " + role + " --policy-arn arn:aws:iam::aws:policy/AWSDenyAll",
	"remove-targets":       "--rule example --ids 1", "--expected-revision-id": "example", "<user>": user,
	"update-stack-instances": "--stack-set-name example --call-as SELF",
	"delete-stack":           "--stack-name example",
	"stack-delete-complete":  "--stack-name example",
	"--trust-anchor-id":      "c6b5b5f4-6e0e-4a6e-9a53-30f1f7e5b001",
	"--profile-id":           "c6b5b5f4-6e0e-4a6e-9a53-30f1f7e5b001",
	"--function-name":        "example", "--layer-name": "example", "--version-number": "1", "--uuid": "c6b5b5f4-6e0e-4a6e-9a53-30f1f7e5b001",
	"--instance-ids": "i-1234567890abcdef0", "--instance-id": "i-1234567890abcdef0", "--key-name": "example", "--association-id": "example-0123",
	"--snapshot-id": "snap-1234567890abcdef0", "--image-id": "ami-1234567890abcdef0", "--group-id": "sg-1234567890abcdef0",
	"s3://": "s3://example", "FLAGS": "--region " + home, "--configuration-recorder-name": "example", "--token": "example",
	"--state-machine-alias-arn":   "arn:aws:states:" + home + ":" + hub + ":stateMachine:" + names.Composer + ":example",
	"--state-machine-version-arn": "arn:aws:states:" + home + ":" + hub + ":stateMachine:" + names.Composer + ":1",
	"--qualifier":                 "1", "--user-ids": target, "--security-group-rule-ids": "sgr-1234567890abcdef0", "--account-ids-to-remove": target, "--event-bus-name": "example",
	"--label": "example", "--attribute-name": "DisplayName", "--attribute-value": "example", "--policy-document": "file://policy.json",
	"--accounts": target, "--s3-bucket-name": "example", "--authentication-code1": "123456", "--authentication-code2": "654321",
	"--bucket": "example", "--trail-name": "example",
	"--max-session-duration":             "3600",
	"--status":                           "Inactive",
	"--thumbprint-list":                  "0000000000000000000000000000000000000000",
	"--client-id":                        "sts.example.com",
	"--delegation-request-id":            "example-0123456789",
	"--crl-id":                           "c6b5b5f4-6e0e-4a6e-9a53-30f1f7e5b001",
	"--instance-arn":                     "arn:aws:sso:::instance/ssoins-1234567890abcdef",
	"--permission-set-arn":               "arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcdef",
	"--target-type":                      "AWS_ACCOUNT",
	"--principal-type":                   "USER",
	"--principal-id":                     "1234567890-12345678-1234-1234-1234-123456789012",
	"--session-duration":                 "PT1H",
	"--managed-policy-arn":               "arn:aws:iam::aws:policy/ReadOnlyAccess",
	"--identity-store-id":                "d-1234567890",
	"--user-id":                          "1234567890-12345678-1234-1234-1234-123456789012",
	"--membership-id":                    "1234567890-12345678-1234-1234-1234-123456789012",
	"--member-id":                        "UserId=1234567890-12345678-1234-1234-1234-123456789012",
	"--new-path":                         "/",
	"--phone-number":                     "+15555550100",
	"--root-id":                          "r-ab12",
	"--policy-type":                      "SERVICE_CONTROL_POLICY",
	"--source-parent-id":                 "r-ab12",
	"--destination-parent-id":            "ou-ab12-11111111",
	"--flow-log-ids":                     "fl-1234567890abcdef0",
	"--detector-id":                      "12abc34d567e8fa901bc2d34e56789f0",
	"--ip-set-id":                        "example",
	"--analyzer-name":                    "example",
	"--rule-name":                        "example",
	"--type":                             "ACCOUNT",
	"--event-data-store":                 "c6b5b5f4-6e0e-4a6e-9a53-30f1f7e5b001",
	"--retention-in-days":                "30",
	"--vpc-peering-connection-id":        "pcx-1234567890abcdef0",
	"--launch-template-id":               "lt-1234567890abcdef0",
	"--document-version":                 "1",
	"--activation-id":                    "c6b5b5f4-6e0e-4a6e-9a53-30f1f7e5b001",
	"--session-id":                       "example-0123",
	"--resource-share-arn":               "arn:aws:ram:us-east-1:111111111111:resource-share/c6b5b5f4-6e0e-4a6e-9a53-30f1f7e5b001",
	"--principals":                       "222222222222",
	"--db-snapshot-identifier":           "example",
	"--db-cluster-snapshot-identifier":   "example",
	"--values-to-remove":                 "222222222222",
	"--repository-name":                  "example",
	"--identity-pool-id":                 "us-east-1:c6b5b5f4-6e0e-4a6e-9a53-30f1f7e5b001",
	"--move-to-version-id":               "c6b5b5f4-6e0e-4a6e-9a53-30f1f7e5b001",
	"--remove-from-version-id":           "c6b5b5f4-6e0e-4a6e-9a53-30f1f7e5b002",
	"--remove-replica-regions":           "eu-west-1",
	"--no-enable-termination-protection": "--stack-name example",
}

// policy is one that allows nothing.
const policy = `{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}`

// files are those that a command reads from the folder that it runs in.
var files = map[string]string{
	"scp.json": policy, "rcp.json": policy, "policy.json": policy, "trust.json": policy, "breakglass-execution-" + target + ".json": policy, "breakglass-execution-333333333333.json": policy,
	"metadata.xml":  strings.Repeat("<a/>", 250),               // a thousand characters at least
	"function.zip":  "PK\x05\x06" + strings.Repeat("\x00", 18), // an empty archive
	"function.json": `{"Timeout": 3}`, "project.json": `{"name": "example"}`, "acl.json": `{"Owner": {"ID": "example"}, "Grants": []}`,
	"source.json": `{"sourceType": "AWS_ACM_PCA", "sourceData": {"acmPcaArn": "arn:aws:acm-pca:us-east-1:111111111111:certificate-authority/example"}}`, "profile.json": `{"roleArns": []}`,
	"stack.json": `{"TemplateBody": "{}"}`, "logging.json": `{}`, "notification.json": `{}`, "rules.json": `{"rules": []}`, "pool.json": `{"IdentityPoolName": "example", "AllowUnauthenticatedIdentities": false}`, "roles.json": `{}`,
	"encryption.json": `{"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}`,
	"lifecycle.json":  `{"Rules": []}`, "replication.json": `{"Role": "example", "Rules": []}`, "attributes.json": `{"Policy": ""}`,
	"trail.json": `{"IsMultiRegionTrail": true}`, "selectors.json": `{"EventSelectors": []}`, "password-policy.json": `{"MinimumPasswordLength": 14}`,
	"schedule.json": `{"ScheduleExpression": "rate(1 hour)", "FlexibleTimeWindow": {"Mode": "OFF"}, "Target": {"Arn": "arn:aws:sns:us-east-1:111111111111:example", "RoleArn": "arn:aws:iam::111111111111:role/example"}}`,
}

// with returns the placeholders and more.
func with(more map[string]string) map[string]string {
	all := maps.Clone(placeholders)
	maps.Copy(all, more)
	return all
}
