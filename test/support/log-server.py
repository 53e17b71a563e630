"""Receives records as the socket server of Python's logging cookbook does, and prints each one as a line of JSON.

Arguments: tcp, udp or unix; the port (0 for any) or the path; pickle, json or lines.
"""
import json
import logging
import os
import pickle
import socket
import struct
import sys

kind, where, form = sys.argv[1:4]


def show(record):
    # JSON has no NaN.
    attributes = {key: None if value != value else value for key, value in record.__dict__.items()}
    attributes["getMessage()"] = record.getMessage()
    attributes["types"] = {key: type(value).__name__ for key, value in record.__dict__.items()}
    print(json.dumps(attributes), flush=True)


def decode(payload):
    return pickle.loads(payload) if form == "pickle" else json.loads(payload)


def read_exactly(connection, size):
    data = b""
    while len(data) < size:
        chunk = connection.recv(size - len(data))
        if not chunk:
            return None
        data += chunk
    return data


def serve_stream(connection):
    if form == "lines":
        for line in connection.makefile("rb"):
            show(logging.makeLogRecord(decode(line)))
        return
    while True:
        head = read_exactly(connection, 4)
        if head is None:
            return
        payload = read_exactly(connection, struct.unpack(">L", head)[0])
        if payload is None:
            return
        show(logging.makeLogRecord(decode(payload)))


if kind == "udp":
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", int(where)))
    print(json.dumps({"port": server.getsockname()[1]}), flush=True)
    while True:
        datagram = server.recv(65536)
        assert struct.unpack(">L", datagram[:4])[0] == len(datagram) - 4
        show(logging.makeLogRecord(decode(datagram[4:])))
elif kind == "unix-udp":
    server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    server.bind(where)
    print(json.dumps({"port": None}), flush=True)
    while True:
        print(json.dumps({"hex": server.recv(65536).hex()}), flush=True)
else:
    server = socket.socket(socket.AF_UNIX if kind == "unix" else socket.AF_INET, socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(where if kind == "unix" else ("127.0.0.1", int(where)))
    server.listen()
    print(json.dumps({"port": None if kind == "unix" else server.getsockname()[1]}), flush=True)
    while True:
        serve_stream(server.accept()[0])
