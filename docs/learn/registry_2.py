"""Stage 2 of the registry: owners untag images, and a collector deletes garbage."""

from enum import Enum
from typing import Annotated

from dnsrace.model import (
    Names,
    Range,
    State,
    always,
    at_least,
    model,
    require,
    say,
    sometimes,
    step,
    var,
)


@model
def registry(
    clients: Annotated[int, at_least(1), "clients that push at the same time"] = 2,
    blobs: Annotated[int, at_least(1), "different contents"] = 1,
) -> None:
    """Clients push images to a registry."""

    class Client(Names, count=clients):
        """Interchangeable: it does not matter which client is which."""

    class Blob(Range, low=0, high=blobs - 1):
        """A content, named by its hash."""

    class Phase(Enum):
        IDLE, UPLOADING, LISTING = range(3)

    class Registry(State):
        stored = var(bool, per=Blob, start=False)
        listed = var(bool, per=Blob, start=False)
        phase = var(Phase, per=Client, start=Phase.IDLE)
        blob = var(Blob, per=Client, start=0)
        marked = var(bool, per=Blob, start=False)

    @step
    def look(s: Registry, c: Client, b: Blob) -> None:
        """Ask whether the registry has the blob already."""
        require(s.phase[c] == Phase.IDLE)
        s.blob[c] = b
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
        require(s.phase[c] == Phase.LISTING)
        s.listed[s.blob[c]] = True
        s.phase[c] = Phase.IDLE
        say(f"writes a manifest that lists blob {s.blob[c]}")

    @step(actor="owner")
    def untag(s: Registry, b: Blob) -> None:
        """Delete every manifest that lists the blob."""
        require(s.listed[b])
        s.listed[b] = False
        say(f"untags the image with blob {b}")

    @step(actor="collector")
    def mark(s: Registry, b: Blob) -> None:
        """Find a blob that no manifest lists."""
        require(s.stored[b] and not s.marked[b])
        require(not s.listed[b])
        s.marked[b] = True
        say(f"marks blob {b}: nothing lists it")

    @step(actor="collector")
    def sweep(s: Registry, b: Blob) -> None:
        """Delete a blob that was marked."""
        require(s.marked[b])
        s.marked[b] = False
        s.stored[b] = False
        say(f"deletes blob {b}")

    @always(question=True)
    def pullable(s: Registry) -> bool:
        """What a manifest lists can be pulled: the blob is there."""
        return all(not s.listed[b] or s.stored[b] for b in Blob)

    @sometimes
    def image_published(s: Registry) -> bool:
        """Somebody gets an image published at all."""
        return any(s.listed[b] for b in Blob)
