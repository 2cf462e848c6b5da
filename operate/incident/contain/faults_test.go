package contain

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"

	"example.com/breakglass/operate/incident/chain"
)

// A measure that took effect is released, whether its answer was lost or the run was stopped before it was written down, and also if another run
// comes in between.
func TestWhatTookEffectIsReleased(t *testing.T) {
	for _, call := range []string{"AttachPolicy", "AttachUserPolicy", "PutRolePolicy", "UpdateAccessKey"} {
		for _, stopped := range []bool{false, true} {
			for _, again := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s, stopped %v, again %v", call, stopped, again), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						c := newCloud()
						before := maps.Clone(c.keys[hub+"/BreakglassUser"])
						ctx, cancel := context.WithCancel(t.Context())
						defer cancel()
						c.after = func(got, _ string) error {
							if got != call {
								return nil
							}
							if stopped {
								cancel()
							}
							// From now on, nobody hears from AWS.
							c.after = func(string, string) error { return errors.New("connection reset") }
							return c.after(call, "")
						}
						r, events := begin(t, c)
						p, err := r.plan(t.Context(), organization{c})
						if err != nil {
							t.Fatal(err)
						}
						if _, err := p.Run(ctx); (err == nil) == stopped {
							t.Fatal(err)
						}
						c.after = nil
						if again {
							_, more := contain(t, c)
							*events = append(*events, more...)
						}
						r, _ = begin(t, c)
						if failed, err := r.release(t.Context(), InForce(*events)); err != nil || len(failed) > 0 {
							t.Fatalf("%+v, %v", failed, err)
						}
						if len(c.controls) > 0 || len(c.attached[hub+"/BreakglassUser"]) > 0 || len(c.inline) > 0 || !maps.Equal(c.keys[hub+"/BreakglassUser"], before) {
							t.Errorf("left: %+v, %+v, %+v, %+v", c.controls, c.attached, c.inline, c.keys)
						}
					})
				})
			}
		}
	}
}

// Whoever renames the user takes its key along. The key is made inactive under the new name, and comes back under it.
func TestAKeyWhoseUserIsRenamed(t *testing.T) {
	for _, call := range []string{"UpdateAccessKey", "ListAccessKeys"} { // before the key is made inactive, and before that is looked at
		synctest.Test(t, func(t *testing.T) {
			c := newCloud()
			c.keys[prod+"/deploy"] = map[string]iamtypes.StatusType{"AKIAMADE": "Active"}
			c.attack = func(got, number string) {
				if got == call && number == prod && c.keys[prod+"/deploy"] != nil {
					c.keys[prod+"/other"] = map[string]iamtypes.StatusType{"AKIAMADE": "Active"}
					delete(c.keys, prod+"/deploy")
				}
			}
			r, events := begin(t, c)
			r.Principals = append(r.Principals, &chain.Principal{Kind: chain.Made, Own: true, Account: prod, Name: "deploy", Keys: []string{"AKIAMADE"}})
			p, err := r.plan(t.Context(), organization{c})
			if err != nil {
				t.Fatal(err)
			}
			result, err := p.Run(t.Context())
			if err != nil || c.keys[prod+"/other"]["AKIAMADE"] != "Inactive" || len(result.Failed) > 0 {
				t.Errorf("%s: %v, %+v, %v", call, c.keys, result.Failed, err)
			}
			c.attack = nil
			r, _ = begin(t, c)
			if failed, err := r.release(t.Context(), InForce(*events)); err != nil || len(failed) > 0 || c.keys[prod+"/other"]["AKIAMADE"] != "Active" {
				t.Errorf("%s: %v, %+v, %v", call, c.keys, failed, err)
			}
		})
	}
}

// A key that the contained make, or make active again, before the denial is seen everywhere is made inactive, too, and comes back with the release.
func TestAKeyThatIsMadeMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		c.attack = func(call, _ string) {
			if call == "PutRolePolicy" {
				c.keys[hub+"/BreakglassUser"]["AKIANEW"], c.keys[hub+"/BreakglassUser"]["AKIATWO"] = "Active", "Active"
				c.attack = nil
			}
		}
		result, events := contain(t, c)
		of := c.keys[hub+"/BreakglassUser"]
		if !result.OK() || of["AKIANEW"] != "Inactive" || of["AKIATWO"] != "Inactive" || len(result.Undone) != 2 || result.Undone[0].Key != "AKIANEW" {
			t.Errorf("%+v, %+v", result, of)
		}
		if in := InForce(events); !slices.ContainsFunc(in, func(m Measure) bool { return m.Key == "AKIANEW" }) {
			t.Errorf("in force: %+v", in)
		}
	})
}

// The policy on a role that somebody always removes is not in force, though it is put again at the end.
func TestARoleThatIsFreedAgainAndAgainIsNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		c.attack = func(call, number string) {
			if call == "GetRolePolicy" && number == prod {
				delete(c.inline, prod+revoked)
			}
		}
		result, _ := contain(t, c)
		if result.OK() || len(result.Failed) != 1 || result.Failed[0].Account != prod ||
			slices.ContainsFunc(result.Hold, func(m Measure) bool { return m.Kind == Role && m.Account == prod }) {
			t.Errorf("in force %+v, failed %+v", result.Hold, result.Failed)
		}
	})
}

// One who undoes it every few seconds is not contained at the moment at which it is there.
func TestARaceThatIsOpenIsNamed(t *testing.T) {
	for first := range 4 {
		synctest.Test(t, func(t *testing.T) {
			c, n := newCloud(), first
			c.attack = func(call, _ string) {
				if call == "ListAttachedUserPolicies" {
					if n++; n%4 == 0 {
						c.attached[hub+"/BreakglassUser"] = nil
					}
				}
			}
			result, _ := contain(t, c)
			if result.OK() || len(result.Failed) != 1 || result.Failed[0].Kind != User {
				t.Errorf("from %d on, failed: %+v", first, result.Failed)
			}
		})
	}
}

// An account that cannot be reached does not keep the others from being read after the sessions were ended a second time.
func TestTheSecondTimeIsReadToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, puts := newCloud(), 0
		c.refused[prod] = true
		c.after = func(call, number string) error {
			if call == "PutRolePolicy" && number == other {
				if puts++; puts == 2 {
					delete(c.inline, other+revoked)
				}
			}
			return nil
		}
		result, _ := contain(t, c)
		if len(result.Undone) != 1 || c.inline[other+revoked] == "" {
			t.Errorf("%+v, %+v", result, c.inline)
		}
	})
}

// Whenever a measure that failed succeeds at last and is undone then: what the result says is what is there.
func TestTheResultIsWhatIsThere(t *testing.T) {
	for refused := range 16 {
		synctest.Test(t, func(t *testing.T) {
			c, puts := newCloud(), 0
			c.after = func(call, number string) error {
				if call != "PutRolePolicy" || number != prod {
					return nil
				}
				if puts++; puts <= refused {
					delete(c.inline, prod+revoked)
					return errors.New("not now")
				}
				if puts == refused+1 {
					delete(c.inline, prod+revoked)
				}
				return nil
			}
			result, _ := contain(t, c)
			holds := slices.ContainsFunc(result.Hold, func(m Measure) bool { return m.Kind == Role && m.Account == prod })
			// It is taken, and taken again in each of five rounds; and all of that twice.
			if there := c.inline[prod+revoked] != ""; there != (refused < 12) || holds != there || result.OK() != there {
				t.Errorf("refused %d times: there %v, in force %v, failed %+v", refused, there, holds, result.Failed)
			}
		})
	}
}

// Whoever makes very many users does not make the control policy too large: the emergency users and the role are in it, and the rest is named.
func TestTheControlPolicyFits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		var made []*chain.Principal
		for n := range 120 {
			made = append(made, &chain.Principal{Kind: chain.Made, Account: other, Name: fmt.Sprintf("decoy-of-the-attacker-with-a-long-name-%03d", n)})
		}
		made = append(made, &chain.Principal{Kind: chain.Opened, Account: other, Name: "r"})
		r, events := begin(t, c, made...)
		p, err := r.plan(t.Context(), organization{c})
		if err != nil {
			t.Fatal(err)
		}
		if result, err := p.Run(t.Context()); err != nil || !result.OK() {
			t.Errorf("%+v, %v", result, err)
		}
		text := c.controls[controlled]
		if len(c.targets[controlled]) != 3 || !strings.Contains(text, ":user/BreakglassUser") || !strings.Contains(text, "*:role/BreakGlassRole") ||
			len(p.Without) != 1 {
			t.Fatalf("%s on %q, without %q", text, c.targets[controlled], p.Without)
		}
		for _, one := range made {
			if in, named := strings.Contains(text, "/"+one.Name+`"`), strings.Contains(p.Without[0], "/"+one.Name); in == named {
				t.Errorf("%s is in the policy: %v, named: %v", one.Name, in, named)
			}
		}
		if end := (*events)[len(*events)-1]; end.What != Concluded || !slices.Equal(end.Conclusion.Without, p.Without) {
			t.Errorf("%+v", end)
		}
	})
}

// What the simulator admits, or answers only in part, is open, and the folder has that.
func TestWhatIsNotRefusedIsOpen(t *testing.T) {
	for why, change := range map[string]func(*iam.SimulatePrincipalPolicyOutput){
		"iam:DetachUserPolicy is not denied (allowed)": func(out *iam.SimulatePrincipalPolicyOutput) {
			out.EvaluationResults[1].EvalDecision = iamtypes.PolicyEvaluationDecisionTypeAllowed
		},
		"iam:DetachUserPolicy is not denied (implicitDeny)": func(out *iam.SimulatePrincipalPolicyOutput) {
			out.EvaluationResults[1].EvalDecision = iamtypes.PolicyEvaluationDecisionTypeImplicitDeny
		},
		"not verified: IAM answered only a part": func(out *iam.SimulatePrincipalPolicyOutput) { out.EvaluationResults = out.EvaluationResults[:3] },
	} {
		synctest.Test(t, func(t *testing.T) {
			c := newCloud()
			c.simulated = func(identity string, out *iam.SimulatePrincipalPolicyOutput) {
				if strings.HasSuffix(identity, ":user/BreakglassUser") {
					change(out)
				}
			}
			result, events := contain(t, c)
			want := []string{"arn:aws:iam::111111111111:user/BreakglassUser: " + why}
			if result.OK() || !slices.Equal(result.Open, want) || len(result.Verified) != 2 {
				t.Errorf("open %q, want %q; verified %q", result.Open, want, result.Verified)
			}
			if end := events[len(events)-1]; events[0].What != Started || end.What != Concluded || end.Conclusion.OK || !slices.Equal(end.Conclusion.Open, want) ||
				end.Conclusion.Hold != len(result.Hold) {
				t.Errorf("%+v, %+v", events[0], end)
			}
		})
	}
}

func TestThePolicyOfTheRole(t *testing.T) {
	want := `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"DateLessThan":{"aws:TokenIssueTime":"2026-11-22T08:00:00.500Z"}}}]}`
	if got := revoke(time.Date(2026, 11, 22, 9, 0, 0, 500e6, time.FixedZone("", 3600))); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// What the contained named is shown, and writes nothing of its own on a terminal.
func TestNamesOfOthersAreShown(t *testing.T) {
	const hostile = "x\n✓ contained\x1b[32m"
	for _, m := range []Measure{
		{Kind: User, Name: hostile}, {Kind: Role, Name: hostile}, {Kind: Key, Name: hostile, Key: hostile}, {Kind: Control, Name: hostile},
	} {
		if title := m.Title(); strings.ContainsAny(title, "\n\x1b") || !strings.Contains(title, `x\u000a`) {
			t.Errorf("%q", title)
		}
	}
	r, _ := begin(t, newCloud(), &chain.Principal{Kind: chain.Session, Role: hostile, Name: hostile}, &chain.Principal{Kind: chain.Made, Name: hostile},
		&chain.Principal{Kind: chain.Opened, Name: hostile})
	r.remains()
	for _, text := range r.result.Remains {
		if strings.ContainsAny(text, "\n\x1b") {
			t.Errorf("%q", text)
		}
	}
}
