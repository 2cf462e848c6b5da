//go:build unix

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// BenchmarkPlan1000 measures the whole of breakglass plan, from the file to what is printed, for a standby, every Region and a
// thousand targets. Besides elapsed time, which other processes lengthen, it reports processor time.
func BenchmarkPlan1000(b *testing.B) {
	file := filepath.Join(b.TempDir(), "breakglass.yaml")
	if err := os.WriteFile(file, []byte(manyTargets(1000)), 0o600); err != nil {
		b.Fatal(err)
	}
	for _, args := range [][]string{{}, {"--all"}, {"--output", "json"}, {"--diagram", "-"}} {
		b.Run(strings.Join(append([]string{"plan"}, args...), " "), func(b *testing.B) {
			before := used(b)
			for b.Loop() {
				var err bytes.Buffer
				if code := run(context.Background(), append([]string{"plan", "--config", file}, args...), strings.NewReader(""), io.Discard, &err); code != 0 {
					b.Fatal(err.String())
				}
			}
			b.ReportMetric(float64((used(b)-before).Microseconds())/1000/float64(b.N), "cpu-ms/op")
		})
	}
}

// used returns the processor time that this process has taken.
func used(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// manyTargets returns a file with that many targets.
func manyTargets(n int) string {
	var text strings.Builder
	text.WriteString(`version: 1
hub: {account: "111111111111", standby: us-west-2}
regions: all
alerts: {email: [security-team@example.com]}
users: [{name: breakglass-1}, {name: breakglass-2}, {name: breakglass-3}]
deploy: {access: organization}
targets:
`)
	for i := range n {
		fmt.Fprintf(&text, "  - account: \"%012d\"\n    name: team-%d\n    managedPolicies: [AdministratorAccess]\n", 200000000000+i, i)
	}
	return text.String()
}
