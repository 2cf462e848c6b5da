package draft

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"example.com/breakglass/config"
	"example.com/breakglass/plan"
)

// AnswersOf returns the answers that a file gives. Organizational units, and whatever else Answers does not have, are left out.
func AnswersOf(c *config.Config) Answers {
	a := Answers{
		HubAccount: c.Hub.Account, HubRegion: c.Hub.Region, Standby: c.Hub.Standby, Email: c.Alerts.Email,
		Watched: c.Regions, Unwatched: c.Unwatched, Access: c.Deploy.Access, Trail: c.Trail,
	}
	for _, u := range c.Users {
		a.Users = append(a.Users, u.Name)
	}
	for _, t := range c.Targets {
		one := Target{Account: t.Account, Name: t.Name}
		if one.Name == one.Account {
			one.Name = ""
		}
		a.Targets = append(a.Targets, one)
	}
	if c.Alerts.Instructions != config.DefaultInstructions {
		a.Instructions = c.Alerts.Instructions
	}
	if !slices.Equal(c.Role.ManagedPolicies, []string{config.DefaultPolicy}) {
		a.Policies = c.Role.ManagedPolicies
	}
	return a
}

// Edit returns a file in which the answers are changed that differ from its own; everything else is kept byte for byte. The Regions
// that it watches stay, and those of the hubs are added. The result has been parsed again.
func Edit(file string, text []byte, want Answers) ([]byte, error) {
	c, err := config.Parse(file, text)
	if err != nil {
		return nil, err
	}
	have := AnswersOf(c)
	want.Watched, want.Unwatched = have.Watched, have.Unwatched
	changed, err := edited(text, have, want)
	if err == nil {
		for _, region := range []string{want.HubRegion, want.Standby} {
			if region != "" && !slices.Contains(want.Watched, region) {
				want.Watched = slices.Sorted(slices.Values(append(slices.Clone(want.Watched), region)))
			}
		}
		changed, err = rewriteTo(changed, have.Watched, want.Watched)
	}
	if err == nil {
		err = holds(file, changed, want)
	}
	if err != nil {
		return nil, fmt.Errorf("%s cannot be edited automatically: %w; change it by hand, or pass --force to write a new file", file, err)
	}
	return changed, nil
}

// rewriteTo changes the Regions of a file, unless they are the same.
func rewriteTo(text []byte, have, want []string) ([]byte, error) {
	if slices.Equal(have, want) {
		return text, nil
	}
	return rewrite(text, shortest(want, nil))
}

// holds checks that a file has the answers.
func holds(file string, text []byte, want Answers) error {
	c, err := config.Parse(file, text)
	if err == nil {
		_, err = plan.New(c)
	}
	if err != nil {
		return err
	}
	if !reflect.DeepEqual(inOrder(AnswersOf(c)), inOrder(want)) {
		return errors.New("the result would differ from the answers")
	}
	return nil
}

// inOrder returns answers whose lists are sorted: an edited list keeps its own order.
func inOrder(a Answers) Answers {
	a.Email, a.Users, a.Policies = slices.Sorted(slices.Values(a.Email)), slices.Sorted(slices.Values(a.Users)), slices.Sorted(slices.Values(a.Policies))
	a.Targets = slices.SortedFunc(slices.Values(a.Targets), func(x, y Target) int { return strings.Compare(x.Account, y.Account) })
	return a
}

func edited(text []byte, have, want Answers) ([]byte, error) {
	s, root, err := parse(text)
	if err != nil {
		return nil, err
	}
	for _, one := range []struct {
		section, key string
		have, want   string
	}{
		{"hub", "account", number(have.HubAccount), number(want.HubAccount)},
		{"hub", "region", have.HubRegion, want.HubRegion},
		{"hub", "standby", have.Standby, want.Standby},
		{"alerts", "instructions", have.Instructions, want.Instructions},
		{"deploy", "access", string(have.Access), string(want.Access)},
		{"", "trail", string(have.Trail), string(want.Trail)},
	} {
		if one.have == one.want {
			continue
		}
		value := one.want
		if one.key != "account" && value != "" {
			value = scalar(value)
		}
		s.set(root, one.section, one.key, value)
	}
	s.list(root, "alerts", "email", have.Email, want.Email)
	s.list(root, "role", "managedPolicies", have.Policies, want.Policies)
	s.entries(root, "users", "name", userLines(have.Users), userLines(want.Users))
	s.entries(root, "targets", "account", targetLines(have.Targets), targetLines(want.Targets))
	return s.result()
}

// set gives a key of a section a value, which is YAML on one line; an empty one removes the key. Without a section, the key is the
// file's own.
func (s *source) set(root *yaml.Node, section, key, value string) {
	parent, indent, head := root, "", key+": "+value
	var parentKey *yaml.Node
	if section != "" {
		indent = "  "
		if parentKey, parent = find(root, section); parent == nil {
			if value != "" {
				s.append(section+":", indent+head)
			}
			return
		}
	}
	if parent.Kind != yaml.MappingNode || len(parent.Content) == 0 {
		s.err = errShape
		return
	}
	flow := parent.Style&yaml.FlowStyle != 0
	name, old := find(parent, key)
	switch {
	case old == nil && value == "":
	case old == nil && flow:
		from := s.start(parent.Content[0])
		s.change(from, from, head+", ")
	case old == nil && section == "":
		s.append(head)
	case old == nil:
		s.addLines(s.start(parentKey), strings.Repeat(" ", parent.Content[0].Column-1)+head)
	case old.Kind != yaml.ScalarNode || name.Line != old.Line:
		s.err = errShape
	case value == "" && !flow:
		begin := s.lines[name.Line-1]
		end, _ := s.lineEnd(begin)
		s.change(begin, end, "")
	case value == "":
		s.err = errShape
	default:
		from, to := s.span(old)
		s.change(from, to, value)
	}
}

// list gives a key of a section the items of a list.
func (s *source) list(root *yaml.Node, section, key string, have, want []string) {
	if slices.Equal(have, want) {
		return
	}
	if _, parent := find(root, section); parent != nil && parent.Kind == yaml.MappingNode {
		switch _, old := find(parent, key); {
		case old == nil:
		case old.Kind != yaml.SequenceNode || len(want) == 0:
			s.err = errShape
			return
		case old.Style&yaml.FlowStyle != 0:
			if kept, _ := stays(old, want); len(kept) == 0 {
				s.anew(old, want)
			} else {
				s.flowItems(old, want)
			}
			return
		default:
			s.blockItems(old, want)
			return
		}
	}
	s.set(root, section, key, "["+strings.Join(want, ", ")+"]")
}

// anew gives a list in square brackets other items.
func (s *source) anew(old *yaml.Node, want []string) {
	if len(old.Content) == 0 {
		s.err = errShape
		return
	}
	from := s.start(old)
	_, last := s.span(old.Content[len(old.Content)-1])
	length := strings.IndexByte(s.text[last:], ']')
	if s.err != nil || length < 0 || strings.Contains(s.text[from:last+length], "#") {
		s.err = errShape
		return
	}
	s.change(from, last+length+1, "["+strings.Join(want, ", ")+"]")
}

// append adds lines at the end of the file.
func (s *source) append(lines ...string) {
	if s.text == "" {
		s.err = errShape
		return
	}
	s.addLines(len(s.text)-1, append([]string{""}, lines...)...)
}

// entry is an item of a list of mappings: its own key's value, and its lines, the first behind the hyphen.
type entry struct {
	id    string
	lines []string
}

func userLines(users []string) (all []entry) {
	for _, name := range users {
		all = append(all, entry{name, []string{"name: " + scalar(name)}})
	}
	return all
}

func targetLines(targets []Target) (all []entry) {
	for _, t := range targets {
		one := entry{t.Account, []string{"account: " + number(t.Account)}}
		if t.Name != "" {
			one.lines = append(one.lines, "name: "+scalar(t.Name))
		}
		all = append(all, one)
	}
	return all
}

// entries removes and adds items of a list of mappings; those that stay keep what they have besides.
func (s *source) entries(root *yaml.Node, section, key string, have, want []entry) {
	if reflect.DeepEqual(have, want) {
		return
	}
	has := func(list []entry, id string) bool {
		return slices.ContainsFunc(list, func(e entry) bool { return e.id == id })
	}
	_, list := find(root, section)
	if list == nil {
		lines := []string{section + ":"}
		for _, e := range want {
			lines = append(lines, itemLines(2, e)...)
		}
		s.append(lines...)
		return
	}
	if list.Kind != yaml.SequenceNode || list.Style&yaml.FlowStyle != 0 || len(list.Content) == 0 || len(want) == 0 {
		s.err = errShape
		return
	}
	end := 0
	for _, item := range list.Content {
		_, id := find(item, key)
		last := lastLine(item)
		end, _ = s.lineEnd(s.lines[last-1])
		if id == nil || has(want, id.Value) {
			continue // an organizational unit has no account
		}
		s.change(s.lines[item.Line-1], end, "")
	}
	var added []string
	for _, e := range want {
		if !has(have, e.id) {
			added = append(added, itemLines(list.Column-1, e)...)
		}
	}
	if len(added) > 0 {
		s.addLines(end-1, added...)
	}
}

// itemLines returns the lines of an item whose hyphen is in a column.
func itemLines(column int, e entry) []string {
	before := strings.Repeat(" ", column)
	lines := []string{before + "- " + e.lines[0]}
	for _, line := range e.lines[1:] {
		lines = append(lines, before+"  "+line)
	}
	return lines
}

// lastLine returns the last line of a node.
func lastLine(n *yaml.Node) int {
	last := n.Line
	for _, child := range n.Content {
		last = max(last, lastLine(child))
	}
	return last
}
