//go:build !unix

package file

import (
	"io/fs"
	"os"
)

// noWait is for pipes in the file system, of which there are none here.
const noWait = 0

// noLink is for what a link is replaced with between two calls, which needs a privilege here.
const noLink = 0

// lock takes no file here: the system has no lock that ends with the process.
func lock(*os.File) error { return nil }

func keepOwner(*os.File, fs.FileInfo) error { return nil }
