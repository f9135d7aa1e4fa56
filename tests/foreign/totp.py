"""pyotp's codes: python3 totp.py ADDRESS SECONDS prints the code of an otpauth:// address at that time."""

import sys

import pyotp

address, seconds = sys.argv[1:]
app = pyotp.parse_uri(address)
print(app.at(int(seconds)), app.issuer, app.name, sep="\n")
