"""Streams from an OpenAI-compatible server the way vLLM's serving benchmark does: aiohttp, one shared session, one task per
request, iter_any, a handler that splits at blank lines, json.loads for each event, perf_counter after the event was cut out.

usage: aiohttp_client.py URL STREAMS TOKENS RAMP_SECONDS ROUNDS
Each round prints one line of JSON. The stub server writes its monotonic clock (19 digits of ns) into each token.
"""

import asyncio
import gc
import json
import resource
import sys
import time

import aiohttp

BODY = {
    "model": "m",
    "messages": [{"role": "user", "content": "hello there, tell me a story"}],
    "temperature": 0,
    "max_tokens": 100,
    "seed": 7,
    "stream": True,
    "stream_options": {"include_usage": True},
}


class StreamedResponseHandler:
    def __init__(self):
        self.buffer = ""

    def add_chunk(self, chunk_bytes):
        self.buffer += chunk_bytes.decode("utf-8")
        messages = []
        while "\n\n" in self.buffer:
            message, self.buffer = self.buffer.split("\n\n", 1)
            message = message.strip()
            if message:
                messages.append(message)
        if self.buffer.startswith("data: "):
            content = self.buffer.removeprefix("data: ").strip()
            if content == "[DONE]":
                messages.append(self.buffer.strip())
                self.buffer = ""
            elif content:
                try:
                    json.loads(content)
                    messages.append(self.buffer.strip())
                    self.buffer = ""
                except json.JSONDecodeError:
                    pass
        return messages


async def one(session, url, errors):
    start = time.perf_counter()
    ttft, itl, text, recent = 0.0, [], "", start
    headers = {"Content-Type": "application/json", "Authorization": "Bearer none"}
    async with session.post(url=url, json=BODY, headers=headers) as response:
        if response.status != 200:
            return False
        handler = StreamedResponseHandler()
        async for chunk_bytes in response.content.iter_any():
            chunk_bytes = chunk_bytes.strip()
            if not chunk_bytes:
                continue
            for message in handler.add_chunk(chunk_bytes):
                if message.startswith(":"):
                    continue
                chunk = message.removeprefix("data: ")
                if chunk == "[DONE]":
                    continue
                timestamp = time.perf_counter()
                data = json.loads(chunk)
                if choices := data.get("choices"):
                    content = choices[0]["delta"].get("content")
                    if ttft == 0.0:
                        ttft = timestamp - start
                    else:
                        itl.append(timestamp - recent)
                    text += content or ""
                    if content:
                        errors.append(timestamp * 1e9 - int(content))
                recent = timestamp
    return True


def percentile(values, percent):
    at = percent / 100 * (len(values) - 1)
    low = int(at)
    return values[low] + (at - low) * (values[min(low + 1, len(values) - 1)] - values[low])


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


async def main():
    url, streams, ramp, rounds = sys.argv[1], int(sys.argv[2]), float(sys.argv[4]), int(sys.argv[5])
    connector = aiohttp.TCPConnector(limit=0, limit_per_host=0, ttl_dns_cache=300, use_dns_cache=True, keepalive_timeout=60)
    async with aiohttp.ClientSession(connector=connector, trust_env=True, timeout=aiohttp.ClientTimeout(total=6 * 60 * 60)) as session:
        for _ in range(rounds):
            gc.collect()
            errors, tasks, before, began = [], [], cpu(), time.perf_counter()
            for number in range(streams):
                delay = began + number * ramp / streams - time.perf_counter()
                if delay > 0:
                    await asyncio.sleep(delay)
                tasks.append(asyncio.create_task(one(session, url, errors)))
            good = await asyncio.gather(*tasks)
            spent, seconds = cpu() - before, time.perf_counter() - began
            errors.sort()
            print(json.dumps({
                "count": len(errors), "seconds": seconds, "perSecond": len(errors) / seconds, "cpuMicros": spent * 1e6 / max(1, len(errors)),
                "bad": good.count(False), "errorP50": percentile(errors, 50), "errorP99": percentile(errors, 99), "errorMax": errors[-1],
            }), flush=True)


asyncio.run(main())
