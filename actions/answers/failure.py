"""What is said when something broke: the region's number and hours, without the database."""

from actions.answers.desk import contact_summary, hours_summary
from actions.phrases import say
from actions.reply import Reply, desk_facts
from knowledge.content import default_desk
from knowledge.schema import Region


def failed(known: dict[str, Region], region: str | None) -> Reply:
    """Something broke: an apology with the contact of the region, or of every region while none is known."""
    return _contacts("failed", known, region)


def busy(known: dict[str, Region], region: str | None) -> Reply:
    """There is more to do than can be done in time: that, with the same contacts."""
    return _contacts("busy", known, region)


def not_stored(known: dict[str, Region], region: str | None) -> Reply:
    """A ticket could not be written down: that nothing is registered, with the same contacts."""
    return _contacts("ticket_not_stored", known, region)


def _contacts(phrase: str, known: dict[str, Region], region: str | None) -> Reply:
    regions = [known[region]] if region in known else list(known.values())
    desks = [(each, default_desk(each)) for each in regions]
    lines = [
        say(
            "failed_line",
            region=each.in_sentence,
            desk=desk.name,
            contact=contact_summary(desk),
            hours=hours_summary(desk),
        )
        for each, desk in desks
    ]
    return Reply(
        outcome="failed",
        text=say(phrase) + "\n\n" + "\n".join(lines),
        region=region,
        facts=tuple(fact for _, desk in desks for fact in desk_facts(desk)),
    )
