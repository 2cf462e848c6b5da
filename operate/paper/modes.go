package paper

import (
	"slices"

	"example.com/breakglass/place"
	"example.com/breakglass/plan"
)

// mode is a failure for which the emergency access is there, or with which it must not be mistaken.
type mode struct {
	id, title string
	// confirm are what to see with one's own eyes before.
	confirm []Text
	// way says which way in to take, in a few words.
	way Text
	// do are the steps once in the account.
	do []Text
	// not says what makes it worse.
	not Text
}

// modes returns the failures, in the order of how often they occur; the last one is where the access must not be used.
func modes(o Options) []mode {
	w := o.Plan.Ways()
	return []mode{
		{
			id: "identity-provider", title: "The identity provider is down, or lets nobody in",
			confirm: []Text{
				say("A second person, on another network, cannot sign in at the identity provider either."),
				say("The provider's status page or support confirms it, or it does not answer at all."),
				say("The AWS access portal itself loads: it is not IAM Identity Center."),
			},
			way: say("Console, in the first Region of the card. The users need no identity provider."),
			do: []Text{
				say("Do in the accounts what cannot wait, and nothing else."),
				say("If the provider's connection to AWS has to be repaired: %s.", identityCenter(o)),
			},
			not: say("Not if only one person cannot sign in, or if the work can wait for the provider."),
		},
		{
			id: "identity-center", title: "IAM Identity Center is down or misconfigured",
			confirm: []Text{
				say("The access portal does not load, or shows no account to several people who had some yesterday."),
				say("The AWS Health Dashboard reports it, or CloudTrail shows who changed permission sets, assignments or the identity source."),
				say("Or the provider signs people in and AWS refuses them: the certificate of the identity source has expired, or its settings were changed."),
				say("The portal in another Region, if Identity Center is replicated, does not help."),
			},
			way: say("Console, in the first Region of the card."),
			do: []Text{
				say("Repair it where it lives: %s.", identityCenter(o)),
				say("The role needs permissions for `sso` and `identitystore` there. The card says how it gets them."),
				say("Restore the assignments of the administrators first, and let them do the rest as themselves."),
			},
			not: say("Not to work around an assignment that was removed on purpose."),
		},
		{
			id: "policy", title: "Locked out by a policy: SCP, RCP, or the policy of AWS Sign-In",
			confirm: []Text{
				say("The refusal names an explicit deny in a service control policy or a resource control policy, or the sign-in page refuses everybody from this network."),
				say("Somebody changed a policy of the organization: CloudTrail in the management account shows `AttachPolicy`, `UpdatePolicy`, or for AWS Sign-In `PutResourcePermissionStatement`."),
				say("`breakglass check` names the policies that are in the users' way."),
			},
			way: say("SCP or RCP: console, then the management account, which no policy of the organization binds. Policy of AWS Sign-In, which does not apply to access keys: %s.", keyWay(w)),
			do: []Text{
				say("Management account: %s.", management(o)),
				say("Detach the policy, or exempt the users and the role; do not delete it. Note its name and text before."),
				say("If the hub account itself is denied and there is no role in the management account: its root user, with the credentials from its own safe."),
			},
			not: say("Not to pass a policy that does what it should."),
		},
		{
			id: "us-east-1", title: "us-east-1 is impaired",
			confirm: []Text{
				say("The AWS Health Dashboard reports us-east-1, or its console and sign-in page do not answer while another Region's do."),
				say("IAM refuses or delays changes, while what exists still works."),
			},
			way: say("Console, in %s. If sign-in fails everywhere: %s.", otherRegions(w), keyWay(w)),
			do: []Text{
				say("Do not rely on changes to IAM, Organizations or IAM Identity Center: their control planes are in us-east-1. Work with what the role may do already."),
				say("%s", alertsThen(o)),
			},
			not: say("Not to change IAM again and again: a change may appear hours later."),
		},
		{
			id: "account", title: "Nobody can administer an account: its roles are gone or broken",
			confirm: []Text{
				say("The roles of the account were deleted or their trust policies changed; CloudTrail shows by whom."),
				say("It was a mistake. If nobody knows why, it is the next failure of this list, and not this one."),
			},
			way: say("Console, in the first Region of the card, then the account's address on its sheet."),
			do: []Text{
				say("Restore one administrator role from its template, and let its owners do the rest."),
			},
			not: say("Not for an account in which the break glass role is gone too: the management account can restore it, with `breakglass deploy`."),
		},
		{
			id: "taken-over", title: "An emergency user, the hub account or the organization is taken over",
			confirm: []Text{
				say("An alert came that nobody announced, and the people of the call list know of none."),
				say("Or: halves are missing, a bag is open, or `breakglass check` reports a change that nobody made."),
			},
			way: say("DO NOT USE the emergency access. It may be watched, and using it hides what the intruder does with it."),
			do: append(block(w.Users),
				say("The role's sessions are ended in every account: `docs/respond.md` has the commands, and `breakglass incident` says what was done."),
				say("If no administrator is left: the management account, with a policy of the organization that denies the users, or its root user."),
				say("New credentials, in new bags, before the access counts as ready again."),
			),
			not: say("Not to look whether the password still works."),
		},
	}
}

// block returns the steps that block the users, one each: who is not blocked gets in.
func block(users []string) []Text {
	var steps []Text
	begin := "An administrator of the hub account, signed in as always, blocks the users: "
	for _, user := range users {
		steps = append(steps, say(begin+"`aws iam attach-user-policy --user-name %s --policy-arn arn:aws:iam::aws:policy/AWSDenyAll`", user))
		begin = "And: "
	}
	return steps
}

// keyWay is the way in that needs no sign-in.
func keyWay(w plan.Ways) string {
	if len(w.SealedKeys) == 0 {
		return "none is prepared (the file has no accessKey: sealed), only the root user"
	}
	return "breakglass enter with the sealed access key of " + orOf(w.SealedKeys) + ", which asks one Region after another"
}

// management says how to get into the management account.
func management(o Options) string {
	c := o.Plan.Config
	account := c.StackSets.ManagementAccount
	switch {
	case account == "":
		return "the file does not name it; the users enter it only if it is among the accounts of the card"
	case account == c.Hub.Account:
		return account + " is the hub account: " + inTheHubItself(o.Plan.Ways())
	case slices.ContainsFunc(c.Targets, func(t target) bool { return t.Account == account }):
		return account + " is among the accounts of the card"
	}
	return account + " has no role for the users, since targets does not list it: its root user, with the credentials from its own safe"
}

// identityCenter says where IAM Identity Center is administered.
func identityCenter(o Options) string {
	return "in the management account, or the account that it delegated IAM Identity Center to. " + capital(management(o))
}

// otherRegions names the Regions to sign in to without us-east-1: those that are watched, or else the others.
func otherRegions(w plan.Ways) string {
	var regions []string
	for _, s := range w.SignIns {
		if s.Region != place.GlobalRegion && s.Watched {
			regions = append(regions, s.Region)
		}
	}
	if silent := unwatched(w); len(regions) == 0 {
		return orOf(silent) + ", which are not watched: the sign-in raises no alert"
	}
	return orOf(regions)
}

// alertsThen says whether people are alerted while us-east-1 is impaired.
func alertsThen(o Options) string {
	hub := o.Plan.Config.Hub
	switch {
	case hub.Region != place.GlobalRegion:
		return "Alerts are sent by the hub in " + hub.Region + ". Changes to IAM are recorded in us-east-1, and their alerts come late or never."
	case hub.Standby != "":
		return "The hub in us-east-1 may send nothing. The standby in " + hub.Standby + " alerts on sign-ins in every watched Region but us-east-1."
	}
	return "The hub is in us-east-1 and there is no standby: nobody may be alerted. Tell everybody on the call list yourself, and write down each step."
}
