//go:build unix

package file

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// atOnce runs what must not block.
func atOnce(t *testing.T, what func()) {
	t.Helper()
	done := make(chan struct{})
	go func() { defer close(done); what() }()
	select {
	case <-done:
	case <-time.After(time.Minute):
		t.Fatal("it blocks")
	}
}

func TestPipesAndDevicesAreRefusedAtOnce(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	defer writer.Close()
	substituted := fmt.Sprintf("/dev/fd/%d", reader.Fd()) // what <(command) in a shell is
	for path, want := range map[string]string{pipe: "a pipe", substituted: "a pipe", "/dev/zero": "a device", "/dev/null": "a device", t.TempDir(): "a folder"} {
		atOnce(t, func() {
			_, err := Read(path, 100)
			var not *NotRegular
			if !errors.As(err, &not) || not.Is != want || not.Folder != (want == "a folder") || err.Error() != path+": is "+want {
				t.Errorf("read %s: %v, want %s", path, err, want)
			}
			if err := Check(path); err == nil || !strings.Contains(err.Error(), "it is "+want+"; ") {
				t.Errorf("check %s: %v, want %s", path, err, want)
			}
		})
	}
}

func TestAnEndlessFileIsReadNoFurtherThanItsLimit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sparse")
	mustWrite(t, path, "", 0o600)
	if err := os.Truncate(path, 1<<40); err != nil {
		t.Fatal(err)
	}
	atOnce(t, func() {
		if text, err := Read(path, 100); err != nil || len(text) != 101 {
			t.Errorf("%d bytes, %v", len(text), err)
		}
	})
}

const somebody = 12345

// TestAnothersFile needs root, who may give files away and become somebody else.
func TestAnothersFile(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Log("not run by root: files of other users are not tested")
		return
	}
	for name, owner := range map[string]struct{ user, group int }{"another": {somebody, somebody}, "another-group": {0, somebody}, "another-user": {somebody, 0}} {
		path := filepath.Join(t.TempDir(), name)
		mustWrite(t, path, "old", 0o644)
		if err := os.Chown(path, owner.user, owner.group); err != nil {
			t.Fatal(err)
		}
		if err := Write(path, []byte("new")); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if is := info.Sys().(*syscall.Stat_t); int(is.Uid) != owner.user || int(is.Gid) != owner.group {
			t.Errorf("%s: the file belongs to %d, group %d", name, is.Uid, is.Gid)
		}
	}
}

// TestAnothersFileIsKept although the folder would let it be replaced. As root, it runs itself as somebody else.
func TestAnothersFileIsKept(t *testing.T) {
	const variable = "BREAKGLASS_TEST_FOLDER"
	if folder := os.Getenv(variable); folder != "" {
		for name, want := range map[string]string{
			"closed": "permission denied; make it writable, or name another file",
			"open":   "it belongs to another user, number 0; nothing was changed: name another file",
		} {
			path := filepath.Join(folder, name)
			for _, write := range []func(string, []byte) error{Write, Edit} {
				if err := write(path, []byte("new")); err == nil || err.Error() != "cannot write "+path+": "+want {
					t.Errorf("got %v, want %s", err, want)
				}
			}
		}
		return
	}
	if os.Geteuid() != 0 {
		t.Log("not run by root: files of other users are not tested")
		return
	}
	folder := t.TempDir()
	mustWrite(t, filepath.Join(folder, "closed"), "old", 0o644)
	mustWrite(t, filepath.Join(folder, "open"), "old", 0o666)
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	mustWrite(t, filepath.Join(folder, "program"), string(text), 0o755)
	for above := folder; above != filepath.Clean(os.TempDir()); above = filepath.Dir(above) {
		if err := os.Chmod(above, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(filepath.Join(folder, "program"), "-test.run", "^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), variable+"="+folder)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: somebody, Gid: somebody}}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	onlyThese(t, folder, "closed", "open", "program")
	for _, name := range []string{"closed", "open"} {
		if text, _ := content(t, filepath.Join(folder, name)); text != "old" {
			t.Errorf("%s has %q", name, text)
		}
	}
}
