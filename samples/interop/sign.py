#!/usr/bin/env python3
"""Signs a message for OrleansAgents with nothing but Python's standard library.

    sign.py KEY_ID KEY_FILE SENDER RECIPIENT TYPE PAYLOAD        prints the signed message
    sign.py --post URL KEY_ID KEY_FILE SENDER RECIPIENT TYPE PAYLOAD
                                                                 sends it to a silo's HTTP door, prints the answer

docs/wire-format.md says what is signed. Numbers in PAYLOAD must be whole: how others are written differs between
languages, and this program does not bring them into the canonical form.
"""
import datetime
import hashlib
import hmac
import json
import sys
import urllib.error
import urllib.request
import uuid


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def sign(secret, key_id, message):
    signed = dict(message)
    signed["signature"] = {"algorithm": "HMAC-SHA256", "keyId": key_id}
    value = hmac.new(secret, canonical(signed), hashlib.sha256).hexdigest()
    signed["signature"] = {"algorithm": "HMAC-SHA256", "keyId": key_id, "value": value}
    return signed


def refuse_fractions(text):
    raise SystemExit(f"The number {text} is not whole; write it as a text.")


def create(sender, recipient, contract, payload):
    now = datetime.datetime.now(datetime.timezone.utc)
    return {
        "id": str(uuid.uuid4()),
        "payload": json.loads(payload, parse_float=refuse_fractions, parse_constant=refuse_fractions),
        "recipient": recipient,
        "sender": sender,
        "sentAt": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "type": contract,
        "version": 1,
    }


def post(url, message):
    request = urllib.request.Request(
        url, data=canonical(message), headers={"Content-Type": "application/json"}, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read().decode("utf-8")
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode("utf-8")


def main(arguments):
    url = None
    if arguments[:1] == ["--post"]:
        url, arguments = arguments[1], arguments[2:]
    if len(arguments) != 6:
        raise SystemExit(__doc__)
    key_id, key_file, sender, recipient, contract, payload = arguments
    with open(key_file, "rb") as file:
        secret = file.read().rstrip(b"\r\n")
    message = sign(secret, key_id, create(sender, recipient, contract, payload))
    if url is None:
        print(canonical(message).decode("utf-8"))
        return 0
    status, answer = post(url, message)
    print(answer)
    return 0 if status == 200 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
