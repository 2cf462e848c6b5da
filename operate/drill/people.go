package drill

import (
	"strings"
	"time"
)

// answer takes what a person typed: the code word, or the whole ID of the drill.
func (s *state) answer(line string, sent time.Time) {
	typed := strings.ToLower(strings.TrimSpace(line))
	if typed == "" {
		return
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for i := range s.answers {
		a := &s.answers[i]
		word := s.Words[a.Hub]
		if a.Answered || typed != word && !strings.HasPrefix(typed, "drill-"+word+"-") {
			continue
		}
		a.Answered, a.After = true, time.Since(sent)
		a.Millis = a.After.Milliseconds()
		if s.progress.Answered != nil {
			s.progress.Answered(*a)
		}
		return
	}
	if s.progress.Wrong != nil {
		s.progress.Wrong(typed)
	}
}
