package watch

// Responses that several entries share.
const (
	stopAtOnce = "<stop> End the sessions of every role that was entered. If you have the breakglass CLI: run `breakglass incident report`, then `breakglass incident contain`."
	readLedger = "Read the ledger: who tried, and from where. In the state ALARM the alarm does not notify again, so keep reading the ledger until the attempts stop."
	restore    = "<stop> Run `breakglass check`, which names what differs now, then `breakglass deploy`."
	stopThere  = "Do step 2 in the account that the alert names. Run `breakglass check`, which compares the role's trust policy with the configuration."
)

// StopPlace is the placeholder, in the response of an entry, for how to stop whoever did it: the first of Stops whose condition holds.
const StopPlace = "<stop>"

// Unannounced comes before how to stop somebody: nobody must do so in an emergency that was announced.
const Unannounced = "If nobody announced this: "

// Stop is how to stop one kind of actor.
type Stop struct {
	// Actor is who is stopped, for the page on how to respond.
	Actor string
	// When is the condition, as JSONata over what fields are; empty: always.
	When string
	// Do is what to do, behind Unannounced, with <field> where a field's value goes.
	Do string
}

// Stops lists how to stop each kind of actor. What stops a user does not stop a role or root.
var Stops = []Stop{
	{
		Actor: "a caller from another account", When: foreign,
		Do: "have the caller blocked in that account, <callerAccount>, and remove what lets them into this one.",
	},
	{
		Actor: "a root session that somebody opened from another account (`AssumeRoot`)", When: "$string($u.sessionContext.assumedRoot) = 'true'",
		Do: "find who called AssumeRoot, in the management account or one that it lets manage root, and block them.",
	},
	{
		Actor: "the root user", When: "'Root' in [$u.type, $i.type]",
		Do: "in the management account, deny root by a service control policy, or delete its credentials with the centralized root access of IAM: no policy in the account itself blocks root. " +
			"Without either, reset the password of root by email, sign in, replace the MFA device and delete access keys. If you cannot sign in, contact AWS Support.",
	},
	{
		Actor: "an IAM user, or a session that one issued", When: "'IAMUser' in [$u.type, $i.type]",
		Do: "attach the policy AWSDenyAll to the user <actingUser>, deactivate its access keys and delete its password.",
	},
	{
		Actor: "a session of IAM Identity Center (`AWSReservedSSO_…`)", When: "$contains($role, /^AWSReservedSSO_/)",
		Do: "in IAM Identity Center, disable the user of this session and remove its assignments. Nobody can change the role <actingRole> in this account; a deny in its permission set ends open sessions.",
	},
	{
		Actor: "a session of any other role", When: "$role != ''",
		Do: "revoke the sessions of the role <actingRole> (IAM console, the role, Revoke sessions), and block whoever assumes it.",
	},
	{
		Actor: "somebody else, or somebody whom the alert does not name",
		Do:    "find the caller in the CloudTrail record, and block them.",
	},
}

// foreign holds for a caller from another account than the one that recorded the call.
const foreign = "$exists($first([$u.accountId])) and $u.accountId != $e.account"
