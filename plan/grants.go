package plan

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"example.com/breakglass/config"
)

// Grant is the rights that the users have in the hub account, or that their role has in target accounts.
type Grant struct {
	// Who is the users, or the name of the role.
	Who string `json:"who"`
	// Where lists the accounts, or the organizational units, by number or ID; Names has their names in the same order.
	Where []string `json:"where"`
	Names []string `json:"-"`

	ManagedPolicies     []string       `json:"managedPolicies"`
	InlinePolicy        map[string]any `json:"inlinePolicy,omitempty"`
	PermissionsBoundary string         `json:"permissionsBoundary,omitempty"`
	// Session is the longest session, such as 1h30m; empty for users.
	Session string `json:"sessionDuration,omitempty"`
	// Assume is the role that the users may switch into, in whichever account trusts them.
	Assume string `json:"assumeRole,omitempty"`
}

// Users is who the first grant is of.
const Users = "users"

// Grants returns the rights of the users, and then those of their role: target accounts and units with the same ones are one.
func (p Plan) Grants() []Grant {
	c := p.Config
	grants := []Grant{usersGrant(c)}
	for _, t := range slices.Concat(c.Targets, c.Units) {
		g := grantOf(c.Role.Name, t)
		same := slices.IndexFunc(grants, func(other Grant) bool {
			other.Where, other.Names = g.Where, g.Names
			return reflect.DeepEqual(other, g)
		})
		if same < 0 {
			grants = append(grants, g)
			continue
		}
		grants[same].Where, grants[same].Names = append(grants[same].Where, t.ID()), append(grants[same].Names, t.Name)
	}
	return grants
}

func usersGrant(c *config.Config) Grant {
	return Grant{
		Who: Users, Where: []string{c.Hub.Account}, Names: []string{"hub"}, ManagedPolicies: slices.Concat([]string{}, c.UserAccess.ManagedPolicies),
		Assume: c.Role.Name,
	}
}

func grantOf(role string, t config.Target) Grant {
	return Grant{
		Who: role, Where: []string{t.ID()}, Names: []string{t.Name}, ManagedPolicies: slices.Concat([]string{}, t.ManagedPolicies),
		InlinePolicy: t.InlinePolicy, PermissionsBoundary: t.PermissionsBoundary, Session: hours(t.SessionDuration),
	}
}

// Rights returns the rights one by one, as text: the policies by name, and each statement of the inline policy.
func (g Grant) Rights() []string {
	rights := slices.Clone(g.ManagedPolicies)
	for _, statement := range statements(g.InlinePolicy) {
		rights = append(rights, "inline: "+statement)
	}
	if len(rights) == 0 {
		rights = append(rights, "no policy")
	}
	if g.PermissionsBoundary != "" {
		rights = append(rights, "within the boundary "+g.PermissionsBoundary)
	}
	if g.Session != "" {
		rights = append(rights, "sessions of up to "+g.Session)
	}
	if g.Assume != "" {
		rights = append(rights, "switch into "+g.Assume+" in every account that trusts them", "nothing without MFA")
	}
	return rights
}

// hours returns a session's length: 1h, 1h30m.
func hours(d time.Duration) string {
	text := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = strings.TrimSuffix(text, zero[1:])
		}
	}
	return text
}

// statements returns the statements of a policy as text: Allow s3:GetObject on arn:aws:s3:::bucket/*, with conditions.
func statements(policy map[string]any) (texts []string) {
	list, ok := policy["Statement"].([]any)
	if !ok && policy["Statement"] != nil {
		list = []any{policy["Statement"]}
	}
	for _, one := range list {
		s, _ := one.(map[string]any)
		text := fmt.Sprintf("%v %s on %s", s["Effect"], valueOf(s, "Action"), valueOf(s, "Resource"))
		if condition, _ := s["Condition"].(map[string]any); len(condition) > 0 {
			text += " if " + strings.Join(slices.Sorted(maps.Keys(condition)), ", ") + " of " + strings.Join(conditionKeys(condition), ", ")
		}
		texts = append(texts, text)
	}
	return texts
}

// valueOf returns the value of Action or NotAction, or of Resource or NotResource.
func valueOf(s map[string]any, key string) string {
	not := ""
	value, given := s[key]
	if !given {
		not, value = "all but ", s["Not"+key]
	}
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	var texts []string
	for _, one := range list {
		texts = append(texts, fmt.Sprint(one))
	}
	return not + strings.Join(texts, ", ")
}

func conditionKeys(condition map[string]any) (keys []string) {
	for _, of := range condition {
		pairs, _ := of.(map[string]any)
		keys = append(keys, slices.Collect(maps.Keys(pairs))...)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}
