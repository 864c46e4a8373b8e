"""Drives every operation of a running sandbox with boto3 and pycognito, and holds each raw answer against botocore's API
models: no unknown field, none missing, right types, right error shapes and statuses.

    sandbox_boto3.py URL     (the control surface must be on; prints one line per check, exits 1 when one fails)
"""

import base64
import hashlib
import json
import re
import sys
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ET

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from pycognito.aws_srp import AWSSRP

URL = sys.argv[1].rstrip("/")
REGION = "eu-west-1"
POOL = "eu-west-1_DemoPool1"
SRP, PLAIN = "demosrpclient0000000000001", "demopasswordclient00000002"
CONFIDENTIAL, ROTATING = "demosecretclient0000000003", "demorotatingclient00000004"
SECRET = "demo0secret0demo0secret0demo0secret0demo0secret0demo"
PASSWORD = "Correct-Horse-7"
STS_NAMESPACE = "{https://sts.amazonaws.com/doc/2011-06-15/}"
# The portal answers this for a role that was taken away, though its model does not list it.
UNMODELLED = {"ForbiddenException"}

passed, failed = 0, 0
answers, breaches = 0, []


def check(name, holds, detail=""):
    global passed, failed
    if holds:
        passed += 1
        print(f"ok    {name}")
    else:
        failed += 1
        print(f"FAIL  {name} {detail}")


# ---- the validator ----


def walk(shape, value, path, extra=()):
    """Yields every way in which a JSON value is not of a shape."""
    kind = shape.type_name
    if kind == "structure":
        if not isinstance(value, dict):
            yield f"{path}: not an object"
            return
        names = {m.serialization.get("name", n): m for n, m in shape.members.items()}
        for key, inner in value.items():
            if key in names:
                yield from walk(names[key], inner, f"{path}.{key}")
            elif key not in extra:
                yield f"{path}.{key}: unknown member"
        for name in shape.required_members:
            if shape.members[name].serialization.get("name", name) not in value:
                yield f"{path}.{name}: required and missing"
    elif kind == "list":
        if not isinstance(value, list):
            yield f"{path}: not a list"
            return
        yield from bounds(shape, len(value), path)
        for i, inner in enumerate(value):
            yield from walk(shape.member, inner, f"{path}[{i}]")
    elif kind == "map":
        if not isinstance(value, dict):
            yield f"{path}: not a map"
            return
        for key, inner in value.items():
            yield from walk(shape.key, key, f"{path}.{key}(key)")
            yield from walk(shape.value, inner, f"{path}.{key}")
    elif kind == "string":
        if not isinstance(value, str):
            yield f"{path}: not a string but {type(value).__name__}"
            return
        yield from bounds(shape, len(value), path)
        enum = shape.metadata.get("enum")
        if enum and value not in enum:
            yield f"{path}: {value!r} is not one of the enumeration"
        pattern = shape.metadata.get("pattern")
        if pattern and "\\p{" not in pattern and "\\u" not in pattern and not re.fullmatch(pattern, value):
            yield f"{path}: does not match {pattern}"
    elif kind in ("integer", "long"):
        if isinstance(value, bool) or not isinstance(value, int):
            yield f"{path}: not an integer but {value!r}"
            return
        yield from bounds(shape, value, path)
        if kind == "integer" and not -(2**31) <= value < 2**31:
            yield f"{path}: does not fit 32 bits"
    elif kind == "boolean":
        if not isinstance(value, bool):
            yield f"{path}: not a boolean"
    elif kind == "timestamp":
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            yield f"{path}: not a timestamp number"
    else:
        yield f"{path}: the validator does not know {kind}"


def bounds(shape, size, path):
    if size < shape.metadata.get("min", size):
        yield f"{path}: below the minimum {shape.metadata['min']}"
    if size > shape.metadata.get("max", size):
        yield f"{path}: above the maximum {shape.metadata['max']}"


def walk_xml(shape, element, path):
    """The same for the flat structures of the query protocol."""
    if shape.type_name == "structure":
        for child in element:
            name = child.tag.removeprefix(STS_NAMESPACE)
            if name not in shape.members:
                yield f"{path}.{name}: unknown element"
            else:
                yield from walk_xml(shape.members[name], child, f"{path}.{name}")
        for name in shape.required_members:
            if element.find(STS_NAMESPACE + name) is None:
                yield f"{path}.{name}: required and missing"
    elif shape.type_name == "timestamp":
        if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", element.text or ""):
            yield f"{path}: {element.text!r} is not a timestamp"
    else:
        value = int(element.text) if shape.type_name == "integer" else element.text
        yield from walk(shape, value, path)


def headers_of(raw):
    return {name.lower(): value for name, value in raw["headers"].items()}


def judge_json(operation, raw):
    name, status, headers = operation.name, raw["status_code"], headers_of(raw)
    body = json.loads(raw["body"]) if raw["body"] else None
    if status < 300:
        if operation.output_shape is None:
            if body not in (None, {}):
                yield f"{name}: a body where the model has none"
        else:
            shape = operation.output_shape
            # Some answer with one of their members alone.
            payload = shape.serialization.get("payload")
            yield from walk(shape.members[payload] if payload else shape, body, name)
        return
    error = headers.get("x-amzn-errortype", "").split(":")[0]
    if not isinstance(body, dict):
        yield f"{name}: an error without a JSON object"
        return
    in_body = body.get("__type", error).split("#")[-1]
    if error != in_body:
        yield f"{name}: header says {error}, body says {in_body}"
    shape = next((s for s in operation.error_shapes if s.name == error), None)
    if shape is None:
        if error not in UNMODELLED:
            yield f"{name}: {error} is not an error of this operation"
        return
    wanted = shape.metadata.get("error", {}).get("httpStatusCode", 400)
    if status != wanted:
        yield f"{name}: {error} with status {status}, the model says {wanted}"
    yield from walk(shape, body, f"{name}/{error}", extra=("__type",))


def judge_query(operation, raw):
    name, root = operation.name, ET.fromstring(raw["body"])
    if raw["status_code"] < 300:
        if root.tag != f"{STS_NAMESPACE}{name}Response":
            yield f"{name}: the root is {root.tag}"
        children = [child.tag.removeprefix(STS_NAMESPACE) for child in root]
        if children != [f"{name}Result", "ResponseMetadata"]:
            yield f"{name}: children are {children}"
        yield from walk_xml(operation.output_shape, root[0], name)
        return
    if root.tag != f"{STS_NAMESPACE}ErrorResponse":
        yield f"{name}: the error's root is {root.tag}"
    inside = [child.tag.removeprefix(STS_NAMESPACE) for child in root.find(f"{STS_NAMESPACE}Error")]
    if inside != ["Type", "Code", "Message"]:
        yield f"{name}: an error has {inside}"
    if root.find(f"{STS_NAMESPACE}RequestId") is None:
        yield f"{name}: an error without RequestId"


def judge(operation_model, response_dict, **_):
    global answers
    if "html" in headers_of(response_dict).get("content-type", "") or suspended:
        return
    answers += 1
    query = operation_model.metadata["protocol"] == "query"
    try:
        breaches.extend((judge_query if query else judge_json)(operation_model, response_dict))
    except (ValueError, AttributeError, TypeError, ET.ParseError) as why:
        breaches.append(f"{operation_model.name}: {why!r}")


suspended = False


# ---- clients ----


def client(service, keys=None):
    config = Config(retries={"total_max_attempts": 1}, parameter_validation=True)
    if keys is None:
        config = config.merge(Config(signature_version=UNSIGNED))
        keys = {}
    made = boto3.client(
        service,
        region_name=REGION,
        endpoint_url=URL,
        config=config,
        aws_access_key_id=keys.get("accessKeyId", "x"),
        aws_secret_access_key=keys.get("secretAccessKey", "x"),
        aws_session_token=keys.get("sessionToken"),
    )
    # First, because botocore itself adds a member to the errors of sso-oidc at this point.
    made.meta.events.register_first(f"before-parse.{made.meta.service_model.service_id.hyphenize()}.*", judge)
    return made


def control(verb, **body):
    request = urllib.request.Request(f"{URL}/_control/{verb}", json.dumps(body).encode(), method="POST")
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def fault(what, on, **more):
    control("faults", clear=True, add=[{"what": what, "on": on, **more}])


def fails(name, call, code, status=400, says=""):
    try:
        call()
    except ClientError as error:
        found = error.response["Error"]["Code"]
        got = error.response["ResponseMetadata"]["HTTPStatusCode"]
        message = error.response["Error"].get("Message", "")
        message = message or error.response.get("error_description", "")
        check(name, (found, got) == (code, status) and says in message, f"{found} {got} {message}")
        return error.response
    check(name, False, "did not fail")
    return {}


oidc, portal, idp = client("sso-oidc"), client("sso"), client("cognito-idp")


# ---- Identity Center ----


def registered(**more):
    made = oidc.register_client(clientName="boto3 check", clientType="public", **more)
    return {"clientId": made["clientId"], "clientSecret": made["clientSecret"]}, made


def started(who):
    return oidc.start_device_authorization(**who, startUrl=f"{URL}/start")


def poll(who, flow, grant="urn:ietf:params:oauth:grant-type:device_code"):
    return oidc.create_token(**who, grantType=grant, deviceCode=flow["deviceCode"])


def renew(who, token):
    return oidc.create_token(**who, grantType="refresh_token", refreshToken=token)


def logged_in(who, user="alice"):
    flow = started(who)
    control("approve", user_code=flow["userCode"], user=user)
    return poll(who, flow)


def check_oidc():
    who, made = registered(scopes=["sso:account:access"])
    check("a registration lives 90 days", made["clientSecretExpiresAt"] - made["clientIdIssuedAt"] == 7_776_000)
    flow = started(who)
    check("the complete URI holds the code", flow["verificationUriComplete"].endswith(f"?user_code={flow['userCode']}"))
    pending = fails("a poll before the decision is pending", lambda: poll(who, flow), "AuthorizationPendingException")
    check("the OAuth code stands beside the exception", pending.get("error") == "authorization_pending")
    fails("a poll too early must slow down", lambda: poll(who, flow), "SlowDownException")
    control("approve", user_code=flow["userCode"])
    control("shift", seconds=7)
    tokens = poll(who, flow)
    check("an approved code gives a bearer token of an hour", (tokens["tokenType"], tokens["expiresIn"]) == ("Bearer", 3600))
    check("a client with scopes gets a refresh token", "refreshToken" in tokens)
    control("shift", seconds=7)
    fails("a device code works once", lambda: poll(who, flow), "InvalidGrantException")

    flow = started(who)
    control("refuse", user_code=flow["userCode"])
    fails("a refused code is denied", lambda: poll(who, flow), "AccessDeniedException")
    flow = started(who)
    control("expire", what="DeviceCodes")
    fails("an old code has expired", lambda: poll(who, flow), "ExpiredTokenException")
    fails("an unknown device code is invalid", lambda: poll(who, {"deviceCode": "nobody"}), "InvalidGrantException")
    fails("an unknown grant is unsupported", lambda: poll(who, flow, "password"), "UnsupportedGrantTypeException")
    fails(
        "a foreign start URL is invalid",
        lambda: oidc.start_device_authorization(**who, startUrl="https://other.example/start"),
        "InvalidRequestException",
    )
    stranger = {**who, "clientSecret": "wrong"}
    fails("a wrong client secret is refused with 401", lambda: started(stranger), "InvalidClientException", 401)

    plain, _ = registered()
    tokens = logged_in(plain)
    check("a client without scopes gets eight hours and no refresh token", tokens["expiresIn"] == 28_800 and "refreshToken" not in tokens)
    control("expire", what="Registrations")
    fails("an expired registration is refused with 401", lambda: started(who), "InvalidClientException", 401)


def check_authorization_code():
    verifier = "v" * 64
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    back = "http://127.0.0.1:1/oauth/callback"
    grants = ["authorization_code", "refresh_token"]
    ways = {"redirectUris": ["http://127.0.0.1/oauth/callback"], "grantTypes": grants, "issuerUrl": f"{URL}/start"}
    who, _ = registered(scopes=["sso:account:access"], **ways)

    def page(**more):
        asked = {
            "response_type": "code", "client_id": who["clientId"], "redirect_uri": back, "state": "s p", "scopes": "sso:account:access",
            "code_challenge": challenge, "code_challenge_method": "S256", **more,
        }
        return f"{URL}/authorize?{urllib.parse.urlencode(asked)}"

    def sent_back():
        control("approve_next")
        try:
            urllib.request.build_opener(Stays).open(page())
        except urllib.error.HTTPError as answer:
            return urllib.parse.urlsplit(answer.headers["Location"])
        return urllib.parse.urlsplit("")

    def trade(code, **more):
        asked = {"grantType": "authorization_code", "code": code, "codeVerifier": verifier, "redirectUri": back, **more}
        return oidc.create_token(**who, **asked)

    where = sent_back()
    brought = dict(urllib.parse.parse_qsl(where.query))
    check("the browser is sent back with the state", f"{where.scheme}://{where.netloc}{where.path}" == back and brought["state"] == "s p")
    tokens = trade(brought["code"])
    check("a code with its verifier gives tokens", tokens["expiresIn"] == 3600 and "refreshToken" in tokens)
    check("which renew with the very client", "accessToken" in renew(who, tokens["refreshToken"]))
    check("and open the portal", len(portal.list_accounts(accessToken=tokens["accessToken"])["accountList"]) == 3)
    fails("a code works once", lambda: trade(brought["code"]), "InvalidGrantException")
    for name, wrong in [("verifier", {"codeVerifier": "w" * 64}), ("redirect", {"redirectUri": back + "x"})]:
        code = dict(urllib.parse.parse_qsl(sent_back().query))["code"]
        fails(f"a code with another {name} is invalid", lambda: trade(code, **wrong), "InvalidGrantException")
    fails("such a client has no device flow", lambda: started(who), "UnauthorizedClientException")
    for name, more in [("place to return to", {"redirect_uri": "https://evil.example/"}), ("challenge", {"code_challenge_method": "plain"})]:
        try:
            urllib.request.urlopen(page(**more))
            check(f"another {name} is refused on the page", False)
        except urllib.error.HTTPError as answer:
            check(f"another {name} is refused on the page", answer.code == 400 and "Location" not in answer.headers)
    fails("a grant that nobody knows", lambda: registered(grantTypes=["password"]), "UnsupportedGrantTypeException")
    fails("a code without a way back", lambda: registered(grantTypes=grants, issuerUrl=f"{URL}/start"), "InvalidRedirectUriException")


class Stays(urllib.request.HTTPRedirectHandler):
    """Goes where it was sent, and no further."""

    def redirect_request(self, *_):
        return None


def check_renewal():
    who, _ = registered(scopes=["sso:account:access"])
    first = logged_in(who)
    again = renew(who, first["refreshToken"])
    check("without rotation the refresh token stays", again["refreshToken"] == first["refreshToken"])

    control("setup", sso_rotation="Strict")
    second = renew(who, first["refreshToken"])
    check("with rotation there is a new one", second["refreshToken"] != first["refreshToken"])
    fails("the old one is dead at once", lambda: renew(who, first["refreshToken"]), "InvalidGrantException")
    fails("and its reuse ended the family", lambda: renew(who, second["refreshToken"]), "InvalidGrantException")
    fails(
        "the access token too",
        lambda: portal.list_accounts(accessToken=second["accessToken"]),
        "UnauthorizedException",
        401,
    )

    first = logged_in(who)
    fault("LostAnswer", "RefreshToken")
    lost = False
    try:
        renew(who, first["refreshToken"])
    except BotoCoreError:
        lost = True
    check("an answer can be lost", lost)
    fails("after the work was done", lambda: renew(who, first["refreshToken"]), "InvalidGrantException")

    control("setup", sso_rotation={"Grace": 30})
    first = logged_in(who)
    renew(who, first["refreshToken"])
    check("in the grace time the old one works", "accessToken" in renew(who, first["refreshToken"]))
    control("shift", seconds=31)
    fails("and then no longer", lambda: renew(who, first["refreshToken"]), "InvalidGrantException")
    control("setup", sso_rotation="Off")

    other, _ = registered(scopes=["sso:account:access"])
    fails("a refresh token belongs to its client", lambda: renew(other, first["refreshToken"]), "InvalidGrantException")
    check("a person can be thrown out", control("revoke", who="alice")["ended"] > 0)
    fails("everywhere", lambda: renew(who, first["refreshToken"]), "InvalidGrantException")


def check_portal():
    who, _ = registered(scopes=["sso:account:access"])
    tokens = logged_in(who)
    bearer = {"accessToken": tokens["accessToken"]}
    names = [a["accountName"] for a in portal.list_accounts(**bearer)["accountList"]]
    check("the demo has three accounts", names == ["acme-prod", "acme-staging", "acme-sandbox"])
    roles = portal.list_account_roles(**bearer, accountId="222222222222")["roleList"]
    check("an account lists its roles", [r["roleName"] for r in roles] == ["AdministratorAccess", "Developer", "ReadOnly"])

    def keys(account="222222222222", role="Developer", who=None):
        return portal.get_role_credentials(**(who or bearer), accountId=account, roleName=role)["roleCredentials"]

    minted = keys()
    left = minted["expiration"] / 1000 - control("shift", seconds=0)["now"]
    check("credentials end in an hour, in milliseconds", 3500 < left <= 3600, left)
    fails("an account that is gone is not found", lambda: keys("999999999999"), "ResourceNotFoundException", 404)
    fails("a role that was taken away is forbidden", lambda: keys(role="Owner"), "ForbiddenException", 403)
    bob = {"accessToken": logged_in(who, "bob")["accessToken"]}
    check("another person sees their own accounts", len(portal.list_accounts(**bob)["accountList"]) == 1)
    fails("and gets no others' roles", lambda: keys(role="ReadOnly", who=bob), "ForbiddenException", 403)

    before = control("setup")
    many = [
        {"id": f"{100000000000 + i}", "name": f"crowd-{i}", "email": f"c{i}@acme.example", "roles": [f"R{r}" for r in range(120)], "assumable": []}
        for i in range(250)
    ]
    control("setup", portals=[{**before["portals"][0], "accounts": many}])
    pages = list(portal.get_paginator("list_accounts").paginate(**bearer, PaginationConfig={"PageSize": 100}))
    check("250 accounts come in pages of at most 100", [len(p["accountList"]) for p in pages] == [100, 100, 50])
    ids = {a["accountId"] for p in pages for a in p["accountList"]}
    check("and all of them come", len(ids) == 250)
    pages = list(portal.get_paginator("list_account_roles").paginate(**bearer, accountId="100000000007"))
    check("roles come in pages too", sum(len(p["roleList"]) for p in pages) == 120 and len(pages) > 1)
    fails("a page of 101 is refused", lambda: portal.list_accounts(**bearer, maxResults=101), "InvalidRequestException")
    fails("a foreign page token is refused", lambda: portal.list_accounts(**bearer, nextToken="x"), "InvalidRequestException")
    control("setup", portals=before["portals"])

    fault({"Error": {"kind": "TooManyRequestsException", "message": "slow", "status": 429}}, "ListAccounts")
    fails("a busy portal says 429", lambda: portal.list_accounts(**bearer), "TooManyRequestsException", 429)
    control("expire", what="AccessTokens")
    fails("a dead token is refused with 401", lambda: portal.list_accounts(**bearer), "UnauthorizedException", 401)
    bearer = {"accessToken": renew(who, tokens["refreshToken"])["accessToken"]}
    check("while its refresh token works", len(portal.list_accounts(**bearer)["accountList"]) == 3)
    portal.logout(**bearer)
    fails("log out ends the session", lambda: portal.list_accounts(**bearer), "UnauthorizedException", 401)
    fails("with its refresh token", lambda: renew(who, tokens["refreshToken"]), "InvalidGrantException")


# ---- STS ----


def jwt(**claims):
    parts = [json.dumps({"alg": "none"}), json.dumps(claims), "signature"]
    return ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts)


def check_sts():
    now = control("shift", seconds=0)["now"]
    import time

    control("shift", seconds=round(time.time() - now))
    now = int(time.time())
    who, _ = registered()
    bearer = {"accessToken": logged_in(who)["accessToken"]}
    keys = portal.get_role_credentials(**bearer, accountId="111111111111", roleName="ReadOnly")["roleCredentials"]
    sts = client("sts", keys)
    me = sts.get_caller_identity()
    arn = me["Arn"]
    check("STS knows whose keys these are", me["Account"] == "111111111111", me)
    check("by a reserved role", re.fullmatch(r"arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_ReadOnly_[0-9a-f]{16}/alice", arn), arn)
    deploy = {"RoleArn": "arn:aws:iam::222222222222:role/Deploy", "RoleSessionName": "ci"}
    assumed = sts.assume_role(**deploy)
    chained = assumed["Credentials"]
    as_keys = {"accessKeyId": chained["AccessKeyId"], "secretAccessKey": chained["SecretAccessKey"], "sessionToken": chained["SessionToken"]}
    check("an assumed role calls as itself", client("sts", as_keys).get_caller_identity()["Arn"] == assumed["AssumedRoleUser"]["Arn"])
    nobody = {**deploy, "RoleArn": "arn:aws:iam::222222222222:role/Root"}
    fails("a role that nobody may take is denied", lambda: sts.assume_role(**nobody), "AccessDenied", 403)
    fails("role chaining ends at an hour", lambda: sts.assume_role(**deploy, DurationSeconds=7200), "ValidationError", 400, "1 hour")
    guarded = {"RoleArn": "arn:aws:iam::333333333333:role/Guarded", "RoleSessionName": "ci", "ExternalId": "acme-4711", "SourceIdentity": "alice", "Tags": [{"Key": "cost", "Value": "42"}, {"Key": "team", "Value": "web"}]}
    check("a trust policy gets what it asks for", sts.assume_role(**guarded)["SourceIdentity"] == "alice")
    for missing in ("ExternalId", "SourceIdentity", "Tags"):
        fails(f"and denies whoever comes without {missing}", lambda: sts.assume_role(**{k: v for k, v in guarded.items() if k != missing}), "AccessDenied", 403)
    fails("a role lasts as long as its administrator says", lambda: sts.assume_role(**guarded, DurationSeconds=3600), "ValidationError", 400, "MaxSessionDuration")
    federated = {"RoleArn": "arn:aws:iam::333333333333:role/Federated", "RoleSessionName": "web"}
    fails("a federated role is not for keys", lambda: sts.assume_role(**federated), "AccessDenied", 403)
    web = client("sts")
    with_token = lambda **claims: web.assume_role_with_web_identity(**federated, WebIdentityToken=jwt(**claims))
    traded = with_token(iss="https://idp.acme.example", sub="ann", exp=now + 600)["Credentials"]
    as_keys = {"accessKeyId": traded["AccessKeyId"], "secretAccessKey": traded["SecretAccessKey"], "sessionToken": traded["SessionToken"]}
    check("an ID token is traded for it", client("sts", as_keys).get_caller_identity()["Arn"].endswith(":assumed-role/Federated/web"))
    fails("one of another issuer is not", lambda: with_token(iss="https://evil.example", sub="ann", exp=now + 600), "InvalidIdentityToken", 400)
    fails("nor one that is over", lambda: with_token(iss="https://idp.acme.example", sub="ann", exp=now - 600), "ExpiredTokenException", 400)
    fails("a wrong secret does not match", client("sts", {**keys, "secretAccessKey": "x"}).get_caller_identity, "SignatureDoesNotMatch", 403)
    fails("a foreign session token is invalid", client("sts", {**keys, "sessionToken": "x"}).get_caller_identity, "InvalidClientTokenId", 403)
    fails("unknown keys are invalid", client("sts", {**keys, "accessKeyId": "ASIAAAAAAAAAAAAAAAAA"}).get_caller_identity, "InvalidClientTokenId", 403)
    fails("an unsigned call is refused", client("sts").get_caller_identity, "MissingAuthenticationToken", 403)
    control("shift", seconds=1200)
    fails("a clock 20 minutes slow is named", sts.get_caller_identity, "SignatureDoesNotMatch", 403, "Signature expired")
    control("shift", seconds=-1200)
    control("expire", what="RoleCredentials")
    fails("old keys have expired", sts.get_caller_identity, "ExpiredToken", 403)


# ---- access keys ----


def check_users():
    import time

    control("shift", seconds=round(time.time() - control("shift", seconds=0)["now"]))
    kim = {"accessKeyId": "AKIADEMO0KIM00000001", "secretAccessKey": "demo/secret+demo/secret+demo/secret+demo"}
    device = "arn:aws:iam::111111111111:mfa/kim"
    sts = client("sts", kim)
    check("a key for good knows whose it is", sts.get_caller_identity()["Arn"] == "arn:aws:iam::111111111111:user/kim")
    code = control("totp", user="kim")["code"]
    keys = sts.get_session_token(SerialNumber=device, TokenCode=code)["Credentials"]
    as_keys = {"accessKeyId": keys["AccessKeyId"], "secretAccessKey": keys["SecretAccessKey"], "sessionToken": keys["SessionToken"]}
    session = client("sts", as_keys)
    check("its session is the same user", session.get_caller_identity()["Arn"] == "arn:aws:iam::111111111111:user/kim")
    said = "MultiFactorAuthentication failed"
    again = lambda **more: sts.get_session_token(**{"SerialNumber": device, "TokenCode": code, **more})
    fails("a code works once", again, "AccessDenied", 403, f"{said} with invalid MFA one time pass code")
    fails("a foreign device is told", lambda: again(SerialNumber=device + "2"), "AccessDenied", 403, "verify your MFA serial number")
    fails("a session gets no session", session.get_session_token, "AccessDenied", 403, "session credentials")
    fails("a length beyond 36 hours is refused", lambda: sts.get_session_token(DurationSeconds=129600 + 1), "ValidationError")


# ---- console sessions ----


class Key:
    """What botocore asks of the key that it takes from awscrt, by another library."""

    def __init__(self):
        from cryptography.hazmat.primitives.asymmetric import ec

        self.key = ec.generate_private_key(ec.SECP256R1())

    def get_public_coords(self):
        numbers = self.key.public_key().public_numbers()
        return numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")

    def sign(self, digest):
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec, utils

        return self.key.sign(digest, ec.ECDSA(utils.Prehashed(hashes.SHA256())))

    @staticmethod
    def decode_der_signature_to_padded_pair(signature, pad_to):
        from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

        return b"".join(part.to_bytes(pad_to, "big") for part in decode_dss_signature(signature))


def check_console():
    import base64
    import hashlib
    import http.client

    from botocore import credentials

    credentials.EC = Key
    same, other = "arn:aws:signin:::devtools/same-device", "arn:aws:signin:::devtools/cross-device"
    verifier = "v" * 64
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")

    def signin(key):
        made = client("signin")
        made.meta.events.register("before-call.signin.CreateOAuth2Token", credentials._build_add_dpop_header_handler(key))
        return made

    def code(who, who_asks=same, back="http://127.0.0.1:7/oauth/callback"):
        query = {
            "response_type": "code", "client_id": who_asks, "state": "s 1", "code_challenge_method": "SHA-256",
            "scope": "openid", "redirect_uri": back, "code_challenge": challenge, "as": who,
        }
        host = http.client.HTTPConnection(URL.removeprefix("http://"))
        host.request("GET", "/v1/authorize?" + urllib.parse.urlencode(query))
        to = urllib.parse.urlsplit(host.getresponse().headers["Location"])
        answer = dict(urllib.parse.parse_qsl(to.query))
        check("the page goes back with the state", to._replace(query="").geturl() == back and answer["state"] == "s 1", to)
        return answer["code"]

    def grant(code, who_asks=same, back="http://127.0.0.1:7/oauth/callback", verifier=verifier):
        return {"clientId": who_asks, "grantType": "authorization_code", "code": code, "codeVerifier": verifier, "redirectUri": back}

    key, root = Key(), "arn:aws:iam::111111111111:root"
    console, stranger = signin(key), signin(Key())
    token = lambda body, by=console: by.create_o_auth2_token(tokenInput=body)["tokenOutput"]
    first = code(root)
    made = token(grant(first))
    claims = made["idToken"].split(".")[1]
    check("the ID token names who it is", json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["sub"] == root)
    keys = {name: made["accessToken"][name] for name in ["accessKeyId", "secretAccessKey", "sessionToken"]}
    check("and its credentials are theirs", client("sts", keys).get_caller_identity()["Arn"] == root)
    refused = fails("a code works once", lambda: token(grant(first)), "AccessDeniedException")
    check("and says why", refused.get("error") == "AUTHCODE_EXPIRED", refused)
    wrong = grant(code(root), verifier="w" * 64)
    fails("another verifier is refused", lambda: token(wrong), "ValidationException")
    fails("without a proof there is nothing", lambda: token(grant(code(root)), client("signin")), "ValidationException")

    renew = lambda token_: {"clientId": same, "grantType": "refresh_token", "refreshToken": token_}
    fails("another key renews nothing", lambda: token(renew(made["refreshToken"]), stranger), "ValidationException")
    again = token(renew(made["refreshToken"]))
    check("a renewal names nobody anew", "idToken" not in again and again["expiresIn"] == 900)
    old = fails("a refresh token works once", lambda: token(renew(made["refreshToken"])), "AccessDeniedException")
    check("which ends the old one", old.get("error") == "TOKEN_EXPIRED", old)

    # botocore's own way of renewing what `aws login` keeps.
    class Kept(dict):
        load_token = lambda self, _: dict(self)
        save_token = lambda self, _, token_: self.update(token_)

    kept = Kept(accessToken={**keys, "accountId": "111111111111", "expiresAt": "2020-01-01T00:00:00Z"}, clientId=same, refreshToken=again["refreshToken"], dpopKey="x")
    fetcher = credentials.LoginCredentialFetcher(root, kept, lambda *_, **__: client("signin"))
    fetcher._load_private_key = lambda _: key
    fresh = fetcher.refresh_credentials()
    check("botocore's provider renews it too", fresh["access_key"] != keys["accessKeyId"] and kept["refreshToken"] != again["refreshToken"])

    elsewhere = f"{URL}/v1/sessions/confirmation"
    made = token(grant(code(root, other, elsewhere), other, elsewhere))
    check("another device has a client of its own", made["tokenType"] == "aws_sigv4")
    control("setup", console_denied=True)
    denied = fails("who may not lend a session is told", lambda: token(grant(code(root))), "AccessDeniedException")
    check("by its own code", denied.get("error") == "INSUFFICIENT_PERMISSIONS", denied)
    control("setup", console_denied=False)


# ---- Cognito ----


def srp(name, client_id=SRP, password=PASSWORD, secret=None):
    """The login of a third-party SRP client up to whatever comes after the password."""
    login = AWSSRP(username=name, password=password, pool_id=POOL, client_id=client_id, client=idp, client_secret=secret)
    asked = login.get_auth_params()
    first = idp.initiate_auth(AuthFlow="USER_SRP_AUTH", AuthParameters=asked, ClientId=client_id)
    answer = login.process_challenge(first["ChallengeParameters"], asked)
    return idp.respond_to_auth_challenge(ClientId=client_id, ChallengeName="PASSWORD_VERIFIER", ChallengeResponses=answer)


def answer(challenge, name, client_id=SRP, **responses):
    return idp.respond_to_auth_challenge(
        ClientId=client_id,
        ChallengeName=challenge["ChallengeName"],
        Session=challenge["Session"],
        ChallengeResponses={"USERNAME": name, **responses},
    )


def plain(name, password, client_id=PLAIN, **more):
    parameters = {"USERNAME": name, "PASSWORD": password, **more}
    return idp.initiate_auth(AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters, ClientId=client_id)


def refresh(token, client_id=SRP, **more):
    parameters = {"REFRESH_TOKEN": token, **more}
    return idp.initiate_auth(AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=parameters, ClientId=client_id)


def claims(token):
    import base64

    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def check_password():
    result = srp("ann")["AuthenticationResult"]
    identity, access = claims(result["IdToken"]), claims(result["AccessToken"])
    check("SRP signs in", (identity["cognito:username"], identity["aud"], identity["token_use"]) == ("ann", SRP, "id"))
    check("the access token names the client", (access["username"], access["client_id"], access["token_use"]) == ("ann", SRP, "access"))
    check("the issuer is the pool", identity["iss"] == f"https://cognito-idp.{REGION}.amazonaws.com/{POOL}")
    check("both live as long as ExpiresIn says", identity["exp"] - identity["iat"] == result["ExpiresIn"] == 3600)
    check("twenty logins in a row agree on the key", all("AuthenticationResult" in srp("ann") for _ in range(20)))
    refusal = "Incorrect username or password."
    fails("a wrong password is refused", lambda: srp("ann", password="wrong"), "NotAuthorizedException", says=refusal)
    fails("an unknown user looks the same", lambda: srp("nobody"), "NotAuthorizedException", says=refusal)
    check("the e-mail address is an alias", "AuthenticationResult" in srp("ann@acme.example"))
    check("a plain password signs in where it may", "AuthenticationResult" in plain("ann", PASSWORD))
    fails("a wrong plain password is refused", lambda: plain("ann", "wrong"), "NotAuthorizedException", says=refusal)
    fails("a plain password is refused elsewhere", lambda: plain("ann", PASSWORD, SRP), "InvalidParameterException", says="USER_PASSWORD_AUTH is not enabled")
    fails("and SRP where only passwords go", lambda: srp("ann", PLAIN), "InvalidParameterException", says="USER_SRP_AUTH is not enabled for the client.")
    fails("an unknown client is not found", lambda: srp("ann", "nobody"), "ResourceNotFoundException")
    check("a client secret is checked and right", "AuthenticationResult" in srp("ann", CONFIDENTIAL, secret=SECRET))
    fails("a wrong client secret is refused", lambda: srp("ann", CONFIDENTIAL, secret="wrong"), "NotAuthorizedException", says="SecretHash does not match")
    fails("so is none", lambda: srp("ann", CONFIDENTIAL), "NotAuthorizedException", says="SECRET_HASH was not received")
    fails("an unconfirmed user is told so", lambda: srp("unc"), "UserNotConfirmedException")
    fails("a user who must reset is told so", lambda: srp("res"), "PasswordResetRequiredException")
    for _ in range(4):
        fails("too many wrong passwords, counting", lambda: plain("sam", "wrong"), "NotAuthorizedException", says=refusal)
    fails("too many wrong passwords, the fifth", lambda: plain("sam", "wrong"), "NotAuthorizedException", says=refusal)
    # The wait doubles each time: long enough in the end that a slow machine cannot sit it out.
    for wait in (2, 4, 8, 16, 32):
        control("shift", seconds=wait)
        fails(f"and once more after {wait} s", lambda: plain("sam", "wrong"), "NotAuthorizedException", says=refusal)
    fails("then even the right one has to wait", lambda: srp("sam"), "NotAuthorizedException", says="Password attempts exceeded")
    control("shift", seconds=64)
    check("and works again after the wait", srp("sam")["ChallengeName"] == "SMS_MFA")


def check_challenges():
    asked = srp("tom")
    check("TOTP is asked", asked["ChallengeName"] == "SOFTWARE_TOKEN_MFA")
    code = control("totp", user="tom")["code"]
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    fails("a wrong TOTP is a mismatch", lambda: answer(asked, "tom", SOFTWARE_TOKEN_MFA_CODE=wrong), "CodeMismatchException")
    done = answer(asked, "tom", SOFTWARE_TOKEN_MFA_CODE=code)
    check("the same session takes the right one", "AuthenticationResult" in done)
    fails("a session works once", lambda: answer(asked, "tom", SOFTWARE_TOKEN_MFA_CODE=code), "NotAuthorizedException", says="Invalid session")
    again = srp("tom")
    fails("a TOTP works once", lambda: answer(again, "tom", SOFTWARE_TOKEN_MFA_CODE=code), "ExpiredCodeException")
    control("shift", seconds=181)
    code = control("totp", user="tom")["code"]
    fails("a session is over after three minutes", lambda: answer(again, "tom", SOFTWARE_TOKEN_MFA_CODE=code), "NotAuthorizedException", says="expired")
    third = srp("tom")
    for _ in range(5):
        fails("five wrong codes", lambda: answer(third, "tom", SOFTWARE_TOKEN_MFA_CODE="x"), "CodeMismatchException")
    fails("void the session", lambda: answer(third, "tom", SOFTWARE_TOKEN_MFA_CODE=code), "NotAuthorizedException", says="Invalid session")

    asked = srp("sam")
    parameters = asked["ChallengeParameters"]
    check("an SMS says where it went", (parameters["CODE_DELIVERY_DELIVERY_MEDIUM"], parameters["CODE_DELIVERY_DESTINATION"]) == ("SMS", "+*******0142"))
    fails("a wrong SMS code is a mismatch", lambda: answer(asked, "sam", SMS_MFA_CODE="0"), "CodeMismatchException")
    check("the SMS code signs in", "AuthenticationResult" in answer(asked, "sam", SMS_MFA_CODE=control("code", user="sam")["code"]))
    asked = srp("eve")
    check("an e-mail code is asked", asked["ChallengeName"] == "EMAIL_OTP")
    check("the e-mail code signs in", "AuthenticationResult" in answer(asked, "eve", EMAIL_OTP_CODE=control("code", user="eve")["code"]))

    asked = srp("sel")
    choice = json.loads(asked["ChallengeParameters"]["MFAS_CAN_CHOOSE"])
    check("two factors give a choice", asked["ChallengeName"] == "SELECT_MFA_TYPE" and choice == ["SOFTWARE_TOKEN_MFA", "SMS_MFA"])
    fails("one that is not offered is refused", lambda: answer(asked, "sel", ANSWER="EMAIL_OTP"), "InvalidParameterException")
    chosen = answer(asked, "sel", ANSWER="SMS_MFA")
    check("the chosen one is asked", chosen["ChallengeName"] == "SMS_MFA")
    check("and signs in", "AuthenticationResult" in answer(chosen, "sel", SMS_MFA_CODE=control("code", user="sel")["code"]))

    asked = srp("new")
    check("a temporary password must be replaced", asked["ChallengeName"] == "NEW_PASSWORD_REQUIRED")
    check("the attributes are JSON", json.loads(asked["ChallengeParameters"]["userAttributes"])["email"] == "new@acme.example")
    fails("by a strong one", lambda: answer(asked, "new", NEW_PASSWORD="weak"), "InvalidPasswordException")
    check("which signs in", "AuthenticationResult" in answer(asked, "new", NEW_PASSWORD="Better-Horse-8"))
    check("now and later", "AuthenticationResult" in srp("new", password="Better-Horse-8"))
    fails("while the old one is dead", lambda: srp("new"), "NotAuthorizedException")


def secret_hash(name):
    import base64
    import hashlib
    import hmac

    return base64.b64encode(hmac.new(SECRET.encode(), (name + CONFIDENTIAL).encode(), hashlib.sha256).digest()).decode()


def check_accounts():
    new, changed = "Brand-New-9", "Other-New-9"
    email = [{"Name": "email", "Value": "zoe@acme.example"}]
    up = lambda name, password=new, **more: idp.sign_up(ClientId=SRP, Username=name, Password=password, UserAttributes=email, **more)
    code = lambda name: control("code", user=name)["code"]
    made = up("zoe")
    check("an account waits for its code", (made["UserConfirmed"], made["CodeDeliveryDetails"]["Destination"]) == (False, "z***@a***"))
    fails("a name is taken once", lambda: up("zoe"), "UsernameExistsException")
    fails("a weak password is refused", lambda: up("yan", "weak"), "InvalidPasswordException")
    fails("an account without an address is refused", lambda: idp.sign_up(ClientId=SRP, Username="x", Password=new), "InvalidParameterException")
    fails("nobody logs in before", lambda: srp("zoe", password=new), "UserNotConfirmedException")
    confirm = lambda name, digits: idp.confirm_sign_up(ClientId=SRP, Username=name, ConfirmationCode=digits)
    fails("a wrong code is a mismatch", lambda: confirm("zoe", "0"), "CodeMismatchException")
    first = code("zoe")
    idp.resend_confirmation_code(ClientId=SRP, Username="zoe")
    check("a code is sent again", code("zoe") != first)
    confirm("zoe", code("zoe"))
    check("a confirmed account logs in", "AuthenticationResult" in srp("zoe", password=new))
    fails("it is confirmed once", lambda: confirm("zoe", "0"), "NotAuthorizedException", says="CONFIRMED")
    fails("and asks for no more codes", lambda: idp.resend_confirmation_code(ClientId=SRP, Username="zoe"), "InvalidParameterException", says="already confirmed")
    fails("of a stranger nothing is told", lambda: confirm("stranger", "0"), "ExpiredCodeException")
    check("not even that there is none", "CodeDeliveryDetails" in idp.forgot_password(ClientId=SRP, Username="stranger"))

    idp.forgot_password(ClientId=SRP, Username="zoe")
    reset = lambda digits, password: idp.confirm_forgot_password(ClientId=SRP, Username="zoe", ConfirmationCode=digits, Password=password)
    fails("a wrong code resets nothing", lambda: reset("0", changed), "CodeMismatchException")
    fails("a weak password neither", lambda: reset(code("zoe"), "weak"), "InvalidPasswordException")
    reset(code("zoe"), changed)
    tokens = srp("zoe", password=changed)["AuthenticationResult"]
    fails("a code resets once", lambda: reset(code("zoe"), new), "ExpiredCodeException")
    idp.forgot_password(ClientId=SRP, Username="zoe")
    for _ in range(5):
        fails("five wrong codes", lambda: reset("0", new), "CodeMismatchException")
    fails("are enough", lambda: reset(code("zoe"), new), "LimitExceededException")
    idp.forgot_password(ClientId=SRP, Username="zoe")
    control("shift", seconds=3600)
    fails("a code lives for an hour", lambda: reset(code("zoe"), new), "ExpiredCodeException")
    fails("who was never confirmed has no address", lambda: idp.forgot_password(ClientId=SRP, Username="unc"), "InvalidParameterException", says="no registered/verified email")

    change = lambda access, old, new: idp.change_password(AccessToken=access, PreviousPassword=old, ProposedPassword=new)
    fails("an access token is over after an hour", lambda: change(tokens["AccessToken"], changed, new), "NotAuthorizedException", says="expired")
    tokens = srp("zoe", password=changed)["AuthenticationResult"]
    fails("the password there is must be right", lambda: change(tokens["AccessToken"], "wrong", new), "NotAuthorizedException", says="Incorrect username or password.")
    fails("the new one must be strong", lambda: change(tokens["AccessToken"], changed, "weak-weak"), "InvalidPasswordException")
    change(tokens["AccessToken"], changed, new)
    check("a changed password logs in", "AuthenticationResult" in srp("zoe", password=new))
    fails("an ID token changes nothing", lambda: change(tokens["IdToken"], new, changed), "NotAuthorizedException", says="Invalid Access Token")
    idp.revoke_token(Token=tokens["RefreshToken"], ClientId=SRP)
    fails("nor does one that was revoked", lambda: change(tokens["AccessToken"], new, changed), "NotAuthorizedException", says="revoked")

    by_hash = lambda **more: idp.resend_confirmation_code(ClientId=CONFIDENTIAL, Username="unc", **more)
    check("a client with a secret shows its hash", "CodeDeliveryDetails" in by_hash(SecretHash=secret_hash("unc")))
    fails("a wrong one is refused", by_hash, "NotAuthorizedException", says="secret")


def check_setup():
    asked = srp("set")
    check("an authenticator must be set up", (asked["ChallengeName"], asked["ChallengeParameters"]["MFAS_CAN_SETUP"]) == ("MFA_SETUP", '["SOFTWARE_TOKEN_MFA"]'))
    fails("which is not skipped", lambda: answer(asked, "set"), "NotAuthorizedException", says="Invalid session")
    seeded = idp.associate_software_token(Session=asked["Session"])
    check("its seed is 160 bits of base32", re.fullmatch("[A-Z2-7]{32}", seeded["SecretCode"]) is not None)
    verify = lambda digits: idp.verify_software_token(Session=seeded["Session"], UserCode=digits, FriendlyDeviceName="phone")
    fails("a wrong code proves nothing", lambda: verify("000000"), "EnableSoftwareTokenMFAException")
    proved = verify(control("totp", user="set")["code"])
    check("the right one does", proved["Status"] == "SUCCESS")
    done = answer({"ChallengeName": "MFA_SETUP", "Session": proved["Session"]}, "set")
    check("and the login goes on", "AuthenticationResult" in done)
    control("shift", seconds=60)
    again = srp("set")
    check("from then on the code is asked for", again["ChallengeName"] == "SOFTWARE_TOKEN_MFA")
    check("and signs in", "AuthenticationResult" in answer(again, "set", SOFTWARE_TOKEN_MFA_CODE=control("totp", user="set")["code"]))


def tokens_by(token, client_id, **more):
    return idp.get_tokens_from_refresh_token(RefreshToken=token, ClientId=client_id, **more)["AuthenticationResult"]


def check_refresh():
    token = srp("ann")["AuthenticationResult"]["RefreshToken"]
    check("a refresh gives no new refresh token", "RefreshToken" not in refresh(token)["AuthenticationResult"])
    check("by the newer operation neither", "RefreshToken" not in tokens_by(token, SRP))
    fails("a refresh token belongs to its client", lambda: refresh(token, PLAIN), "NotAuthorizedException", says="Invalid Refresh Token")
    idp.revoke_token(Token=token, ClientId=SRP)
    fails("a revoked one is dead", lambda: refresh(token), "NotAuthorizedException", says="Refresh Token has been revoked")

    secret_hash = AWSSRP.get_secret_hash("ann", CONFIDENTIAL, SECRET)
    token = srp("ann", CONFIDENTIAL, secret=SECRET)["AuthenticationResult"]["RefreshToken"]
    check("a secret hash is checked and right", "IdToken" in refresh(token, CONFIDENTIAL, SECRET_HASH=secret_hash)["AuthenticationResult"])
    fails("a refresh without it is refused", lambda: refresh(token, CONFIDENTIAL), "NotAuthorizedException")
    check("the newer operation takes the secret itself", "IdToken" in tokens_by(token, CONFIDENTIAL, ClientSecret=SECRET))
    fails("a revocation without it is refused", lambda: idp.revoke_token(Token=token, ClientId=CONFIDENTIAL), "UnauthorizedException")
    idp.revoke_token(Token=token, ClientId=CONFIDENTIAL, ClientSecret=SECRET)
    fails("and with it ends the token", lambda: tokens_by(token, CONFIDENTIAL, ClientSecret=SECRET), "NotAuthorizedException")

    first = srp("ann", ROTATING)["AuthenticationResult"]
    fails("with rotation the old operation is refused", lambda: refresh(first["RefreshToken"], ROTATING), "InvalidParameterException")
    second = tokens_by(first["RefreshToken"], ROTATING)
    check("the newer one rotates", second["RefreshToken"] != first["RefreshToken"])
    fails("the old token is dead at once", lambda: tokens_by(first["RefreshToken"], ROTATING), "RefreshTokenReuseException")
    fails("and its reuse ended the family", lambda: tokens_by(second["RefreshToken"], ROTATING), "NotAuthorizedException")
    fails("an access token cannot be revoked", lambda: idp.revoke_token(Token=first["AccessToken"], ClientId=ROTATING), "UnsupportedTokenTypeException")
    token = srp("ann")["AuthenticationResult"]["RefreshToken"]
    control("expire", what="Sessions")
    fails("an old refresh token has expired", lambda: refresh(token), "NotAuthorizedException", says="expired")


# ---- faults and page ----


def check_faults():
    global suspended
    who, _ = registered(scopes=["sso:account:access"])
    fault("SlowDown", "PollToken", times=2)
    flow = started(who)
    control("approve", user_code=flow["userCode"])
    for _ in range(2):
        fails("slow_down can be scripted", lambda: poll(who, flow), "SlowDownException")
    fault({"Answer": {"patch": {"expiresIn": None, "tokenType": "Pear"}}}, "PollToken")
    tokens = poll(who, flow)
    check("an answer can be patched", "expiresIn" not in tokens and tokens["tokenType"] == "Pear")
    bearer = {"accessToken": tokens["accessToken"]}
    suspended = True
    for what in ["CutBody", "WrongLength", {"ResetAfter": {"bytes": 200}}, "Html200", "LostAnswer"]:
        fault(what, "ListAccounts")
        broken = False
        try:
            broken = "accountList" not in portal.list_accounts(**bearer)
        except (BotoCoreError, ClientError, ValueError):
            broken = True
        check(f"{what} does not look like an answer", broken)
    suspended = False
    control("faults", clear=True)
    seen = control("log", clear=True)["seen"]
    mine = [s for s in seen if s["operation"] == "ListAccounts" and s["headers"].get("x-amz-sso_bearer_token") == bearer["accessToken"]]
    check("the log has every request with its fault", [s["fault"] for s in mine] == ["CutBody", "WrongLength", "ResetAfter", "Html200", "LostAnswer"])


def fetch(path, body=None, **headers):
    data = urllib.parse.urlencode(body).encode() if body else None
    try:
        with urllib.request.urlopen(urllib.request.Request(URL + path, data, headers)) as page:
            return page.status, page.read().decode(), page.headers
    except urllib.error.HTTPError as page:
        return page.code, page.read().decode(), page.headers


def check_page():
    who, _ = registered()
    flow = started(who)
    path = flow["verificationUriComplete"].removeprefix(URL)
    _, html, headers = fetch(path)
    check("the page shows cloud, code and client", all(t in html for t in ["Demo cloud", flow["userCode"], "boto3 check"]))
    check("it has no script and loads nothing", "<script" not in html and "default-src 'none'" in headers["Content-Security-Policy"])
    form = {"user_code": flow["userCode"], "user": "bob"}
    check("another site cannot approve", fetch("/device/approve", form, Origin="https://evil.example")[0] == 403)
    check("nor another name of this computer", fetch(path, Host="evil.example")[0] == 403)
    status, html, _ = fetch("/device/approve", form)
    check("a person approves", status == 200 and "You can close this tab" in html)
    tokens = poll(who, flow)
    check("as whom they chose", len(portal.list_accounts(accessToken=tokens["accessToken"])["accountList"]) == 1)
    check("a code is decided once", fetch("/device/refuse", form)[0] == 410)
    flow = started(who)
    code = flow["userCode"].lower().replace("-", " ")
    status, html, _ = fetch("/device/refuse", {"user_code": code})
    check("a person refuses, however they type the code", status == 200 and "You can close this tab" in html)
    fails("and the client hears it", lambda: poll(who, flow), "AccessDeniedException")
    check("an unknown code is not found", fetch("/device?user_code=%3Cb%3E")[0] == 404 and "<b>" not in fetch("/device?user_code=%3Cb%3E")[1])
    check("the start URL leads to the form", 'name="user_code"' in fetch("/start")[1])


for story in [check_oidc, check_authorization_code, check_renewal, check_portal, check_sts, check_users, check_console, check_password, check_challenges, check_accounts, check_setup, check_refresh, check_faults, check_page]:
    try:
        story()
    except (BotoCoreError, ClientError, OSError, KeyError, ValueError) as why:
        check(f"{story.__name__} runs to its end", False, repr(why))

for breach in sorted(set(breaches)):
    check("the API model holds", False, breach)
check(f"{answers} raw answers were held against the API models", answers > 150)
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
