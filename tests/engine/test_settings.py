"""Tests of the settings file."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, get_type_hints

import msgspec
import pytest

from engine import paths, settings
from engine.errors import BadSetting

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def file() -> Path:
    """Name the settings file of this test's home; its folder exists."""
    return paths.ensure(paths.config_dir()) / "cutline.toml"


def test_without_a_file_the_defaults_hold() -> None:
    """No settings file is no error, and nothing is said to come from one."""
    found = settings.load()
    assert found == settings.Settings()
    assert {described.origin for described in settings.describe(found)} == {"default"}


def test_names_of_keys_and_filters_are_the_persons_own(file: Path) -> None:
    """What the two free tables hold is kept as it is written and listed with its origin."""
    file.write_text('[keys]\npreset = "vim"\nnext = ["j", "n"]\n[filters]\n"too small" = "width < 512"\n')
    found = settings.load()
    assert found.keys == {"preset": "vim", "next": ("j", "n")}
    assert found.filters == {"too small": "width < 512"}
    listed = {one.key: (one.value, one.origin) for one in settings.describe(found)}
    assert listed["keys.next"] == (("j", "n"), str(file))
    assert listed["filters.too small"] == ("width < 512", str(file))


def test_a_file_sets_what_it_names_and_nothing_else(file: Path) -> None:
    """What the file holds is in force and shows its origin; the rest keeps its default."""
    file.write_text('[engine]\nidle_exit_minutes = 5\n[captions]\nextra_extensions = [".prompt"]\n')
    found = settings.load()
    assert (found.engine.idle_exit_minutes, found.engine.idle_unload_minutes) == (5, 10)
    assert found.captions.extra_extensions == (".prompt",)
    origins = {described.key: described.origin for described in settings.describe(found)}
    assert origins["engine.idle_exit_minutes"] == origins["captions.extra_extensions"] == str(file)
    assert origins["engine.idle_unload_minutes"] == origins["screen.theme"] == "default"


def test_a_file_that_sets_a_default_is_its_origin(file: Path) -> None:
    """A value equal to the default still comes from the file that names it."""
    file.write_text('[engine]\ndevice = "auto"\n')
    (device,) = (one for one in settings.describe(settings.load()) if one.key == "engine.device")
    assert (device.value, device.origin) == ("auto", str(file))


@pytest.mark.parametrize(
    ("text", "place", "advice"),
    [
        ("[engin]", "[engin]", "did you mean engine?"),
        ("zzz = 1", "[zzz]", "known: captions, engine, filters, keys, pictures, screen, tokens"),
        ("given = 'x'", "[given]", "known:"),
        ("[engine]\nidle_exit = 3", "engine.idle_exit", "did you mean idle_exit_minutes?"),
        ("[screen]\nzzz = 3", "screen.zzz", "known: preview, theme"),
        ("engine = 3", "engine: expected `object`", "[engine]"),
        ("[engine]\nidle_exit_minutes = 'soon'", "engine.idle_exit_minutes: expected `float`", "without work"),
        ("[engine]\nidle_exit_minutes = -1", "engine.idle_exit_minutes: expected `float` >= 0", "without work"),
        ("[engine]\nidle_exit_minutes = nan", "engine.idle_exit_minutes", "without work"),
        ("[engine]\ndevice = 'gpu'", "engine.device", "auto, cpu, mps"),
        ("[captions]\nseparator = 'x'", "captions.separator", "a comma"),
        ("[captions]\nextra_extensions = ['txt']", "captions.extra_extensions", "with its dot"),
        ("[captions]\nextra_extensions = ['.a/b']", "captions.extra_extensions", "with its dot"),
        ("[pictures]\nmax_megapixels = 0", "pictures.max_megapixels", "not decoded"),
        ("keys = 3", "keys: expected `object`", "[keys]"),
        ("[keys]\naccept = 'a'\nskip = 3", "keys.skip: expected", "Name an action"),
        ("[filters]\nsmall = ['width < 9']", "filters.small: expected `str`", "Name a filter"),
        ("theme", "is not a TOML file", "quotes"),
    ],
)
def test_an_error_names_file_key_and_advice(file: Path, text: str, place: str, advice: str) -> None:
    """Whatever is wrong, one line names the file, the key, and what would be right."""
    file.write_text(text)
    with pytest.raises(BadSetting) as caught:
        settings.load()
    assert str(file) in caught.value.message
    assert place in caught.value.message
    assert advice in caught.value.hint
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_utf8_is_refused_by_name(file: Path) -> None:
    """A settings file in another encoding is an error that names it, the byte, and what to do."""
    file.write_bytes(b'[screen]\ntheme = "\xff"\n')
    with pytest.raises(BadSetting) as caught:
        settings.load()
    assert str(caught.value) == f"{file} is not UTF-8: byte 18, in line 2, is 0xff (save it as UTF-8)"


def test_a_file_asked_for_must_exist(tmp_path: Path) -> None:
    """A settings file named by hand must be there; a folder in its place is an error, too."""
    for place in (tmp_path / "absent.toml", tmp_path):
        with pytest.raises(BadSetting, match=str(place)):
            settings.load(place)


def test_the_sample_holds_every_setting_with_its_default(file: Path) -> None:
    """The sample reads as a file that changes nothing, and with its values uncommented as all defaults."""
    file.write_text(settings.sample())
    assert msgspec.structs.replace(settings.load(), file="") == settings.Settings()

    lines = settings.sample().splitlines()
    values = "\n".join(line.removeprefix("#") for line in lines if not line.startswith("# "))
    file.write_text(values)
    found = settings.load()
    assert found.given == {f"{section}.{name}" for section, fields in tomllib.loads(values).items() for name in fields}
    assert msgspec.structs.replace(found, file="", given=frozenset()) == settings.Settings()


def test_every_setting_says_what_it_means() -> None:
    """Each field has a text under it and is listed, so sample and `config show` leave none out."""
    described = {one.key: one.help for one in settings.describe(settings.Settings())}
    sections = {
        name: kind for name, kind in get_type_hints(settings.Settings).items() if hasattr(kind, "__struct_fields__")
    }
    fields = {f"{section}.{name}" for section, kind in sections.items() for name in kind.__struct_fields__}
    assert set(described) == fields
    assert all(described.values())
