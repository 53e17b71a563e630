"""Runs the steps of each case read from standard input in a process of its own, and prints what they gave.

A case is a line of JSON: its folder and its steps. The steps are those of test/conformance/steps.ts.
"""

import json
import logging
import logging.config
import logging.handlers
import os
import sys

NOTHING = object()

# CPython forgets a handler that no logger holds as soon as it counts to zero; a garbage collector cannot.
logging._handlers = {}


def run_step(step):
    op = step["op"]
    if op in ("dictConfig", "basicConfig"):
        try:
            if op == "dictConfig":
                logging.config.dictConfig(step["config"])
            else:
                logging.basicConfig(**step["options"])
            return "ok"
        except Exception:
            return "error"
    if op == "addLevelName":
        logging.addLevelName(step["level"], step["name"])
        return NOTHING
    if op == "getLevelName":
        return logging.getLevelName(step["level"])
    if op == "disable":
        logging.disable(step["level"])
        return NOTHING
    if op == "handlerNames":
        return sorted(logging._handlers.keys())
    logger = logging.getLogger(step["logger"])
    if op == "log":
        args = step["args"]
        args = args if isinstance(args, list) else [args]
        kwargs = {"extra": step["extra"]} if "extra" in step else {}
        level = step["level"]
        try:
            if isinstance(level, int):
                logger.log(level, step["msg"], *args, **kwargs)
            else:
                getattr(logger, level)(step["msg"], *args, **kwargs)
        except KeyError:
            return "clash"
        return NOTHING if "extra" not in step else "logged"
    if op == "adapter":
        logging.LoggerAdapter(logger, step["fields"]).log(step["level"], step["msg"], extra={"call": 1})
        return NOTHING
    if op == "setLevel":
        try:
            logger.setLevel(step["level"])
            return "ok"
        except Exception:
            return "error"
    if op == "disabled":
        logger.disabled = step["value"]
        return NOTHING
    if op == "propagate":
        logger.propagate = step["value"]
        return NOTHING
    if op == "removeHandler":
        if logger.handlers:
            logger.removeHandler(logger.handlers[0])
        return len(logger.handlers)
    if op == "moveHandler":
        handler = logging._handlers.get(step["handler"])
        if handler:
            logger.addHandler(handler)
        return len(logger.handlers)
    if op == "isEnabledFor":
        return logger.isEnabledFor(step["level"])
    if op == "effective":
        return logger.getEffectiveLevel()
    if op == "child":
        return logger.getChild(step["suffix"]).name
    if op == "hasHandlers":
        return logger.hasHandlers()
    if op == "parent":
        return logger.parent.name if logger.parent else None
    raise ValueError(op)


def run_case(case):
    errors = os.path.join(case["dir"], "stderr")
    with open(errors, "w+") as stderr:
        sys.stderr = stderr
        values = [value for value in map(run_step, case["steps"]) if value is not NOTHING]
        logging.shutdown()
        stderr.flush()
        stderr.seek(0)
        count = stderr.read().count("--- Logging error ---")
    os.remove(errors)
    files = {}
    for name in os.listdir(case["dir"]):
        with open(os.path.join(case["dir"], name), encoding="utf-8", newline="") as file:
            files[name] = file.read()
    return {"values": values, "files": files, "logging_errors": count}


for line in sys.stdin:
    case = json.loads(line)
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        os.write(write, json.dumps(run_case(case)).encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as answer:
        print(answer.read().decode(), flush=True)
    os.waitpid(child, 0)
