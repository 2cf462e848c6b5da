package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"

	"example.com/breakglass/internal/stub"
)

// Whoever has to type a code sees the question: no progress line is in front of it, and none is drawn over it.
func TestTheQuestionForACodeHasTheLineToItself(t *testing.T) {
	server := stub.New()
	defer server.Close()
	folder := t.TempDir()
	settings := filepath.Join(folder, "config")
	if err := os.WriteFile(settings, []byte("[profile hub]\nrole_arn = arn:aws:iam::111111111111:role/x\nsource_profile = keys\n"+
		"mfa_serial = arn:aws:iam::111111111111:mfa/me\n[profile keys]\naws_access_key_id = x\naws_secret_access_key = y\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for command, args := range map[string][]string{
		"regions": {"--config", filepath.Join("..", "..", "breakglass.yaml")}, "init": {"--config", filepath.Join(folder, "new.yaml")},
	} {
		t.Run(command, func(t *testing.T) {
			cmd := exec.Command("breakglass", append([]string{command, "--profile", "hub"}, args...)...)
			cmd.Env = append(os.Environ(), "HOME="+folder, "AWS_CONFIG_FILE="+settings, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull, "AWS_ENDPOINT_URL="+server.URL,
				"AWS_ACCESS_KEY_ID=", "AWS_SECRET_ACCESS_KEY=", "AWS_PROFILE=", "TERM=xterm")
			terminal, err := pty.Start(cmd)
			if err != nil {
				t.Fatal(err)
			}
			defer terminal.Close()
			late := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
			defer late.Stop()
			shown, piece := "", make([]byte, 4096)
			for !strings.Contains(shown, "MFA code of") {
				n, err := terminal.Read(piece)
				if shown += string(piece[:n]); err != nil {
					t.Fatalf("%v: %q", err, shown)
				}
			}
			_, _ = terminal.Write([]byte{3})
			_ = cmd.Wait()
			before, _, _ := strings.Cut(shown, "MFA code of")
			line := before[strings.LastIndex(before, "\n")+1:]
			if line = line[strings.LastIndex(line, "\x1b[K")+1:]; regexp.MustCompile(`[░█]`).MatchString(line) {
				t.Errorf("in front of the question: %q", before)
			}
		})
	}
}
