"""An image registry that deletes garbage while people push.

What is modelled. An image's content lies in blobs, named by their hash, so that equal contents are
stored once. A client that pushes asks first whether the registry has the blob, uploads it if not,
and then writes a manifest, which lists it. An owner may untag an image, and its manifest goes. A
collector marks blobs that no manifest lists, and later deletes what it has marked.

What is left out. Time and grace periods, clients that give up, manifests that list several blobs
or other manifests, several registries over one storage, failures of the storage itself.

What to expect. As designed, one client and one blob are enough to publish an image that nobody can
pull, in 5 steps. No single change of the design closes this. The delete and the manifest must
both look inside their own transaction; or clients pin what they found, and the delete looks at the
pins too. Both were searched for 3 clients and 2 blobs, and are proved for any number of them.
"""

from enum import Enum
from typing import Annotated, Literal

from dnsrace.model import (
    Names,
    Range,
    State,
    ago,
    always,
    at_least,
    column,
    model,
    outcome,
    recoverable,
    require,
    say,
    sometimes,
    step,
    var,
)


@model(
    fixed={"manifest": "transactional", "collector": "transactional"},
    decisions=("manifest", "collector", "pins"),
)
def registry(
    clients: Annotated[int, at_least(1), "clients that push at the same time"] = 2,
    blobs: Annotated[int, at_least(1), "different contents"] = 1,
    manifest: Annotated[
        Literal["blind", "transactional"],
        "a manifest is written as it is; or only if, in the same transaction, its blob is there",
    ] = "blind",
    collector: Annotated[
        Literal["blind", "twice", "transactional"],
        "deletes what it has marked; looks once more before; looks in the delete's transaction",
    ] = "blind",
    pins: Annotated[
        Literal["none", "own", "shared"],
        "what a client is about to list is pinned: not at all, by each client, by one flag",
    ] = "none",
) -> None:
    """Clients push images to a registry while a collector deletes garbage."""

    class Client(Names, count=clients):
        """Interchangeable: it does not matter which client is which."""

    class Blob(Range, low=0, high=blobs - 1):
        """A content, named by its hash."""

    class Phase(Enum):
        IDLE, UPLOADING, LISTING = range(3)

    class Mark(Enum):
        NONE, ONCE, TWICE = range(3)

    class Registry(State):
        stored = var(bool, per=Blob, start=False)
        listed = var(bool, per=Blob, start=False)
        mark = var(Mark, per=Blob, start=Mark.NONE)
        flag = var(bool, per=Blob, start=False)
        phase = var(Phase, per=Client, start=Phase.IDLE)
        blob = var(Blob, per=Client, start=0)

    def pinned(s: Registry, b: Blob) -> bool:
        if pins == "own":
            return any(s.phase[c] != Phase.IDLE and s.blob[c] == b for c in Client)
        return pins == "shared" and bool(s.flag[b])

    # -- a client pushes

    @step
    def look(s: Registry, c: Client, b: Blob) -> None:
        """Ask whether the registry has the blob already."""
        require(s.phase[c] == Phase.IDLE)
        s.blob[c] = b
        if pins == "shared":
            s.flag[b] = True
        if s.stored[b]:
            s.phase[c] = Phase.LISTING
            say(f"finds that blob {b} is there: no need to upload it")
        else:
            s.phase[c] = Phase.UPLOADING
            say(f"finds that blob {b} is missing")

    @step
    def upload(s: Registry, c: Client) -> None:
        """Upload the blob."""
        require(s.phase[c] == Phase.UPLOADING)
        s.stored[s.blob[c]] = True
        s.phase[c] = Phase.LISTING
        say(f"uploads blob {s.blob[c]}")

    @step
    def publish(s: Registry, c: Client) -> None:
        """Write the manifest, which lists the blob."""
        b = s.blob[c]
        require(s.phase[c] == Phase.LISTING)
        if manifest == "transactional" and not s.stored[b]:
            s.phase[c] = Phase.UPLOADING
            say(f"is refused: blob {b} is not there")
        else:
            say(f"writes a manifest that lists blob {b}, seen {ago(look, c)} steps ago")
            s.listed[b] = True
            s.phase[c] = Phase.IDLE
            if pins == "shared":
                s.flag[b] = False

    # -- an image goes, and the garbage after it

    @step(actor="owner")
    def untag(s: Registry, b: Blob) -> None:
        """Delete every manifest that lists the blob."""
        require(s.listed[b])
        s.listed[b] = False
        say(f"untags the image with blob {b}")

    @step(actor="collector")
    def mark(s: Registry, b: Blob) -> None:
        """Find a blob that no manifest lists."""
        require(s.stored[b] and s.mark[b] == Mark.NONE)
        require(not s.listed[b])
        s.mark[b] = Mark.ONCE
        say(f"marks blob {b}: nothing lists it")

    if collector == "twice":

        @step(actor="collector")
        def look_again(s: Registry, b: Blob) -> None:
            """Look once more at a marked blob, to be quite sure."""
            require(s.mark[b] == Mark.ONCE)
            if s.listed[b] or pinned(s, b):
                s.mark[b] = Mark.NONE
                say(f"looks again, spares blob {b}")
            else:
                s.mark[b] = Mark.TWICE
                say(f"looks again: nothing lists blob {b}")

    @step(actor="collector")
    def sweep(s: Registry, b: Blob) -> None:
        """Delete a blob that was marked."""
        require(s.mark[b] == (Mark.TWICE if collector == "twice" else Mark.ONCE))
        s.mark[b] = Mark.NONE
        if collector == "transactional" and (s.listed[b] or pinned(s, b)):
            say(f"may not delete blob {b}: it is in use")
        else:
            s.stored[b] = False
            say(f"deletes blob {b}")

    # -- what is asked

    @always(question=True)
    def pullable(s: Registry) -> bool:
        """What a manifest lists can be pulled: the blob is there."""
        return all(not s.listed[b] or s.stored[b] for b in Blob)

    @sometimes
    def image_published(s: Registry) -> bool:
        """Somebody gets an image published at all."""
        return any(s.listed[b] for b in Blob)

    @recoverable
    def tidy(s: Registry) -> bool:
        """All garbage can go: what is stored is what is listed."""
        return all(s.stored[b] == s.listed[b] for b in Blob)

    # -- a lemma, for `dnsrace prove`

    if pins == "own" and collector == "transactional":

        @always(lemma=True)
        def ready_means_stored(s: Registry) -> bool:
            """What a client is about to list is there."""
            return all(s.phase[c] != Phase.LISTING or s.stored[s.blob[c]] for c in Client)

    # -- for people

    @column(per=Blob, title="blob")
    def blob_is(s: Registry, b: Blob) -> str:
        facts = [(s.stored[b], "stored"), (s.listed[b], "listed")]
        return ", ".join(word for fact, word in facts if fact) or "not there"

    @outcome(pullable)
    def pull(s: Registry) -> str:
        gone = [b for b in Blob if s.listed[b] and not s.stored[b]]
        return "\n".join(
            f"$ pull registry.example/image-{b}\nerror: the manifest lists blob {b}, "
            "which the registry does not have"
            for b in gone
        )
