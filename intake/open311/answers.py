"""What Open311 answers are made of. Everything here is public: no words that name a person, no exact place of a sensitive case."""

from datetime import UTC, datetime

from intake.open311.cases import CaseOnFile
from intake.open311.formats import Content, Format
from nlp.personal_data import redact
from routing.catalog import Service
from routing.city import City

_SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
# About a kilometre: enough to count by neighbourhood, too little to find a home.
_COARSE_DIGITS = 2


def discovery(city: City, url: str) -> Content:
    """Where the interface is and how to get a key. The changeset is when the city's list of services last changed."""
    changed = datetime.fromtimestamp(int((city.folder / "services.yaml").stat().st_mtime), UTC).isoformat()
    endpoint: dict[str, Content] = {
        "specification": _SPECIFICATION,
        "url": url,
        "changeset": changed,
        "type": "production",
        "formats": [written_as.media_type.split(";")[0] for written_as in Format],
    }
    return {
        "changeset": changed,
        "contact": f"{city.name} 311, phone {city.phone}",
        "key_service": f"Keys are given out by {city.name} 311, phone {city.phone}",
        "endpoints": [endpoint],
    }


def services(city: City, language: str) -> Content:
    """All services, with names in `language`."""
    return [_service(service, city, language) for service in city.catalog.services.values()]


def definition(service: Service, city: City, language: str) -> Content:
    """A service's follow-up questions. None is required, since residents often do not know the answer."""
    attributes: list[Content] = [
        {
            "variable": True,
            "code": question,
            "datatype": "string",
            "required": False,
            "datatype_description": None,
            "order": order,
            "description": city.catalog.question(question, language),
            "values": [],
        }
        for order, question in enumerate(service.questions, 1)
    ]
    return {"service_code": service.code, "attributes": attributes}


def receipt(number: str) -> Content:
    """The answer to a posted request: always an id, so never a token."""
    return [{"service_request_id": number, "service_notice": None, "account_id": None}]


def resolved_token(number: str) -> Content:
    """The answer to a token."""
    return [{"service_request_id": number, "token": number}]


def public_request(case: CaseOnFile, city: City, language: str, *, is_extended: bool) -> Content:
    """A case as anybody may see it."""
    service = city.catalog.services.get(case.service)
    # A service that the city has given up is treated as sensitive, since nobody says any more that it is not.
    is_sensitive = service is None or service.is_sensitive
    known_department = case.department in city.catalog.departments
    shown: dict[str, Content] = {
        "service_request_id": case.number,
        "status": "open" if case.is_open else "closed",
        "status_notes": None,
        "service_name": case.service if service is None else city.catalog.service_name(case.service, language),
        "service_code": case.service,
        "description": None if is_sensitive else redact(case.description) or None,
        "agency_responsible": city.catalog.department_name(case.department, language) if known_department else case.department,
        "service_notice": None,
        "requested_datetime": _local(case.opened_at, city),
        "updated_datetime": _local(case.updated_at, city),
        "expected_datetime": _local(case.due_at, city),
        "address": None if is_sensitive else redact(case.place) or None,
        "address_id": None,
        "zipcode": None,
        "lat": _degrees(case.latitude, is_sensitive=is_sensitive),
        "long": _degrees(case.longitude, is_sensitive=is_sensitive),
        "media_url": None,
    }
    if is_extended:
        shown["extended_attributes"] = {"channel": case.channel, "priority": case.priority, "duplicate": case.is_merged}
    return shown


def _service(service: Service, city: City, language: str) -> Content:
    return {
        "service_code": service.code,
        "service_name": city.catalog.service_name(service.code, language),
        "description": service.description,
        "metadata": bool(service.questions),
        "type": "realtime",
        "keywords": ", ".join(service.keywords),
        "group": city.catalog.texts[language].groups[service.group],
    }


def _local(moment: datetime, city: City) -> str:
    return moment.astimezone(city.timezone).isoformat(timespec="seconds")


def _degrees(value: float | None, *, is_sensitive: bool) -> float | None:
    return round(value, _COARSE_DIGITS) if value is not None and is_sensitive else value
