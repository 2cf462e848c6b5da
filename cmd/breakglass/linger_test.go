package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
)

// lingering is the program that another one starts, and that stays until the test has searched its memory. Its arguments are a name, and
// a word: "reads" has it keep what it is given on standard input.
const lingering = "breakglass-lingers"

// searcher is the variable with the socket of the test that searches.
const searcher = "BREAKGLASS_TEST_SEARCHER"

func lingers() {
	var given []byte
	if len(os.Args) > 2 && os.Args[2] == "reads" {
		given, _ = io.ReadAll(os.Stdin)
	}
	linger(os.Args[1])
	runtime.KeepAlive(given)
}

// linger waits until the test has searched this process. It tells the name, and whether this process may look into its parent.
func linger(name string) {
	conn, err := net.Dial("unix", os.Getenv(searcher))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	open := "shut"
	if maps, err := os.Open(fmt.Sprintf("/proc/%d/maps", os.Getppid())); err == nil {
		open = "open"
		maps.Close()
	}
	fmt.Fprintln(conn, strings.ReplaceAll(name, " ", "-"), open)
	_, _ = conn.Read(make([]byte, 1))
}
