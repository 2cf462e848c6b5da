// Package cdkcli installs and runs the CDK CLI that this project pins, and reports its progress as one event a stack. It may
// import child and nothing else of this module.
package cdkcli
