//go:build !unix

package judge

// lock does nothing here: build once before tests run side by side.
func lock(string) (unlock func(), err error) { return func() {}, nil }
