# SPDX-License-Identifier: Apache-2.0
"""Certificates that are made for a case, and work nowhere else: by openssl, in the folder pki/ of its workspace."""

import base64
import datetime
import hashlib
import os
import subprocess

CONFIG = """[ca]
default_ca = d
[d]
database = index.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = p
unique_subject = no
x509_extensions = leaf
[p]
commonName = optional
organizationName = optional
[leaf]
basicConstraints = CA:FALSE
subjectAltName = {names}
"""


class Authority:
    """Signs what a case wants to be signed."""

    def __init__(self, folder, others):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        if os.path.exists(self.path("ca.pem")):
            return
        open(self.path("index.txt"), "w", encoding="utf-8").close()
        self.openssl("req", "-x509", *self.new_key("ca"), "-out", "ca.pem", "-days", "30", "-subj", "/CN=Case CA",
                     "-addext", "keyUsage=critical,keyCertSign")
        # What the emulator's own authority signed stays trusted, too.
        with open(self.path("bundle.pem"), "w", encoding="utf-8") as out:
            for name in (self.path("ca.pem"), others):
                if os.path.exists(name):
                    with open(name, encoding="utf-8") as f:
                        out.write(f.read())

    def path(self, name):
        return os.path.join(self.folder, name)

    def openssl(self, *args):
        return subprocess.run(["openssl", *args], cwd=self.folder, check=True, capture_output=True).stdout

    def new_key(self, name):
        return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key"]

    def sign(self, subject, names, begin, end):
        """A certificate and its key as leaf.pem and leaf.key; BEGIN and END are days from now."""
        now = datetime.datetime.now(datetime.timezone.utc)
        dates = [f"{now + datetime.timedelta(days=d):%Y%m%d%H%M%SZ}" for d in (begin, end)]
        with open(self.path("ca.conf"), "w", encoding="utf-8") as f:
            f.write(CONFIG.format(names=names))
        self.openssl("req", *self.new_key("leaf"), "-out", "leaf.csr", "-subj", subject)
        self.openssl("ca", "-batch", "-notext", "-config", "ca.conf", "-cert", "ca.pem", "-keyfile", "ca.key",
                     "-in", "leaf.csr", "-out", "leaf.pem", "-startdate", dates[0], "-enddate", dates[1])

    def make(self, how):
        """
        The bytes of a PKCS#12 file: {"subject", "names", "begin", "end", "password", "base64", "keyless", "keep"}, and
        the SHA-256 of its certificate, and its pin. With "keep" the same certificate is packed once more.
        """
        if not how.get("keep"):
            self.sign(how.get("subject", "/CN=gw.example.com"), how.get("names", "DNS:gw.example.com"),
                      how.get("begin", -1), how.get("end", 90))
        key = ["-nokeys"] if how.get("keyless") else ["-inkey", "leaf.key"]
        self.openssl("pkcs12", "-export", *key, "-in", "leaf.pem", "-certfile", "ca.pem", "-out", "leaf.p12",
                     "-passout", f"pass:{how['password']}")
        with open(self.path("leaf.p12"), "rb") as f:
            data = f.read()
        digest = self.openssl("x509", "-in", "leaf.pem", "-noout", "-fingerprint", "-sha256").decode()
        if how.get("base64"):
            data = base64.encodebytes(data)
        der = self.openssl("pkey", "-in", "leaf.key", "-pubout", "-outform", "DER")
        pin = "sha256//" + base64.b64encode(hashlib.sha256(der).digest()).decode()
        return data, digest.split("=")[1].strip().replace(":", "").lower(), pin
