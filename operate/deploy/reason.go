package deploy

import (
	"regexp"

	"example.com/breakglass/internal/shell"
	"example.com/breakglass/names"
	"example.com/breakglass/operate/discover"
)

// again ends what to do about a failure.
const again = "then run breakglass deploy again: it deploys only what is left"

// remedy is what to do when AWS or the CDK CLI says something.
type remedy struct {
	name string
	says *regexp.Regexp
	do   func(stuck) string
}

// stuck is a stack that failed, with the profile of the AWS CLI for its account and the configuration; empty for none, and for the
// project's own.
type stuck struct {
	Outcome
	profile, file string
}

// aws returns a command of the AWS CLI in the stack's account and Region.
func (s stuck) aws(words ...string) string {
	return shell.Quote(shell.AWS(s.Region, s.profile, words...)...)
}

// imports returns the command that imports what exists into the stack.
func (s stuck) imports() string {
	words := []string{"npx", "cdk", "import", s.Stack}
	if s.file != "" {
		words = append(words, "-c", "config="+s.file)
	}
	return shell.Quote(append(words, s.flags()...)...)
}

func (s stuck) flags() []string {
	if s.profile == "" {
		return nil
	}
	return []string{"--profile", s.profile}
}

func always(text string) func(stuck) string { return func(stuck) string { return text } }

// remedies are in order: the first that matches applies. Messages quote others, so what is more specific comes first. The texts are
// those of CloudFormation, of the services behind it, and of CDK CLI 2.1148.1.
var remedies = []remedy{
	// Between this machine and AWS.
	{"portal", regexp.MustCompile(`(?i)<!doctype html|<html|unexpected token '?<|char '<' is not expected|char: '<'`), always(
		"something in the network answers with a web page in place of AWS: sign in to its portal, or set HTTPS_PROXY; " + again)},
	{"proxy", regexp.MustCompile(`(?i)self[- ]signed certificate|unable to (get local issuer|verify the first) certificate|unknown authority|UNABLE_TO_VERIFY_LEAF_SIGNATURE|` +
		`does not match certificate's altnames|ERR_TLS_CERT_ALTNAME_INVALID`), always(
		"a proxy opens the TLS connections: set AWS_CA_BUNDLE to the file with its certificate; " + again)},
	{"refusing proxy", regexp.MustCompile(`(?i)\b407\b.{0,40}proxy|proxy authentication required|EPROTO|wrong version number`), always(
		"a proxy does not let the connection through: check HTTPS_PROXY, its user and its password; " + again)},
	{"clock", regexp.MustCompile(`(?i)signature expired|signature not yet current|RequestTimeTooSkewed`), always(
		"the clock of this machine is wrong: set it; " + again)},
	{"certificate", regexp.MustCompile(`(?i)certificate (has expired|is not yet valid)|CERT_(HAS_EXPIRED|NOT_YET_VALID)`), always(
		"the certificate is not valid at the time that this machine has: check its clock; if that is right, a proxy's certificate has expired; " + again)},
	{"folder", regexp.MustCompile(`\b(EACCES|EPERM|EROFS)\b`), always(
		"a file or folder of this machine cannot be read or written: correct its permissions; " + again)},
	{"memory", regexp.MustCompile(`(?i)heap out of memory|ENOMEM|cannot allocate memory|signal: killed`), always(
		"this machine has too little memory: end other programs, or deploy elsewhere; " + again)},
	{"disk", regexp.MustCompile(`(?i)ENOSPC|no space left on device|EDQUOT|disk quota exceeded`), always(
		"a disk of this machine is full: make room, " + again)},
	{"other versions", regexp.MustCompile(`(?i)not compatible with the CDK library|assembly schema version mismatch`), always(
		"install what package-lock.json pins: npm ci; " + again)},
	{"expired", regexp.MustCompile(`(?i)expired|run '?aws sso login|error loading SSO token|session token not found or invalid`), func(s stuck) string {
		return "sign in again (" + shell.Quote(shell.AWS("", s.profile, "sso", "login")...) + ", or as you did before); " + again
	}},

	// The CDK's way into an account. Its message quotes what AWS says about the role.
	{"not bootstrapped", regexp.MustCompile(`(?i)has the environment been bootstrapped|requires bootstrap stack version|is (this )?account \S* ?bootstrapped`), func(s stuck) string {
		return "bootstrap account " + s.Account + " for its Regions, " + s.Region + " among them: breakglass plan prints the command; " + again
	}},
	{"no credentials", regexp.MustCompile(`(?i)need to perform AWS calls for account|could not (load|resolve) credentials|unable to (resolve AWS account|locate credentials)`), func(s stuck) string {
		return "pass " + shell.Quote("--account-profile", s.Account+"=PROFILE") + " with a profile of that account; " + again
	}},
	{"wrong secret", regexp.MustCompile(`(?i)SignatureDoesNotMatch|InvalidSignature|request signature we calculated`), always(
		"AWS does not take the secret key: correct it in the profile or in the environment; " + again)},
	{"role not assumed", regexp.MustCompile(`(?i)could not assume role|not authorized to perform: sts:AssumeRole`), always(
		"check that the role exists and trusts these credentials, and that the account is not closed; " + again)},

	// Stack sets.
	{"no delegated administrator", regexp.MustCompile(`(?i)management account or delegated admin|master or delegated admin|not a delegated administrator`), func(s stuck) string {
		return "in the management account: " + shell.Quote("aws", "organizations", "register-delegated-administrator", "--service-principal",
			discover.StackSetsPrincipal, "--account-id", s.Account) + "; " + again
	}},
	{"no trusted access", regexp.MustCompile(`(?i)must enable organizations access|should have 'stacksets-exec`), func(s stuck) string {
		return "in the management account: aws cloudformation activate-organizations-access --region " + s.Region + "; " + again
	}},

	// States of a stack, before "already exists" and "in progress", which their messages may contain.
	{"rollback failed", regexp.MustCompile(`UPDATE_ROLLBACK_FAILED|UPDATE_FAILED\b.*(state|paused)|paused fail state`), func(s stuck) string {
		return "remove the cause, then " + s.aws("cloudformation", "continue-update-rollback", "--stack-name", s.Stack) + "; " + again
	}},
	{"never created", regexp.MustCompile(`\b(ROLLBACK_COMPLETE|ROLLBACK_FAILED|DELETE_FAILED)\b|cannot be deleted while TerminationProtection is enabled`), func(s stuck) string {
		return "delete the stack: " + s.aws("cloudformation", "update-termination-protection", "--no-enable-termination-protection", "--stack-name", s.Stack) +
			" && " + s.aws("cloudformation", "delete-stack", "--stack-name", s.Stack) + "; " + again
	}},
	{"another operation", regexp.MustCompile(`(?i)_IN_PROGRESS\b|OperationInProgress|operation .{0,40}(is )?(currently )?in progress|InvalidChangeSetStatus|ChangeSetNotFound|` +
		`ChangeSet \S+ (cannot be created|does not exist|already exists)|Stack \S+ (does not exist|already exists)|Stack with id \S+ does not exist|another CLI \(PID|ConcurrentModification|concurrent update`), always(
		"somebody else deploys at the same time, or CloudFormation is still working: wait until it has finished, " + again)},

	{"just deleted", regexp.MustCompile(`(?i)QueueDeletedRecently|wait 60 seconds after deleting|StateMachineDeleting|is being deleted`), always(
		"what was deleted a moment ago keeps its name for a minute: wait, " + again)},
	{"not stable", regexp.MustCompile(`NotStabilized|(?i)did not stabilize|exceeded attempts to wait`), always(
		"AWS has not finished in time: wait some minutes, " + again)},

	// What exists already.
	{"ledger exists", regexp.MustCompile(`(?is)` + regexp.QuoteMeta(names.Ledger) + `.*already ?exists|already ?exists.*` +
		regexp.QuoteMeta(names.Ledger)), func(s stuck) string {
		return "an earlier deployment left its ledger there: delete it (" + s.aws("logs", "delete-log-group", "--log-group-name", names.Ledger) +
			"), or import it with " + s.imports() + "; " + again
	}},
	// CloudFormation looks for names before it creates anything; which name it was, it tells those alone who may call DescribeEvents.
	{"exists", regexp.MustCompile(`(?i)already ?exists|EarlyValidation::ResourceExistenceCheck|NAME_CONFLICT_VALIDATION`), func(s stuck) string {
		return "another resource has that name: delete or rename it, or import it with " + s.imports() + "; " + again
	}},

	{"role not ready", regexp.MustCompile(`(?i)authorized to assume the provided role|must allow .{0,60} to assume the role|cannot be assumed by principal`), always(
		"a role that was made a moment ago is not known everywhere yet: " + again[len("then "):])},

	// Permissions. A throttled request is no refusal, and a quota no permission.
	{"policy of the organization", regexp.MustCompile(`(?i)(explicit deny in (a|an)|because no) (service|resource) control policy`), always(
		"a policy of the organization denies it: have these credentials exempted there; " + again)},
	{"boundary", regexp.MustCompile(`(?i)(explicit deny in|no) (a|an|the)? ?permissions boundary`), always(
		"a permissions boundary denies it: deploy with other credentials, or have it changed; " + again)},
	{"policy", regexp.MustCompile(`(?i)explicit deny`), always(
		"a policy denies it: deploy with other credentials, or have the policy changed; " + again)},
	{"no permission", regexp.MustCompile(`(?i)not authorized|access ?denied|unauthorized`), always(
		"get the permission granted to the credentials that deploy; " + again)},
	{"Region not enabled", regexp.MustCompile(`(?i)STS is not activated|RegionDisabled|SubscriptionRequired|security token|UnrecognizedClient|OptInRequired|InvalidClientTokenId`), func(s stuck) string {
		return "check that the Region is enabled: " + shell.Quote(shell.AWS("", s.profile, "account", "get-region-opt-status", "--region-name",
			s.Region)...) + "; " + again
	}},
	{"throttled", regexp.MustCompile(`(?i)throttl|rate exceeded|too ?many ?requests|RequestLimitExceeded`), always(
		"AWS throttled the requests: run breakglass deploy again; it deploys only what is left")},
	{"policy too long", regexp.MustCompile(`(?i)maximum policy size|policy (document )?(is )?too (long|large)|PolicyLengthExceeded`), always(
		"a policy is too long for IAM: shorten what the file gives the users or the role, " + again)},
	{"quota", regexp.MustCompile(`(?i)limit ?exceeded|exceeded .{0,40}limit|quota|maximum number`), always(
		"raise the quota, or remove what uses it up; " + again)},
	{"no such principal", regexp.MustCompile(`(?i)invalid principal in policy`), always(
		"an account or a role that a policy names does not exist: is hub.account of the file wrong? Correct it, " + again)},
	{"no such policy", regexp.MustCompile(`(?i)policy\S* (arn:\S+ )?(does not exist|is not attachable|was not found)`), always(
		"a policy or a boundary of the file does not exist in the account: correct the file, or make it there; " + again)},
	{"not in the Region", regexp.MustCompile(`(?i)unrecognized resource types`), func(s stuck) string {
		return "CloudFormation in " + s.Region + " does not have all that the stack needs yet: list the Region under unwatched, with the reason, " + again
	}},
	{"suspended", regexp.MustCompile(`(?i)account .{0,40}(suspended|closed)`), always(
		"the account is closed or suspended: reopen it, or remove it from the file; " + again)},
	{"early validation", regexp.MustCompile(`AWS::EarlyValidation::`), always(
		"CloudFormation finds a value in the template that it does not take: the change set's events in its console name it; correct the file, " + again)},
	{"hook", regexp.MustCompile(`(?i)the following hook\(s\)( failed|/validation failed)`), always(
		"a CloudFormation hook of the account or the organization refuses it: have its owner exempt the stack, " + again)},
	{"AWS itself", regexp.MustCompile(`(?i)internal ?(failure|error|server ?error)|service ?unavailable|HandlerInternalFailure`), always(
		"AWS itself failed: wait some minutes, " + again)},
	{"unreachable", regexp.MustCompile(`(?i)ENOTFOUND|ECONNREFUSED|ECONNRESET|E(HOST|NET)UNREACH|EPIPE|ETIMEDOUT|EAI_AGAIN|timed? ?out|socket hang up|network|cannot be reached|no answer`), always(
		"check that the Region can be reached, " + again)},
}

// Fix returns what to do about a failure with that reason. profile is the AWS CLI's for the stack's account; empty for none. file is
// the configuration; empty for the project's own.
func Fix(reason string, o Outcome, profile, file string) string {
	for _, r := range remedies {
		if r.says.MatchString(reason) {
			return r.do(stuck{o, profile, file})
		}
	}
	return "remove the cause, " + again
}
