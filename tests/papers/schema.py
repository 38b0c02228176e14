#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""
The JSON Schemas in config/ are what the sources say, and agree with `convergate check`: schema.py CONVERGATE ROOT

They accept every example and every file of a case that is not refused. Each case that is refused the schema refuses,
too, or beyond-schema.txt says why it cannot: `CASE: reason`. Who is on that list without need is told as well.
"""

import json
import os
import re
import subprocess
import sys

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f"{missing.name} is not installed")
    sys.exit(77)

CONVERGATE, ROOT = sys.argv[1], os.path.abspath(sys.argv[2])
HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.join(ROOT, "tests/cases")
sys.path.insert(0, CASES)
from runner.case import RAW, find_cases  # noqa: E402

SCHEMAS = {"settings": "convergate.schema.json", "desired": "convergate-desired.schema.json"}
faults = []


class Core(yaml.SafeLoader):
    """Scalars as editors read them: by the core schema of YAML 1.2."""

    yaml_implicit_resolvers = {}


Core.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(~|null|Null|NULL|)$"), ["~", "n", "N", ""])
Core.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(true|True|TRUE|false|False|FALSE)$"), list("tTfF"))
Core.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(
    r"^([-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$"),
    list("-+.0123456789"))


def number(loader, node):
    text = node.value
    return int(text) if re.fullmatch(r"[-+]?[0-9]+", text) else float(re.sub(r"\.(?=[a-zA-Z])", "", text))


def named(loader, node):
    """Keys are texts, whatever they look like."""
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise yaml.constructor.ConstructorError(None, None, "a key that is no text", key.start_mark)
    return {k.value: loader.construct_object(v, deep=True) for k, v in node.value}


Core.add_constructor("tag:yaml.org,2002:float", number)
Core.add_constructor("tag:yaml.org,2002:map", named)


def tell(sentence):
    faults.append(sentence)
    print(sentence)


def fill_in(text):
    """What the runner of the cases would put there."""
    text = re.sub(r"@(URL:[A-Za-z0-9_.-]+|CLOSED)@", "https://127.0.0.1:4711", text)
    text = re.sub(r"@PORT:[A-Za-z0-9_.-]+@", "4711", text)
    return re.sub("@(PIN|PINNED:[a-z]+)@", "sha256//" + "A" * 43 + "=", text)


def read(path):
    with open(path, encoding="utf-8") as f:
        return yaml.load(fill_in(f.read()), Loader=Core)


def validator(name):
    made = subprocess.run([CONVERGATE, "explain", "--format", "schema", name], check=True, capture_output=True,
                          text=True).stdout
    with open(os.path.join(ROOT, "config", SCHEMAS[name]), encoding="utf-8") as f:
        if f.read() != made:
            tell(f"config/{SCHEMAS[name]} is not what the sources say now; renew it:\n"
                 f"    {CONVERGATE} explain --format schema {name} > config/{SCHEMAS[name]}")
    schema = json.loads(made)
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


VALIDATORS = {name: validator(name) for name in SCHEMAS}


def complaints(name, value):
    return [f"/{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}" for e in VALIDATORS[name].iter_errors(value)]


def is_settings(value):
    return isinstance(value, dict) and "desired" in value


def accept(what, value):
    name = "settings" if is_settings(value) else "desired"
    for complaint in complaints(name, value):
        tell(f"{what} is good, but the schema of {name} refuses it: {complaint}")
    return 1


def accept_text(what, text):
    return accept(what, yaml.load(text, Loader=Core))


def files_of(case):
    """The settings and documents that a case is played with."""
    found = [("settings", case.path("settings.yaml"))]
    docs = case.path("docs")
    for folder, _, names in os.walk(docs) if docs else ():
        found += [("desired", os.path.join(folder, n)) for n in names if n.removesuffix(RAW).endswith(".yaml")]
    return [(name, path) for name, path in found if path]


def generated(case):
    """Files that the runner makes; not those of a size for which nothing but their size matters."""
    for name, how in case.script.get("generate", {}).items():
        times = how.get("times", 0)
        if times <= 1000 and "bytes" not in how:
            unit = "".join(how.get("unit", "").replace("{i}", str(i)) for i in range(times))
            yield "desired", how.get("head", "") + unit + how.get("tail", "")


def schema_refuses(case):
    try:
        files = [(name, read(path)) for name, path in files_of(case)]
        files += [(name, yaml.load(text, Loader=Core)) for name, text in generated(case)]
    except (yaml.YAMLError, UnicodeDecodeError):
        return True  # no YAML: it does not get as far as a schema
    return any(complaints(name, value) for name, value in files)


def is_refused(case):
    return case.path("expected-stderr") or any(s.get("exit") == 78 for s in case.script.get("steps", []))


def beyond():
    reasons = {}
    with open(os.path.join(HERE, "beyond-schema.txt"), encoding="utf-8") as f:
        for line in f:
            if line.strip() and not line.startswith("#"):
                case, _, reason = line.partition(": ")
                reasons[case] = reason.strip()
    return reasons


def check_examples():
    n = 0
    for folder, _, names in os.walk(os.path.join(ROOT, "config")):
        for path in (os.path.join(folder, name) for name in names if name.endswith(".yaml")):
            with open(path, encoding="utf-8") as f:
                text = f.read()
            first = text.splitlines()[0]
            schema = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
            wanted = SCHEMAS["settings" if is_settings(yaml.load(text, Loader=Core)) else "desired"]
            if not schema or os.path.normpath(os.path.join(folder, schema[1])) != os.path.join(ROOT, "config", wanted):
                tell(f"{path} does not name {wanted} on its first line")
            n += accept_text(path, text)
            n += accept_text(f"{path} with all its keys", re.sub(r"(?m)^( *)#([a-z-]+:)", r"\1\2", text))
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as f:
        for block in re.findall(r"(?ms)^```yaml\n(.*?)^```", f.read()):
            n += accept_text("an example of README.md", block)
    return n


def check_cases():
    accepted = refused = 0
    reasons = beyond()
    for case in find_cases(CASES):
        if not is_refused(case):
            for folder, _, names in os.walk(case.folder):
                for name in names:
                    if name.endswith(".yaml"):
                        accepted += accept(f"{case.name}/{name}", read(os.path.join(folder, name)))
        elif case.path("expected-stderr"):
            refused += 1
            is_beyond = reasons.pop(case.name, None)
            if schema_refuses(case) == bool(is_beyond):
                tell(f"{case.name} is refused by the schema, and need not stand in beyond-schema.txt" if is_beyond else
                     f"{case.name} is refused by check, but not by the schema, and beyond-schema.txt does not say why")
    for name in reasons:
        tell(f"beyond-schema.txt names {name}, which is no case that is refused")
    for base in os.listdir(os.path.join(CASES, "base")):
        accepted += accept(f"base/{base}", read(os.path.join(CASES, "base", base, "settings.yaml")))
    return accepted, refused


def main():
    examples = check_examples()
    accepted, refused = check_cases()
    print(f"{examples} examples and {accepted} files accepted, {refused} cases refused, {len(faults)} faults")
    # A search that finds nothing any more must not pass for agreement.
    return 1 if faults or examples < 9 or accepted < 100 or refused < 100 else 0


sys.exit(main())
