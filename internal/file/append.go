package file

import (
	"os"
	"sync"
)

// Log is a file to which whole lines are appended as they come, so that a run that is cut off loses no line before.
type Log struct {
	path  string
	mutex sync.Mutex
	file  *os.File
}

// Append opens a file for lines behind those that it has; only its owner may read a new one. A last line that was cut off stays apart
// from the next one.
func Append(path string) (*Log, error) {
	real, old, err := target(path)
	if err != nil {
		return nil, err
	}
	opened, err := os.OpenFile(real, os.O_APPEND|os.O_CREATE|os.O_RDWR, private)
	if err != nil {
		return nil, failed(path, reason(err), "name another file")
	}
	l := &Log{path: path, file: opened}
	if old != nil && old.Size() > 0 {
		last := make([]byte, 1)
		if _, err := opened.ReadAt(last, old.Size()-1); err != nil || last[0] != '\n' {
			if err := l.Line(nil); err != nil {
				_ = opened.Close()
				return nil, err
			}
		}
	}
	return l, nil
}

// Alone takes the file for this process, until it is closed. The error says that another process has it.
func (l *Log) Alone() error {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if lock(l.file) != nil {
		return failed(l.path, "another command writes it", "wait until that has ended, then repeat the command")
	}
	return nil
}

// Line appends a line, in one piece. Several goroutines may call it at once.
func (l *Log) Line(text []byte) error {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	line := make([]byte, 0, len(text)+1)
	if _, err := l.file.Write(append(append(line, text...), '\n')); err != nil {
		return failed(l.path, reason(err), "make room, then repeat the command; what is written stays")
	}
	return nil
}

// Close closes the file, once what was written is on the disk.
func (l *Log) Close() error {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	err := l.file.Sync()
	if closing := l.file.Close(); err == nil {
		err = closing
	}
	return err
}
