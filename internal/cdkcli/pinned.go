package cdkcli

// Pinned is the version of the CDK CLI that package.json pins: a program that was carried away from the project's folder
// can still say which one it goes with. A test holds the two equal.
const Pinned = "2.1148.1"
