"""Everything that an operator can set, read from the environment (`INTAKE_…`) or a `.env` file, and from nowhere else."""

import secrets
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from models.published import published_bundle

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """The service's settings; every one has a default that works on one machine with no network."""

    model_config = SettingsConfigDict(env_prefix="INTAKE_", env_file=".env", extra="ignore", frozen=True)

    city: str = Field(default="boston", description="The folder under cities/.")
    cities_folder: Path = ROOT / "cities"
    var_folder: Path = Field(default=ROOT / "var", description="Databases, bundles, attachments: everything that is not code.")
    database_url: str = Field(default="", description="SQLAlchemy URL; empty: SQLite under var_folder.")
    bundle: str = Field(
        default="", description="The model bundle in use, a folder under var/bundles/<city>/; empty: the published one."
    )
    public_url: str = Field(
        default="http://127.0.0.1:8311", description="The base that the world sees; signatures are checked against it."
    )
    host: str = "127.0.0.1"
    port: int = 8311
    contact_key: SecretStr = Field(
        default=SecretStr(""), description="Key for contact fields; empty: made once under var_folder."
    )
    twilio_account_sid: str = ""
    twilio_auth_token: SecretStr = Field(
        default=SecretStr(""), description="Primary auth token; empty: SMS and voice answer 500, fail closed."
    )
    twilio_signing_keys: dict[str, SecretStr] = Field(
        default_factory=dict, description="Key id to shared key, for HMAC-SHA256 signatures."
    )
    twilio_subaccounts: bool = Field(default=False, description="Whether webhooks of sub-accounts are taken too.")
    twilio_from: str = Field(default="", description="Our number, or a MessagingServiceSid (MG…).")
    twilio_api_url: str = "https://api.twilio.com"
    transcript_api_keys: list[SecretStr] = Field(default_factory=list, description="Keys for POST /transcripts; none: refused.")
    metrics_token: SecretStr = Field(
        default=SecretStr(""), description="Bearer token for /metrics; empty: open, for a private network."
    )
    systems_file: Path | None = Field(
        default=None, description="The city's CRM and asset system; unset: systems.yaml of the city pack, if it has one."
    )
    creatio_user: str = ""
    creatio_password: SecretStr = SecretStr("")
    creatio_token_url: str = Field(default="", description="With it Creatio is asked by OAuth, with the client's id and secret.")
    creatio_client_id: str = ""
    creatio_client_secret: SecretStr = SecretStr("")
    cartegraph_user: str = ""
    cartegraph_password: SecretStr = SecretStr("")
    open311_api_key: SecretStr = Field(default=SecretStr(""), description="Our key at another city's Open311 endpoint.")
    receiver_timeout_seconds: float = Field(default=20.0, gt=0)
    receiver_calls_per_minute: int = Field(default=300, gt=0, description="Records filed in other systems, at most.")
    receiver_retry_seconds: float = Field(default=2.0, gt=0, description="The first pause after a failed try; each is longer.")
    poll_seconds: int = Field(default=60, gt=0, description="How often other systems are asked what changed.")
    executor_id: str = Field(default="", description="A stable name of this delivering process; empty: host and port.")
    executor_silent_seconds: int = Field(
        default=30, gt=0, description="A process unheard of for so long has its work taken over."
    )
    sweep_seconds: int = Field(default=20, description="How often messages that were recorded but not handled are looked for.")
    sweep_after_seconds: int = Field(default=15, description="How old such a message must be.")
    knowledge_seconds: float = Field(default=2.0, gt=0, description="How often changed articles are looked for.")
    oidc_issuer: str = Field(default="", description="The city's identity provider (OpenID Connect); empty: local accounts only.")
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_groups_claim: str = "groups"
    oidc_roles: dict[str, str] = Field(
        default_factory=dict, description="The provider's groups to our roles; empty: people are added by hand."
    )
    oidc_timeout_seconds: float = Field(default=10.0, gt=0)
    console_idle_minutes: int = Field(default=60, gt=0, description="After so long without a click a person is signed out.")
    console_hours: int = Field(default=12, gt=0, description="After so long a person signs in again, clicks or not.")
    tile_url: str = Field(default="", description="A tile server for maps, with {z}, {x} and {y}; empty: the pack's own drawing.")
    tile_credit: str = Field(default="", description="Whom the tiles are owed to, as their licence wants it said.")
    alert_webhook: SecretStr = Field(
        default=SecretStr(""), description="Where alerts to staff are posted as JSON with a text; empty: log and metric only."
    )
    libretranslate_url: str = Field(default="", description="A LibreTranslate server that translates too; empty: none.")
    libretranslate_api_key: SecretStr = SecretStr("")
    libretranslate_timeout_seconds: float = Field(default=20.0, gt=0)
    translation_threads: int = Field(default=1, gt=0, description="Processor threads of the translation models.")
    translation_index_url: str = Field(
        default="https://raw.githubusercontent.com/argosopentech/argospm-index/main/index.json",
        description="The list of packages that `translation install` reads when it is asked for a language, and never else.",
    )
    widget_origins: list[str] = Field(
        default_factory=list,
        description='Origins of city pages that may hold the chat widget, as in ["https://www.example.gov"]; "*": any; none: only ours.',
    )
    log_level: str = "INFO"

    @property
    def database(self) -> str:
        """The database's URL."""
        return self.database_url or f"sqlite:///{self.var_folder / self.city / 'intake.db'}"

    @property
    def bundle_folder(self) -> Path:
        """Where the bundle in use lies."""
        bundles = self.var_folder / "bundles" / self.city
        return bundles / (self.bundle or published_bundle(bundles))

    @property
    def knowledge_folder(self) -> Path:
        """Where the meanings of the knowledge base's texts are cached."""
        return self.var_folder / "knowledge"

    @property
    def translation_folder(self) -> Path:
        """Where translation packages and the memory's meanings are kept."""
        return self.var_folder / "translation"

    @property
    def open_data_folder(self) -> Path:
        """Where the nightly open data are written."""
        return self.var_folder / self.city / "open-data"

    @property
    def attachments_folder(self) -> Path:
        """Where photos are kept."""
        return self.var_folder / self.city / "attachments"

    def read_contact_key(self) -> str:
        """Return the key for contact fields; without a setting, one is made once and kept, readable by the owner only."""
        if self.contact_key.get_secret_value():
            return self.contact_key.get_secret_value()
        path = self.var_folder / self.city / "contact.key"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(32), encoding="ascii")
        return path.read_text(encoding="ascii")
