package watch

import (
	"maps"
	"slices"
	"strings"
)

const requestParameters = "$.detail.requestParameters."

// pathOf returns the path of a field's value in an event. A field that paths lacks is a request parameter of that name.
func pathOf(field string) string {
	if path := paths[field]; path != "" {
		return path
	}
	return requestParameters + field
}

// firstTargets are the fields that name the target of an event better than any other: an IAM call may name several.
var firstTargets = []string{"roleArn", "userName", "groupName"}

// noTargets are request parameters that do not name the target of an event, or that only an alert's path can read: lists.
var noTargets = []string{"serialNumber", "policyDocument", "eventBusName", "alarmNames", "muteTargets", "targets"}

// targets returns the fields, as Logs Insights names them, that say what an event is about: a role, a user, or a resource of the
// alerting. They are those that the alerts of the catalogue show and those that its counted entries match.
func targets() []string {
	var all []string
	add := func(path string) {
		parameter, ok := strings.CutPrefix(path, requestParameters)
		if ok && slices.Contains(noTargets, parameter) || !ok && !slices.Contains([]string{paths["switchTo"], paths["alarm"], paths["newRegion"]}, path) {
			return
		}
		if name := strings.TrimPrefix(strings.ReplaceAll(path, "[0]", ".0"), "$."); !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	for _, parameter := range firstTargets {
		add(requestParameters + parameter)
	}
	for _, e := range Catalogue {
		for _, a := range e.Alerts {
			for _, name := range fieldsIn(a.Title + strings.Join(a.Facts, "")) {
				add(pathOf(name))
			}
		}
		if len(e.Counts) > 0 {
			for _, parameter := range requested(e.Detail(SampleScope)) {
				add(requestParameters + parameter)
			}
		}
	}
	return append(all, "detail.requestParameters.changeSetName")
}

// fieldsIn returns the names of the fields in a text.
func fieldsIn(text string) []string {
	var names []string
	for _, m := range field.FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	return names
}

// requested returns the request parameters that a pattern matches, including those in its branches.
func requested(pattern Fields) []string {
	var found []string
	for _, key := range slices.Sorted(maps.Keys(pattern)) {
		inner, _ := pattern[key].(Fields)
		branches, _ := pattern[key].([]any)
		switch {
		case key == "$or":
			for _, branch := range branches {
				found = append(found, requested(branch.(Fields))...)
			}
		case key == "requestParameters":
			for _, parameter := range slices.Sorted(maps.Keys(inner)) {
				if parameter == "$or" {
					found = append(found, requestedInOr(inner[parameter].([]any))...)
				} else {
					found = append(found, parameter)
				}
			}
		}
	}
	return found
}

func requestedInOr(branches []any) []string {
	var found []string
	for _, branch := range branches {
		found = append(found, requested(Fields{"requestParameters": branch})...)
	}
	return found
}
