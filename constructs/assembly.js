const { readdirSync, readFileSync } = require("fs");
const { join } = require("path");
const read = (...file) => JSON.parse(readFileSync(join(...file), "utf8"));
const wrong = [];
function look(dir, stage) {
  const { artifacts } = read(dir, "manifest.json");
  for (const [id, { type, properties, displayName }] of Object.entries(artifacts)) {
    if (type === "cdk:cloud-assembly") {
      if (properties.directoryName !== id) wrong.push(id + ": it is another stage");
      else look(join(dir, id), id.replace("assembly-", "") + "/");
    }
    if (type === "aws:cloudformation:stack") {
      if (properties.templateFile !== id + ".template.json") wrong.push(id + ": it would be compared with another template");
      if (displayName !== stage + (properties.stackName || id)) wrong.push(id + ": it is shown as another stack");
    }
  }
  for (const file of readdirSync(dir)) {
    if (file.startsWith("assembly-") && artifacts[file]?.type !== "cdk:cloud-assembly") wrong.push(file + ": it would not be compared");
    if (file.endsWith(".template.json")) {
      if (artifacts[file.replace(/.template.json$/, "")]?.type !== "aws:cloudformation:stack") wrong.push(file + ": it would not be compared");
      if (JSON.stringify(read(dir, file)) !== readFileSync(join(dir, file), "utf8")) wrong.push(file + ": it can be read in two ways");
    }
    if (file.endsWith(".config.json") && Object.keys(read(dir, file)).join() !== "Tags") wrong.push(file + ": it has more than tags");
  }
}
look(process.argv[1], "");
wrong.forEach((what) => console.log(what));
process.exit(wrong.length > 0 ? 1 : 0);
