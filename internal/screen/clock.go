package screen

import (
	"fmt"
	"time"
)

const (
	// shownAfter is when a step has a clock.
	shownAfter = 2 * time.Second
	// saidEach is how often a step that takes long is reported where there is no terminal, as in the log of a build.
	saidEach = 30 * time.Second
)

// tick keeps the clock of a step until stop is closed. each is the time between two looks at it.
func (s *Screen) tick(stop chan struct{}, each time.Duration) {
	ticker := time.NewTicker(each)
	defer ticker.Stop()
	for {
		select {
		case <-stop:
			return
		case <-ticker.C:
		}
		s.mutex.Lock()
		select {
		case <-stop: // End came first
		default:
			if s.live {
				s.wipe()
				s.draw()
			} else {
				fmt.Fprintf(s.err, "… %s: %s\n", s.safe(s.what), s.clock())
			}
		}
		s.mutex.Unlock()
	}
}

// clock returns how long the step has taken, and how far it is.
func (s *Screen) clock() string {
	text := time.Since(s.began).Round(time.Second).String()
	if s.total > 1 {
		text = fmt.Sprintf("%s, %d of %d", text, s.progress, s.total)
	}
	return text
}
