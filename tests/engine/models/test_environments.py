"""Python environments for models: how they are described, and whether they can be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from engine.errors import BadSetting, WrongUsage
from engine.models import environments, registry, worker_wheel
from engine.models.environments import find, folder_of, python_of, stamp_of, stamp_path, state_of
from engine.wire.protocol import Step
from tests.engine.models.test_entry import GOOD

if TYPE_CHECKING:
    from pathlib import Path

DESCRIPTION = """
summary = "s"
requirements = ["a==1", "b"]
"""


@pytest.fixture
def own(home: Path) -> Path:
    """Make the person's folder of environments, with one in it."""
    folder = home / ".config/cutline/environments"
    folder.mkdir(parents=True)
    (folder / "old-libs.toml").write_text(DESCRIPTION)
    return folder


def pretend_made() -> None:
    """Leave on disk what making it would."""
    python = folder_of("old-libs") / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    stamp_path("old-libs").write_bytes(msgspec.json.encode(stamp_of(find("old-libs"))))


def test_an_environment_is_named_after_its_file(own: Path) -> None:
    """Everything in the file is read; the name comes from outside it, the interpreter is cutline's own."""
    (own / "another.toml").write_text(DESCRIPTION + 'python = "python3.12"\n')
    assert [environment.name for environment in environments.environments()] == ["another", "old-libs"]
    found = find("old-libs")
    assert (found.summary, found.requirements, found.python) == ("s", ("a==1", "b"), "")
    assert find("another").python == "python3.12"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("summary", "sumary", r"there is no key sumary \(did you mean summary\?\)"),
        ('["a==1", "b"]', "[]", "requirements: expected .*length"),
        ('["a==1", "b"]', '"a"', "requirements: expected"),
        ('summary = "s"', 'name = "x"', "name: it is named after its file"),
        ('requirements = ["a==1", "b"]', "", "requirements is missing"),
    ],
)
def test_a_wrong_file_is_named_with_its_key(own: Path, old: str, new: str, said: str) -> None:
    """The message holds the file and the key; other environments are not harmed."""
    assert old in DESCRIPTION
    (own / "broken.toml").write_text(DESCRIPTION.replace(old, new))
    assert find("old-libs").name == "old-libs"
    for asked in (environments.environments, lambda: find("broken")):
        with pytest.raises(BadSetting, match=rf"broken\.toml.*{said}"):
            asked()


def test_wrong_files_do_not_hide_the_good_ones(own: Path) -> None:
    """Who wants to hear what is wrong gets everything that is right."""
    (own / "broken.toml").write_text("summary = 3\n")
    (own / "a b.toml").write_text(DESCRIPTION)
    wrong: list[BadSetting] = []
    assert [environment.name for environment in environments.environments(wrong.append)] == ["old-libs"]
    assert sorted(error.message.split(":")[0] for error in wrong) == [f"{own}/a b.toml", f"{own}/broken.toml"]


@pytest.mark.parametrize("name", ["..", "a b", ".hidden", "-rf", "ä"])
def test_a_name_is_one_a_folder_can_have(own: Path, name: str) -> None:
    """What bears the name is removed whole, so a name that leads elsewhere is refused."""
    (own / f"{name}.toml").write_text(DESCRIPTION)
    with pytest.raises(BadSetting, match="cannot be called that"):
        find("old-libs")


def test_an_unknown_environment_is_refused(own: Path) -> None:
    """With the nearest name, or, where there is none at all, with the file to write."""
    with pytest.raises(WrongUsage, match=r"no environment oldlibs \(did you mean old-libs\?\)"):
        find("oldlibs")
    (own / "old-libs.toml").unlink()
    with pytest.raises(WrongUsage, match=r"describe it in .*environments/oldlibs\.toml"):
        python_of("oldlibs")


def test_an_environment_can_be_used_when_it_was_made_of_what_it_is_described_with(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not made, half made, ready, and out of date when the description or the program changed; each says what to do."""
    hint = "run: cutline engine env create old-libs"
    states = []

    def refusal() -> str:
        states.append(state_of(find("old-libs")))
        with pytest.raises(WrongUsage) as refused:
            python_of("old-libs")
        assert refused.value.hint == hint
        return refused.value.message

    assert refusal() == "the environment old-libs is not made"
    folder_of("old-libs").mkdir(parents=True)
    assert refusal() == "the environment old-libs is half made"
    pretend_made()
    assert python_of("old-libs") == folder_of("old-libs") / "bin/python"
    python_of("old-libs").unlink()
    assert "half made" in refusal()  # its interpreter was uninstalled, say
    (folder_of("old-libs") / "bin/python").touch()
    assert environments.is_ready("old-libs")
    (own / "old-libs.toml").write_text(DESCRIPTION.replace("a==1", "a==2"))
    assert "other requirements" in refusal()
    (own / "old-libs.toml").write_text(DESCRIPTION)
    monkeypatch.setattr(worker_wheel, "fingerprint", lambda: "9.9-abc")
    assert "another cutline" in refusal()
    assert states == ["not made", "half made", "half made", "out of date", "out of date"]


def test_a_model_waits_for_its_environment(own: Path, home: Path) -> None:
    """A model whose environment is not made is not installed, and asking it is refused with what to do."""
    assert own.is_dir()
    models = home / ".config/cutline/models"
    models.mkdir()
    (models / "clashing.toml").write_text(GOOD.replace("[options]", 'environment = "old-libs"\n[options]'))
    step = Step("tags", "clashing")
    assert not registry.installed(registry.find("clashing"))
    with pytest.raises(WrongUsage, match="old-libs is not made"):
        registry.resolve(step)
    pretend_made()
    assert registry.installed(registry.find("clashing"))
    assert registry.resolve(step).model == "clashing"


def test_where_a_model_runs_does_not_change_its_answers(own: Path, home: Path) -> None:
    """The fingerprint knows nothing of environments."""
    assert own.is_dir()
    models = home / ".config/cutline/models"
    models.mkdir()
    prints = []
    for line in ("", 'environment = "old-libs"\npatience_seconds = 5\nmost_batch = 2\n'):
        (models / "m.toml").write_text(GOOD.replace("[options]", f"{line}[options]"))
        prints.append(registry.fingerprint(registry.find("m"), {}, ""))
    assert prints[0] == prints[1]


def test_a_shipped_environment_reads() -> None:
    """Each description that comes with cutline is whole."""
    assert all(environment.requirements for environment in environments.environments())
