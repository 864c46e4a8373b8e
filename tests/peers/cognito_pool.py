"""Fills an empty Cognito with a pool, two clients and three people, and prints what a login needs as JSON;
or shows what the authenticator of a person shows now.

usage: cognito_pool.py ENDPOINT
       cognito_pool.py totp SECRET
"""

import base64
import hashlib
import hmac
import json
import socket
import struct
import sys
import time

import boto3

PASSWORD = "Correct-horse-7"
TEMPORARY = "Temporary-horse-7"


def totp(secret, at):
    """RFC 6238, six digits, thirty seconds."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(at) // 30), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return "%06d" % ((struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 1_000_000)


def main(endpoint):
    idp = boto3.client(
        "cognito-idp",
        endpoint_url=endpoint,
        region_name="eu-west-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    pool = idp.create_user_pool(PoolName="acme", MfaConfiguration="OPTIONAL")["UserPool"]["Id"]
    idp.set_user_pool_mfa_config(
        UserPoolId=pool, SoftwareTokenMfaConfiguration={"Enabled": True}, MfaConfiguration="OPTIONAL"
    )
    srp_only = ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    admin = ["ALLOW_ADMIN_USER_PASSWORD_AUTH", *srp_only]

    def client(name, flows, secret=False):
        return idp.create_user_pool_client(
            UserPoolId=pool, ClientName=name, GenerateSecret=secret, ExplicitAuthFlows=flows
        )["UserPoolClient"]

    public, confidential = client("public", srp_only), client("confidential", srp_only, secret=True)
    enrol = client("enrol", admin)

    with socket.create_server(("127.0.0.1", 0)) as free:
        back = "http://localhost:%d/oauth/callback" % free.getsockname()[1]
    managed = idp.create_user_pool_client(
        UserPoolId=pool,
        ClientName="managed",
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthFlows=["code"],
        AllowedOAuthScopes=["openid", "email"],
        CallbackURLs=[back],
        SupportedIdentityProviders=["COGNITO"],
        ExplicitAuthFlows=["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH"],
    )["UserPoolClient"]["ClientId"]

    for name in ("ada", "tia"):
        idp.admin_create_user(UserPoolId=pool, Username=name, MessageAction="SUPPRESS")
        idp.admin_set_user_password(UserPoolId=pool, Username=name, Password=PASSWORD, Permanent=True)
    idp.admin_create_user(
        UserPoolId=pool, Username="nora", TemporaryPassword=TEMPORARY, MessageAction="SUPPRESS"
    )

    tia = idp.admin_initiate_auth(
        UserPoolId=pool,
        ClientId=enrol["ClientId"],
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "tia", "PASSWORD": PASSWORD},
    )["AuthenticationResult"]["AccessToken"]
    secret = idp.associate_software_token(AccessToken=tia)["SecretCode"]
    idp.verify_software_token(AccessToken=tia, UserCode=totp(secret, time.time()))
    idp.set_user_mfa_preference(
        AccessToken=tia, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True}
    )

    json.dump(
        {
            "pool": pool,
            "client": public["ClientId"],
            "confidential_client": confidential["ClientId"],
            "confidential_secret": confidential["ClientSecret"],
            "managed_client": managed,
            "redirect_uri": back,
            "password": PASSWORD,
            "temporary_password": TEMPORARY,
            "totp_secret": secret,
        },
        sys.stdout,
    )


if __name__ == "__main__":
    if sys.argv[1] == "totp":
        print(totp(sys.argv[2], time.time()))
    else:
        main(sys.argv[1])
