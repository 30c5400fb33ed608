"""Whether the token is good and the app may do all that it has to; no user notices anything.

https://docs.slack.dev/reference/methods/auth.test; each answer names the token's scopes in X-OAuth-Scopes.
"""

from collections.abc import Mapping, Sequence

from aiohttp import ClientError, ClientSession, ClientTimeout

from gateway.channels.kind import Finding
from gateway.channels.slack.calls import TIMEOUT
from gateway.channels.slack.settings import read_slack_settings
from gateway.channels.slack.texts import read_slack_texts

SCOPES = ("app_mentions:read", "channels:history", "chat:write", "commands", "groups:history", "im:history", "im:write")
"""As in deploy/slack/manifest.yml; docs/kanaler-slack.md tells what each is for."""


async def check(environment: Mapping[str, str]) -> Sequence[Finding]:
    """See ChannelKind."""
    settings, texts = read_slack_settings(environment), read_slack_texts().check
    headers = {"Authorization": f"Bearer {settings.token}"}
    try:
        async with (
            ClientSession(timeout=ClientTimeout(total=TIMEOUT)) as session,
            session.post(settings.url / "auth.test", headers=headers, allow_redirects=False) as answer,
        ):
            told, scopes = await answer.json(), answer.headers.get("X-OAuth-Scopes")
    except (ClientError, TimeoutError, ValueError):
        return [Finding(False, texts.unreachable.format(host=settings.url.host))]
    if not isinstance(told, dict) or not told.get("ok"):
        error = told.get("error") if isinstance(told, dict) else None
        return [Finding(False, texts.refused.format(error=error))]
    signed_in = Finding(True, texts.signed_in.format(user=told.get("user"), team=told.get("team")))
    if scopes is None:
        return [signed_in, Finding(False, texts.scopes_untold)]
    missing = sorted(set(SCOPES) - {each.strip() for each in scopes.split(",")})
    if missing:
        return [signed_in, Finding(False, texts.scopes_missing.format(scopes=", ".join(missing)))]
    return [signed_in, Finding(True, texts.scopes)]
