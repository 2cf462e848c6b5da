// Package verify submits the synthesized app to judges that had no part in writing it: EventBridge's own matcher for the rules, a
// simulator of IAM's evaluation for the policies, cfn-lint and the CDK's validator for the templates. They read what a deployment
// would send, not the Go values that it was made from. The package contains tests only, and may import everything.
//
// A judge that finds nothing proves little. So a denial is paired with the same request with one change that makes it allowed,
// and each judge also gets this very app with a fault in it, and has to find the fault.
//
// The tests are behind the build tag verify; make verify installs what they need and runs them.
package verify
