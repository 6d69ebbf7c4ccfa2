"""A mail server for submission: aiosmtpd, which wants STARTTLS and a password, with a handler that keeps what it gets.

Arguments: address, port, certificate, key, user, password, and the file to which it appends one JSON line a mail and a
recipient. It writes "ready" once it listens. Who is named `later…` is taken at the second try; `gone…` never.
"""

import json
import signal
import ssl
import sys
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

ADDRESS, PORT, CERTIFICATE, KEY, USER, PASSWORD, BOX = sys.argv[1:]


def keep(entry):
    with open(BOX, "a", encoding="utf-8") as box:
        box.write(json.dumps(entry) + "\n")


class Handler:
    def __init__(self):
        self.seen = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        again = address in self.seen
        self.seen.add(address)
        keep({"recipient": address})
        if address.startswith("gone"):
            return "550 5.1.1 no such user here: " + address
        if address.startswith("later") and not again:
            return "451 4.7.1 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = message_from_bytes(envelope.content, policy=policy.default)
        defects = list(mail.defects) + [d for _, value in mail.items() for d in value.defects]
        keep(
            {
                "from": envelope.mail_from,
                "to": envelope.rcpt_tos,
                "tls": session.ssl is not None,
                "user": session.auth_data,
                "calls_itself": session.host_name,
                "headers": [[name, str(value)] for name, value in mail.items()],
                "type": mail.get_content_type(),
                "text": mail.get_content().replace("\r\n", "\n"),
                "longest_line": max(len(line) for line in envelope.content.split(b"\r\n")),
                "bare_newlines": envelope.content.replace(b"\r\n", b"").count(b"\n"),
                "eight_bit": any(octet > 127 for octet in envelope.content),
                "defects": [str(defect) for defect in defects],
            }
        )
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    good = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=good, auth_data=data.login.decode())


def main():
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(CERTIFICATE, KEY)
    controller = Controller(
        Handler(),
        hostname=ADDRESS,
        port=int(PORT),
        tls_context=tls,
        require_starttls=True,
        auth_required=True,
        authenticator=authenticate,
    )
    controller.start()
    print("ready", flush=True)
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    controller.stop()


main()
