// Package awscli runs the commands of the AWS CLI that the documents show and the code prints, as a person would: at a terminal, in
// versions 1 and 2, against the local AWS. Whatever it shows is read from the documents and the source; no list is kept by hand.
package awscli
