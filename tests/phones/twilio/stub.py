"""A Twilio that isn't one: it takes what the published description allows, refuses the rest, and moves calls along.

Names of fields and values of enums are those of `twilio_api_v2010.json`; error codes those of Twilio's list. What the
real one does on the wire was never seen from here, so nothing is proven by it but our own consistency with that.
"""

import asyncio
import base64
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

ACCOUNT, TOKEN = "AC" + "0" * 32, "sesame"
NUMBER = "+31201234567"
CREATES = {
    "To", "From", "Method", "FallbackUrl", "FallbackMethod", "StatusCallback", "StatusCallbackEvent",
    "StatusCallbackMethod", "SendDigits", "Timeout", "Record", "RecordingChannels", "RecordingStatusCallback",
    "RecordingStatusCallbackMethod", "SipAuthUsername", "SipAuthPassword", "MachineDetection",
    "MachineDetectionTimeout", "RecordingStatusCallbackEvent", "Trim", "CallerId", "MachineDetectionSpeechThreshold",
    "MachineDetectionSpeechEndThreshold", "MachineDetectionSilenceTimeout", "AsyncAmd", "AsyncAmdStatusCallback",
    "AsyncAmdStatusCallbackMethod",
    "Byoc", "CallReason", "CallToken", "RecordingTrack", "TimeLimit", "ClientNotificationUrl", "Url", "Twiml",
    "ApplicationSid",
}  # fmt: skip
UPDATES = {
    "Url", "Method", "Status", "FallbackUrl", "FallbackMethod", "StatusCallback", "StatusCallbackMethod", "Twiml",
    "TimeLimit",
}  # fmt: skip
LISTS = {
    "To", "From", "ParentCallSid", "Status", "StartTime", "StartTime<", "StartTime>", "EndTime", "EndTime<",
    "EndTime>", "PageSize", "Page", "PageToken",
}  # fmt: skip
FINAL = {"completed", "busy", "failed", "no-answer", "canceled"}
E164 = re.compile(r"\+[1-9][0-9]{6,14}")
SIP = re.compile(r"sip:[A-Za-z0-9._-]+@[A-Za-z0-9.-]+")
MAGIC = {"+15005550001": 21217, "+15005550002": 21214, "+15005550003": 21215, "+15005550004": 21216}
ANSWERS = "in-progress"


@dataclass
class StubCall:
    sid: str
    to: str
    from_: str
    status: str = "queued"
    parent: "StubCall | None" = None
    twiml: str = ""
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    ended: datetime | None = None
    duration: int | None = None

    def record(self) -> dict[str, Any]:
        return {
            "sid": self.sid,
            "account_sid": ACCOUNT,
            "parent_call_sid": self.parent.sid if self.parent else None,
            "to": self.to,
            "from": self.from_,
            "status": self.status,
            "direction": "outbound-dial" if self.parent else "outbound-api",
            "duration": None if self.duration is None else str(self.duration),
            "date_created": format_datetime(self.created),
            "end_time": None if self.ended is None else format_datetime(self.ended),
            "price": None,
            "queue_time": "0",
        }


class TwilioStub:
    """One account. Calls move only when a test moves them."""

    def __init__(self) -> None:
        self.calls: list[StubCall] = []
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.fails: dict[tuple[str, str], list[Response | float]] = {}
        """Method and end of a path, to what comes instead of the next answers: a response, or so many s of silence."""
        self.app = Starlette(
            routes=[
                Route("/2010-04-01/Accounts/{account}.json", self._account, methods=["GET"]),
                Route("/2010-04-01/Accounts/{account}/Calls.json", self._list_or_create, methods=["GET", "POST"]),
                Route("/2010-04-01/Accounts/{account}/Calls/{sid}.json", self._call, methods=["GET", "POST"]),
            ]
        )

    def leg(self, *, customer: bool = False) -> StubCall:
        """The newest leg of this kind."""
        return next(call for call in reversed(self.calls) if (call.parent is not None) is customer)

    def move(self, status: str, *, customer: bool = False, seconds: int = 0) -> None:
        """A leg goes on; `seconds` later than now where it ends."""
        call = self.leg(customer=customer)
        call.status = status
        if status in FINAL:
            call.ended = datetime.now(UTC) + timedelta(seconds=seconds)
            call.duration = seconds
        if status == ANSWERS and call.parent is None:
            self._dial(call)

    def _dial(self, parent: StubCall) -> None:
        """The instructions that came with the call, as Twilio reads them: a number, and who seems to call."""
        response = ElementTree.fromstring(parent.twiml)
        assert response.tag == "Response"
        dial = response[0]
        assert (dial.tag, set(dial.attrib)) == ("Dial", {"callerId", "timeout", "timeLimit"})
        number = dial[0]
        assert number.tag == "Number"
        assert set(number.attrib) <= {"sendDigits"}
        assert number.text is not None
        assert E164.fullmatch(number.text)
        assert E164.fullmatch(dial.attrib["callerId"])
        self._add(StubCall(self._sid(), number.text, dial.attrib["callerId"], "ringing", parent))

    def _sid(self) -> str:
        return f"CA{len(self.calls):032x}"

    def _add(self, call: StubCall) -> StubCall:
        self.calls.append(call)
        return call

    async def _before(self, request: Request) -> Response | None:
        body = (await request.body()).decode()
        fields = dict(parse_qsl(body, strict_parsing=bool(body)))
        self.asked.append((request.method, request.url.path, fields or dict(request.query_params)))
        if body:
            assert request.headers.get("content-type") == "application/x-www-form-urlencoded"
        pair = base64.b64decode(request.headers.get("authorization", "").removeprefix("Basic ")).decode()
        if pair != f"{ACCOUNT}:{TOKEN}" or request.path_params["account"] != ACCOUNT:
            return error(401, 20003, "Authenticate")
        request.state.fields = fields
        for (method, ends), instead in self.fails.items():
            if request.method == method and request.url.path.endswith(ends) and instead:
                answer = instead.pop(0)
                if isinstance(answer, Response):
                    return answer
                request.state.late = answer
        return None

    async def _account(self, request: Request) -> Response:
        return await self._before(request) or JSONResponse({"sid": ACCOUNT, "status": "active"})

    async def _list_or_create(self, request: Request) -> Response:
        refusal = await self._before(request)
        if refusal is not None:
            return refusal
        if request.method == "POST":
            answer = self._create(request.state.fields)
        else:
            answer = self._listed(dict(request.query_params))
        await asyncio.sleep(getattr(request.state, "late", 0))
        return answer

    def _create(self, given: dict[str, str]) -> Response:
        unknown = set(given) - CREATES
        if unknown:  # the real one ignores them; a name that is spelled wrong then does nothing
            return error(400, 20001, f"unknown {unknown}")
        if not given.get("To") or not given.get("From"):
            return error(400, 21201 if not given.get("To") else 21213, "No 'To' or 'From' number is specified")
        if not given.keys() & {"Url", "Twiml", "ApplicationSid"}:
            return error(400, 21205, "Url parameter is required")
        if len(given.get("Twiml", "")) > 4_000:
            return error(400, 21205, "Twiml is too long")
        to, from_ = given["To"], given["From"]
        if to in MAGIC:
            return error(400, MAGIC[to], "The number can't be called")
        if not (E164.fullmatch(to) or SIP.fullmatch(to)):
            return error(400, 21211, "Invalid 'To' Phone Number")
        if from_ != NUMBER:
            return error(400, 21210 if E164.fullmatch(from_) else 21212, "'From' phone number not verified")
        for name, most in (("Timeout", 600), ("TimeLimit", 24 * 3600)):
            if name in given and not (given[name].isdigit() and int(given[name]) <= most):
                return error(400, 21200, f"{name} is not valid")
        call = self._add(StubCall(self._sid(), to, from_, twiml=given.get("Twiml", "")))
        return JSONResponse(call.record(), 201)

    def _listed(self, given: dict[str, str]) -> Response:
        if set(given) - LISTS:
            return error(400, 20001, f"unknown {set(given) - LISTS}")
        found = [
            call
            for call in reversed(self.calls)
            if given.get("To", call.to) == call.to
            and given.get("From", call.from_) == call.from_
            and (
                "ParentCallSid" not in given or (call.parent is not None and call.parent.sid == given["ParentCallSid"])
            )
        ]
        shown = found[: int(given.get("PageSize", "50"))]
        return JSONResponse({"calls": [call.record() for call in shown], "page": 0, "page_size": 50})

    async def _call(self, request: Request) -> Response:
        refusal = await self._before(request)
        if refusal is not None:
            return refusal
        call = next((call for call in self.calls if call.sid == request.path_params["sid"]), None)
        if call is None:
            return error(404, 20404, "The requested resource was not found")
        if request.method == "POST":
            given: dict[str, str] = request.state.fields
            if set(given) - UPDATES or given.get("Status") not in ("canceled", "completed"):
                return error(400, 20001, "Status is not valid")
            if call.status in FINAL:
                return error(400, 21220, "Call is not in-progress. Cannot redirect.")
            if given["Status"] == "completed":
                self._end(call, "completed")
            elif call.status in ("queued", "ringing"):
                self._end(call, "canceled")
        return JSONResponse(call.record())

    def _end(self, call: StubCall, status: str) -> None:
        call.status, call.ended, call.duration = status, datetime.now(UTC), 0
        for child in self.calls:
            if child.parent is call and child.status not in FINAL:
                self._end(child, "completed" if child.status == ANSWERS else "canceled")


def error(status: int, code: int, message: str) -> Response:
    """As Twilio says no."""
    more = f"https://www.twilio.com/docs/errors/{code}"
    return JSONResponse({"code": code, "message": message, "more_info": more, "status": status}, status)
