package config

import (
	"regexp"
	"strings"
)

const namePattern = `^[A-Za-z0-9+=,.@_-]{1,64}$`

var nameForm = regexp.MustCompile(namePattern)

// name checks the name of an IAM user or role; kind says which.
func (r *reader) name(path, name, kind string) bool {
	if !r.usable(path) || nameForm.MatchString(name) {
		return r.usable(path)
	}
	switch {
	case name == "":
		r.report(path, "an empty "+kind+" name", emptyText, "write one, or remove the key to get the default")
	case strings.ContainsAny(name, "*?"):
		r.report(path, "a wildcard in a "+kind+" name, which would open the conditions of the policies to other names", name, "write the whole name")
	case strings.Contains(name, "/"):
		r.report(path, "a path or an ARN where a "+kind+" name is expected", name, "write the name only: "+quote(name[strings.LastIndex(name, "/")+1:]))
	case len(name) > 64:
		r.report(path, "a "+kind+" name of more than 64 characters", name, "shorten it")
	default:
		r.report(path, "not a "+kind+" name", name, "use letters, digits and +=,.@_- only")
	}
	return false
}
