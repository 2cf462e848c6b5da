package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// lookEach is how often a running app's memory is looked at; lookOften is for what takes a few milliseconds.
const lookEach, lookOften = 50 * time.Millisecond, 2 * time.Millisecond

// memory adds up, until it is stopped, what a process and its children had resident at most, in MiB. Linux keeps that
// number for each process, so that nothing is missed between two samples; their peaks need not coincide, so the sum is on
// the side of caution. Elsewhere it is 0.
type memory struct {
	stopped chan struct{}
	peak    chan float64
}

func watchMemory(pid int, each time.Duration) memory {
	m := memory{stopped: make(chan struct{}), peak: make(chan float64, 1)}
	go func() {
		most := map[int]float64{}
		for {
			look(pid, most)
			select {
			case <-m.stopped:
				sum := 0.0
				for _, one := range most {
					sum += one
				}
				m.peak <- sum
				return
			case <-time.After(each):
			}
		}
	}()
	return m
}

// stop ends it and returns the sum.
func (m memory) stop() float64 {
	close(m.stopped)
	return <-m.peak
}

// look notes what a process and its children have had at most.
func look(pid int, most map[int]float64) {
	proc := filepath.Join("/proc", strconv.Itoa(pid))
	status, err := os.ReadFile(filepath.Join(proc, "status"))
	if err != nil {
		return // it has ended, or this is no Linux
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			if kib, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 64); err == nil {
				most[pid] = max(most[pid], kib/1024)
			}
		}
	}
	// A Go program starts its children from any of its threads.
	lists, _ := filepath.Glob(filepath.Join(proc, "task", "*", "children"))
	for _, list := range lists {
		children, _ := os.ReadFile(list)
		for _, child := range strings.Fields(string(children)) {
			if number, err := strconv.Atoi(child); err == nil {
				look(number, most)
			}
		}
	}
}
