"""Settings of a real installation, from the environment (prefix `SEO_`)."""

from datetime import timedelta
from functools import lru_cache
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, EmailStr, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from models import signing, status_codes
from models.letters import LONGEST_SENDING
from models.signing import SigningKey


class MoodleSite(BaseModel):
    """How the engine reaches one Moodle."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str
    token: SecretStr
    teacher_role: int = 3
    course_creator_role: int = 2
    student_role: int = 5


class Settings(BaseSettings):
    """Everything that differs between installations; what is required has no default."""

    model_config = SettingsConfigDict(env_prefix="SEO_", frozen=True)

    database_url: SecretStr
    """SQLAlchemy address, such as `postgresql+psycopg://seo@localhost/seo`."""

    temporal_address: str = "127.0.0.1:7233"
    temporal_namespace: str = "seo"
    task_queue: str = "seo"
    temporal_ui_url: str = "http://127.0.0.1:8233"

    public_url: Annotated[str, AfterValidator(lambda url: url.rstrip("/"))]
    """Where people reach the API: the beginning of links in letters."""

    moodle_sites: dict[str, MoodleSite] = Field(default_factory=dict)
    """By code of subsystem; a subsystem without one is worked on by hand."""
    moodle_timeout: timedelta = timedelta(seconds=30)

    smtp_host: str
    smtp_port: int = 25
    smtp_tls: str = "starttls"
    """`none`, `starttls` or `tls`."""
    smtp_username: str = ""
    smtp_password: SecretStr = SecretStr("")
    mail_sender: EmailStr
    mail_timeout: timedelta = Field(default=timedelta(seconds=30), gt=timedelta(0), le=LONGEST_SENDING)
    """For the whole of one letter, from connecting to the server's last answer."""

    letters_per_second: float = Field(default=20, gt=0)
    """Of one mailing to learners: what the server takes without putting letters off."""

    reviewer_email: EmailStr
    supervisor_email: EmailStr
    authority_email: EmailStr
    authority_head_email: EmailStr
    operator_email: EmailStr
    operator_head_email: EmailStr

    signing_key: SecretStr = SecretStr("")
    """Signs case files, and makes the codes by which anybody sees where a request stands: 64 hexadecimal
    digits, `openssl rand -hex 32`. Empty: there are none."""

    other_ground_allowed: bool = False
    """Whether reviewers may refuse on a ground outside clause 4.2; the supervisor is told each time."""
    confirmed_years: frozenset[int] = frozenset(range(2018, 2028))
    """Years whose transfers of days off are decreed; a deadline beyond them is provisional."""

    update_timeout: timedelta = timedelta(seconds=10)
    """How long the API waits for the worker before it answers `outcome-unknown`."""
    calls_per_second: float = Field(default=200, ge=0)
    """Of one key to the API, ten seconds' worth at once; 0: no limit."""
    bad_calls_per_second: float = Field(default=10, ge=0)
    """Of one address without a valid key."""
    claim_validity: timedelta = Field(default=timedelta(days=30), ge=timedelta(days=1))
    """How long a claim code works: to the end of its last day."""
    claims_per_second: float = Field(default=5, ge=0)
    """Of one address on the claim page, ten seconds' worth at once; 0: no limit."""
    session_idle: timedelta = Field(default=timedelta(hours=2), ge=timedelta(minutes=1))
    """How long a person who does nothing stays signed in to the pages."""
    oidc_issuer: str = ""
    """Address of the provider of identities (OpenID Connect) by which people sign in; empty: nobody does."""
    oidc_name: str = "учётную запись организации"
    """What the button calls it: «Войти через …»."""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_scope: str = "openid profile email"
    oidc_role_claim: str = "roles"
    """Where the ID token names a person's roles; a dot leads deeper (`realm_access.roles`)."""
    oidc_roles: dict[str, str] = Field(default_factory=dict)
    """Our role by the provider's word, the strongest first; empty: the words are our own."""
    oidc_organisation_claim: str = "organisation"
    """Where it names the code of a person's organisation."""
    demo_sign_in: bool = False
    """Whether the page of signing in offers everybody who has a key; only where all listens on loopback."""
    upkeep_every: timedelta = timedelta(seconds=20)
    canary_pace: timedelta = Field(default=timedelta(minutes=1), gt=timedelta(0))
    """Between one rung and the next of the weekly canary, in place of days."""
    canary_patience: timedelta = Field(default=timedelta(minutes=10), gt=timedelta(0))
    """How late a rung or its letter may be before the canary fails."""
    canary_email: EmailStr | Literal[""] = ""
    """Where the canary's letters go; empty: to the operator's address."""
    activities_at_once: int = Field(default=50, gt=0)
    """Of one worker; it opens at most so many connections to Postgres and ten more for its upkeep."""
    metrics_address: str = ""
    """`127.0.0.1:9464` serves the worker's Prometheus metrics; empty: none."""

    @property
    def key(self) -> SigningKey | None:
        """What signs; None where the installation has none."""
        secret = self.signing_key.get_secret_value()
        return SigningKey.read(secret) if secret else None

    def status_code(self, number: str) -> str:
        """By which anybody sees where a request stands; blank where the installation has no key."""
        secret = self.signing_key.get_secret_value()
        return status_codes.code(secret, number) if secret else ""

    def status_url(self, number: str) -> str:
        """Where it is shown; blank as above."""
        code = self.status_code(number)
        return f"{self.public_url}/status?number={number}&code={code}" if code else ""

    @property
    def sign_in_origins(self) -> tuple[str, ...]:
        """Where forms lead besides ourselves: to the provider of identities, when a person signs out."""
        if not self.oidc_issuer:
            return ()
        parts = urlsplit(self.oidc_issuer)
        return (f"{parts.scheme}://{parts.netloc}",)

    @field_validator("signing_key")
    @classmethod
    def _can_sign(cls, key: SecretStr) -> SecretStr:
        if key.get_secret_value() and not signing.is_key(key.get_secret_value()):
            raise ValueError("it must be 64 hexadecimal digits")
        return key


@lru_cache
def settings() -> Settings:
    """The settings of this process.

    Raises:
        pydantic.ValidationError: a required one is missing; it names which.
    """
    return Settings()
