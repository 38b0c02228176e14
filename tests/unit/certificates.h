/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates made for the tests (openssl ca -selfsign, prime256v1, 2020 to 2120 where nothing else is said), and
 * the one in the guide of SPS. Their digests are what `openssl x509 -fingerprint -sha256` says.
 */
#pragma once

/* The guide's: version 1, RSA, 2016-04-22 to 2017-04-22. */
#define GUIDE_PEM                                                        \
    "-----BEGIN CERTIFICATE-----\n"                                      \
    "MIIDnDCCAoQCCQDc536Ob5tPQTANBgkqhkiG9w0BAQUFADCBjzELMAkGA1UEBhMC\n" \
    "Q0ExEDAOBgNVBAgTB09udGFyaW8xEDAOBgNVBAcTB1Rvcm9udG8xEDAOBgNVBAoT\n" \
    "B0JhbGFiaXQxFjAUBgNVBAsTDURvY3VtZW50YXRpb24xEDAOBgNVBAMTB2JhbGFi\n" \
    "aXQxIDAeBgkqhkiG9w0BCQEWEWNhdGFpbEBiYWxhYml0Lmh1MB4XDTE2MDQyMjE2\n" \
    "MDAyNloXDTE3MDQyMjE2MDAyNlowgY8xCzAJBgNVBAYTAkNBMRAwDgYDVQQIEwdP\n" \
    "bnRhcmlvMRAwDgYDVQQHEwdUb3JvbnRvMRAwDgYDVQQKEwdCYWxhYml0MRYwFAYD\n" \
    "VQQLEw1Eb2N1bWVudGF0aW9uMRAwDgYDVQQDEwdiYWxhYml0MSAwHgYJKoZIhvcN\n" \
    "AQkBFhFjYXRhaWxAYmFsYWJpdC5odTCCASIwDQYJKoZIhvcNAQEBBQADggEPADCC\n" \
    "AQoCggEBAOGa9I2jmVlVdVWEI/Wy7ahTeyaIjK52FQUXqxG8okOSD+nV74ZFUuiS\n" \
    "59X+2Ow1aDqVGrDMgPNhSVpYXUvDUAUOILJW4rAIoxDY6vDU9/4v9dDiQfEPlauw\n" \
    "0qNRjPS1MLzjSOQDSKqPkdivkS6HKZeX3+TFq3OxO+vIrF9zFfp9T+eDG2oSobPc\n" \
    "3mV2zkvtD61CXzbezAVdArDl6WnysRyzxyH8WEhFwZepWxFD9Y5N1dzKody7Hncs\n" \
    "X5kVIv0+Z6bBHfg/7wHWysJdwNuLr0ByTOvPM6WdA83k3Fy2gYNk7Rc0BbRFbQTX\n" \
    "hJVfUzSUWHVhFQtAb4diKU5voqepfNMCAwEAATANBgkqhkiG9w0BAQUFAAOCAQEA\n" \
    "R5DIwOHsEKoGkiI3cHC2VMnxP2rRhpTneh6El+DFnQPdjrXa+tnqV4TdnNaD+FvP\n" \
    "AB1kqbmC4hJAsjMLU2b1ne6m+SLmzhRuMxcA6x+fnYvcQT57IbRdq2E/4oJGeyuy\n" \
    "0jQE+nmoVD3lDytIOxCfQvZhl1tcbBE5hp5USme4PmNhY6QfUlgjsFjPfoVG7XDB\n" \
    "uNaUoWS6RvZPmL5IuvF9tqe96ES6DTjC8rBfQYvSoVNjjPnUMx0C8xstRSEG7oJc\n" \
    "N5+4ImYnFNxSG20hZpFy0OFDf2g7Fx+W50/NtXamUF1Sf8WlPZc03oVl1/Fzo7mt\n" \
    "qYyyD1ld89OUEYZ+aJQd/A==\n"                                         \
    "-----END CERTIFICATE-----\n"
#define GUIDE_PEM_DIGEST "0c62f324d0828e1c6716db6a0bd117d3a2d86405c0b56ee9201281a5c77cbf49"

/* CN=Example Root CA,O=Example */
#define ROOT_PEM                                                         \
    "-----BEGIN CERTIFICATE-----\n"                                      \
    "MIIBejCCASGgAwIBAgIBATAKBggqhkjOPQQDAjAsMRgwFgYDVQQDDA9FeGFtcGxl\n" \
    "IFJvb3QgQ0ExEDAOBgNVBAoMB0V4YW1wbGUwIBcNMjAwMTAxMDAwMDAwWhgPMjEy\n" \
    "MDAxMDEwMDAwMDBaMCwxGDAWBgNVBAMMD0V4YW1wbGUgUm9vdCBDQTEQMA4GA1UE\n" \
    "CgwHRXhhbXBsZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABO0gPoEFc+wgClYc\n" \
    "Q/TaOJDmLW9HW6yeuBOrhuMTu21MqIvJRf4rNLy5lqk5eC9rxFfsYhpZYgcwJfwg\n" \
    "m7I6Be2jMjAwMA8GA1UdEwEB/wQFMAMBAf8wHQYDVR0OBBYEFK4//LU7PVhV21cU\n" \
    "KLCxdRPM85yXMAoGCCqGSM49BAMCA0cAMEQCIC4AgkoJol+e8iE04tc3ze3QqNFX\n" \
    "xmIhclhNOYManUEuAiBTQN57I6xfFoVc4/SaKeyP7GNheCDfY6E56fZLeHpzgA==\n" \
    "-----END CERTIFICATE-----\n"
#define ROOT_PEM_DIGEST "3ce6c7b9557cf1a00fc6d3b811d41f00a3488e8114a213c91999e966013e03f0"

/* CN=Second Root CA,O=Example */
#define SECOND_PEM                                                       \
    "-----BEGIN CERTIFICATE-----\n"                                      \
    "MIIBeTCCAR+gAwIBAgIBAjAKBggqhkjOPQQDAjArMRcwFQYDVQQDDA5TZWNvbmQg\n" \
    "Um9vdCBDQTEQMA4GA1UECgwHRXhhbXBsZTAgFw0yMDAxMDEwMDAwMDBaGA8yMTIw\n" \
    "MDEwMTAwMDAwMFowKzEXMBUGA1UEAwwOU2Vjb25kIFJvb3QgQ0ExEDAOBgNVBAoM\n" \
    "B0V4YW1wbGUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATugN3X1yTMnirdCHUT\n" \
    "Hg8xRXh/VDRc7GCYq+vXjAYfQHg00YFwR+qE4U7r/8V1BkT4sLTmgD3PrjfD01Xy\n" \
    "i3RSozIwMDAPBgNVHRMBAf8EBTADAQH/MB0GA1UdDgQWBBQu3QLRfeQX0kZQw04M\n" \
    "pQQRH7GmeTAKBggqhkjOPQQDAgNIADBFAiArWaF9SvsZSboxgLycmjDnFSEcqMID\n" \
    "ochqK2xxpcfvhgIhANHnpwygP1blMdlpMMD+zByVqTXBiaXtgqWBB7jEK5H4\n"     \
    "-----END CERTIFICATE-----\n"
#define SECOND_PEM_DIGEST "796a2ae38a1f84ebc144d3ab2663982e0fdf7bb4032d2d3a0f70dc11544f6e08"

/* CN=Old Root CA,O=Example: 2010 to 2020. */
#define EXPIRED_PEM                                                      \
    "-----BEGIN CERTIFICATE-----\n"                                      \
    "MIIBcjCCARegAwIBAgIBBDAKBggqhkjOPQQDAjAoMRQwEgYDVQQDDAtPbGQgUm9v\n" \
    "dCBDQTEQMA4GA1UECgwHRXhhbXBsZTAeFw0xMDAxMDEwMDAwMDBaFw0yMDAxMDEw\n" \
    "MDAwMDBaMCgxFDASBgNVBAMMC09sZCBSb290IENBMRAwDgYDVQQKDAdFeGFtcGxl\n" \
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEmvsR+hp8J3F02kiG6wqNZMcEDbSc\n" \
    "32V5heO6dzKFjrRY6h33I5zrorCJKh7zlASFwjr/fro5O2wuyG8oTHjUx6MyMDAw\n" \
    "DwYDVR0TAQH/BAUwAwEB/zAdBgNVHQ4EFgQUydkYJ0AwxTcMUi5Iwt9VR2AFQZEw\n" \
    "CgYIKoZIzj0EAwIDSQAwRgIhAInngPsczrY2g7XkK2XzBrtrMXzmYwpqbQYnIavL\n" \
    "EUz1AiEAhi/sw6fe7Hn8pfw0oh1vTleDdFLk+J/LobON6v2Sjaw=\n"             \
    "-----END CERTIFICATE-----\n"
#define EXPIRED_PEM_DIGEST "97ba226708b532df0dae4f9de6684c1cf50b91d9cd8580b40fd12504f58808fd"

/* CN=Future Root CA,O=Example: 2100 to 2120. */
#define FUTURE_PEM                                                       \
    "-----BEGIN CERTIFICATE-----\n"                                      \
    "MIIBfDCCASGgAwIBAgIBBTAKBggqhkjOPQQDAjArMRcwFQYDVQQDDA5GdXR1cmUg\n" \
    "Um9vdCBDQTEQMA4GA1UECgwHRXhhbXBsZTAiGA8yMTAwMDEwMTAwMDAwMFoYDzIx\n" \
    "MjAwMTAxMDAwMDAwWjArMRcwFQYDVQQDDA5GdXR1cmUgUm9vdCBDQTEQMA4GA1UE\n" \
    "CgwHRXhhbXBsZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABEP6ryyLTdDD2kRy\n" \
    "Obt2H5Yhk12tG68o7B6jNglXzq5hYeRvMnhXeNzFttk6H9y4Ol1G/6QPxAFokErr\n" \
    "Xk1eiomjMjAwMA8GA1UdEwEB/wQFMAMBAf8wHQYDVR0OBBYEFH5dDaYfUmMC8SeN\n" \
    "HwTibgaukLBUMAoGCCqGSM49BAMCA0kAMEYCIQDs2ctmMT/sCykBzBm5rS7IATRB\n" \
    "OW0opb79F4A45+tyVAIhAL4nlWf1YPz7L6xXdjo1t4PYzT4KRKvxSqy5Rz2u7ZUI\n" \
    "-----END CERTIFICATE-----\n"
#define FUTURE_PEM_DIGEST "8f939bd753e986b3a967aff70adf4ac2150ceadb6c2fb2443a4a7bb8ad0cbd34"

/* CN=leaf.example.net: no CA. */
#define LEAF_PEM                                                         \
    "-----BEGIN CERTIFICATE-----\n"                                      \
    "MIIBVTCB/KADAgECAgEGMAoGCCqGSM49BAMCMBsxGTAXBgNVBAMMEGxlYWYuZXhh\n" \
    "bXBsZS5uZXQwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBsxGTAX\n" \
    "BgNVBAMMEGxlYWYuZXhhbXBsZS5uZXQwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC\n" \
    "AARpBEcZ53LBe55lTAZ6AJTh6YKd9YtU9QszOmJ3VR2QQTBpQRknxQO5dZIDelk0\n" \
    "hapG/Pgf8yW9yWO086S2RP97oy8wLTAMBgNVHRMBAf8EAjAAMB0GA1UdDgQWBBRW\n" \
    "QNLUqmtbbbEUWXs4v6WudXb5UDAKBggqhkjOPQQDAgNIADBFAiEAzRVuIporL5oH\n" \
    "UVuQrDA0qUcsZhhZDqeKS6qR/i8/QIECIAgCRugMJWPGtJhp6AOUXHrYYTfVwtqw\n" \
    "rXgOEmADQ7ex\n"                                                     \
    "-----END CERTIFICATE-----\n"
#define LEAF_PEM_DIGEST "33755ded3e64e7a66a1de9f194c68d2073c922d84dd160fd3d51d5456a3b1223"

/* CN=Prüf-CA, Zürich "1",O=Example */
#define UMLAUT_PEM                                                       \
    "-----BEGIN CERTIFICATE-----\n"                                      \
    "MIIBiDCCAS2gAwIBAgIBBzAKBggqhkjOPQQDAjAyMR4wHAYDVQQDDBVQcsO8Zi1D\n" \
    "QSwgWsO8cmljaCAiMSIxEDAOBgNVBAoMB0V4YW1wbGUwIBcNMjAwMTAxMDAwMDAw\n" \
    "WhgPMjEyMDAxMDEwMDAwMDBaMDIxHjAcBgNVBAMMFVByw7xmLUNBLCBaw7xyaWNo\n" \
    "ICIxIjEQMA4GA1UECgwHRXhhbXBsZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IA\n" \
    "BPnVJihvZ+yDV9U7l8MzKMIP5VdJQT3E8oD164eZoOuowrp7bwUdl81GDYDzQiIz\n" \
    "yq4AKAJxWLq8SXkyD4xR9DujMjAwMA8GA1UdEwEB/wQFMAMBAf8wHQYDVR0OBBYE\n" \
    "FPOfIZsmlnPS+SX0vqXcw/aEPbCcMAoGCCqGSM49BAMCA0kAMEYCIQCpF08I7itw\n" \
    "m0kJY9VEMCd/LFC2sLAUBUtEwo3p5u5R4gIhAK3sU+8pcZfPod0ppv0zuPVTONTS\n" \
    "/Yvz0WGeeuiS15Dn\n"                                                 \
    "-----END CERTIFICATE-----\n"
#define UMLAUT_PEM_DIGEST "317a6976b6bb1fba2e72a93bd1311823e4ff9f6f0356171682d9e640f3491c95"
