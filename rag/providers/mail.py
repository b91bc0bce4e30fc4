"""Mail through the SMTP server that the operator has set."""

from __future__ import annotations

import smtplib
import ssl
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import unquote, urlsplit

from rag.errors import BadSettings, SourceUnavailable, UnusableInput

_SECONDS = 30.0
_URL_HELP = "ONRECORD_SMTP_URL must be smtps://USER:PASSWORD@HOST:PORT, or smtp:// for a server of this network."


class Mailer:
    """Sends mail through one server. `smtps` is encrypted from the start; over `smtp` it is encrypted where the server
    offers that, and no password is sent where it does not. Raises BadSettings.
    """

    def __init__(self, url: str | None) -> None:
        if not url:
            raise BadSettings("No mail server is set: set ONRECORD_SMTP_URL to smtps://USER:PASSWORD@HOST:PORT.")
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise BadSettings(_URL_HELP) from None
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise BadSettings(_URL_HELP)
        self._host, self._secure = parts.hostname, parts.scheme == "smtps"
        self._port = port or (465 if self._secure else 25)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")

    def send(self, to: str, *, subject: str, text: str, html: str) -> None:
        """Send one message. Raises UnusableInput for an invalid address, SourceUnavailable if it is not accepted."""
        message = EmailMessage()
        message["To"] = _parse_address(to)
        message["From"] = self._user if "@" in self._user else f"onrecord@{self._host}"
        message["Subject"] = " ".join(subject.split())
        message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain="onrecord.invalid")
        message.set_content(text)
        message.add_alternative(html, subtype="html")
        try:
            with self._connect() as server:
                server.send_message(message)
        except (OSError, smtplib.SMTPException) as exc:  # its message may contain the password
            reason = exc.__class__.__name__
            raise SourceUnavailable(
                f"The mail server {self._host} did not take the digest ({reason}). Check ONRECORD_SMTP_URL and the "
                "address, and try again."
            ) from None

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._secure:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=_SECONDS, context=context)
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=_SECONDS)
        try:
            server.ehlo_or_helo_if_needed()
            if not self._secure and server.has_extn("starttls"):
                server.starttls(context=context)
            elif not self._secure and self._password:
                raise BadSettings(
                    f"The mail server {self._host} offers no encryption, so the password is not sent. Use smtps://, or "
                    "an address without a password."
                )
            if self._password:
                server.login(self._user, self._password)
        except BaseException:
            server.close()
            raise
        return server


def _parse_address(text: str) -> str:
    try:
        address = Address(addr_spec=text.strip())
    except (ValueError, HeaderParseError, IndexError):
        raise UnusableInput(f"{text!r} is no mail address; write name@example.org.") from None
    if not address.username or not address.domain:
        raise UnusableInput(f"{text!r} is no mail address; write name@example.org.")
    return address.addr_spec
