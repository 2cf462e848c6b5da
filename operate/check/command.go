package check

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"example.com/breakglass/internal/shell"
)

// In a text, these stand for what its finding is about: the Region or account, the stack, and the user.
const thePlace, theStack, theUser = "<where>", "<stack>", "<user>"

// spot is one of the things that a finding is about.
type spot struct{ where, stack, user string }

// value returns what a placeholder stands for.
func (s spot) value(placeholder string) string {
	switch placeholder {
	case theStack:
		return s.stack
	case theUser:
		return s.user
	}
	place, _, _ := strings.Cut(s.where, " ")
	return place
}

// account returns the account that a spot is in; empty is the hub's.
func (s spot) account() string {
	if isAccount(s.where) {
		return s.where
	}
	_, number, _ := strings.Cut(s.where, " in ")
	return number
}

// awsCLI returns a command of the AWS CLI for a text. It is completed when all that the finding is about is known: one command for
// each thing, with the profile of the run, quoted. A service that has one endpoint for all Regions is asked without a Region, as the
// run itself, unless that named one.
func awsCLI(words ...string) string { return mark(append([]string{""}, words...)) }

// inRegion returns a command of the AWS CLI in the Region that the finding is about.
func inRegion(service, operation string, words ...string) string {
	return awsCLI(append([]string{service, operation, "--region", thePlace}, words...)...)
}

// inAccount returns the command in an account, whatever the finding is about.
func inAccount(number, command string) string {
	return begin + number + strings.TrimPrefix(command, begin)
}

// breakglassCLI returns a command of this program for a text, with the flags of the run.
func breakglassCLI(words ...string) string { return mark(append([]string{program}, words...)) }

const (
	program           = "breakglass"
	begin, split, end = "\x01", "\x00", "\x02"
)

func mark(words []string) string { return begin + strings.Join(words, split) + end }

var marked = regexp.MustCompile(begin + "([^" + end + "]*)" + end)

// complete puts the commands of a text into the form in which they run.
func (s *scene) complete(text string, spots []spot) string {
	return marked.ReplaceAllStringFunc(text, func(found string) string {
		words := strings.Split(strings.Trim(found, begin+end), split)
		if words[0] == program {
			return strings.Join(lines(words, spots, s.again), "; ")
		}
		account, words := words[0], words[1:]
		var all []string
		for _, in := range s.accounts(account, spots) {
			profile, prefix := s.profileOf(in.number)
			region := s.region
			if slices.Contains(words, "--region") {
				region = ""
			}
			for _, line := range lines(shell.AWS(region, profile, words...), in.spots, "") {
				all = append(all, prefix+line)
			}
		}
		return strings.Join(all, "; ")
	})
}

// inOne is an account, with what of a finding is in it.
type inOne struct {
	number string
	spots  []spot
}

// accounts divides what a finding is about by account; given is the one of all, where not empty.
func (s *scene) accounts(given string, spots []spot) []inOne {
	var all []inOne
	for _, one := range spots {
		number := cmp.Or(given, one.account(), s.account())
		i := slices.IndexFunc(all, func(in inOne) bool { return in.number == number })
		if i < 0 {
			i, all = len(all), append(all, inOne{number: number})
		}
		all[i].spots = append(all[i].spots, one)
	}
	return all
}

// profileOf returns the profile of the AWS CLI that reaches an account. Where the run itself has none, what begins a command says where
// it has to run.
func (s *scene) profileOf(number string) (profile, prefix string) {
	if s.profiles != nil {
		profile = s.profiles(number)
	}
	if profile == "" && number != s.caller {
		prefix = "in account " + number + ": "
	}
	return profile, prefix
}

// inAccounts puts a command of the plan into a text in the place of a placeholder, once for each account, with its profile.
func (s *scene) inAccounts(text, placeholder string, accounts []string, command func(account, file, as string) string) string {
	if !strings.Contains(text, placeholder) {
		return text
	}
	var all []string
	for _, number := range accounts {
		profile, prefix := s.profileOf(number)
		as := ""
		if profile != "" {
			as = " " + shell.Quote("--profile", profile)
		}
		all = append(all, prefix+command(number, s.again, as))
	}
	return strings.ReplaceAll(text, placeholder, strings.Join(all, "; "))
}

// lines returns the command for each of some things: in one loop where they differ in one way.
func lines(words []string, spots []spot, flags string) []string {
	command := strings.Join(words, split)
	var used []string
	for _, placeholder := range []string{thePlace, theStack, theUser} {
		if strings.Contains(command, placeholder) {
			used = append(used, placeholder)
		}
	}
	var different []string
	for _, placeholder := range used {
		if len(distinct(placeholder, spots)) > 1 {
			different = append(different, placeholder)
		}
	}
	if len(different) > 1 {
		var all []string
		for _, one := range spots {
			all = union(all, lines(words, []spot{one}, flags))
		}
		return all
	}
	filled := slices.Clone(words)
	variable, values := "", []string{""}
	for _, placeholder := range used {
		by := distinct(placeholder, spots)[0]
		if slices.Contains(different, placeholder) {
			variable, values = nameOf(placeholder, spots), distinct(placeholder, spots)
			by = "${" + variable + "}"
		}
		for i := range filled {
			filled[i] = strings.ReplaceAll(filled[i], placeholder, by)
		}
	}
	return []string{shell.Each(variable, values, filled, flags)}
}

func distinct(placeholder string, spots []spot) []string {
	var values []string
	for _, one := range spots {
		values = union(values, []string{one.value(placeholder)})
	}
	slices.Sort(values)
	return values
}

// nameOf returns the name of the variable that stands for a placeholder.
func nameOf(placeholder string, spots []spot) string {
	name := strings.Trim(placeholder, "<>")
	if placeholder == thePlace {
		if name = "region"; isAccount(spots[0].where) {
			name = "account"
		}
	}
	return name
}
