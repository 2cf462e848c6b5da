// Package cdkcli runs the CDK CLI this project pins, and turns what it prints into one event a stack.
package cdkcli
