//go:build unix

package child

import (
	"os"
	"syscall"
)

// group is a process with everything that it has started: a process group.
type group struct{ id int }

func groupOf(p *os.Process) group { return group{p.Pid} }

// terminate asks the group to end. The group may be gone already.
func (g group) terminate() { _ = syscall.Kill(-g.id, syscall.SIGTERM) }

// kill ends the group at once.
func (g group) kill() { _ = syscall.Kill(-g.id, syscall.SIGKILL) }
