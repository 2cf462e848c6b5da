package cdkcli

// Pinned is the version of the CDK CLI that package.json pins: a program outside the project's folder can still name the one that
// it needs. A test compares the two.
const Pinned = "2.1148.1"
