// Package verify puts the synthesized app before judges that had no part in writing it: EventBridge's own matcher for the
// rules, a simulator of IAM's evaluation for who may do what, cfn-lint and the CDK's validator for the templates. They see
// what a deployment would send, not the Go values it was made from.
//
// A judge that finds nothing proves little. So a denial is paired with the same request with one thing changed
// that is allowed, and each judge is also shown this very app with something broken in it, and has to notice.
//
// The tests are behind the build tag verify; make verify installs what they need and runs them.
package verify
