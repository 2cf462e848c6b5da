package main

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/base32"
	"encoding/base64"
	"fmt"
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
