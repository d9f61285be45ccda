"""A photo that a browser uploads, from the form or from the chat."""

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from channels.messages import Attachment
from intake.errors import TellResident
from intake.wiring import Service


async def keep_photo(photo: UploadFile, service: Service) -> Attachment:
    """Keep a photo of at most as many megabytes as the city takes. Raises TellResident."""
    limit = service.intake.city.policy.attachment_megabytes
    content = await photo.read(limit * 1_000_000 + 1)
    if len(content) > limit * 1_000_000:
        raise TellResident("error-photo-size", limit=str(limit))
    try:
        key = await run_in_threadpool(service.photos.keep, content)
    except TellResident as error:
        raise TellResident("error-photo-type") from error
    return Attachment("image/jpeg", key=key)
