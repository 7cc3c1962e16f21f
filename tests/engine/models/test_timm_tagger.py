"""Tests of the tagger through torch: the right pixels in the right order, the right weights, the right device."""

from __future__ import annotations

import base64
import importlib.util
import json
import logging
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pytest
from PIL import Image

from engine.captions.viewing.scores import LabelTable, unpack
from engine.errors import CutlineError
from engine.models import registry
from engine.models.adapters import timm_tagger
from engine.models.adapters.timm_forward import Forward
from engine.models.adapters.timm_input import Feed
from engine.models.adapters.timm_tagger import PART, TimmTagger
from engine.models.contract import Ask, Scored
from engine.models.fit import Fit
from engine.models.pictures import Picture
from engine.models.tagger import Graph
from engine.wire.protocol import Labels, Result, ScoresOutput, Step
from tests.engine.models import timm_models, torchvision_stub
from tests.engine.models.timm_models import LABELS, SMALL
from tests.rules.imports import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from tests.engine.engine_room import EngineRoom

torch = pytest.importorskip("torch", reason="torch is not installed")
for needed in ("timm", "safetensors"):
    if importlib.util.find_spec(needed) is None:
        pytest.skip(f"{needed} is not installed", allow_module_level=True)

ASK = Ask({"compile": "off"})


def picture(pixels: NDArray[np.uint8]) -> Picture:
    """Wrap pixels."""
    return Picture(pixels, None, (pixels.shape[1], pixels.shape[0]), "RGB", bytes(32))


def slope(size: int, seed: int) -> Picture:
    """Make a square of three colours that rise and fall, each its own way."""
    ways = np.random.default_rng(seed).uniform(-1, 1, (2, 3))
    down, right = np.mgrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j]
    rises = down[..., None] * ways[0] + right[..., None] * ways[1]
    return picture((127.5 + 63 * rises).astype(np.uint8))


def plain(*colour: int) -> Picture:
    """Make a square of one colour, for the model that knows them."""
    return picture(np.full((32, 32, 3), colour, np.uint8))


def scores(answer: Any) -> dict[str, float]:
    """Return what was kept, by tag."""
    assert isinstance(answer, Scored), answer
    return {LABELS[place][0]: score / 65535 for place, score in answer.pairs}


def reference(model: Any, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Score a square as MODELS.md 2.2 says, step by step and picture by picture, in float32."""
    values = torch.from_numpy(pixels.copy()).permute(2, 0, 1).to(torch.float32) / 255
    normal = torch.stack([(channel - 0.5) / 0.5 for channel in values])
    bgr = torch.stack([normal[2], normal[1], normal[0]])
    with torch.no_grad():
        said: NDArray[np.float32] = torch.sigmoid(model(bgr[None]))[0].numpy()
    return said


def knows_colours() -> Any:
    """Return a model by whose tags a person can tell which colour was where: its blocks pass everything on unchanged."""
    model = timm_models.make(SMALL["vit"])
    with torch.no_grad():
        for block in model.blocks:
            for last in (block.attn.proj, block.mlp.fc2):
                last.weight.zero_()
                last.bias.zero_()
        for blank in (model.pos_embed, model.patch_embed.proj.weight, model.patch_embed.proj.bias):
            blank.zero_()
        model.norm.weight.fill_(1)
        model.norm.bias.zero_()
        model.head.weight.zero_()
        model.head.bias.fill_(-10)
        for place, name in enumerate(("blue_theme", "green_theme", "red_theme")):  # the order of channels: BGR
            model.patch_embed.proj.weight[place, place] = 1 / 64
            model.head.weight[index(name), place] = 5
        model.head.bias[:4] = torch.tensor([0.1, -0.1, -0.2, -0.3])
    return model


def index(name: str) -> int:
    """Return the place of a label."""
    return [label for label, _ in LABELS].index(name)


@pytest.fixture
def colours(tmp_path: Path) -> registry.Entry:
    """Save the model that knows colours."""
    return timm_models.entry(timm_models.save(tmp_path / "colours", SMALL["vit"], knows_colours()), "vit")


@pytest.mark.parametrize("family", SMALL)
def test_scores_are_those_of_the_published_recipe(family: str, tmp_path: Path) -> None:
    """Every family answers, in batches, what an independent computation says of each picture alone."""
    model = timm_models.make(SMALL[family])
    adapter = TimmTagger(timm_models.entry(timm_models.save(tmp_path, SMALL[family], model), family), "cpu")
    pictures = [slope(SMALL[family].size, seed) for seed in range(5)]
    answers = adapter.answer(pictures, ASK)
    expected = [reference(model, one.pixels) for one in pictures]
    for answer, wanted in zip(answers, expected, strict=True):
        assert list(scores(answer).values()) == pytest.approx(wanted.tolist(), abs=1e-4)
    assert np.ptp(expected, axis=0).max() > 0.02, "the pictures must not look alike to the model"


def test_labels_are_those_of_the_file(colours: registry.Entry) -> None:
    """Names and categories come in the order of the outputs, quotes and commas unharmed."""
    table = TimmTagger(colours, "cpu").labels()
    assert table.names == tuple(name for name, _ in LABELS)
    assert table.categories == ("rating",) * 4 + ("general",) * 5 + ("character",)


def test_the_model_says_how_pictures_are_fitted(colours: registry.Entry) -> None:
    """The size comes from config.json, the rest from the entry, which fits as the ONNX entries do."""
    adapter = TimmTagger(colours, "cpu")
    assert adapter.fit == Fit(32, "pad", (255, 255, 255), "kohya")
    assert (adapter.calls, adapter.runs_on) == ("threads", "cpu")


def test_red_is_red(colours: registry.Entry) -> None:
    """Each colour gets its own tag, white all, black none."""
    adapter = TimmTagger(colours, "cpu")
    shown = {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255), "white": (255,) * 3, "black": (0,) * 3}
    answers = adapter.answer([plain(*colour) for colour in shown.values()], ASK)
    seen = {
        name: [tag for tag, score in scores(answer).items() if tag.endswith("theme") and score > 0.9]
        for name, answer in zip(shown, answers, strict=True)
    }
    themes = ["red_theme", "green_theme", "blue_theme"]
    assert seen == {"red": themes[:1], "green": themes[1:2], "blue": themes[2:], "white": themes, "black": []}
    assert "general" in scores(answers[0])


def test_a_wrong_order_of_channels_would_be_seen(colours: registry.Entry) -> None:
    """With RGB in the entry, red becomes blue: the test above can fail."""
    assert colours.graph is not None
    wrong = msgspec.structs.replace(colours, graph=msgspec.structs.replace(colours.graph, channels="RGB"))
    said = scores(TimmTagger(wrong, "cpu").answer([plain(255, 0, 0)], ASK)[0])
    assert said["blue_theme"] > 0.9
    assert "red_theme" not in said


def test_more_pictures_than_a_part_come_back_in_order(colours: registry.Entry) -> None:
    """A batch is computed in parts, and each picture still gets its own answer."""
    adapter = TimmTagger(colours, "cpu")
    names = {"red_theme": (255, 0, 0), "green_theme": (0, 255, 0), "blue_theme": (0, 0, 255)}
    order = [list(names)[number] for number in np.random.default_rng(1).integers(0, 3, 2 * PART + 7)]
    answers = adapter.answer([plain(*names[name]) for name in order], ASK)
    assert [max(scores(one).items(), key=lambda pair: pair[1])[0] for one in answers] == order
    assert list(adapter.answer([], ASK)) == []


def test_several_threads_get_the_answers_that_one_would_get(colours: registry.Entry) -> None:
    """On the CPU it is called like that."""
    adapter = TimmTagger(colours, "cpu")
    pictures = [slope(32, seed) for seed in range(24)]
    alone = [adapter.answer([one], ASK)[0] for one in pictures]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda one: adapter.answer([one], ASK)[0], pictures)) == alone


def test_a_picture_that_was_not_fitted_fails_alone(colours: registry.Entry) -> None:
    """Among squares, a picture of another size gets a sentence and the others their answers."""
    odd = picture(np.zeros((20, 31, 3), np.uint8))
    first, fault, last = TimmTagger(colours, "cpu").answer([plain(255, 0, 0), odd, plain(0, 0, 255)], ASK)
    assert isinstance(fault, CutlineError)
    assert "31x20 px" in fault.message
    assert "red_theme" in scores(first)
    assert "blue_theme" in scores(last)


def test_a_picture_answered_with_no_number_fails_alone(tmp_path: Path) -> None:
    """An answer that overflows for one picture of three is that picture's fault, by the model's name."""
    model = knows_colours()
    with torch.no_grad():
        model.head.weight[index("red_theme"), 2] = 1.05e38  # times 3.39 for red, the largest number is 3.4e38
    adapter = TimmTagger(timm_models.entry(timm_models.save(tmp_path, SMALL["vit"], model), "vit"), "cpu")
    blue, red, green = adapter.answer([plain(0, 0, 255), plain(255, 0, 0), plain(0, 255, 0)], ASK)
    assert isinstance(red, CutlineError)
    assert "wd-vit-tagger-v3-torch" in red.message
    assert "blue_theme" in scores(blue)
    assert "green_theme" in scores(green)


def test_half_precision_stays_near(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """bfloat16, as on a GPU, moves scores by less than 0.02, and the logistic function is computed in float32."""
    model = timm_models.make(SMALL["vit"])
    entry = timm_models.entry(timm_models.save(tmp_path, SMALL["vit"], model), "vit")
    monkeypatch.setattr(timm_tagger, "precision_on", lambda _: torch.bfloat16)
    pictures = [slope(32, seed) for seed in range(4)]
    found = [list(scores(answer).values()) for answer in TimmTagger(entry, "cpu").answer(pictures, ASK)]
    away = np.abs(np.array(found) - [reference(model, one.pixels) for one in pictures]).max()
    assert 1e-5 < away < 0.02


def test_a_feed_keeps_what_it_gave() -> None:
    """The next part does not change the one before; each channel has its own mean; channels lie last in memory."""
    feed = Feed(
        Graph(channels="BGR", mean=(0.5, 0.4, 0.3), std=(0.5, 0.6, 0.7)), 4, 2, torch.device("cpu"), torch.float32
    )
    pixels = np.random.default_rng(1).integers(0, 256, (3, 4, 4, 3), dtype=np.uint8)
    first, second = feed.put(list(pixels[:2])), feed.put(list(pixels[2:]))
    wanted = ((pixels / 255 - [0.5, 0.4, 0.3]) / [0.5, 0.6, 0.7])[..., ::-1].transpose(0, 3, 1, 2)
    assert np.concatenate([first, second]) == pytest.approx(wanted, abs=1e-6)
    assert first.is_contiguous(memory_format=torch.channels_last)


def test_compiled_says_the_same() -> None:
    """A compiled model answers what it would say otherwise."""
    model = timm_models.make(SMALL["vit"])
    pixels = torch.rand(2, 3, 32, 32)
    with torch.inference_mode():
        forward = Forward(model, backend="eager")
        assert torch.allclose(forward(pixels, compiled=True), forward(pixels, compiled=False), atol=1e-5)


def test_what_cannot_be_compiled_is_called_as_it_is(caplog: pytest.LogCaptureFixture) -> None:
    """Without a compiler the model goes on as it is, says so once in the log, and does not try again."""
    tried = []

    def broken(*_: object) -> None:
        tried.append(1)
        raise RuntimeError("no C compiler")

    model = timm_models.make(SMALL["vit"])
    forward, pixels = Forward(model, backend=broken), torch.rand(2, 3, 32, 32)
    with torch.inference_mode(), caplog.at_level(logging.WARNING):
        answers = [forward(pixels, compiled=True) for _ in range(3)]
        assert all(torch.equal(answer, model(pixels)) for answer in answers)
    assert len(tried) == 1
    assert [record.levelname for record in caplog.records if "torch.compile failed" in record.message] == ["WARNING"]


def test_nothing_is_compiled_on_a_processor(colours: registry.Entry, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long the job, however it was asked: there it pays never."""
    monkeypatch.setattr(timm_tagger, "COMPILE_AFTER_SECONDS", 0.0)
    monkeypatch.setattr(torch, "compile", lambda *_, **__: pytest.fail("compiled"))
    adapter = TimmTagger(colours, "cpu")
    for _ in range(2):
        adapter.answer([plain(0, 0, 0)] * PART, Ask({"compile": "auto"}))


def padded(width: int, height: int, colour: tuple[int, int, int]) -> NDArray[np.uint8]:
    """Return a picture of one colour in the middle of a white square, shrunk to 32 px by the mean of areas."""
    side = max(width, height)
    square = np.full((side, side, 3), 255, np.uint8)
    left, top = (side - width) // 2, (side - height) // 2
    square[top : top + height, left : left + width] = colour
    means: NDArray[np.float64] = square.reshape(32, side // 32, 32, side // 32, 3).mean((1, 3))
    return means.round().astype(np.uint8)


def test_an_engine_tags_through_torch(room: EngineRoom, tmp_path: Path) -> None:
    """A folder with such files is a model: the real engine pads pictures of any shape and scores them by the recipe."""
    # For the worker's process; timm cannot be imported there otherwise, unless torchvision is installed.
    if importlib.util.find_spec("torchvision") is None:
        shutil.copy(torchvision_stub.__file__, room.plugins / "torchvision.py")
    model = timm_models.make(SMALL["vit"])
    folder = timm_models.save(tmp_path / "folder", SMALL["vit"], model)
    shapes = {"wide.png": (96, 48, (255, 0, 0)), "tall.png": (40, 128, (0, 0, 255))}
    for name, (width, height, colour) in shapes.items():
        Image.new("RGB", (width, height), colour).save(room.root / name)
    client = room.start()
    job = msgspec.structs.replace(room.job(shapes), steps=(Step("tags", str(folder)),))
    client.submit(job)
    table, *lines = room.lines(job)
    assert isinstance(table, Labels)
    results = {line.item: line for line in lines if isinstance(line, Result)}
    for item, shape in enumerate(shapes.values(), start=100):
        output = results[item].output
        assert isinstance(output, ScoresOutput), results[item].error
        found = unpack(base64.b64decode(output.blob), LabelTable(table.names, table.categories))
        wanted = dict(zip(table.names, reference(model, padded(*shape)).tolist(), strict=True))
        assert {tag.name: tag.score for tag in found} == pytest.approx(wanted, abs=1e-4)


def _rewrite(file: Path, **changes: Any) -> None:
    """Change a JSON file at its top."""
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def _retensor(file: Path, change: Any) -> None:
    """Change the tensors of a safetensors file."""
    from safetensors.torch import load_file, save_file  # noqa: PLC0415  (skipped where it is missing)

    tensors = load_file(file)
    change(tensors)
    save_file(tensors, file)


WRONG: dict[str, tuple[str, Any, str]] = {
    "no JSON": ("config.json", lambda file: file.write_text("{"), "not the configuration"),
    "another's": ("config.json", lambda file: file.write_text('{"model_type": "blip"}'), "not the configuration"),
    "not square": ("config.json", lambda file: _rewrite(file, pretrained_cfg={"input_size": [3, 32, 48]}), "a square"),
    "unheard of": ("config.json", lambda file: _rewrite(file, architecture="vit_huger"), "knows no architecture"),
    "from the network": ("config.json", lambda file: _rewrite(file, architecture="hf-hub:a/b"), "knows no arch"),
    "loads more": ("config.json", lambda file: _rewrite(file, model_args={"checkpoint_path": "x"}), "cannot hold"),
    "odd argument": ("config.json", lambda file: _rewrite(file, model_args={"legs": 4}), "cannot make"),
    "fewer labels": ("selected_tags.csv", lambda file: file.write_text("name,category\na,0\n"), "has 1 labels"),
    "truncated": ("model.safetensors", lambda file: file.write_bytes(file.read_bytes()[:900]), "truncated or damaged"),
    "empty": ("model.safetensors", lambda file: file.write_bytes(b""), "truncated or damaged"),
    "missing": ("model.safetensors", lambda file: _retensor(file, lambda all_: all_.pop("head.bias")), "1 missing"),
    "unexpected": (
        "model.safetensors",
        lambda file: _retensor(file, lambda all_: all_.update(more=torch.ones(1))),
        "1 unexpected (more)",
    ),
    "misshapen": (
        "model.safetensors",
        lambda file: _retensor(file, lambda all_: all_.update({"head.bias": torch.ones(3)})),
        "1 of another shape (head.bias)",
    ),
}


@pytest.mark.parametrize("fault", WRONG)
def test_wrong_files_are_named(colours: registry.Entry, fault: str) -> None:
    """One line says which file is wrong and why; no tensor stays random in silence."""
    name, spoil, said = WRONG[fault]
    assert colours.weights is not None
    folder = ROOT / colours.weights.folder
    spoil(folder / name)
    with pytest.raises(CutlineError) as raised:
        TimmTagger(colours, "cpu")
    assert str(folder / name) in raised.value.message
    assert said in raised.value.message
    assert "\n" not in str(raised.value)


def test_an_entry_that_contradicts_the_model_is_refused(colours: registry.Entry) -> None:
    """Scores that would be taken for probabilities, or another size than the model's, are told by the model's name."""
    for changes, said in (({"graph": Graph()}, "logits"), ({"picture": Fit(48)}, "48")):
        with pytest.raises(CutlineError, match="wd-vit-tagger-v3-torch") as raised:
            TimmTagger(msgspec.structs.replace(colours, **changes), "cpu")
        assert said in raised.value.message


@pytest.mark.parametrize("name", ["cuda:99", "mps:7" if sys.platform == "darwin" else "mps", "toaster"])
def test_a_device_that_is_not_there_is_refused(colours: registry.Entry, name: str) -> None:
    """The sentence names the device and those there are."""
    with pytest.raises(CutlineError) as raised:
        TimmTagger(colours, name)
    assert name in raised.value.message
    assert "cpu" in str(raised.value)


def test_a_missing_package_is_named_with_its_extra(colours: registry.Entry, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever is missing, the hint installs it."""
    for package in ("safetensors.torch", "timm", "torch"):
        with monkeypatch.context() as without:
            without.setitem(sys.modules, package, None)
            with pytest.raises(CutlineError, match="not installed") as raised:
                registry.load(colours, "cpu")
        assert f"needs {package.partition('.')[0]}," in raised.value.message
        assert "pip install -e '.[timm]'" in raised.value.hint


@pytest.mark.skipif(importlib.util.find_spec("torchvision") is not None, reason="torchvision is installed")
def test_a_missing_torchvision_is_named() -> None:
    """A fresh process, in which timm cannot be imported without it, says so in one sentence."""
    program = (
        "from engine.models import registry\n"
        "try: registry.load(registry.find('wd-vit-tagger-v3-torch'), 'cpu')\n"
        "except Exception as error: print(error)"
    )
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.startswith(
        "wd-vit-tagger-v3-torch needs torchvision, which is not installed (in cutline's folder"
    )


def test_packages_that_do_not_fit_together_are_told(colours: registry.Entry, monkeypatch: pytest.MonkeyPatch) -> None:
    """What torch and torchvision of different releases raise on import is told in one sentence, too."""

    def clash(_: str) -> None:
        raise RuntimeError("operator torchvision::nms does not exist")

    monkeypatch.setattr(timm_tagger, "import_module", clash)
    with pytest.raises(CutlineError, match="cannot import timm: operator torchvision::nms") as raised:
        TimmTagger(colours, "cpu")
    assert "matching versions" in raised.value.hint


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA here")
@pytest.mark.parametrize("family", SMALL)
def test_a_gpu_says_nearly_the_same(family: str, tmp_path: Path) -> None:
    """In half precision scores stay within 0.02 of float32, over parts that share buffers, and memory is given back."""
    model = timm_models.make(SMALL[family])
    adapter = TimmTagger(timm_models.entry(timm_models.save(tmp_path, SMALL[family], model), family), "cuda")
    assert (adapter.calls, adapter.runs_on) == ("batches", "cuda:0")
    pictures = [slope(SMALL[family].size, seed) for seed in range(2 * PART + 3)]
    found = [list(scores(answer).values()) for answer in adapter.answer(pictures, ASK)]
    assert np.abs(np.array(found) - [reference(model, one.pixels) for one in pictures]).max() < 0.02
    adapter.close()
