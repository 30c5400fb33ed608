"""The settings of the action server beside those of the knowledge base. See docs/settings.md."""

from collections.abc import Iterable, Mapping

from actions.errors import WrongSetting


def handover_regions(environment: Mapping[str, str], known: Iterable[str]) -> frozenset[str]:
    """HANDOVER_REGIONS: the regions whose desk takes over conversations. Raises WrongSetting for an unknown one."""
    named = [code.strip() for code in environment.get("HANDOVER_REGIONS", "").split(",") if code.strip()]
    codes = sorted(known)
    for code in named:
        if code not in codes:
            raise WrongSetting(f"HANDOVER_REGIONS names {code!r}; the regions are {', '.join(codes)}")
    return frozenset(named)
