package watch

// Responses that several entries share.
const (
	stopAtOnce = "Do step 2 immediately."
	stopRoot   = "Step 2 cannot block the root user. In the management account, deny it by a service control policy, or delete its credentials with the centralized root access of IAM. Without either, reset the password of root by email, sign in, replace the MFA device and delete access keys. If you cannot sign in, contact AWS Support."
	readLedger = "Read the ledger: who tried, and from where. In the state ALARM the alarm does not notify again, so keep reading the ledger until the attempts stop."
	restore    = "Do step 2 for the actor. Run `breakglass check`, which names what differs now, then `breakglass deploy`."
	stopThere  = "Do step 2 in the account that the alert names. Run `breakglass check`, which compares the role's trust policy with the configuration."
)
