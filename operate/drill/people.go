package drill

import (
	"strings"
	"time"
)

// answer takes what somebody typed. The word alone will do, and so will the whole ID.
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
		if s.told.Answered != nil {
			s.told.Answered(*a)
		}
		return
	}
	if s.told.Wrong != nil {
		s.told.Wrong(typed)
	}
}
