"""A model, by name or by path. The built-in models come through the same door as a user's own."""

from __future__ import annotations

import contextlib
import difflib
import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

from dnsrace.errors import DnsraceError, ModelError, Place, UsageError
from dnsrace.model import places
from dnsrace.model.language import Model

DEFAULT = "dynamodb_dns"


def directory() -> Path:
    """Where the built-in models are: inside the installed package, or beside it in a checkout."""
    installed = Path(__file__).parent / "models"
    return installed if installed.is_dir() else Path(__file__).parent.parent / "models"


def names() -> list[str]:
    """The names of the built-in models, the flagship first."""
    found = sorted(path.stem for path in directory().glob("*.py") if not path.stem.startswith("_"))
    return sorted(found, key=lambda name: name != DEFAULT)


def bundled() -> list[Model]:
    """All built-in models, the flagship first."""
    return [load(name) for name in names()]


def load(reference: str) -> Model:
    """The model that a reference names.

    Parameters
    ----------
    reference: the name of a built-in model; or the path of a file, with `:name` behind it when the
        file holds several models.

    Raises UsageError when there is no such model, ModelError when its file is broken.
    """
    path, _, wanted = reference.partition(":")
    if not looks_like_path(path):
        if path not in names():
            raise UsageError(
                f"there is no model {path or 'without a name'}", cure=_suggestion(path)
            )
        file = directory() / f"{path}.py"
        return _pick(_module(file), file, wanted or path, path)
    file = Path(path)
    try:
        is_file, is_folder = file.is_file(), file.is_dir()
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}", cure="give a path to a model"
        ) from None
    if not is_file:
        raise UsageError(
            f"{path} is a folder" if is_folder else f"there is no file {path}",
            cure="give a path to a model, or see `dnsrace models`",
        )
    return _pick(_module(file), file, wanted, reference)


def find(model: str | os.PathLike[str] | Model) -> Model:
    """A model by its name, its path or itself; one with a file is then called what `dnsrace replay`
    takes.

    Raises UsageError, ModelError.
    """
    if not isinstance(model, Model):
        path = os.fspath(model)
        inside = Path(path).is_absolute() and Path(path).is_relative_to(Path.cwd())
        return load(os.path.relpath(path) if inside else path)
    elsewhere = model.path.is_file() and model.path.parent.resolve() != directory().resolve()
    if model.reference == model.name and elsewhere:
        model.reference = f"{os.path.relpath(model.path)}:{model.name}"
    return model


def looks_like_path(reference: str) -> bool:
    """Whether a reference is a file's path and not the name of a built-in model."""
    path = reference.partition(":")[0]
    return path.endswith(".py") or "/" in path or "\\" in path


def _suggestion(name: str) -> str:
    known = names()
    if name.isidentifier() and Path(f"{name}.py") in Path().glob("*.py"):
        return f"for the file here write {name}.py"
    close = difflib.get_close_matches(name, known, n=1)
    if close:
        return f"did you mean {close[0]}?"
    return f"the built-in ones are {', '.join(sorted(known))}; a file of yours needs its .py"


def _module(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"dnsrace_model_{file.stem}", file.resolve())
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        # standard output is for our own answers: JSON, or words for the shell's completion
        with contextlib.redirect_stdout(sys.stderr):
            spec.loader.exec_module(module)
    except (DnsraceError, KeyboardInterrupt):
        raise
    except SyntaxError as error:
        raise _not_python(error, str(error.filename or file)) from None
    except BaseException as error:  # sys.exit() in a model must not be our exit code
        if isinstance(error, ValueError) and "null bytes" in str(error):  # before Python 3.11.4
            raise _not_python(error, str(file)) from None
        raise ModelError(
            f"the file cannot be imported: {type(error).__name__}: {error}",
            place=places.of_error(error) or Place(str(file), 1),
            cure=_import_cure(error),
        ) from error
    return module


def _not_python(error: SyntaxError | ValueError, file: str) -> ModelError:
    line = error.lineno if isinstance(error, SyntaxError) else None
    return ModelError(
        f"the file is not Python: {error.args[0]}",
        place=Place(places.short(file), line or 1),
        cure="correct that line (`dnsrace new my_model.py` writes a model to start from)",
    )


def _import_cure(error: BaseException) -> str:
    if isinstance(error, ImportError):
        return (
            "install what is missing into the Python that runs dnsrace; the folder of a model is "
            "not searched for other files, unless PYTHONPATH names it"
        )
    return "correct that line; a model's file should only import and define things"


def _pick(module: ModuleType, file: Path, wanted: str, reference: str) -> Model:
    found = {m.name: m for m in vars(module).values() if isinstance(m, Model)}
    if wanted and wanted not in found:
        raise UsageError(
            f"{file} has no model {wanted}",
            cure=f"it has: {', '.join(found) or 'none; decorate a function with @model'}",
        )
    if not found:
        raise ModelError(
            "the file has no model",
            place=Place(str(file), 1),
            cure="decorate a function with @model (`dnsrace new my_model.py` shows how)",
        )
    if not wanted and len(found) > 1:
        raise UsageError(
            f"{file} has several models",
            cure=f"name one: {file}:{next(iter(found))} (it has {', '.join(found)})",
        )
    model = found[wanted] if wanted else next(iter(found.values()))
    model.reference = reference
    return model
