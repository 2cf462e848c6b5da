package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"example.com/breakglass/prove/awscli"
)

// named is the name of the program with the word behind it. Behind --profile, it is that of the profile which the papers use.
var named = regexp.MustCompile(`(?:^|[^\w:./@"*-])(?:--profile )?(?:bin/)?breakglass ([^\s` + "`" + `]+)`)

var holes = regexp.MustCompile(awscli.Hole + "+")

// noCommand are the words behind the name that begin no command, each with the reason.
var noCommand = map[string]string{
	awscli.Hole: "what only the program knows: a version, or a name", awscli.Hole + ",": "the version", "before": "upgrade breakglass before",
	"CLI:":   "if you have the breakglass CLI",
	"cannot": "this version of breakglass cannot read it",
	"that":   "a breakglass that knows it", "on": "made by breakglass on a day",
}

// TestPrintedCommandsParse: each command of this program in its own texts is one, its flags parse, and it has arguments where one is
// written out.
func TestPrintedCommandsParse(t *testing.T) {
	found, none := 0, map[string]bool{}
	err := awscli.Strings("../..", func(at, text string) {
		for _, m := range named.FindAllStringSubmatchIndex(text, -1) {
			if strings.Contains(text[m[0]:m[1]], "--profile ") {
				continue
			}
			if word := holes.ReplaceAllString(text[m[2]:m[3]], awscli.Hole); noCommand[word] != "" {
				none[word] = true
				continue
			}
			found++
			shown := text[m[0]:min(len(text), m[1]+50)]
			flags, err := spoken(text[m[2]:])
			switch {
			case err != nil:
				t.Errorf("%s: %v: %q", at, err, shown)
			case !flags && ofARun(at) && text != shown: // by itself, it is a name
				t.Errorf("%s: the flags of the run are not behind it: %q", at, shown)
			}
		}
	})
	if err != nil || found < 280 || len(none) < len(noCommand) {
		t.Errorf("only %d commands, and %v; %v", found, none, err)
	}
}

// runs are the files and folders with such texts. Those of proof get the flags when all are known.
var runs = []string{
	"operate/check/", "operate/credentials/credentials.go", "operate/deploy/next.go", "operate/drill/", "operate/exercise/", "operate/incident/closing/",
	"operate/incident/contain/verify.go",
	"operate/incident/report/",
}

// ofARun reports whether a text is of a run that reads the file and has credentials: what it says to do next is done with the same.
func ofARun(at string) bool {
	return slices.ContainsFunc(runs, func(path string) bool { return strings.HasPrefix(at, path) })
}

func TestSpokenRefuses(t *testing.T) {
	for text, ok := range map[string]bool{
		"check, then go on": true, "deploy --only \x00\x00.": true, "drill (which takes minutes)": true, "enter ACCOUNT --key FILE": true,
		"credentials key \x00\x00":                true,
		"incident report --from \x00, after \x00": true, "credentials open --help shows an example": true, "proof --pack": true,
		"chekc": false, "check --no-such-flag x": false, "check --wait 2m": false, "credentials opne FILE": false, "enter ONE TWO --key -": false,
		"drill --wait soon": false,
	} {
		if _, err := spoken(text); (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// spoken parses the command that a text begins with, behind the name of the program. The command ends where the sentence goes on. added
// means that the program adds flags.
func spoken(text string) (added bool, err error) {
	command := newRoot()
	command.InitDefaultHelpCmd()
	command.InitDefaultCompletionCmd()
	var words []string // behind the command
	var flag *pflag.Flag
	for i, word := range shellWord.FindAllString(text, -1) {
		bare := strings.TrimRight(word, ".,;:)`")
		ends := bare != word
		held := strings.TrimRight(bare, awscli.Hole)
		added = added || held != bare // flags that the program adds, or a value
		glued := strings.HasSuffix(bare, awscli.Hole+awscli.Hole)
		bare = held
		next := below(command, bare)
		switch {
		case flag != nil:
			if bare == "" {
				bare, added = valueOf(flag), glued
			}
			words, flag = append(words, strings.ReplaceAll(bare, awscli.Hole, "1")), nil
			ends = ends || added
		case next != nil && len(words) == 0:
			command = next
		case i == 0, command.HasSubCommands() && len(words) == 0 && !strings.HasPrefix(bare, "-") && !said(command, bare):
			return false, fmt.Errorf("no command %q", bare)
		case len(bare) > 1 && strings.HasPrefix(bare, "-"):
			command.InitDefaultHelpFlag()
			words = append(words, bare)
			if !strings.Contains(bare, "=") {
				flag = valued(command, strings.TrimLeft(bare, "-"))
			}
		case bare == "" || takes(command) && !plainWord.MatchString(bare) && !endsCommand.MatchString(bare):
			if takes(command) {
				words = append(words, "x")
			}
		default:
			ends = true
		}
		if ends {
			break
		}
	}
	if flag != nil { // a flag that is named without its value
		words = append(words, valueOf(flag))
	}
	command.InitDefaultHelpFlag()
	if err := command.ParseFlags(words); err != nil {
		return false, err
	}
	if len(words) == 0 || isHelp(command) {
		return added || isHelp(command), nil
	}
	return added, command.ValidateArgs(command.Flags().Args())
}

var plainWord = regexp.MustCompile(`^[a-z]+$`)

// said reports whether a sentence goes on with the word, behind a group of commands.
func said(group *cobra.Command, word string) bool {
	return word == "" || slices.Contains([]string{"credentials wrote", "incident says"}, group.Name()+" "+word)
}

// valued returns the flag of that name, if a value follows it.
func valued(command *cobra.Command, name string) *pflag.Flag {
	flag := command.Flag(name)
	if flag == nil && len(name) == 1 {
		flag = command.Flags().ShorthandLookup(name)
	}
	if flag != nil && flag.NoOptDefVal != "" {
		return nil
	}
	return flag
}

func valueOf(flag *pflag.Flag) string {
	if flag.DefValue != "" {
		return flag.DefValue
	}
	return "x"
}

// takes reports whether a command has arguments.
func takes(command *cobra.Command) bool {
	return command.ValidateArgs([]string{"x"}) == nil || command.ValidateArgs([]string{}) != nil
}

// below returns the command of that name right below another.
func below(command *cobra.Command, name string) *cobra.Command {
	for _, next := range command.Commands() {
		if next.Name() == name {
			return next
		}
	}
	return nil
}
