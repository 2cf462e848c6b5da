package emulator

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"

	"example.com/breakglass/internal/child"
)

const (
	defaultTimeout = 2 * time.Minute // seconds when idle; the first start on a busy machine takes long
	stopGrace      = 2 * time.Second // there is nothing it would have to save
)

// program starts the emulator with what it lacks.
//
//go:embed start.py evaluate.js
var program embed.FS

// Options selects how to start the emulator. Only Root is required.
type Options struct {
	Root       string        // the folder Install was given
	Log        io.Writer     // gets everything the emulator writes; nil: only the end is kept, for errors
	EnforceIAM bool          // refuse what IAM policies do not allow; needs Accounts
	Accounts   []string      // account numbers that are used as access keys: each acts as that account's root
	Timeout    time.Duration // how long to wait until it answers; 0: two minutes
}

// Server is a running emulator.
type Server struct {
	address string
	dir     string // its temporary files, and those of its users
	client  *awshttp.BuildableClient
	process *child.Process
	tail    *child.Tail
	once    sync.Once
}

// Start starts the emulator on a free port of this machine's loopback interface and returns when it answers. It is
// stopped when ctx ends, or by Stop, which every caller should defer.
func Start(ctx context.Context, opts Options) (*Server, error) {
	if opts.EnforceIAM && len(opts.Accounts) == 0 {
		return nil, errors.New("IAM enforcement needs the accounts that are used as access keys")
	}
	root, err := filepath.Abs(opts.Root)
	if err != nil {
		return nil, err
	}
	python := venvPython(root)
	if _, err := os.Stat(python); err != nil {
		return nil, fmt.Errorf("the local AWS is not installed: %w", err)
	}
	for attempt := 1; ; attempt++ {
		s, err := start(ctx, python, opts)
		if err == nil {
			context.AfterFunc(ctx, s.Stop)
			return s, nil
		}
		if !errors.Is(err, errPortTaken) || attempt == 3 {
			return nil, err
		}
	}
}

func start(ctx context.Context, python string, opts Options) (*Server, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "breakglass-emulator-")
	if err != nil {
		return nil, err
	}
	// JSONata is evaluated by a package that npm ci puts there.
	modules := filepath.Join(filepath.Dir(filepath.Dir(filepath.Dir(python))), "node_modules")
	s := &Server{address: address, dir: dir, client: newClient(), tail: &child.Tail{}}
	out := io.Writer(s.tail)
	if opts.Log != nil {
		out = io.MultiWriter(s.tail, opts.Log)
	}
	if err := os.CopyFS(dir, program); err != nil {
		return nil, fmt.Errorf("cannot start the local AWS: %w", err)
	}
	cmd := child.Command(python, "start.py")
	cmd.Dir = dir
	cmd.Env = append(serverEnv(address, dir, opts), "NODE_PATH="+modules)
	cmd.Stdout, cmd.Stderr = out, out
	if s.process, err = child.Start(cmd); err != nil {
		_ = os.RemoveAll(dir)
		return nil, fmt.Errorf("cannot start the local AWS: %w", err)
	}
	timeout := opts.Timeout
	if timeout == 0 {
		timeout = defaultTimeout
	}
	if err := s.ready(ctx, timeout); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

// URL returns the address of the emulator, for every service, account and Region.
func (s *Server) URL() string { return "http://" + s.address }

// Folder returns a folder for temporary files. Stop removes it.
func (s *Server) Folder() string { return s.dir }

// Log returns the last lines that the emulator wrote, for the error message of its user.
func (s *Server) Log() string { return s.tail.Last(40) }

// Stop ends the emulator and everything it started, waits for that, and removes its files. Further calls do nothing.
func (s *Server) Stop() {
	s.once.Do(func() {
		s.process.Stop(stopGrace)
		_ = os.RemoveAll(s.dir) // a leftover in the temporary folder is no reason to fail
	})
}

// WithSignals returns a context that ends with the first Ctrl-C, hang-up or request to terminate; a second one ends the
// process at once. Children have process groups of their own and would not see Ctrl-C.
func WithSignals(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(parent, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

// errPortTaken means that another program got the port between its choice and its use.
var errPortTaken = errors.New("another program took the port of the local AWS; try again")

// ready waits until the emulator answers, and makes sure that only this machine can reach it.
func (s *Server) ready(ctx context.Context, timeout time.Duration) error {
	started := time.Now()
	var unbound time.Time // since when it thinks it is ready, without a port
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for {
		// It does not fail when its port is taken, and whoever has the port may answer in its place.
		listening := s.tail.Contains("Running on")
		if listening && s.healthy(ctx) {
			return s.loopbackOnly()
		}
		switch {
		case listening || !s.tail.Contains("Ready."):
		case unbound.IsZero():
			unbound = time.Now()
		case time.Since(unbound) > 3*time.Second:
			return errPortTaken
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.process.Done():
			return fmt.Errorf("the local AWS ended while starting: %v\n%s", s.process.Err(), s.Log())
		case <-ticker.C:
		}
		if time.Since(started) > timeout {
			return fmt.Errorf("the local AWS did not answer on %s within %v\n%s", s.URL(), timeout, s.Log())
		}
	}
}

func (s *Server) healthy(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL()+"/_localemu/health", nil)
	if err != nil {
		return false
	}
	response, err := s.client.Do(request)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	return response.StatusCode == http.StatusOK
}

// loopbackOnly fails when the emulator answers on an address others can reach: it accepts any credentials.
func (s *Server) loopbackOnly() error {
	_, port, err := net.SplitHostPort(s.address)
	if err != nil {
		return err
	}
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return fmt.Errorf("cannot list this machine's addresses: %w", err)
	}
	for _, address := range addresses {
		ip, ok := address.(*net.IPNet)
		if !ok || !ip.IP.IsGlobalUnicast() {
			continue
		}
		open := net.JoinHostPort(ip.IP.String(), port)
		if conn, err := net.DialTimeout("tcp", open, 500*time.Millisecond); err == nil {
			conn.Close()
			return fmt.Errorf("the local AWS can be reached from other machines at %s, and was stopped", open)
		}
	}
	return nil
}

// freeAddress finds a free port.
func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("no free port on 127.0.0.1: %w", err)
	}
	defer listener.Close()
	return listener.Addr().String(), nil
}
