"""The catalogue: found by name, resolved to a fingerprint, loading exactly one adapter."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import msgspec
import pytest

from engine.errors import BadSetting, MissingWeights, WrongUsage
from engine.models import registry
from engine.wire.protocol import Step
from tests.engine.models.test_entry import GOOD

STEP = Step(name="tags", model="pixel_stats")


@pytest.fixture
def own(home: Path) -> Path:
    """Make the person's folder of catalogue entries."""
    folder = home / ".config/cutline/models"
    folder.mkdir(parents=True)
    return folder


def test_the_built_in_tagger_is_in_the_catalogue() -> None:
    """It is found by name and listed, with a threshold above its floor."""
    entry = registry.find("pixel_stats")
    assert entry in registry.entries()
    assert entry.threshold is not None
    assert entry.floor is not None
    assert entry.floor < entry.threshold


def test_an_unknown_model_is_refused_with_the_nearest_name() -> None:
    """A misspelt name is not guessed at, it is named."""
    with pytest.raises(WrongUsage, match=r"no model pixelstats \(did you mean pixel_stats\?\)"):
        registry.find("pixelstats")


def test_a_person_can_add_an_entry(own: Path) -> None:
    """A TOML file in the config folder is a model beside the shipped ones."""
    (own / "my-tagger.toml").write_text(GOOD)
    assert registry.find("my-tagger").adapter == "pixel_stats"
    names = [entry.name for entry in registry.entries()]
    assert {"my-tagger", "pixel_stats"} < set(names)
    assert names == sorted(names)


def test_a_wrong_file_does_no_harm_to_other_models(own: Path) -> None:
    """Only who asks for it, or for all, hears of it."""
    (own / "broken.toml").write_text("adapter = 1")
    assert registry.find("pixel_stats").name == "pixel_stats"
    for asked in (registry.entries, lambda: registry.find("broken")):
        with pytest.raises(BadSetting, match=r"broken\.toml"):
            asked()


def test_a_name_is_given_once(own: Path) -> None:
    """A second pixel_stats would share the fingerprints of the first."""
    (own / "pixel_stats.toml").write_text(GOOD)
    with pytest.raises(BadSetting, match="already has a model pixel_stats"):
        registry.find("pixel_stats")


def test_resolving_fills_in_every_option() -> None:
    """The resolved step says all that will be used."""
    resolved = registry.resolve(msgspec.structs.replace(STEP, options={"blur_radius": 3}))
    assert set(resolved.options) == set(registry.find("pixel_stats").options)
    assert resolved.options["blur_radius"] == 3.0
    assert (resolved.name, resolved.model, resolved.kind) == ("tags", "pixel_stats", "tags")
    assert (resolved.threshold, resolved.floor) == (0.5, 0.05)


def test_an_unknown_option_is_refused_with_the_nearest() -> None:
    """So is a value of the wrong type, and a prompt nobody reads."""
    with pytest.raises(WrongUsage, match=r"no option blur_radus \(did you mean blur_radius\?\)"):
        registry.resolve(msgspec.structs.replace(STEP, options={"blur_radus": 3}))
    with pytest.raises(WrongUsage, match="pixel_stats: blur_radius takes a number"):
        registry.resolve(msgspec.structs.replace(STEP, options={"blur_radius": "3"}))
    with pytest.raises(WrongUsage, match="takes no prompt"):
        registry.resolve(msgspec.structs.replace(STEP, prompt="describe"))


def test_the_same_question_has_one_fingerprint() -> None:
    """A default given or left out, 3 or 3.0, the step's own name: all the same."""
    entry = registry.find("pixel_stats")
    default = entry.options["blur_radius"].default
    same = {
        registry.resolve(step).fingerprint
        for step in (
            STEP,
            msgspec.structs.replace(STEP, name="other"),
            msgspec.structs.replace(STEP, options={"blur_radius": default}),
        )
    }
    assert len(same) == 1
    assert all(len(one) == 64 for one in same)
    three = [registry.resolve(msgspec.structs.replace(STEP, options={"blur_radius": n})).fingerprint for n in (3, 3.0)]
    assert three[0] == three[1]
    assert three[0] not in same


def test_everything_that_changes_answers_changes_the_fingerprint() -> None:
    """Model, revision, preprocessing, floor, options and prompt each count."""
    entry = registry.find("pixel_stats")
    changes = ({"name": "x"}, {"revision": "x"}, {"preprocessing": 99}, {"floor": 0.2})
    prints = {registry.fingerprint(msgspec.structs.replace(entry, **change), {}, "") for change in changes}
    prints |= {registry.fingerprint(entry, {}, ""), registry.fingerprint(entry, {}, "p")}
    prints |= {registry.fingerprint(entry, {"a": 1}, ""), registry.fingerprint(entry, {"a": True}, "")}
    assert len(prints) == 8


def test_what_an_entry_says_of_a_tagger_counts(own: Path, tmp_path: Path) -> None:
    """So do its weights: what is in a local folder's files, in place of the revision."""
    (tmp_path / "model.onnx").write_text("1")
    (tmp_path / "tags.txt").write_text("a")
    weights = f'[weights]\nfolder = "{tmp_path}"\nfiles = {{ model = "model.onnx", labels = "tags.txt" }}\n'
    tables = '[picture]\nhow = "pad"\n[graph]\nscale = 1.0\n[labels]\nreader = "lines"\n'
    whole = GOOD.replace("pixel_stats", "onnx_tagger") + weights + tables
    prints = []
    for change in ("", "pad>squash", "scale = 1.0>scale = 2.0", '"lines">"csv"'):
        old, _, new = change.partition(">")
        (own / "mine.toml").write_text(whole.replace(old, new) if old else whole)
        prints.append(registry.resolve(Step(name="s", model="mine")).fingerprint)
    (own / "mine.toml").write_text(whole.replace('revision = "1"', 'revision = "2"'))
    assert registry.resolve(Step(name="s", model="mine")).fingerprint == prints[0]
    (tmp_path / "tags.txt").write_text("b, another")
    prints.append(registry.resolve(Step(name="s", model="mine")).fingerprint)
    assert len(set(prints)) == len(prints)


def test_missing_weights_are_refused_with_the_command_that_fetches_them() -> None:
    """Before a job is taken on; thresholds of categories are part of what is resolved once they are there."""
    with pytest.raises(MissingWeights, match="run: cutline models pull wd-vit-tagger-v3"):
        registry.resolve(Step(name="s", model="wd-vit-tagger-v3"))


def test_missing_libraries_are_refused_before_a_job_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands of pictures would fail one by one; the hint says what to install."""
    monkeypatch.setattr("engine.models.packages._is_there", lambda name: name != "onnxruntime")
    with pytest.raises(WrongUsage, match="joytag needs onnxruntime, not installed here") as refused:
        registry.resolve(Step("tags", "joytag"))
    assert "'.[cpu]'" in refused.value.hint
    assert "'.[gpu]'" in refused.value.hint


def test_the_threshold_does_not_change_the_fingerprint() -> None:
    """Moving a threshold runs no model again."""
    entry = registry.find("pixel_stats")
    moved = msgspec.structs.replace(entry, threshold=0.9, summary="other", licence="other")
    assert registry.fingerprint(entry, {}, "") == registry.fingerprint(moved, {}, "")


def test_the_built_in_adapter_is_registered_like_a_strangers() -> None:
    """It is found through the installed entry points, by the same hook."""
    assert "pixel_stats" in registry.adapters()


def test_an_adapter_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing adapter and a missing package are said, with the model that needs them."""
    entry = msgspec.structs.replace(registry.find("pixel_stats"), adapter="pixel_stat")
    with pytest.raises(WrongUsage, match=r"needs the adapter pixel_stat, .*did you mean pixel_stats"):
        registry.load(entry, "cpu")
    point = EntryPoint("pixel_stat", "a_package_nobody_has.adapter:Thing", registry.ADAPTER_GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda **_: [point])
    with pytest.raises(WrongUsage, match="pixel_stats needs a_package_nobody_has"):
        registry.load(entry, "cpu")


def test_only_the_adapter_asked_for_is_imported(own: Path) -> None:
    """Names, entries and fingerprints need no numpy, no Pillow and no adapter; loading needs one adapter."""
    (own / "other.toml").write_text(GOOD.replace('"pixel_stats"', '"an_adapter_nobody_has"'))
    program = """
import json, sys
from engine.models import contract, registry
from engine.wire.protocol import Step
registry.entries(); registry.adapters(); registry.resolve(Step(name="a", model="pixel_stats"))
light = sorted({name.partition(".")[0] for name in sys.modules} & {"numpy", "PIL"})
light += [name for name in sys.modules if name.startswith("engine.models.adapters.")]
registry.load(registry.find("pixel_stats"), "cpu").close()
print(json.dumps([light, [name for name in sys.modules if name.startswith("engine.models.adapters.")]]))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [[], ["engine.models.adapters.pixel_stats"]]


def test_every_shipped_entry_is_whole() -> None:
    """Each shipped file reads, and its adapter is registered."""
    shipped = Path(registry.__file__).parent / "catalog"
    for file in shipped.glob("*.toml"):
        entry = registry.find(file.stem)
        assert entry.adapter in registry.adapters()
        assert all(option.help for option in entry.options.values())
