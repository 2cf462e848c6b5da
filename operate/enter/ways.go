package enter

import (
	"example.com/breakglass/internal/shell"
	"example.com/breakglass/plan"
)

// loginProfile is the profile that the commands create.
const loginProfile = "breakglass"

// Way is a way in.
type Way struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	// NotPrepared says why nobody can take this way; empty where it is prepared, or nothing says whether it is.
	NotPrepared string `json:"notPrepared,omitempty"`
	// Needs says what has to be there.
	Needs []string `json:"needs,omitempty"`
	Steps []Step   `json:"steps,omitempty"`
}

// Step is a step of a way in.
type Step struct {
	Do string `json:"do"`
	// Lines are addresses, the first to try first, or commands.
	Lines []string `json:"lines,omitempty"`
}

// Ways returns the ways into an account, those that need no access key first. Without a number, the account is the hub's.
func (f Facts) Ways(a Account) []Way {
	return []Way{f.console(a), f.login(a), f.byKey(a)}
}

func (f Facts) console(a Account) Way {
	w := Way{ID: "console", Title: "Console", Needs: []string{"the password of " + f.User + ", and a code or security key"}}
	var signIn, own, switches []string
	for _, region := range f.Regions {
		at := f.hub().In(region)
		signIn, own = append(signIn, at.SignIn()), append(own, at.RegionSignIn())
		switches = append(switches, at.Of(a.Number).SwitchRole(f.Role, a.Name))
	}
	w.Steps = []Step{
		{"Sign in as IAM user " + f.User + ", at the first address that answers:", signIn},
		{"If none does: the Regions' own addresses, where you type the account " + f.Hub + ":", own},
	}
	if !a.Own {
		w.Steps = append(w.Steps, Step{"Switch into account " + a.String() + ", in the Region where you signed in:", switches})
	}
	return w
}

func (f Facts) login(a Account) Way {
	region := f.Regions[0]
	w := Way{ID: "aws-login", Title: "AWS CLI with aws login"}
	if f.Accounts != nil && !f.Login {
		w.NotPrepared = "userAccess.managedPolicies of the file lacks " + plan.LoginPolicy
		return w
	}
	w.Needs = []string{
		"AWS CLI " + plan.LoginVersion + " or later, a browser, the password of " + f.User + ", and a code or security key",
		"an MFA condition that survives: whether AWS passes it on from the console session is not known. If it does not, every call is denied. Try it before you need it",
	}
	if f.Accounts == nil {
		w.Needs = append(w.Needs, "the policy "+plan.LoginPolicy+" for the users: whether they have it is in the configuration, which is not here")
	}
	w.Steps = []Step{{"Sign in; another Region of the list above if this one does not answer, --remote without a browser here:", []string{
		shell.Quote("aws", "login", "--profile", loginProfile, "--region", region),
	}}}
	if !a.Own {
		w.Steps = append(w.Steps, Step{"Enter account " + a.String() + ":", []string{
			shell.Quote("breakglass", "enter", a.Number, "--profile", loginProfile, "--region", region),
			shell.Quote("aws", "sts", "assume-role", "--profile", loginProfile, "--region", region, "--role-arn", f.RoleIn(a), "--role-session-name", f.User),
		}})
	}
	w.Steps = append(w.Steps,
		Step{"Afterwards, remove the credentials that aws login keeps on disk:", []string{shell.Quote("aws", "logout", "--profile", loginProfile)}})
	return w
}

func (f Facts) byKey(a Account) Way {
	w := Way{ID: "access-key", Title: "AWS CLI with the sealed access key"}
	if f.Accounts != nil && !f.SealedKey {
		w.NotPrepared = "the file has no accessKey: sealed for " + f.User
		return w
	}
	w.Needs = []string{"the sealed access key and seed of " + f.User + " with an identity of each holder, or the key and a code, typed"}
	if f.Accounts == nil && !f.SealedKey {
		w.Needs = append(w.Needs, "that an access key was made for "+f.User+": whether it may be is in the configuration, which is not here")
	}
	w.Steps = []Step{{"Enter account " + a.String() + ":", []string{
		"breakglass enter " + a.Number + " --key KEY.sealed --mfa MFA.sealed -i IDENTITY -i IDENTITY",
		"breakglass enter " + a.Number + " --key - --mfa MFA.sealed -i IDENTITY",
	}}}
	return w
}
