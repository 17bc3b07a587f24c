"""Send mail: by SMTP, or into files where none is set up and for everything an exercise tells."""

from __future__ import annotations

import smtplib
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from tracker.alerts.channels.outgoing import DeliveryError, Message, Outlet

FILES = "django.core.mail.backends.filebased.EmailBackend"
# Replies that mean this sender or this server is not set up, not that the recipient is wrong.
_NOT_ABOUT_THE_RECIPIENT = frozenset({530, 534, 535, 538})


class Mailbox:
    """One connection to the mail server, or a folder, for a group of messages."""

    def __init__(self, backend: BaseEmailBackend) -> None:
        self._backend = backend

    def send(self, message: Message) -> None:
        """Send one message; raises DeliveryError with the server's code, never with its words."""
        self._open()
        try:
            self._backend.send_messages([_mail(message, self._backend)])
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise _answered(codes[0] if codes else 0) from error
        except smtplib.SMTPResponseException as error:
            raise _answered(error.smtp_code) from error
        except (smtplib.SMTPException, OSError) as error:
            # The line broke while the message was on its way: only the other side knows.
            raise DeliveryError(
                type(error).__name__, permanent=False, maybe_sent=True, is_down=True
            ) from error

    def _open(self) -> None:
        try:
            self._backend.open()
        except (smtplib.SMTPException, OSError) as error:
            code = getattr(error, "smtp_code", "")
            reason = f"no connection: {type(error).__name__} {code}".strip()
            raise DeliveryError(reason, permanent=False, is_down=True) from error

    def close(self) -> None:
        """Say goodbye to the server."""
        self._backend.close()


def _answered(code: int) -> DeliveryError:
    is_down = code == 421 or code in _NOT_ABOUT_THE_RECIPIENT
    permanent = 500 <= code < 600 and not is_down
    return DeliveryError(f"SMTP {code}", permanent=permanent, is_down=is_down)


def open_mailbox(*, to_files: bool) -> Outlet:
    """Return the way out for mail; `to_files` keeps it on this machine whatever is set up."""
    if to_files:
        Path(settings.EMAIL_FILE_PATH).mkdir(parents=True, exist_ok=True)
        return Mailbox(get_connection(FILES, file_path=settings.EMAIL_FILE_PATH))
    return Mailbox(get_connection())


def _mail(message: Message, backend: BaseEmailBackend) -> EmailMultiAlternatives:
    host = urlsplit(settings.PUBLIC_BASE_URL).hostname or "localhost"
    headers = {
        # The same for every repeat, so that a mail server or reader can drop the second one.
        "Message-ID": f"<{message.short_key}@{host}>",
        "X-Idempotency-Key": message.short_key,
        "Auto-Submitted": "auto-generated",
        "Precedence": "list",
        **message.headers,
    }
    return EmailMultiAlternatives(
        subject=message.subject,
        body=message.body,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[message.to],
        headers=headers,
        connection=backend,
    )
