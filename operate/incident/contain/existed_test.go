package contain

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"

	"example.com/breakglass/operate/incident/chain"
)

// Whoever denied something before, as an administrator who blocked the users at once, had a reason: release leaves it.
func TestReleaseLeavesWhatWasDeniedBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		made := &chain.Principal{Kind: chain.Made, Account: other, Name: "backdoor", Keys: []string{"AKIABACK", "AKIAGONE"}}
		first, events := begin(t, c, made)
		p, err := first.plan(t.Context(), organization{c})
		if err != nil {
			t.Fatal(err)
		}
		c.attached[hub+"/BreakglassUser"] = []string{denyAll}
		c.keys[other+"/backdoor"] = map[string]iamtypes.StatusType{"AKIABACK": "Inactive"}
		if _, err := p.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		r, released := begin(t, c)
		if failed, err := r.release(t.Context(), InForce(*events)); err != nil || len(failed) > 0 {
			t.Fatalf("%+v, %v", failed, err)
		}
		for _, e := range *released {
			if stays := e.Kind == User || e.Key == "AKIABACK" || e.Key == "AKIAGONE"; stays != (e.Why != "") {
				t.Errorf("%s: %q", e.Title(), e.Why)
			}
		}
		if !slices.Equal(c.attached[hub+"/BreakglassUser"], []string{denyAll}) || c.keys[other+"/backdoor"]["AKIABACK"] != "Inactive" ||
			c.keys[hub+"/BreakglassUser"]["AKIAONE"] != "Active" || len(c.inline) != 0 {
			t.Errorf("left: %+v, %+v, %+v", c.attached, c.keys, c.inline)
		}
	})
}

// What somebody has undone in the meantime is no failure.
func TestWhatIsGoneIsReleased(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		_, events := contain(t, c)
		c.attached, c.inline, c.controls, c.targets = map[string][]string{}, map[string]string{}, map[string]string{}, map[string][]string{}
		delete(c.keys[hub+"/BreakglassUser"], "AKIAONE")
		r, released := begin(t, c)
		if failed, err := r.release(t.Context(), InForce(events)); err != nil || len(failed) > 0 || len(InForce(append(events, *released...))) > 0 {
			t.Errorf("%+v, %v", failed, err)
		}
	})
}

// A policy of the same name that ends no session is not the one that contains.
func TestAnotherPolicyOfTheNameIsUndone(t *testing.T) {
	for name, attack := range map[string]func(*cloud){
		"of the role":         func(c *cloud) { c.inline[prod+revoked] = `{"Statement":[]}` },
		"of the organization": func(c *cloud) { c.controls[controlled] = `{"Statement":[]}` },
	} {
		synctest.Test(t, func(t *testing.T) {
			c, once := newCloud(), false
			began := time.Now()
			c.attack = func(string, string) {
				if !once && time.Since(began) > spread {
					once = true
					attack(c)
				}
			}
			result, _ := contain(t, c)
			if !once || len(result.Undone) == 0 || !result.OK() {
				t.Errorf("%s: %+v", name, result)
			}
			if c.inline[prod+revoked] == `{"Statement":[]}` || c.controls[controlled] == `{"Statement":[]}` {
				t.Errorf("%s: it stays: %+v, %+v", name, c.inline, c.controls)
			}
		})
	}
}

// What only the service control policy denies is denied, too.
func TestTheControlPolicyDenies(t *testing.T) {
	for allowed, open := range map[bool]int{false: 0, true: 1} {
		synctest.Test(t, func(t *testing.T) {
			c := newCloud()
			c.simulated = func(identity string, out *iam.SimulatePrincipalPolicyOutput) {
				if identity == "arn:aws:iam::"+hub+":user/BreakglassUser" {
					out.EvaluationResults[2].EvalDecision = iamtypes.PolicyEvaluationDecisionTypeImplicitDeny
					out.EvaluationResults[2].OrganizationsDecisionDetail = &iamtypes.OrganizationsDecisionDetail{AllowedByOrganizations: allowed}
				}
			}
			if result, _ := contain(t, c); len(result.Open) != open {
				t.Errorf("allowed by the organization: %v, open: %q", allowed, result.Open)
			}
		})
	}
}
