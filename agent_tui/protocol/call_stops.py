"""What may stand in the way of a call, in the order it is looked at, and who may pass it. One table for both ends."""

from enum import StrEnum


class Pass(StrEnum):
    """Who may call all the same, having looked."""

    NOBODY = "nobody"
    AGENT = "agent"
    ADMIN = "admin"


CALL_STOPS: dict[str, Pass] = {
    "phone_off": Pass.NOBODY,
    "resolved": Pass.NOBODY,
    "no_number": Pass.NOBODY,
    "emergency": Pass.NOBODY,
    "not_a_number": Pass.NOBODY,
    "too_short": Pass.NOBODY,
    "too_long": Pass.NOBODY,
    "no_country": Pass.NOBODY,
    "country_not_allowed": Pass.NOBODY,
    "region_not_allowed": Pass.NOBODY,
    "premium": Pass.NOBODY,
    "no_person": Pass.NOBODY,
    "do_not_call": Pass.NOBODY,
    "number_limit": Pass.ADMIN,
    "chat_limit": Pass.ADMIN,
    "agent_limit": Pass.NOBODY,
    "not_assigned": Pass.AGENT,
    "company_line": Pass.AGENT,
    "no_consent": Pass.NOBODY,
    "consent_not_on_record": Pass.AGENT,
    "outside_hours": Pass.ADMIN,
    "outside_hours_asked": Pass.AGENT,
    "hours_unknown": Pass.AGENT,
    "customer_away": Pass.AGENT,
    "no_provider": Pass.NOBODY,
    "provider_not_ready": Pass.NOBODY,
}
"""`no_consent`: the policy is `ask` and nobody asked for a call, so offer one. `consent_not_on_record`: the policy is
`warn`, and passing it says that the customer agreed. `outside_hours_asked`: late, but asked for in the last half hour.
"""
