"""Messages from HTTP go through the pipeline in a worker thread, timed and counted."""

import time

from starlette.concurrency import run_in_threadpool

from channels.messages import InboundMessage
from intake.pipeline import Answer, receive
from intake.wiring import Service


async def answer(inbound: InboundMessage, service: Service) -> Answer:
    """Receive a message without holding up the event loop."""
    return await run_in_threadpool(answer_now, inbound, service)


def answer_now(inbound: InboundMessage, service: Service) -> Answer:
    """Receive a message and note how long its answer took."""
    begin = time.perf_counter()
    answered = receive(inbound, service.intake, service.clock())
    service.metrics.seconds.labels(inbound.channel.value).observe(time.perf_counter() - begin)
    language = answered.replies[0].language if answered.replies else ""
    name = "repeat" if answered.is_repeat else "answered"
    service.metrics.messages.labels(inbound.channel.value, language, name).inc()
    return answered
