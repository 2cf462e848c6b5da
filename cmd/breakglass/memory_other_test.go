//go:build !linux

package main

import "testing"

func TestNoChildHoldsASecret(t *testing.T) {
	t.Skip("only Linux shows a process's memory to its parent, in /proc: run this test there")
}
