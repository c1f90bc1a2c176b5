"""Python's websockets, as a program like the others: see program.js."""

import asyncio
import base64
import json
import sys

import websockets


def decode(message):
    if "text" in message:
        return message["text"]
    return base64.b64decode(message["base64"])


def encode(data):
    if isinstance(data, str):
        return {"text": data}
    return {"base64": base64.b64encode(data).decode()}


async def converse(conversation):
    try:
        socket = await websockets.connect(
            conversation["url"],
            origin=conversation.get("origin"),
            subprotocols=conversation["protocols"] or None,
            # It would send pings of its own, and the server's are to be enough.
            ping_interval=None,
        )
    except websockets.exceptions.InvalidHandshake:
        return {"opened": False}

    messages = []
    close = conversation.get("close")
    await asyncio.sleep(conversation["idle"] / 1000)
    try:
        for message in conversation["send"]:
            await socket.send(decode(message))
        while close is None or len(messages) < len(conversation["send"]):
            messages.append(encode(await socket.recv()))
        await socket.close(close["code"], close["reason"])
    except websockets.exceptions.ConnectionClosed:
        pass
    await socket.wait_closed()
    return {
        "opened": True,
        "protocol": socket.subprotocol or "",
        "messages": messages,
        "close": {"code": socket.close_code, "reason": socket.close_reason},
    }


async def converse_all(conversations):
    return await asyncio.gather(*map(converse, conversations))


def say(answer):
    print(json.dumps({"answer": answer}), flush=True)


say("ready")
for line in sys.stdin.buffer:
    say(asyncio.run(converse_all(*json.loads(line)["args"])))
