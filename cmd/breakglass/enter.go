package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.com/breakglass/internal/ask"
	"example.com/breakglass/internal/screen"
	"example.com/breakglass/internal/shell"
	"example.com/breakglass/operate/enter"
	"example.com/breakglass/place"
)

// entering has the flags of enter.
type entering struct {
	*flags
	key, mfa, device  string
	user              string
	identity          []string
	lasts             time.Duration
	env               string
	process, console  bool
	ways, dryRun, yes bool
	command           []string
}

func enterCommand(common *flags) *cobra.Command {
	e := entering{flags: common}
	cmd := &cobra.Command{
		Use:   "enter [ACCOUNT|NAME] [-- COMMAND...]",
		Short: "Get into an account with an emergency user's access key, or show the other ways in",
		Long: `Get into an account with an emergency user's access key and a code of the MFA device, when console sign-in does not work.
Without a key, it prints all ways in with their addresses: the console, aws login, and this one.

It asks AWS STS for a session with MFA (GetSessionToken), and with it assumes the account's role (AssumeRole), under the user's name. Regions are asked one after another, ` + enter.Patience.String() + ` each, first with the usual signature, then with the one that STS can
verify in a Region that is cut off from us-east-1. In the hub account no role is assumed. With --profile, the session is that of the
profile, as aws login has it.

The key and the seed come from the sealed files of the two holders, or are typed. The session goes into a shell that ends with exit,
into a COMMAND, or to standard output: as commands of a shell (--env), as the AWS CLI takes it from a credential_process, or as an
address that signs in to the console. Nothing is written to disk. It says on standard error who will be alerted, before it does
anything, and when the session ends. At a terminal, it waits for Enter in between; --yes goes on at once.

The sealed files are enough, without a configuration, a profile or single sign-on: give the account by its number, which is on the
card. Without files, give the role's ARN for ACCOUNT, the device's with --device, and type the key. A configuration gives names to
accounts and says who is alerted.`,
		Example: `  breakglass enter
  breakglass enter production --key KEY.sealed --mfa MFA.sealed -i one.txt -i two.txt
  breakglass enter 222222222222 --key KEY.sealed --mfa MFA.sealed -i one.txt -i two.txt --region eu-west-1 --dry-run
  breakglass enter production --key - --console
  breakglass enter arn:aws:iam::222222222222:role/BreakGlassRole --key - --device arn:aws:iam::111111111111:mfa/BreakglassUser
  breakglass enter production --profile breakglass -- aws iam list-users`,
		Args: func(cmd *cobra.Command, args []string) error {
			if at := cmd.ArgsLenAtDash(); at >= 0 {
				args = args[:at]
			}
			if i := slices.IndexFunc(args, func(arg string) bool { return enter.CheckShell(arg) == nil }); len(args) > 1 && i >= 0 && e.env != "" {
				return fmt.Errorf("unexpected argument %q; the shell belongs to the flag: --env=%s", args[i], args[i])
			}
			if len(args) > 1 {
				return fmt.Errorf("unexpected argument %q; name one account, in quotation marks if its name has spaces, and a command after --", args[1])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			out, err := common.screen(cmd)
			if err != nil {
				return err
			}
			if at := cmd.ArgsLenAtDash(); at >= 0 {
				args, e.command = args[:at], args[at:]
			}
			return e.run(cmd, out, strings.Join(args, ""))
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return only(nil)
			}
			return common.fromPlan(accounts)(cmd, args, begun)
		},
	}
	set := cmd.Flags()
	set.StringVar(&e.key, "key", "", "sealed `file` with the user's access key; - to type the key")
	set.StringVar(&e.mfa, "mfa", "", "sealed `file` with the seed of the user's MFA device (default: type the code)")
	set.StringArrayVarP(&e.identity, "identity", "i", nil, "age identity `file` of a holder, to open the sealed files; repeat the flag for several")
	set.StringVar(&e.user, "user", "", "emergency `user` (default: the only one)")
	set.StringVar(&e.device, "device", "", "`ARN` of the MFA device (default: the virtual device with the user's name)")
	set.DurationVar(&e.lasts, "duration", 0, "how `long` the session lasts, from 15m to 12h (default: as long as the role may last, or 1h)")
	set.StringVar(&e.env, "env", "", "print the session as commands of a `shell`: posix, fish or powershell")
	set.Lookup("env").NoOptDefVal = enter.POSIX
	set.BoolVar(&e.process, "credential-process", false, "print the session as JSON for credential_process in ~/.aws/config")
	set.BoolVar(&e.console, "console", false, "print an address that signs in to the console, good for 15 minutes")
	set.BoolVar(&e.ways, "ways", false, "only print the ways in that need no access key")
	set.BoolVar(&e.dryRun, "dry-run", false, "only print what would be done")
	set.BoolVar(&e.yes, "yes", false, "do not wait until somebody presses Enter after it has said who will be alerted")
	cmd.MarkFlagsMutuallyExclusive("env", "credential-process", "console", "ways")
	return cmd
}

func (e *entering) run(cmd *cobra.Command, out *screen.Screen, text string) error {
	files, err := e.read(out)
	if err != nil {
		return err
	}
	facts, err := e.facts(cmd, out, files, text)
	if err != nil {
		return err
	}
	if err := e.long(); err != nil {
		return err
	}
	if e.env != "" {
		if err := enter.CheckShell(e.env); err != nil {
			return err
		}
	}
	if e.ways || e.key == "" && e.profile == "" {
		return e.printWays(out, facts, text)
	}
	if err := e.possible(cmd, out, text); err != nil {
		return err
	}
	account, err := find(out, facts, text)
	if err != nil {
		return err
	}
	switch {
	case account.Own && e.console:
		return errors.New("the hub account has no role to sign in to the console with; sign in with the password: breakglass enter --ways")
	case account.Own && e.key == "":
		return errors.New("the profile has the session in the hub account already; use it: " + shell.Quote("--profile", e.profile))
	}
	if already := enter.Within(os.Environ()); already != "" {
		out.WarnNote("this shell has a session of account %s already.", already)
	}
	request := enter.Request{Facts: facts, Account: account, Lasts: e.asked(), Tried: func(t enter.Try) { warnTry(out, t) }}
	if e.dryRun {
		announce(out, request.Announcement(e.key == "", true))
		return e.printPlan(out, request)
	}
	// Files, profiles and settings alert nobody: what cannot work is found out before people are told of it.
	aws, profile, err := e.open(cmd, out, &request, files)
	if err != nil {
		return err
	}
	announce(out, request.Announcement(e.key == "", false))
	if err := e.hold(cmd); err != nil {
		return err
	}
	if profile != nil {
		request.Session, err = profile.Session(cmd.Context())
	} else {
		err = e.typed(cmd, bufio.NewReader(cmd.InOrStdin()), &request)
	}
	if err != nil {
		return err
	}
	entered, err := enter.Do(cmd.Context(), request)
	if err != nil {
		return err
	}
	out.WarnProse("%s in account %s, from %s: the session ends at %s.", out.Paint(screen.Bold, "You are "+entered.As()), account, entered.Region,
		entered.Until(time.Now()))
	return e.give(cmd, out, aws, facts, entered)
}

// hold waits until a person who has seen who will be alerted goes on. Without a terminal for both, nobody is there to wait for.
func (e *entering) hold(cmd *cobra.Command) error {
	if e.yes || !ask.Terminal(cmd.InOrStdin()) || !ask.Terminal(cmd.ErrOrStderr()) {
		return nil
	}
	return ask.Enter(cmd.Context(), cmd.InOrStdin(), cmd.ErrOrStderr(), "Announced? Press Enter to go on, Ctrl-C to stop.")
}

func announce(out *screen.Screen, lines []string) {
	for _, line := range lines {
		out.WarnProse("%s", line)
	}
}

// open opens what a request needs: the settings of AWS, and the sealed files or the profile that were named.
func (e *entering) open(cmd *cobra.Command, out *screen.Screen, r *enter.Request, files sealed) (aws *enter.AWS, profile *enter.Profile, err error) {
	if aws, err = enter.NewAWS(cmd.Context()); err != nil {
		return nil, nil, err
	}
	r.STS = aws
	if e.key == "" {
		profile, err = enter.OpenProfile(cmd.Context(), e.profile, r.Regions[0])
		return aws, profile, err
	}
	return aws, nil, e.unseal(cmd, out, r, files)
}

func warnTry(out *screen.Screen, t enter.Try) {
	signed := ""
	if t.Signature == enter.SigV4a {
		signed = " signed with " + string(t.Signature)
	}
	out.WarnProse("%s: %s%s: %s", t.Region, t.Call, signed, t.Failed)
}

// asked returns how long the session is to last. A console session takes what AWS gives by default: AWS Sign-In refuses one that was
// asked for with a duration by anything but an access key (IAM user guide, custom identity broker).
func (e *entering) asked() time.Duration {
	if e.console {
		return enter.Default
	}
	return e.lasts
}

// long checks how long the session is to last.
func (e *entering) long() error {
	if e.lasts != 0 && (e.lasts < 15*time.Minute || e.lasts > 12*time.Hour) {
		return fmt.Errorf("invalid --duration %s: AWS gives sessions from 15m to 12h", e.lasts)
	}
	return nil
}

// find returns the account that a person named, and says what is not certain about it.
func find(out *screen.Screen, facts enter.Facts, text string) (enter.Account, error) {
	account, err := facts.Find(text)
	if doubt := account.Doubt(); doubt != "" {
		out.WarnProse("%s %s", out.Paint(screen.Yellow, "warning:"), doubt)
	}
	return account, err
}

// possible checks, before anything is asked or alerted, that the session has somewhere to go.
func (e *entering) possible(cmd *cobra.Command, out *screen.Screen, account string) error {
	switch given := e.env != "" || e.process || e.console; {
	case account == "":
		return errors.New("no account; name one by its number or its name: breakglass enter ACCOUNT --key FILE")
	case e.key != "" && e.key != typedKey && len(e.identity) == 0 && !e.dryRun:
		return errors.New("no identity to open the sealed files with; name the file of each holder: -i FILE")
	case e.key == "" && (e.mfa != "" || e.device != "" || e.lasts != 0 && e.profile == ""):
		return errors.New("a code is worth nothing without an access key; pass --key with its sealed file, or --key - to type it")
	case e.fido():
		return errors.New("a FIDO key gives no code, and STS takes none: pass --device with a virtual device or a token, or sign in to the console with it: breakglass enter --ways")
	case out.JSON && !e.dryRun:
		return errors.New("--output json is for --dry-run and --ways; --credential-process prints a session as JSON")
	case given && len(e.command) > 0:
		return errors.New("a command takes the session itself; leave out --env, --credential-process and --console")
	case len(e.command) > 0 && missing(e.command[0]):
		return fmt.Errorf("there is no program %s here to give the session to; name another one, or leave it out for a shell", e.command[0])
	case e.lasts != 0 && e.console:
		return errors.New("--duration does not go with --console: AWS decides how long it lasts, one hour")
	case !given && len(e.command) == 0 && !e.dryRun && !ask.Terminal(cmd.InOrStdin()):
		return errors.New("there is no terminal for a shell; pass --env, --credential-process, --console, or a command after --")
	}
	return nil
}

func missing(program string) bool {
	_, err := exec.LookPath(program)
	return err != nil
}

// fido reports whether the device that was named is a FIDO key.
func (e *entering) fido() bool {
	kind, _ := place.DeviceOf(e.device)
	return kind == place.FIDO
}

func (e *entering) printPlan(out *screen.Screen, r enter.Request) error {
	steps := r.Steps(e.key == "")
	for i, step := range steps {
		out.Prose("%d. %s", i+1, step)
	}
	out.Line("Nothing was done.")
	return out.Value(struct {
		enter.Facts
		Enter enter.Account `json:"enter"`
		Steps []string      `json:"steps"`
	}{r.Facts, r.Account, steps})
}

// printWays prints the ways in. Without an account, the addresses are those of the hub account.
func (e *entering) printWays(out *screen.Screen, f enter.Facts, text string) error {
	account := f.InHub()
	if text != "" {
		var err error
		if account, err = find(out, f, text); err != nil {
			return err
		}
	}
	ways := f.Ways(account)
	for i, w := range ways {
		if i > 0 {
			out.Line("")
		}
		out.Line("%s", out.Paint(screen.Bold, w.Title))
		if w.NotPrepared != "" {
			out.Prose("Not prepared: %s.", w.NotPrepared)
		}
		for _, need := range w.Needs {
			out.Prose("Needs %s.", need)
		}
		for n, step := range w.Steps {
			out.Prose("%d. %s", n+1, step.Do)
			for _, line := range step.Lines {
				out.Prose("   %s", line)
			}
		}
	}
	for _, line := range f.Alerting() {
		out.WarnProse("%s", line)
	}
	return out.Value(ways)
}
