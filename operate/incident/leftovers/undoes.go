package leftovers

import (
	"slices"
	"strings"

	"example.com/breakglass/operate/incident/chain"
)

// undoes reports whether a call deletes what an earlier call of the incident created, and nothing else: nothing of before is missing because
// of it. Only Create calls count, which fail where the thing is there: whoever attaches a policy that is attached, and then detaches it, has
// removed one of before.
func undoes(c *chain.Call, earlier []*chain.Call) bool {
	what, ok := strings.CutPrefix(c.Plain(), "Delete")
	return ok && slices.ContainsFunc(earlier, func(made *chain.Call) bool {
		return makesAnew(made) && made.Changes() && made.Plain() == "Create"+what && made.Source == c.Source && made.Account == c.Account && made.Region == c.Region &&
			names(made, c.Request)
	})
}

// makesAnew reports whether a call cannot have found the thing that it made: nothing of before is missing if a later call removes it.
func makesAnew(c *chain.Call) bool {
	return !slices.Contains(repeated, strings.TrimSuffix(c.Source, ".amazonaws.com")+":"+c.Plain()) && (strings.HasPrefix(c.Plain(), "Create") || strings.HasPrefix(c.Plain(), "Run"))
}

// repeated are calls that also succeed where the thing is there: whoever creates a topic of that name again, and deletes it, has removed one of
// before. So does CreateBucket in us-east-1, for the owner of the bucket.
var repeated = []string{"sns:CreateTopic", "sqs:CreateQueue", "s3:CreateBucket"}

// names reports whether all texts of a request are what a call said or returned under the same names; a request without any names nothing.
func names(made *chain.Call, request map[string]any) bool {
	found := false
	for name, value := range request {
		text, ok := value.(string)
		if !ok {
			continue
		}
		if found = made.Request[name] == text || returned(made.Response, name, text); !found {
			return false
		}
	}
	return found
}

// returned reports whether an answer, or an object in it, has a text under a name.
func returned(answer map[string]any, name, text string) bool {
	if answer[name] == text {
		return true
	}
	for _, value := range answer {
		if inner, ok := value.(map[string]any); ok && returned(inner, name, text) {
			return true
		}
	}
	return false
}
