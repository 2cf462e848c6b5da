package contain

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"

	"example.com/breakglass/operate/incident/chain"
)

const second = "case-BBBBBB"

// of returns a run of another incident.
func of(t *testing.T, c *cloud, id string, principals ...*chain.Principal) (*run, *[]Event) {
	t.Helper()
	r, events := begin(t, c, principals...)
	r.Incident = id
	return r, events
}

func contained(t *testing.T, c *cloud, id string) (*Plan, *Result, []Event) {
	t.Helper()
	r, events := of(t, c, id)
	p, err := r.plan(t.Context(), organization{c})
	if err != nil {
		t.Fatal(err)
	}
	result, err := p.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return p, result, *events
}

// whole fails unless everything of an incident is in force.
func (c *cloud) whole(t *testing.T, id string) {
	t.Helper()
	if !slices.Equal(c.attached[hub+"/BreakglassUser"], []string{denyAll}) || c.inline[prod+"/BreakGlassRole/AWSRevokeOlderSessions-"+id] == "" ||
		c.inline[other+"/BreakGlassRole/AWSRevokeOlderSessions-"+id] == "" || len(c.targets["p-BreakGlassContainment-"+id]) != 3 ||
		c.keys[hub+"/BreakglassUser"]["AKIAONE"] != "Inactive" {
		t.Errorf("%s is not contained: %+v, %+v, %+v", id, c.inline, c.targets, c.keys)
	}
}

// Two incidents are contained; whichever is released first, the other one stays contained to the last measure.
func TestReleaseLeavesWhatAnotherIncidentNeeds(t *testing.T) {
	for first, stays := range map[string]string{incident: second, second: incident} {
		synctest.Test(t, func(t *testing.T) {
			c := newCloud()
			events := map[string][]Event{}
			_, _, events[incident] = contained(t, c, incident)
			p, result, also := contained(t, c, second)
			events[second] = also
			if !slices.Equal(p.Others, []string{incident}) || !slices.Equal(result.Others, p.Others) || !result.OK() || len(result.Undone) > 0 {
				t.Fatalf("%q, %+v", p.Others, result)
			}
			r, released := of(t, c, first)
			failed, err := r.release(t.Context(), InForce(events[first]))
			if err != nil {
				t.Fatal(err)
			}
			c.whole(t, stays)
			// The user and the key are one for both: only the incident that denied them says so, and releases them at the end.
			if first == incident {
				if len(failed) != 2 || failed[0].Kind != Key || failed[1].Kind != User || !strings.Contains(failed[0].Why, "incident "+second+" is contained, too") {
					t.Errorf("%+v", failed)
				}
			} else if len(failed) > 0 {
				t.Errorf("%+v", failed)
			}
			r, _ = of(t, c, stays)
			if failed, err := r.release(t.Context(), InForce(events[stays])); err != nil || len(failed) > 0 {
				t.Errorf("%+v, %v", failed, err)
			}
			r, _ = of(t, c, first)
			if left := InForce(append(events[first], *released...)); len(left) > 0 {
				if failed, err := r.release(t.Context(), left); err != nil || len(failed) > 0 {
					t.Errorf("%+v, %v", failed, err)
				}
			}
			if len(c.attached[hub+"/BreakglassUser"]) > 0 || len(c.inline) > 0 || len(c.controls) > 0 || c.keys[hub+"/BreakglassUser"]["AKIAONE"] != "Active" {
				t.Errorf("left: %+v, %+v, %+v, %+v", c.attached, c.inline, c.controls, c.keys)
			}
		})
	}
}

// Two who contain at the same time do not undo each other.
func TestTwoAtTheSameTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		var both sync.WaitGroup
		for _, id := range []string{incident, second} {
			both.Go(func() {
				if _, result, _ := contained(t, c, id); !result.OK() || len(result.Undone) > 0 {
					t.Errorf("%s: %+v", id, result)
				}
			})
		}
		both.Wait()
		c.whole(t, incident)
		c.whole(t, second)
	})
}

// What has the name of a measure and another content is somebody else's: release leaves it, and says so.
func TestReleaseRemovesNothingElse(t *testing.T) {
	for name, change := range map[string]func(*cloud){
		"role": func(c *cloud) {
			c.inline[prod+revoked] = strings.Replace(c.inline[prod+revoked], `"Resource":"*"`, `"Resource":"x"`, 1)
		},
		"control": func(c *cloud) { c.controls[controlled] = strings.Replace(c.controls[controlled], "Deny", "Allow", 1) },
	} {
		synctest.Test(t, func(t *testing.T) {
			c := newCloud()
			_, events := contain(t, c)
			change(c)
			r, released := begin(t, c)
			failed, err := r.release(t.Context(), InForce(events))
			want := map[string]int{"role": 1, "control": 3}[name]
			if err != nil || len(failed) != want || !strings.Contains(failed[0].Why, "somebody changed it") || len(c.inline)+len(c.targets[controlled]) != want {
				t.Errorf("%s: %+v, %v, left %+v, %+v", name, failed, err, c.inline, c.targets)
			}
			// When a person has removed it, the next release ends it.
			c.inline, c.controls, c.targets = map[string]string{}, map[string]string{}, map[string][]string{}
			if failed, err := r.release(t.Context(), InForce(append(events, *released...))); err != nil || len(failed) > 0 {
				t.Errorf("%s: %+v, %v", name, failed, err)
			}
		})
	}
}

// As long as nobody can say whether another incident is contained, no user is released, and no key becomes active.
func TestKeysWaitForWhatIsNotKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		c.keys[other+"/backdoor"] = map[string]iamtypes.StatusType{"AKIABACK": "Active"}
		r, events := of(t, c, incident, &chain.Principal{Kind: chain.Made, Account: other, Name: "backdoor", Keys: []string{"AKIABACK"}})
		p, err := r.plan(t.Context(), organization{c})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		c.attack = func(call, _ string) {
			c.refused[prod], c.refused[other] = call == "ListRolePolicies", call == "ListRolePolicies"
		}
		r, _ = begin(t, c)
		failed, err := r.release(t.Context(), InForce(*events))
		if err != nil || len(failed) != 3 || c.keys[other+"/backdoor"]["AKIABACK"] != "Inactive" || len(c.attached[hub+"/BreakglassUser"]) == 0 {
			t.Errorf("%+v, %v, %+v", failed, err, c.keys)
		}
	})
}
