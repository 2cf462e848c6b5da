"""Judges commands of the AWS CLI: version 1 runs them, all in this process; version 2 has an index of its commands, for completion.

Standard input has JSON: the index, and the commands. Standard output gets, for each command, what version 1 said and what version 2 lacks.
"""

import contextlib
import io
import json
import os
import shlex
import sqlite3
import sys

from awscli import clidriver


def said(words):
    """Returns what version 1 says to a command."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        try:
            clidriver.create_clidriver().main(words)
        except SystemExit:
            pass
    return out.buffer.getvalue().decode()


def missing(index, words, whole):
    """Returns what version 2 does not know of a command, and what it requires beside it if the command is whole."""
    parent, rest = "aws", list(words)
    while rest and index.execute("SELECT 1 FROM command_table WHERE command = ? AND parent = ?", (rest[0], parent)).fetchone():
        parent += "." + rest.pop(0)
    above, _, name = parent.rpartition(".")
    if rest and not rest[0].startswith(("-", "s3://")) and parent.count(".") < 2:
        return "no command " + rest[0]
    known = dict(index.execute("SELECT argname, required FROM param_table WHERE command = ? AND parent = ? AND positional_arg = '0'", (name, above)))
    everywhere = {row[0] for row in index.execute("SELECT argname FROM param_table WHERE command = 'aws' AND parent = ''")}
    given = {word[2:].partition("=")[0] for word in rest if word.startswith("--")}
    denied = {flag[3:] for flag in given if flag.startswith("no-")}
    for flag in sorted(given - known.keys() - everywhere):
        return "no flag --" + flag
    for flag in sorted(known.keys() - given - denied):
        if whole and known[flag] and "cli-input-json" not in given:
            return "--" + flag + " is required"
    return ""


def main():
    task = json.load(sys.stdin)
    index = sqlite3.connect("file:" + task["index"] + "?mode=ro", uri=True)
    answers = []
    for command in task["commands"]:
        words = shlex.split(command["text"])[1:]
        # Version 1 has addresses of its own for SQS, which go before the environment's.
        where = ["--endpoint-url", os.environ["AWS_ENDPOINT_URL"]] if words[0] == "sqs" else []
        answers.append({"said": said(where + words + command["more"]), "lacks": missing(index, words, command["whole"])})
    json.dump(answers, sys.stdout)


main()
