package main

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/base32"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"
	"filippo.io/age/plugin"
	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"example.com/breakglass/internal/stub"
	"example.com/breakglass/operate/seal"
)

// searched is a folder with everything that a run may write, an AWS, and every secret that was ever there.
type searched struct {
	*testing.T
	folder string
	server *stub.Server
	iam    *stub.IAM
	socket *net.UnixListener
	env    []string

	mutex sync.Mutex
	// secrets by what they are.
	secrets map[string]string
	// places of the run, to be searched at its end: a password is known to AWS only after its seal.
	places []spot
	// lingered counts the children by name. inside is how often the memory of the command itself could be read, which takes special
	// rights, and held how often a secret was found there.
	lingered     map[string]int
	inside, held int
}

// What a name of a secret begins with. The session in the account is for the command that gets it; the rest is for nobody.
const (
	roleSession = "the session in the account"
	anIdentity  = "an identity"
)

const searchedConfig = `version: 1
hub: {account: "111111111111"}
alerts: {email: [security-team@example.com]}
users: [{name: BreakglassUser, accessKey: sealed}]
targets: [{account: "222222222222", name: production}]
credentials:
  passwordHolders: [%s, %s]
  mfaHolders: [%s, %s]
`

func newSearched(t *testing.T) *searched {
	s := &searched{T: t, folder: t.TempDir(), server: stub.New(), secrets: map[string]string{}, lingered: map[string]int{}}
	t.Cleanup(s.server.Close)
	s.iam = s.server.NewIAM("BreakglassUser")
	s.sessions()
	for _, name := range []string{"home", "tmp", "work", "programs"} {
		s.must(os.Mkdir(filepath.Join(s.folder, name), 0o700))
	}
	path := filepath.Join(t.TempDir(), "socket")
	socket, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	s.must(err)
	t.Cleanup(func() { socket.Close() })
	s.socket = socket
	s.env = append(slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "AWS_") }),
		searcher+"="+path, "PROBE="+filepath.Join(s.folder, "given-to-a-plugin"), "AGEDEBUG=plugin", "SHELL=/nowhere/sh", // so that /bin/sh is used

		"HOME="+filepath.Join(s.folder, "home"), "TMPDIR="+filepath.Join(s.folder, "tmp"), "HISTFILE="+filepath.Join(s.folder, "home", "history"),
		"PATH="+filepath.Join(s.folder, "programs")+string(filepath.ListSeparator)+os.Getenv("PATH"),
		"AWS_ENDPOINT_URL="+s.server.URL, "AWS_ACCESS_KEY_ID=AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY=example", "AWS_REGION=us-east-1",
		"AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull, "AWS_EC2_METADATA_DISABLED=true")
	s.must(os.WriteFile(filepath.Join(s.folder, "programs", "aws"), []byte("#!/bin/sh\n"+lingering+" \"the AWS CLI\"\n"), 0o700))
	var to []any
	for _, name := range []string{"password", "password-plugin", "mfa", "mfa-plugin"} {
		identity, err := age.GenerateX25519Identity()
		s.must(err)
		recipient, text := identity.Recipient().String(), identity.String()
		s.secrets[anIdentity+" of "+name] = text
		if strings.HasSuffix(name, "-plugin") {
			recipient, text = plugin.EncodeRecipient(probe, []byte(recipient)), plugin.EncodeIdentity(probe, []byte(text))
			s.secrets[anIdentity+" of the plugin of "+name] = text
		}
		s.must(os.WriteFile(filepath.Join(s.folder, "work", name+".txt"), []byte(text+"\n"), 0o600))
		to = append(to, recipient)
	}
	s.must(os.WriteFile(filepath.Join(s.folder, "work", "breakglass.yaml"), fmt.Appendf(nil, searchedConfig, to...), 0o600))
	return s
}

func (s *searched) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// sessions has STS give a session of the user for a code of the device, and one in the account for that.
func (s *searched) sessions() {
	give := func(action, what string) string {
		draw := make([]byte, 180)
		_, _ = rand.Read(draw)
		id, secret, token := "ASIA"+base32.StdEncoding.EncodeToString(draw[:10]), base64.StdEncoding.EncodeToString(draw[10:40]), base64.StdEncoding.EncodeToString(draw[40:])
		s.mutex.Lock()
		defer s.mutex.Unlock()
		n := len(s.secrets)
		s.secrets[fmt.Sprintf("%s: secret %d", what, n)], s.secrets[fmt.Sprintf("%s: token %d", what, n)] = secret, token
		return fmt.Sprintf("<R><%sResult><Credentials><AccessKeyId>%s</AccessKeyId><SecretAccessKey>%s</SecretAccessKey><SessionToken>%s</SessionToken>"+
			"<Expiration>2099-01-01T04:00:00Z</Expiration></Credentials></%[1]sResult></R>", action, id, secret, token)
	}
	s.server.Handle("sts:GetSessionToken", func(_, request string) string {
		in, _ := url.ParseQuery(request)
		if d := s.iam.Devices[in.Get("SerialNumber")]; d != nil {
			for window := time.Now().Unix() / 30; window > time.Now().Unix()/30-20; window-- { // a slow machine has ten minutes
				if in.Get("TokenCode") == stub.Code(d.Seed, window) {
					return give("GetSessionToken", "the user's session")
				}
			}
		}
		return "fail AccessDenied MultiFactorAuthentication failed with invalid MFA one time pass code."
	})
	s.server.Handle("sts:AssumeRole", func(string, string) string { return give("AssumeRole", roleSession) })
	s.server.Answer("unknown:getSigninToken", `{"SigninToken":"one-sign-in"}`)
}

// known adds the secrets that IAM has now.
func (s *searched) known() {
	s.server.Between(func() {
		u := s.iam.Users["BreakglassUser"]
		s.mutex.Lock()
		defer s.mutex.Unlock()
		add := func(what, secret string) {
			if secret != "" && !slices.Contains(slices.Collect(maps.Values(s.secrets)), secret) {
				s.secrets[fmt.Sprintf("%s %d", what, len(s.secrets))] = secret
			}
		}
		add("the password", u.Password)
		for _, k := range u.Keys {
			add("the access key", k.Secret)
		}
		for _, d := range s.iam.Devices {
			add("the seed", d.Seed)
			bytes, _ := base32.StdEncoding.DecodeString(d.Seed)
			add("the bytes of the seed", string(bytes))
		}
	})
}

// look keeps what can be seen while a child lives.
func (s *searched) look(root int, child string) {
	s.known()
	files, err := everyFile(s.folder)
	if err != nil {
		s.Error(err)
	}
	for i := range files {
		files[i].name += " while " + child + " lived"
	}
	s.places = append(s.places, files...)
	for _, p := range tree(root) {
		name := child + ": " + p.program
		s.places = append(s.places, spot{"the arguments and environment of " + name, p.outside()}, spot{"the open files of " + name, p.files()})
		memory, err := p.memory()
		switch {
		case p.program == "breakglass":
			if err == nil {
				s.inside++
			}
			s.places = append(s.places, spot{theCommand, memory})
		case err != nil:
			s.Fatalf("the memory of %s cannot be read: %v", name, err)
		default:
			s.places = append(s.places, spot{name, memory})
		}
	}
}

// theCommand is the place that has secrets.
const theCommand = "the command itself"

// await looks at each child that lingers, until the listener's deadline.
func (s *searched) await(root int, done <-chan struct{}) {
	for {
		_ = s.socket.SetDeadline(time.Now().Add(20 * time.Millisecond))
		conn, err := s.socket.Accept()
		if err != nil {
			select {
			case <-done:
				return
			default:
				continue
			}
		}
		line, _ := bufio.NewReader(conn).ReadString('\n')
		name, open, _ := strings.Cut(strings.TrimSpace(line), " ")
		s.lingered[name]++
		s.look(root, name)
		if strings.HasPrefix(name, "plugin") && open == "open" {
			s.Errorf("%s may look into the memory of breakglass: %v", name, tree(root))
		}
		conn.Close()
	}
}

// run runs a program in the folder, and searches its children while they live, and everything that is left when it has ended.
func (s *searched) run(stdin string, printed func(secret string) bool, program string, args ...string) string {
	s.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Env = filepath.Join(s.folder, "work"), s.env
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &stdout, &stderr
	begin(s.T, cmd.Start)
	s.waited(cmd, &stderr)
	s.search(append(args, program), printed, spot{"standard output", [][]byte{stdout.Bytes()}}, spot{"standard error", [][]byte{stderr.Bytes()}})
	return stdout.String()
}

// begin starts a program without the rights of root, with which it could look into every process.
func begin(t *testing.T, starting func() error) {
	t.Helper()
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with it
		for right := range uintptr(unix.CAP_LAST_CAP + 1) {
			_ = unix.Prctl(unix.PR_CAPBSET_DROP, right, 0, 0, 0) // only root has them
		}
		started <- starting()
	}()
	if err := <-started; err != nil {
		t.Fatal(err)
	}
}

func (s *searched) waited(cmd *exec.Cmd, stderr *bytes.Buffer) {
	s.Helper()
	done := make(chan struct{})
	var failed error
	go func() { failed = cmd.Wait(); close(done) }()
	s.await(cmd.Process.Pid, done)
	if failed != nil {
		s.Fatalf("%v: %v\n%s", cmd.Args, failed, stderr)
	}
}

// search reports each secret that is anywhere it does not belong. printed are those that the command is to print.
func (s *searched) search(command []string, printed func(string) bool, outputs ...spot) {
	s.Helper()
	s.known()
	files, err := everyFile(s.folder)
	s.must(err)
	all := slices.Concat(s.places, files, outputs)
	s.places = nil
	look := searchFor(s.secrets)
	for _, p := range all {
		file, output, plugin := strings.HasPrefix(p.name, "the file "), strings.HasPrefix(p.name, "standard "), strings.Contains(p.name, "plugin")
		for what := range look.in(p) {
			switch {
			case p.name == theCommand:
				s.held++
			case output && printed(what):
			case strings.HasPrefix(what, roleSession) && !output && !plugin && !file:
			case strings.HasPrefix(what, anIdentity) && (plugin || file && strings.Contains(p.name, ".txt")):
			default:
				s.Errorf("%s is in %s of %q", what, p.name, command)
			}
		}
	}
}

// file returns the sealed file of a kind that is in force.
func (s *searched) file(kind seal.Kind) string {
	s.Helper()
	files, err := filepath.Glob(filepath.Join(s.folder, "work", "*-"+string(kind)+"-*"+seal.Ending))
	s.must(err)
	for _, path := range files {
		if f, err := seal.Read(path); err == nil && f.Void == nil {
			return filepath.Base(path)
		}
	}
	s.Fatalf("there is no file of kind %s in %q", kind, files)
	return ""
}

// TestNoChildHoldsASecret: no program that breakglass starts is given a secret, by an argument, the environment, standard input, a file
// or its memory: neither the plugin of a holder's hardware key, which learns the key of a sealed file and not what is in it, nor the
// shell, the command and the AWS CLI, which have the session in the account and nothing by which another one is made.
func TestNoChildHoldsASecret(t *testing.T) {
	if underRace {
		t.Skip("the race detector's own memory is too large to search")
	}
	s := newSearched(t)
	nothing := func(string) bool { return false }
	session := func(what string) bool { return strings.HasPrefix(what, roleSession) }
	everything := func(string) bool { return true }
	for _, what := range []string{"create", "mfa", "key"} {
		s.run("", nothing, "breakglass", "credentials", what, "BreakglassUser")
	}
	with := []string{"-i", "password-plugin.txt", "-i", "mfa-plugin.txt"}
	password, device, key := s.file(seal.Password), s.file(seal.MFA), s.file(seal.Key)
	s.run("", nothing, "breakglass", append([]string{"credentials", "verify", password, device, key}, with...)...)
	s.run("", nothing, "breakglass", append([]string{"credentials", "verify", device, key, "--sts"}, with...)...)
	s.run("", everything, "breakglass", append([]string{"credentials", "open", password, "--stdout"}, with...)...)

	enter := append([]string{"enter", "production", "--key", key, "--mfa", device}, with...)
	line := "breakglass " + strings.Join(enter, " ")
	s.run("", session, "breakglass", append(enter, "--env")...)
	s.run("", session, "breakglass", append(enter, "--console")...)
	s.run("", nothing, "breakglass", append(enter, "--", lingering, "the command")...)
	s.run("", nothing, "breakglass", "enter", "production", "--key", key, "--mfa", device, "-i", "password.txt", "-i", "mfa.txt", "--", lingering, "the command")
	s.run("", nothing, "breakglass", append(enter, "--", "aws", "sts", "get-caller-identity")...)
	s.run("", nothing, "sh", "-c", `session=$(`+line+` --credential-process) && `+lingering+` "a credential_process"`)
	s.run("", nothing, "sh", "-c", `eval "$(`+line+` --env)" && `+lingering+` "a shell with --env"`)
	typed := s.iam.Users["BreakglassUser"].Keys[0]
	code := stub.Code(s.iam.Devices["arn:aws:iam::111111111111:mfa/BreakglassUser"].Seed, time.Now().Unix()/30)
	s.run(typed.ID+"\n"+typed.Secret+"\n"+code+"\nthe rest\n", nothing, "breakglass", "enter", "production", "--key", "-", "--", lingering, "after typing",
		"reads")
	s.subshell(enter)

	time.Sleep(time.Second) // files are named by the second
	s.run("", nothing, "breakglass", "credentials", "rotate", "BreakglassUser")

	for _, name := range []string{
		"plugin-recipient-v1", "plugin-identity-v1", "the-command", "the-AWS-CLI", "a-credential_process", "a-shell-with---env", "after-typing", "the-shell",
	} {
		if s.lingered[name] == 0 {
			t.Errorf("%s was not searched: %v", name, s.lingered)
		}
	}
	if s.inside > 0 && s.held == 0 {
		t.Error("the search does not find what breakglass itself has")
	}
	kinds := map[string]int{}
	for what := range s.secrets {
		kinds[strings.TrimRight(what, " 0123456789")]++
	}
	if kinds["the password"] < 2 || kinds["the seed"] < 2 || kinds["the bytes of the seed"] < 2 || kinds["the access key"] < 2 {
		t.Errorf("the secrets are %v", kinds)
	}
}

// subshell enters at a terminal, and searches the shell there.
func (s *searched) subshell(enter []string) {
	s.Helper()
	cmd := exec.Command("breakglass", enter...)
	cmd.Dir, cmd.Env = filepath.Join(s.folder, "work"), append(s.env, "TERM=dumb")
	var terminal *os.File
	begin(s.T, func() (err error) { terminal, err = pty.Start(cmd); return err })
	defer terminal.Close()
	var shown bytes.Buffer
	read := make(chan struct{})
	go func() { _, _ = io.Copy(&shown, terminal); close(read) }() // until the last program has closed the terminal
	_, err := io.WriteString(terminal, "\n"+lingering+" 'the shell'\nexit\n")
	s.must(err)
	s.waited(cmd, &shown)
	<-read
	s.search(enter, func(string) bool { return false }, spot{"standard output", [][]byte{shown.Bytes()}})
}

// TestTheSearchFindsASecret in whichever way a child is given it, and in each of its forms.
func TestTheSearchFindsASecret(t *testing.T) {
	if underRace {
		t.Skip("the race detector's own memory is too large to search")
	}
	draw := make([]byte, 31)
	_, _ = rand.Read(draw)
	secret := base64.StdEncoding.EncodeToString(draw)
	hidden, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer hidden.Close()
	_, _ = hidden.WriteString(secret)
	_ = os.Remove(hidden.Name())
	ways := map[string]func(*exec.Cmd){
		"an argument":     func(cmd *exec.Cmd) { cmd.Args = append(cmd.Args, "", secret) },
		"the environment": func(cmd *exec.Cmd) { cmd.Env = append(cmd.Env, "NAME="+secret) },
		"an open file":    func(cmd *exec.Cmd) { cmd.ExtraFiles = []*os.File{hidden} },
	}
	for i, form := range forms(secret) {
		ways[fmt.Sprintf("standard input, form %d", i)] = func(cmd *exec.Cmd) {
			cmd.Args, cmd.Stdin = append(cmd.Args, "reads"), strings.NewReader(strings.Repeat("before ", 9000)+string(form)+strings.Repeat(" after", 9000))
		}
	}
	s, look := newSearched(t), searchFor(map[string]string{"a secret": secret})
	for way, give := range ways {
		cmd := exec.Command(lingering, "the child")
		cmd.Env = s.env
		give(cmd)
		begin(t, cmd.Start)
		s.waited(cmd, new(bytes.Buffer))
		if !slices.ContainsFunc(s.places, func(p spot) bool { return strings.Contains(p.name, lingering) && len(look.in(p)) > 0 }) {
			t.Errorf("a secret in %s is not found", way)
		}
		s.places = nil
	}
}
