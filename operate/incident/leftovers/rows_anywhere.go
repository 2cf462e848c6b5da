package leftovers

// anywhere is the part of the table about IAM Roles Anywhere.
var anywhere = []row{
	{
		event: "rolesanywhere:UpdateTrustAnchor rolesanywhere:EnableTrustAnchor rolesanywhere:DisableTrustAnchor", effect: Changed,
		what: "trustanchor {trustAnchor.trustAnchorId} of Roles Anywhere",
		ask:  ask{service: "rolesanywhere", call: "GET /trustanchor/{trustAnchor.trustAnchorId}"}, gone: []string{"ResourceNotFoundException"},
		undo: "aws rolesanywhere update-trust-anchor --trust-anchor-id {trustAnchor.trustAnchorId} --source file://source.json",
		note: "write the earlier certificates into source.json; only if it was off before: aws rolesanywhere disable-trust-anchor, or the other way round",
	},
	{
		event: "rolesanywhere:UpdateProfile rolesanywhere:EnableProfile rolesanywhere:DisableProfile", effect: Changed,
		what: "profile {profile.profileId} of Roles Anywhere",
		ask:  ask{service: "rolesanywhere", call: "GET /profile/{profile.profileId}"}, gone: []string{"ResourceNotFoundException"},
		undo: "aws rolesanywhere update-profile --profile-id {profile.profileId} --cli-input-json file://profile.json",
		note: "write the earlier roles and policies into profile.json; only if it was off before: aws rolesanywhere disable-profile, or the other way round",
	},
	{
		event: "rolesanywhere:UpdateCrl rolesanywhere:DisableCrl rolesanywhere:EnableCrl", effect: Changed,
		what: "list of revoked certificates {crl.crlId} of Roles Anywhere",
		ask:  ask{service: "rolesanywhere", call: "GET /crl/{crl.crlId}"}, gone: []string{"ResourceNotFoundException"},
		undo: "aws rolesanywhere enable-crl --crl-id {crl.crlId}",
		note: "compare the list with what the certificate authority says",
	},
	{
		event: "rolesanywhere:DeleteCrl", effect: Removed, what: "list of revoked certificates {crl.crlId} of Roles Anywhere",
		ask: ask{service: "rolesanywhere", call: "GET /crl/{crl.crlId}"}, gone: []string{"ResourceNotFoundException"},
		note: "import the list again: aws rolesanywhere import-crl; until then, revoked certificates get in",
	},
}
