"""Which other systems a city has: `systems.yaml` says where and how they name things, the environment holds what is secret."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

import httpx2
from pydantic import Field

from intake.settings import Settings
from routing.connectors.cartegraph import BasicLogin, CartegraphSettings, CartegraphWorkOrders
from routing.connectors.creatio import CreatioCases, CreatioSettings
from routing.connectors.creatio_session import CookieLogin, OAuthLogin
from routing.connectors.open311 import Open311Cases, Open311Settings
from routing.connectors.ports import AssetSystem, CaseSystem
from routing.yaml_files import Strict, read_yaml

SYSTEMS = "systems.yaml"


class _Creatio(Strict):
    base_url: str
    origin: str
    path_prefix: str = "/0"
    correlation_column: str = "UsrCorrelation"
    closed_statuses: list[str] = Field(default_factory=lambda: ["Closed", "Canceled", "Resolved"])


class _Cartegraph(Strict):
    base_url: str
    org: str
    activity: str
    activities: dict[str, str] = Field(default_factory=dict)
    asset_types: dict[str, str] = Field(default_factory=dict)
    correlation_field: str = "RequestIDField"
    closed_statuses: list[str] = Field(default_factory=lambda: ["Completed", "Cancelled", "Canceled"])


class _Open311(Strict):
    endpoint: str
    services: dict[str, str]
    jurisdiction_id: str = ""


class _SystemsFile(Strict):
    creatio: _Creatio | None = None
    open311: _Open311 | None = None
    cartegraph: _Cartegraph | None = None


def connect_systems(settings: Settings, zone: ZoneInfo) -> tuple[CaseSystem | None, AssetSystem | None]:
    """Connect the city's CRM and asset system, None where it has none. Raises PackError; nothing is called yet."""
    path = settings.systems_file or settings.cities_folder / settings.city / SYSTEMS
    if not path.exists():
        return None, None
    rows = read_yaml(path, _SystemsFile)

    def client() -> httpx2.Client:
        # Each system keeps cookies of its own.
        return httpx2.Client(timeout=settings.receiver_timeout_seconds)

    return _case_system(rows, settings, client), _asset_system(rows, settings, zone, client)


def _case_system(rows: _SystemsFile, settings: Settings, client: Callable[[], httpx2.Client]) -> CaseSystem | None:
    if rows.creatio is not None:
        about = rows.creatio
        return CreatioCases(
            CreatioSettings(
                base_url=about.base_url,
                login=_creatio_login(settings),
                origin_name=about.origin,
                path_prefix=about.path_prefix,
                correlation_column=about.correlation_column,
                closed_statuses=frozenset(about.closed_statuses),
            ),
            client(),
        )
    if rows.open311 is not None:
        key = settings.open311_api_key.get_secret_value()
        return Open311Cases(
            Open311Settings(rows.open311.endpoint, key, rows.open311.services, jurisdiction_id=rows.open311.jurisdiction_id),
            client(),
        )
    return None


def _creatio_login(settings: Settings) -> CookieLogin | OAuthLogin:
    if settings.creatio_token_url:
        secret = settings.creatio_client_secret.get_secret_value()
        return OAuthLogin(settings.creatio_token_url, settings.creatio_client_id, secret)
    return CookieLogin(settings.creatio_user, settings.creatio_password.get_secret_value())


def _asset_system(
    rows: _SystemsFile, settings: Settings, zone: ZoneInfo, client: Callable[[], httpx2.Client]
) -> AssetSystem | None:
    if rows.cartegraph is None:
        return None
    about = rows.cartegraph
    return CartegraphWorkOrders(
        CartegraphSettings(
            base_url=about.base_url,
            org=about.org,
            login=BasicLogin(settings.cartegraph_user, settings.cartegraph_password.get_secret_value()),
            activity_fallback=about.activity,
            activities=about.activities,
            asset_types=about.asset_types,
            correlation_field=about.correlation_field,
            closed_statuses=tuple(about.closed_statuses),
            time_zone=zone.key,
        ),
        client(),
    )
