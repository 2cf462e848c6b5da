package config

import (
	_ "embed"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"example.com/breakglass/access"
)

//go:embed policies.txt
var policiesText string

// awsPolicies has the managed policies of AWS by path and name: what make policies wrote.
var awsPolicies = sync.OnceValue(func() map[string]bool {
	known := map[string]bool{}
	for line := range strings.Lines(policiesText) {
		if name := strings.TrimSpace(line); !strings.HasPrefix(name, "#") {
			known[name] = true
		}
	}
	return known
})

// policiesOf returns the day of the list of AWS's policies, from its first line.
func policiesOf() string {
	first, _, _ := strings.Cut(policiesText, "\n")
	return first[strings.LastIndex(first, " ")+1:]
}

// notAttachable are the paths of the policies that only AWS attaches: to its service-linked roles, and to sessions of AssumeRoot
// (IAM user guide, "AWS managed policies").
var notAttachable = []string{"aws-service-role/", "root-task/"}

// exists checks that a policy is one of AWS that a person can attach, unless it is one of an account: only IAM knows those. AWS adds
// policies every week, so one that is named by its ARN is accepted with a warning.
func (r *reader) exists(at, policy string) bool {
	arn := access.PolicyARN(PlaceOf("", DefaultRegion), "")
	name, full := strings.CutPrefix(policy, arn)
	switch {
	case !full && strings.HasPrefix(policy, "arn:"):
		return true
	case awsPolicies()[name]:
		for _, prefix := range notAttachable {
			if strings.HasPrefix(name, prefix) {
				r.report(at, "policy that only AWS attaches", policy, "Name another one.")
				return false
			}
		}
		return true
	case full:
		r.warn(at, "policy that this version does not know", policy,
			"AWS had no policy of this name on "+policiesOf()+"; aws iam get-policy --policy-arn "+policy+" shows whether it has.")
		return true
	}
	fix := "For a newer one, write " + arn + name + "; for one of your own, arn:aws:iam::111111111111:policy/" + name + "."
	if likely := r.likelyPolicy(name); likely != "" {
		fix = "Did you mean " + likely + "?"
	}
	r.report(at, "AWS had no managed policy of this name on "+policiesOf(), policy, fix)
	return false
}

// likelyPolicy returns the policy that was probably meant: the same name in another path, or one that is spelled alike.
func (r *reader) likelyPolicy(name string) string {
	if likely, asked := r.likely[name]; asked {
		return likely // a role of a thousand targets is looked up once
	}
	all := slices.Sorted(maps.Keys(awsPolicies()))
	likely := nearest(name, all)
	for _, known := range all {
		if strings.EqualFold(path.Base(known), path.Base(name)) {
			likely = known
		}
	}
	r.likely[name] = likely
	return likely
}
