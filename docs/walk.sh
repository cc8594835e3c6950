#!/usr/bin/env bash
# Walks through every endpoint of a server that was just started, as somebody would who tries them by hand, and stops
# with a message at the first answer that is not as it has to be. What it makes it names anew each time, so it can be
# run again. Run it where the server was started, which needs QUOTIENT_WEBHOOK_ALLOW_PRIVATE_ADDRESSES=true for the
# webhook that comes back to this machine:
#
#   QUOTIENT_WEBHOOK_ALLOW_PRIVATE_ADDRESSES=true java -jar target/quotient-standalone.jar
#   docs/walk.sh
#
# Needs curl; without python3 nobody receives the webhook, and that part is skipped.
set -euo pipefail

API=${API:-http://localhost:8080}
CREDENTIALS=${CREDENTIALS:-data/dev-credentials.json}
QUOTIENT=${QUOTIENT:-java -jar target/quotient-standalone.jar}

die() {
    echo "FAILED: $*" >&2
    exit 1
}

command -v curl >/dev/null || die "curl is missing; nothing can be walked without it."
[[ -r $CREDENTIALS ]] || die "There is no $CREDENTIALS; start the server first, in this directory, or set CREDENTIALS."

PK=$(sed -n 's/.*"publicKey" : "\(.*\)".*/\1/p' "$CREDENTIALS")
SK=$(sed -n 's/.*"privateKey" : "\(.*\)".*/\1/p' "$CREDENTIALS")
RUN=walk-$(date +%s)-$$
WORK=$(mktemp -d)
RECEIVER=
trap '[[ -z $RECEIVER ]] || kill "$RECEIVER" 2>/dev/null || true; rm -rf "$WORK"' EXIT

title() {
    printf '\n== %s\n' "$*"
}

# request STATUS METHOD PATH KEY [curl arguments]: the answer is in BODY, its headers are in $WORK/head.
request() {
    local wanted=$1 method=$2 path=$3 key=$4 status
    shift 4
    local authorization=()
    [[ -z $key ]] || authorization=(-H "Authorization: Bearer $key")
    status=$(curl -sS --max-time 20 -X "$method" "$API/api/v0$path" -D "$WORK/head" -o "$WORK/body" \
        -w '%{http_code}' "${authorization[@]}" "$@") || die "$method $path: curl could not reach $API."
    # Some members come with a space behind the colon.
    BODY=$(sed 's/": /":/g' "$WORK/body")
    printf '%-7s%s %s\n' "$method" "/api/v0$path" "$status"
    [[ $status == "$wanted" ]] || die "$method $path answered $status instead of $wanted: $BODY"
}

# send STATUS METHOD PATH KEY JSON [curl arguments]
send() {
    local status=$1 method=$2 path=$3 key=$4 json=$5
    shift 5
    request "$status" "$method" "$path" "$key" -H 'Content-Type: application/json' -d "$json" "$@"
}

get() { request 200 GET "$1" "${2:-$SK}" "${@:3}"; }
post() { send 200 POST "$1" "${3:-$SK}" "$2" "${@:4}"; }

# expect TEXT: the last answer has it.
expect() {
    [[ $BODY == *"$1"* ]] || die "The answer lacks $1: $BODY"
}

expect_no() {
    [[ $BODY != *"$1"* ]] || die "The answer has $1: $BODY"
}

# field NAME: the first text of this name in the last answer.
field() {
    local value
    value=$(grep -o "\"$1\":\"[^\"]*\"" "$WORK/body" | head -n 1 | cut -d '"' -f 4)
    [[ -n $value ]] || die "The answer has no $1: $BODY"
    echo "$value"
}

title "Who am I"
get /whoami "$PK"
expect '"keyType":"public"'
get /whoami "$SK"
expect '"keyType":"private"'
BUSINESS=$(field businessId)
request 401 GET /whoami ''
request 401 GET /whoami sk_0000000000000000000000000000000000000000

title "Analytics"
post /analytics '{"eventType": "pageView", "messageId": "'"$RUN"'", "deviceId": "'"$RUN"'", "url": "https://example.com/"}' "$PK"
post /analytics '{"eventType": "pageView", "messageId": "'"$RUN"'", "deviceId": "'"$RUN"'"}' "$PK"
expect '"duplicate":true'
post /analytics '[{"eventType": "search", "searchQuery": "shoes"}, {"nothing": true}]'
expect '"accepted":1'
request 200 POST /analytics '' -H 'Content-Type: text/plain' -d '{"apiKey": "'"$PK"'", "eventType": "pageLeft"}'
get "/analytics/events?deviceId=$RUN"
expect '"total":1'
get '/analytics/series?interval=hour&groupBy=eventType'
expect '"eventType":"pageView"'
get '/analytics/series?interval=week&timezone=Europe/Berlin'
expect '"points"'
request 400 GET '/analytics/series?timezon=UTC' "$SK"
expect timezone
get '/analytics/export?eventType=pageLeft'
expect '"eventType":"pageLeft"'
request 403 GET /analytics/events "$PK"
expect KEY_TYPE_NOT_ALLOWED

title "Audience: a list, and people by both kinds of keys"
post /audience/lists '{"slug": "'"$RUN"'", "name": "Walkers"}'
get "/audience/lists?search=walkers"
get "/audience/lists/$RUN"
expect '"peopleCount":0'
post /audience/properties '{"name": "plan", "target": "PERSON", "type": "TEXT"}'
get '/audience/properties?target=PERSON'
expect '"name":"plan"'
post /people '{"emailAddress": "ada@'"$RUN"'.example", "emailSubscriptionStatus": "SUBSCRIBED", "lists": ["'"$RUN"'"]}' "$PK"
ADA=$(field personId)
post /audience/people '{"emailAddress": "Ada@'"$RUN"'.example", "firstName": "Ada", "leadScore": 7, "properties": {"plan": "pro"}}'
expect "$ADA"
get "/audience/people/$ADA"
expect '"plan":"pro"'
expect '"emailSubscriptionStatus":"SUBSCRIBED"'
send 400 POST /audience/people "$SK" '{"emailAddress": "ada@'"$RUN"'.example", "lists": ["no-such-list"]}'
expect UNKNOWN_LIST
post "/audience/lists/$RUN/people" '{"people": [{"emailAddress": "grace@'"$RUN"'.example", "firstName": "Grace"}]}' "$PK"
expect '"added":1'
get "/audience/lists/$RUN/people"
expect '"total":2'
send 200 DELETE "/audience/lists/$RUN/people" "$PK" '{"people": [{"emailAddress": "grace@'"$RUN"'.example"}]}'
expect '"removed":1'
post "/audience/lists/$RUN/people/remove" '{"people": [{"emailAddress": "grace@'"$RUN"'.example"}]}'
expect '"removed":0'
printf '{"emailAddress": "kay@%s.example"}\n{"emailAddress": "nobody"}\n' "$RUN" >"$WORK/people.ndjson"
request 200 POST /audience/people/import "$SK" -H 'Content-Type: application/x-ndjson' --data-binary "@$WORK/people.ndjson"
expect '"created":1'
expect '"line":2'
printf 'emailAddress;firstName;phone\rmary@%s.example;Mary;1\r' "$RUN" >"$WORK/people.csv"
request 400 POST /audience/people/import "$SK" -H 'Content-Type: text/csv' --data-binary "@$WORK/people.csv"
expect phone
request 200 POST '/audience/people/import?ignoreUnknown=true' "$SK" -H 'Content-Type: text/csv' --data-binary "@$WORK/people.csv"
expect '"ignoredColumns":["phone"]'
get "/audience/people?list=$RUN"
expect '"total":1'
get '/audience/people/export?format=csv'
expect "kay@$RUN.example"
post /audience/companies '{"domain": "https://www.'"$RUN"'.example/", "name": "Walkers Ltd"}' "$PK"
COMPANY=$(field companyId)
get /audience/companies
get "/audience/companies/$COMPANY"
expect "\"domain\":\"$RUN.example\""
get "/audience/people/$ADA"
expect "$COMPANY"

title "Blog: a post from Markdown, read by a public key"
post /blog/authors '{"name": "Ada", "emailAddress": "ada@'"$RUN"'.example"}'
AUTHOR=$(field id)
send 200 PATCH "/blog/authors/$AUTHOR" "$SK" '{"avatarUrl": "https://example.com/ada.png"}'
post /blog/tags '{"name": "'"$RUN"'"}'
TAG=$(field id)
send 200 PATCH "/blog/tags/$TAG" "$SK" '{"description": "Walks."}'
post /blog '{"title": "Walk", "slug": "'"$RUN"'", "markdown": "# Walk\n\nA *first* step.", "authorIds": ["'"$AUTHOR"'"], "tagIds": ["'"$TAG"'"]}'
request 404 GET "/blog/$RUN" "$PK"
send 200 PATCH "/blog/$RUN" "$SK" '{"status": "PUBLISHED"}'
get "/blog/$RUN?rawHtml=true" "$PK"
expect '<em>first</em>'
expect_no "ada@$RUN.example"
ETAG=$(sed -n 's/^[Ee][Tt][Aa][Gg]: *\(.*\)$/\1/p' "$WORK/head" | tr -d '\r')
[[ -n $ETAG ]] || die "A post has no ETag."
request 304 GET "/blog/$RUN?rawHtml=true" "$PK" -H "If-None-Match: $ETAG"
send 412 PATCH "/blog/$RUN" "$SK" '{"title": "Walk on"}' -H 'If-Match: "an-older-version"'
send 200 PATCH "/blog/$RUN" "$SK" '{"title": "Walk on"}' -H "If-Match: $ETAG"
for path in "list?tagIds=$TAG" authors authors/list list-authors tags tags/list list-tags; do
    get "/blog/$path" "$PK"
done
send 409 POST /blog "$SK" '{"title": "Walk", "slug": "'"$RUN"'", "markdown": "again"}'

title "Flow: a webhook that comes back here and is signed"
post /people '{"emailAddress": "ada@'"$RUN"'.example"}'
# make_flow URL: the flow's id and secret are in FLOW and SECRET.
make_flow() {
    QUOTIENT_WEBHOOK_ALLOW_PRIVATE_ADDRESSES=true $QUOTIENT flow create --name "$RUN" --step "webhook:$1" --json \
        >"$WORK/body" || die "No flow could be made with: $QUOTIENT"
    BODY=$(cat "$WORK/body")
    FLOW=$(field id)
    SECRET=$(field secret)
}
if command -v python3 >/dev/null; then
    cat >"$WORK/receiver.py" <<'PYTHON'
import http.server, json, pathlib, sys

work = pathlib.Path(sys.argv[1])

class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        names = ("webhook-id", "webhook-timestamp", "webhook-signature")
        hook = {"headers": {name: self.headers[name] for name in names}, "body": body.decode()}
        self.send_response(204)
        self.end_headers()
        (work / "hook.part").write_text(json.dumps(hook))
        (work / "hook.part").rename(work / "hook")

    def log_message(self, *args):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Receiver)
(work / "port.part").write_text(str(server.server_port))
(work / "port.part").rename(work / "port")
server.serve_forever()
PYTHON
    # await FILE: until it is there, for half a minute.
    await() {
        local tries=300
        until [[ -e $1 ]]; do
            ((tries-- > 0)) || return 1
            sleep 0.1
        done
    }
    python3 "$WORK/receiver.py" "$WORK" &
    RECEIVER=$!
    await "$WORK/port" || die "The receiver of the webhook did not start."
    make_flow "http://127.0.0.1:$(cat "$WORK/port")/hook"
    post "/flow/$FLOW/trigger" '{"personId": "'"$ADA"'"}' "$PK"
    expect '"success":true'
    await "$WORK/hook" || die "The webhook did not come within 30 s. Does the server run with" \
        "QUOTIENT_WEBHOOK_ALLOW_PRIVATE_ADDRESSES=true?"
    SECRET=$SECRET PERSON=$ADA python3 - "$WORK/hook" <<'PYTHON' || die "The webhook is not as it has to be."
import base64, hashlib, hmac, json, os, sys

hook = json.load(open(sys.argv[1]))
headers, body = hook["headers"], hook["body"]
secret = base64.b64decode(os.environ["SECRET"].removeprefix("whsec_"))
signed = f'{headers["webhook-id"]}.{headers["webhook-timestamp"]}.{body}'.encode()
signature = "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
if signature not in headers["webhook-signature"].split(" "):
    sys.exit("The signature does not fit.")
if json.loads(body)["data"]["personId"] != os.environ["PERSON"]:
    sys.exit("It is about somebody else.")
PYTHON
    echo "The webhook came, and its signature fits."
else
    echo "SKIPPED: there is no python3 here, so nobody receives the webhook and its signature is not checked." >&2
    make_flow https://example.com/hook
    post "/flow/$FLOW/trigger" '{"personId": "'"$ADA"'"}' "$PK"
    expect '"success":true'
fi
for attempt in first second; do
    post "/flow/$FLOW/trigger" '{"personId": "'"$ADA"'"}' "$SK" -H "Idempotency-Key: $RUN"
done
grep -qi '^idempotency-replayed: true' "$WORK/head" || die "The $attempt request with one Idempotency-Key was done again."
send 404 POST /flow/flw_0000000000000000000000/trigger "$SK" '{"personId": "'"$ADA"'"}'

title "Memory: a tree that a search finds"
send 200 PUT "/memory/$RUN/returns.md" "$SK" '{"content": "# Returns\n\nSend it back.\n\n## Refunds\n\nMoney returns within fourteen days, says '"$RUN"'.", "tags": ["brand"]}'
post "/memory/$RUN/drafts" '{"type": "folder", "name": "Drafts"}'
get /memory
expect "\"path\":\"/$RUN/\""
get "/memory/$RUN?deep=true"
expect "/$RUN/drafts/"
get "/memory/$RUN/returns.md"
expect 'Send it back.'
post /memory/search '{"query": "refunds '"$RUN"'", "tags": ["brand"]}'
expect '"headingPath":["Returns","Refunds"]'
get "/memory/search?query=fourtene+$RUN"
expect "/$RUN/returns.md"
request 400 GET "/memory/$RUN?op=cat" "$SK"
expect NOT_A_DOCUMENT

title "Taking it all away again"
request 200 DELETE "/memory/$RUN" "$SK"
request 404 GET "/memory/$RUN" "$SK"
$QUOTIENT memory archived --business "$BUSINESS" --json >"$WORK/body" || die "What was archived could not be listed with: $QUOTIENT"
$QUOTIENT memory restore --business "$BUSINESS" "$(field id)" >/dev/null || die "The folder could not be restored."
get "/memory/$RUN/returns.md"
request 200 DELETE "/memory/$RUN" "$SK"
request 200 DELETE "/blog/$RUN" "$SK"
request 200 DELETE "/blog/tags/$TAG" "$SK"
request 200 DELETE "/blog/authors/$AUTHOR" "$SK"
request 200 DELETE "/audience/companies/$COMPANY" "$SK"
request 200 DELETE "/audience/lists/$RUN" "$SK"
request 200 DELETE "/audience/people/$ADA" "$SK"
request 404 GET "/audience/people/$ADA" "$SK"
request 200 DELETE /audience/properties/person/plan "$SK"

title "The description of all this"
status=$(curl -sS -o "$WORK/body" -w '%{http_code}' "$API/openapi.json")
[[ $status == 200 ]] || die "GET /openapi.json answered $status."
grep -q '"openapi":"3.1' "$WORK/body" || die "/openapi.json is not OpenAPI 3.1."
echo "GET    /openapi.json $status"

printf '\nEvery endpoint answered as it has to.\n'
