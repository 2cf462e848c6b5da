package deploy

import (
	"errors"
	"strings"
	"testing"
	"time"

	"example.com/breakglass/internal/cdkcli"
)

// What AWS and the CDK CLI say, and the remedy that has to apply: several of these texts contain the words of another.
var said = []struct{ text, remedy, fix string }{
	{"EACCES: permission denied, open '/home/x/.cdk/cache/accounts_partitions.json'", "folder", "permissions"},
	{"FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory", "memory", ""},
	{"fork/exec /usr/bin/node: cannot allocate memory", "memory", ""},
	{"UnauthorizedException: Session token not found or invalid", "expired", "aws sso login --profile 'my hub'"},
	{"CredentialsProviderError: Could not resolve credentials using profile: [hub] in configuration/credentials file(s).", "no credentials", ""},
	{
		"SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.", "wrong secret",
		"secret key",
	},
	{
		"Account 222222222222 should have 'stacksets-exec-0a1b2c' role with trust relationship to Role 'aws-service-role/member.org.stacksets.cloudformation.amazonaws.com/x'.",
		"no trusted access", "",
	},
	{"ValidationError: Stack [BreakGlass-Hub] already exists and cannot be created again with the changeSet [cdk-deploy-change-set].", "another operation", "wait"},
	{"ValidationError: Stack [BreakGlass-Hub] does not exist", "another operation", ""},
	{
		"Resource handler returned message: \"You must wait 60 seconds after deleting a queue before you can create another with the same name. (Service: Sqs, Status Code: 400)\" (HandlerErrorCode: GeneralServiceException)",
		"just deleted", "wait",
	},
	{
		"Resource handler returned message: \"State Machine is being deleted: 'arn:aws:states:us-east-1:111111111111:stateMachine:x' (Service: Sfn, Status Code: 400)\"",
		"just deleted", "",
	},
	{"Resource handler returned message: \"Exceeded attempts to wait\" (RequestToken: x, HandlerErrorCode: NotStabilized)", "not stable", ""},
	{
		"Resource handler returned message: \"Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.\" (HandlerErrorCode: AccessDenied)",
		"role not ready", ": run breakglass deploy again",
	},
	{"The execution role you provide must allow AWS EventBridge Scheduler to assume the role.", "role not ready", ""},
	{"Provided role 'arn:aws:iam::111111111111:role/x' cannot be assumed by principal 'events.amazonaws.com'.", "role not ready", ""},
	{"Policy arn:aws:iam::aws:policy/Nope does not exist or is not attachable. (Service: Iam, Status Code: 404)", "no such policy", "correct the file"},
	{"Scope ARN: arn:aws:iam::222222222222:policy/EmergencyBoundary does not exist or is not attachable.", "no such policy", ""},
	{"Template format error: Unrecognized resource types: [AWS::Scheduler::Schedule]", "not in the Region", "CloudFormation in eu-south-2"},
	{"Unexpected token '<', \"<!DOCTYPE \"... is not valid JSON", "portal", "web page"},
	{"char '<' is not expected.:1:1 Deserialization error: to see the raw response, inspect the hidden field {error}.$response", "portal", ""},
	{"self-signed certificate in certificate chain", "proxy", "AWS_CA_BUNDLE"},
	{"unable to get local issuer certificate", "proxy", ""},
	{"Signature expired: 20261126T101010Z is now earlier than 20261126T111010Z", "clock", ""},
	{"RequestTimeTooSkewed: The difference between the request time and the current time is too large.", "clock", ""},
	{"certificate has expired", "certificate", "check its clock"},
	{"CERT_HAS_EXPIRED", "certificate", "proxy"},
	{"ENOSPC: no space left on device, write", "disk", "make room"},
	{"EDQUOT: disk quota exceeded, mkdir '/home/x/.cdk'", "disk", ""},
	{"This CDK CLI is not compatible with the CDK library used by your application. Please upgrade the CLI to the latest version.", "other versions", "npm ci"},
	{"Cloud assembly schema version mismatch: Maximum schema version supported is 36.x.x, but found 53.0.0", "other versions", ""},
	{
		"The SSO session token associated with profile=hub was not found or is invalid. To refresh this SSO session run 'aws sso login' with the corresponding profile.", "expired",
		"aws sso login --profile 'my hub'",
	},
	{"Error loading SSO Token: Token for corporate does not exist", "expired", ""},
	{"ExpiredToken: The security token included in the request is expired", "expired", "aws sso login --profile 'my hub'"},
	{"The SSO session associated with this profile has expired. To refresh this SSO session run aws sso login", "expired", ""},
	{
		"SSM parameter /cdk-bootstrap/hnb659fds/version not found in aws://111111111111/eu-south-2. Has the environment been bootstrapped? Please run 'cdk bootstrap'", "not bootstrapped", "bootstrap account 111111111111 for its Regions, eu-south-2 among them: breakglass plan prints the command",
	},
	{
		"This CDK deployment requires bootstrap stack version '6', but during the confirmation via SSM parameter /cdk-bootstrap/hnb659fds/version the following error occurred: AccessDeniedException: not authorized", "not bootstrapped", "",
	},
	{
		"Could not assume role in target account using current credentials (which are for account 111111111111) User: x is not authorized to perform: sts:AssumeRole on resource: y", "role not assumed", "trusts these credentials",
	},
	{
		"Need to perform AWS calls for account 222222222222, but the current credentials are for 111111111111", "no credentials",
		"pass --account-profile 111111111111=PROFILE",
	},
	{"Need to perform AWS calls for account 222222222222, but no credentials have been configured", "no credentials", ""},
	{"CredentialsProviderError: Could not load credentials from any providers", "no credentials", ""},
	{"User: x is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::222222222222:role/OrganizationAccountAccessRole", "role not assumed", ""},
	{
		"You must be the management account or delegated admin account of an organization before operating a SERVICE_MANAGED stack set", "no delegated administrator",
		"aws organizations register-delegated-administrator",
	},
	{"Account used is not a delegated administrator (Service: CloudFormation, Status Code: 400)", "no delegated administrator", ""},
	{"You must enable organizations access to operate a service managed stack set", "no trusted access", "activate-organizations-access"},
	{
		"Stack [BreakGlass-Hub] is in UPDATE_ROLLBACK_FAILED state and can not be updated.", "rollback failed",
		"aws cloudformation continue-update-rollback --stack-name BreakGlass-Hub --region eu-south-2 --profile 'my hub'",
	},
	{"it is UPDATE_ROLLBACK_FAILED", "rollback failed", ""},
	{"Stack is in a paused fail state (UPDATE_FAILED) and command line arguments do not include \"--no-rollback\"", "rollback failed", ""},
	{"Stack:arn:aws:cloudformation:x is in ROLLBACK_COMPLETE state and can not be updated.", "never created", "delete-stack --stack-name BreakGlass-Hub"},
	{"it is ROLLBACK_FAILED", "never created", ""},
	{
		"Stack:arn:aws:cloudformation:x is in DELETE_FAILED state and can not be updated.", "never created",
		"update-termination-protection --no-enable-termination-protection --stack-name BreakGlass-Hub --region eu-south-2 --profile 'my hub' && aws",
	},
	{"Stack:arn:aws:cloudformation:x is in UPDATE_IN_PROGRESS state and can not be updated.", "another operation", "wait"},
	{"InvalidChangeSetStatus: An operation on this ChangeSet is currently in progress.  Please attempt this operation again later.", "another operation", ""},
	{"ChangeSetNotFound: ChangeSet [cdk-deploy-change-set] does not exist", "another operation", ""},
	{"AlreadyExistsException: ChangeSet cdk-deploy-change-set cannot be created due to a mismatch with existing attribute ClientToken", "another operation", ""},
	{"AlreadyExistsException: ChangeSet cdk-deploy-change-set already exists", "another operation", ""},
	{"OperationInProgressException: Another Operation on StackSet arn:x is in progress", "another operation", ""},
	{"Another CLI (PID=4711) is currently synthing to cdk.out. Invoke the CLI in sequence", "another operation", ""},
	{
		"Group (AWS::Logs::LogGroup): /aws/events/breakglass-ledger already exists", "ledger exists",
		"aws logs delete-log-group --log-group-name /aws/events/breakglass-ledger --region eu-south-2 --profile 'my hub'",
	},
	{"Rule (AWS::Events::Rule): capture-x already exists", "exists", "npx cdk import BreakGlass-Hub --profile 'my hub'"},
	{"Resource of type 'AWS::IAM::Role' with identifier 'x' already exists. (HandlerErrorCode: AlreadyExists)", "exists", ""},
	{
		"Failed to create ChangeSet cdk-deploy-change-set on BreakGlass-Hub: FAILED, The following hook(s)/validation failed: [AWS::EarlyValidation::ResourceExistenceCheck]. " +
			"To troubleshoot Early Validation errors, use the DescribeEvents API for detailed failure information.", "exists", "delete or rename it",
	},
	{
		"Early validation failed for change set cdk-deploy-change-set: Resource of type 'AWS::SNS::Topic' with identifier 'x' already exists. (at /Resources/x)",
		"exists", "",
	},
	{
		"User: x is not authorized to perform: sns:CreateTopic on resource: y with an explicit deny in a service control policy", "policy of the organization",
		"denies it",
	},
	{"User: x is not authorized to perform: sns:CreateTopic with an explicit deny in a resource control policy", "policy of the organization", ""},
	{"User: x is not authorized to perform: iam:CreateUser because no permissions boundary allows the iam:CreateUser action", "boundary", ""},
	{"User: x is not authorized to perform: iam:CreateUser with an explicit deny in a permissions boundary: arn:x", "boundary", ""},
	{"User: x is not authorized to perform: sns:CreateTopic on resource: y with an explicit deny in an identity-based policy", "policy", "a policy denies it"},
	{"User: x is not authorized to perform: sns:CreateTopic", "no permission", "permission"},
	{"AccessDenied. User doesn't have permission to call iam:GetRole", "no permission", ""},
	{
		"UnrecognizedClientException: The security token included in the request is invalid.", "Region not enabled",
		"aws account get-region-opt-status --region-name eu-south-2",
	},
	{"Rate exceeded (Service: AmazonCloudFormation; Status Code: 400; Error Code: Throttling)", "throttled", "throttled"},
	{"RequestLimitExceeded: Request limit exceeded.", "throttled", ""},
	{
		"Invalid principal in policy: \"AWS\":\"arn:aws:iam::999999999999:root\" (Service: Iam, Status Code: 400)", "no such principal",
		"is hub.account of the file wrong?",
	},
	{"Resource limit exceeded. (HandlerErrorCode: ServiceLimitExceeded)", "quota", "quota"},
	{"The maximum number of customer master keys has been reached", "quota", ""},
	{"The account 222222222222 is suspended", "suspended", "remove it from the file"},
	{"Hostname/IP does not match certificate's altnames: Host: sts.amazonaws.com. is not in the cert's altnames: DNS:proxy.example.com", "proxy", ""},
	{"write EPROTO 80E:error:0A00010B:SSL routines:ssl3_get_record:wrong version number", "refusing proxy", "HTTPS_PROXY"},
	{"Proxy response (407) !== 200 when HTTP Tunneling: Proxy Authentication Required", "refusing proxy", "password"},
	{"Stack [BreakGlass-Hub] cannot be deleted while TerminationProtection is enabled", "never created", "--no-enable-termination-protection"},
	{
		"User: x is not authorized to perform: sns:CreateTopic on resource: y because no service control policy allows the sns:CreateTopic action",
		"policy of the organization", "",
	},
	{"User: x is not authorized to perform: kms:CreateKey because no resource control policy allows the kms:CreateKey action", "policy of the organization", ""},
	{"User: x is not authorized to perform: sns:CreateTopic because no identity-based policy allows the sns:CreateTopic action", "no permission", ""},
	{"STS is not activated in this region for account:111111111111. Your account administrator can activate STS", "Region not enabled", ""},
	{"Maximum policy size of 6144 bytes exceeded for policy x (Service: Iam, Status Code: 409, Request ID: y) (HandlerErrorCode: ServiceLimitExceeded)", "policy too long", "shorten"},
	{"Cannot exceed quota for PoliciesPerGroup: 10", "quota", ""},
	{"The following hook(s) failed: [Corporate::Hook::Encryption]", "hook", "owner"},
	{"The following hook(s)/validation failed: [AWS::EarlyValidation::PropertyValidation]", "early validation", "correct the file"},
	{"Internal Failure", "AWS itself", "again"},
	{"Resource handler returned message: \"Service Unavailable\" (HandlerErrorCode: ServiceInternalError)", "AWS itself", ""},
	{"getaddrinfo ENOTFOUND sts.eu-south-2.amazonaws.com", "unreachable", "can be reached"},
	{"connect ENETUNREACH 192.0.2.1:443", "unreachable", ""},
	{"connect ETIMEDOUT 192.0.2.1:443", "unreachable", ""},
}

func TestFix(t *testing.T) {
	o := Outcome{Stack: "BreakGlass-Hub", Account: "111111111111", Region: "eu-south-2"}
	seen := map[string]bool{}
	for _, s := range said {
		got := "none"
		for _, r := range remedies {
			if r.says.MatchString(s.text) {
				got = r.name
				break
			}
		}
		seen[got] = true
		if fix := Fix(s.text, o, "my hub", ""); got != s.remedy || !strings.Contains(fix, s.fix) || !strings.Contains(fix, "again") {
			t.Errorf("%s\n  is %q, want %q: %s", s.text, got, s.remedy, fix)
		}
	}
	for _, r := range remedies {
		if !seen[r.name] {
			t.Errorf("no message shows %q", r.name)
		}
	}
	if got := Fix("something else", o, "", ""); got != "remove the cause, "+again {
		t.Errorf("%q", got)
	}
	if got := Fix("capture-x already exists", o, "hub", "/a b/c.yaml"); !strings.Contains(got,
		"npx cdk import BreakGlass-Hub -c 'config=/a b/c.yaml' --profile hub; ") {
		t.Errorf("with another file: %q", got)
	}
	if got := Fix("capture-x already exists", o, "", ""); strings.Contains(got, "--profile") {
		t.Errorf("without a profile: %q", got)
	}
}

func TestReasonOf(t *testing.T) {
	for output, want := range map[string]string{
		"": "cdk deploy failed (exit status 1)", "  ✨  Synthesis time\n  a\n  b ": "a b",
		"Could not assume role . Please make sure that this role exists in the account": "Could not assume role",
	} {
		if got := reasonOf(&cdkcli.Error{Action: "deploy", Output: output, Err: errors.New("exit status 1")}); got != want {
			t.Errorf("%q", got)
		}
	}
	if got := reasonOf(errors.New("no Node")); got != "no Node" {
		t.Errorf("%q", got)
	}
}

// A failure without a reason says nothing, and one that was cancelled follows from another.
func TestWhichFailureIsTheFirst(t *testing.T) {
	begin := event("Hub", "UPDATE_IN_PROGRESS", "User Initiated", time.Minute)
	for want, newest := range map[string]pages{
		"B (AWS::X::Y): why": {event("B", "UPDATE_FAILED", "why", 0), event("A", "UPDATE_FAILED", "Resource update cancelled", 0), begin},
		"C (AWS::X::Y): because": {
			event("C", "CREATE_FAILED", "because", 0), event("A", "CREATE_FAILED", "", 0), event("D", "CREATE_COMPLETE", "Eventual consistency", 0), begin,
		},
		"": {event("Hub", "UPDATE_COMPLETE", "", 0), event("A", "UPDATE_COMPLETE", "x", 0), begin},
		"E (AWS::X::Y): of a deletion": {
			event("E", "DELETE_FAILED", "of a deletion", 0), event("Hub", "DELETE_IN_PROGRESS", "", 0), event("F", "CREATE_FAILED", "before", 0),
		},
		"G (AWS::X::Y): of an own page": {
			event("Hub", "UPDATE_ROLLBACK_COMPLETE", "", 0), event("H", "UPDATE_COMPLETE", "", 0), event("G", "UPDATE_FAILED", "of an own page", 0),
		},
	} {
		if got, err := FirstFailure(t.Context(), newest, "Hub"); got != want || err != nil {
			t.Errorf("%q, want %q (%v)", got, want, err)
		}
	}
	if seconds(nil) != 0 {
		t.Error("nothing takes time")
	}
}
