package deploy

// unsafe returns how other users can change a file or folder. Windows keeps that in access control lists, which are not read.
func unsafe(string) string { return "" }
