"""python-fido2's client and data types over an authenticator in software: answers a page's question about a passkey.

    python3 passkey.py make|use ORIGIN KEPT < question.json

Prints what a browser would hand to the page. KEPT is the file that keeps the passkey.
"""

import hashlib
import json
import os
import sys

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.client import DefaultClientDataCollector, Fido2Client, UserInteraction
from fido2.cose import ES256
from fido2.ctap import CtapDevice, CtapError
from fido2.ctap2 import Ctap2
from fido2.hid import CAPABILITY
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticatorData,
    PublicKeyCredentialCreationOptions,
    PublicKeyCredentialRequestOptions,
)

AAGUID = bytes(range(16))
FLAG = AuthenticatorData.FLAG


class Authenticator(CtapDevice):
    """CTAP 2: makes and uses one discoverable credential, and is sure of its owner."""

    capabilities = CAPABILITY.CBOR

    def __init__(self, kept):
        self.kept = kept

    @classmethod
    def list_devices(cls):
        return iter([])

    def call(self, cmd, data=b"", event=None, on_keepalive=None):
        command, asked = data[0], cbor.decode(data[1:]) if data[1:] else {}
        try:
            answer = {
                Ctap2.CMD.GET_INFO: self.info,
                Ctap2.CMD.MAKE_CREDENTIAL: self.make,
                Ctap2.CMD.GET_ASSERTION: self.use,
            }[command](asked)
        except KeyError:
            return bytes([CtapError.ERR.INVALID_COMMAND])
        except CtapError as refused:
            return bytes([refused.code])
        return b"\0" + cbor.encode(answer)

    def info(self, _):
        return {1: ["FIDO_2_0"], 3: AAGUID, 4: {"rk": True, "up": True, "uv": True}, 5: 2048, 6: [2]}

    def make(self, asked):
        key = ec.generate_private_key(ec.SECP256R1())
        name = os.urandom(32)
        flags = FLAG.UP | FLAG.UV | FLAG.AT
        rp = hashlib.sha256(asked[2]["id"].encode()).digest()
        credential = AttestedCredentialData.create(
            AAGUID, name, ES256.from_cryptography_key(key.public_key())
        )
        data = AuthenticatorData.create(rp, flags, 1, credential)
        pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        with open(self.kept, "w") as file:
            json.dump(
                {
                    "key": pem.decode(),
                    "id": name.hex(),
                    "user": asked[3]["id"].hex(),
                    "rp": asked[2]["id"],
                    "count": 1,
                },
                file,
            )
        return {1: "none", 2: bytes(data), 3: {}}

    def use(self, asked):
        if not os.path.exists(self.kept):
            raise CtapError(CtapError.ERR.NO_CREDENTIALS)
        with open(self.kept) as file:
            kept = json.load(file)
        named = [credential["id"].hex() for credential in asked.get(3) or []]
        if kept["rp"] != asked[1] or (named and kept["id"] not in named):
            raise CtapError(CtapError.ERR.NO_CREDENTIALS)
        kept["count"] += 1
        with open(self.kept, "w") as file:
            json.dump(kept, file)
        rp = hashlib.sha256(asked[1].encode()).digest()
        data = bytes(AuthenticatorData.create(rp, FLAG.UP | FLAG.UV, kept["count"]))
        key = serialization.load_pem_private_key(kept["key"].encode(), None)
        signature = key.sign(data + asked[2], ec.ECDSA(hashes.SHA256()))
        return {
            1: {"type": "public-key", "id": bytes.fromhex(kept["id"])},
            2: data,
            3: signature,
            4: {"id": bytes.fromhex(kept["user"])},
        }


def main():
    what, origin, kept = sys.argv[1:]
    question = json.load(sys.stdin)
    client = Fido2Client(
        Authenticator(kept), DefaultClientDataCollector(origin), UserInteraction()
    )
    if what == "make":
        options = PublicKeyCredentialCreationOptions.from_dict(question)
        answer = client.make_credential(options)
    else:
        options = PublicKeyCredentialRequestOptions.from_dict(question)
        answer = client.get_assertion(options).get_response(0)
    print(json.dumps(dict(answer)))


main()
