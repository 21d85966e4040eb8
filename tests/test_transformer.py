"""The transformer of docs/examples/transformer.py: its gradients, its training beside PyTorch's, and its checkpoints."""

import ast
import doctest
import importlib.util
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from backprop import adam

ROOT = Path(__file__).parent.parent
PROGRAM = ROOT / "docs" / "examples" / "transformer.py"
PAGE = ROOT / "docs" / "layers" / "transformer.md"
SHOWN = json.loads(PROGRAM.with_suffix(".json").read_text(encoding="utf-8"))
SPEC = importlib.util.spec_from_file_location("adding", PROGRAM)
adding = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(adding)

SMALL = ["--width", "8", "--heads", "2", "--batch", "16", "--steps", "20", "--held-out", "9900", "--every", "5"]


def mapped(function, value):
    """Return a structure of dictionaries and lists with the function of each array."""
    if isinstance(value, dict):
        return {key: mapped(function, part) for key, part in value.items()}
    if isinstance(value, list):
        return [mapped(function, part) for part in value]
    return function(value)


def arrays(value):
    return [array for _, array in adding.arrays_in(value, "")]


# ---- The gradients


def test_the_whole_backward_pass_is_that_of_the_complex_step():
    rng = np.random.default_rng(0)
    p = mapped(lambda array: array + 0.2 * rng.normal(size=array.shape), adding.random_network(rng, 4, 2))
    sums = adding.every_sum()[rng.integers(10_000, size=3)]
    found = dict(adding.arrays_in(adding.gradients(p, sums, 2)[1], ""))
    moved = mapped(lambda array: array.astype(complex), p)
    seen = 0
    for name, array in adding.arrays_in(moved, ""):
        wanted = np.zeros(array.shape)
        for index in np.ndindex(array.shape):
            array[index] += 1e-30j
            wanted[index] = adding.cost(moved, sums, 2).imag / 1e-30
            array[index] -= 1e-30j
            seen += 1
        assert found[name].shape == wanted.shape
        assert np.linalg.norm(wanted) > 1e-6
        assert np.linalg.norm(found[name] - wanted) <= 1e-10 * np.linalg.norm(wanted), name
    assert seen == 544


@pytest.fixture
def torch():
    """PyTorch with one thread: its other ones only wait in a network as small as this."""
    module = pytest.importorskip("torch", reason="torch is not installed (group oracles)")
    threads = module.get_num_threads()
    module.set_num_threads(1)
    yield module
    module.set_num_threads(threads)


def test_the_first_100_costs_are_those_of_pytorch(tmp_path, torch):
    import transformer_in_torch

    given = adding.arguments([str(tmp_path)])
    sums, _ = adding.divided(given)
    run, leaves = adding.begun(given), []
    p = transformer_in_torch.in_torch(run.parameters, leaves)
    optimizer = torch.optim.AdamW(leaves, weight_decay=0.0, eps=1e-8)
    theirs = []
    for step in range(1, 101):
        run = adding.next_step(run, sums, given)
        chosen = sums[np.random.default_rng([given.seed, step]).integers(len(sums), size=given.batch)]
        optimizer.param_groups[0]["lr"] = adding.rate_at(step, given)
        optimizer.zero_grad()
        C = transformer_in_torch.cost(p, torch.tensor(chosen), given.heads)
        C.backward()
        optimizer.step()
        theirs.append(C.item())
    np.testing.assert_allclose(run.costs, theirs, rtol=1e-8, atol=0)
    assert run.costs[-1] < 0.8 * run.costs[0]


# ---- What it computes


def test_a_sum_is_written_with_the_digits_of_its_result_reversed():
    assert [adding.written(47, 85), adding.written(3, 4), adding.written(99, 99)] == [
        "47+85=231",
        "03+04=700",
        "99+99=891",
    ]
    sums = adding.every_sum()
    assert sums.shape == (10_000, 9)
    assert len({row.tobytes() for row in sums}) == 10_000


def test_no_held_out_sum_is_trained_on(tmp_path):
    sums, held_out = adding.divided(adding.arguments([str(tmp_path)]))
    assert (len(sums), len(held_out)) == (8000, 2000)
    assert len({row.tobytes() for row in [*sums, *held_out]}) == 10_000


def test_no_position_sees_a_later_one():
    rng = np.random.default_rng(1)
    p, sums = adding.random_network(rng, 8, 2), adding.every_sum()[[4785]]
    for position in range(8):
        other = sums[:, :-1].copy()
        other[0, position] = (other[0, position] + 1) % 12
        changed = adding.forward(p, other, 2, last=8)[0] != adding.forward(p, sums[:, :-1], 2, last=8)[0]
        assert changed.any(axis=1).tolist() == [later >= position for later in range(8)]


def test_the_attention_maps_are_those_of_the_network():
    rng = np.random.default_rng(2)
    p, ids = adding.random_network(rng, 8, 1), adding.every_sum()[4785, :-1]
    [maps] = adding.attention_maps(p, ids, 2)
    assert maps.shape == (2, 8, 8)
    np.testing.assert_allclose(maps.sum(axis=2), 1)
    assert np.all(np.triu(maps, 1) == 0)
    [block] = p["blocks"]
    x = p["E"][ids] + p["pos"]
    u = adding.layer_norm(x, *block["norm1"])
    V = np.split(u @ block["attention"][2], 2, axis=1)
    mixed = np.hstack([P @ of_head for P, of_head in zip(maps, V)]) @ block["attention"][3]
    np.testing.assert_allclose(adding.block_forward(x[None], block, 2)[1][2][0], x + mixed)


# ---- The page


def test_the_functions_of_the_page_are_those_of_the_program():
    examples = doctest.DocTestParser().get_examples(PAGE.read_text(encoding="utf-8"))
    on_page = [node for example in examples for node in ast.parse(example.source).body]

    def functions(body):
        for node in body:
            if isinstance(node, ast.FunctionDef):
                if ast.get_docstring(node):
                    node.body.pop(0)
                yield node.name, ast.dump(node)

    of_program = dict(functions(ast.parse(PROGRAM.read_text(encoding="utf-8")).body))
    of_page = dict(functions(on_page))
    assert {"written", "flat", "block_forward", "block_backward", "forward", "backward", "gradients"} <= of_page.keys()
    assert of_page.keys() - of_program.keys() == {"cost_of_table"}
    assert {name: of_page[name] for name in of_page.keys() & of_program.keys()}.items() <= of_program.items()


def test_the_numbers_of_the_figures_are_those_of_the_program_as_it_is(tmp_path):
    given = adding.arguments([str(tmp_path)])
    assert SHOWN["settings"] == {name: getattr(given, name) for name in adding.SETTINGS}
    assert SHOWN["held_out_right"] >= 0.99
    assert len(SHOWN["costs"]) == given.steps / 10
    assert np.shape(SHOWN["attention"]) == (given.blocks, given.heads, len(SHOWN["text"]), len(SHOWN["text"]))
    run, (sums, _) = adding.begun(given), adding.divided(given)
    for _ in range(10):
        run = adding.next_step(run, sums, given)
    assert np.mean(run.costs) == pytest.approx(SHOWN["costs"][0], abs=1e-3)


# ---- The program


def trained(folder, *options):
    assert adding.main([str(folder), *SMALL, *options]) == 0
    return dict(np.load(folder / "checkpoint.npz"))


@pytest.mark.parametrize(("stop", "saved"), [(KeyboardInterrupt, 13), (SystemExit, 10)])
def test_an_interrupted_run_continues_as_if_nothing_had_happened(tmp_path, monkeypatch, capsys, stop, saved):
    whole = trained(tmp_path / "whole")
    step = adding.next_step

    def interrupted(run, *others):
        if len(run.costs) == 13:
            raise stop
        return step(run, *others)

    monkeypatch.setattr(adding, "next_step", interrupted)
    if stop is KeyboardInterrupt:
        assert adding.main([str(tmp_path / "parts"), *SMALL]) == 130
        assert "Interrupted after 13 steps" in capsys.readouterr().out
    else:  # as if the machine had stopped
        with pytest.raises(SystemExit):
            adding.main([str(tmp_path / "parts"), *SMALL])
    monkeypatch.setattr(adding, "next_step", step)
    capsys.readouterr()
    parts = trained(tmp_path / "parts")
    assert f"{saved} steps are done" in capsys.readouterr().out
    assert parts.keys() == whole.keys()
    for name, array in whole.items():
        np.testing.assert_array_equal(parts[name], array)
    for name in ("loss.svg", "shown.json"):
        assert (tmp_path / "parts" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_an_interruption_while_a_file_is_written_leaves_the_old_one(tmp_path):
    path = tmp_path / "checkpoint.npz"
    path.write_bytes(b"old")

    def half(file):
        file.write(b"n")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        adding.replace(path, half)
    assert path.read_bytes() == b"old"
    adding.replace(path, lambda file: file.write(b"new"))
    assert path.read_bytes() == b"new"


def test_the_drawing_shows_the_costs(tmp_path):
    svg = ElementTree.fromstring(adding.drawing([2.0] * 10 + [1.0] * 10))
    [line] = svg.iter("{http://www.w3.org/2000/svg}polyline")
    points = [tuple(map(float, point.split(","))) for point in line.get("points").split()]
    assert points == [(117.5, 20.0), (272.5, 105.0)]
    assert svg[0].text == "Cost over 20 steps, from 2.00 to 1.0000"


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ("", "required: folder"),
        ("run --steps 0", "--steps: 0 is no whole number of at least 1"),
        ("run --batch many", "--batch: many is no whole number"),
        ("run --rate -1", "--rate: -1 is no number above 0"),
        ("run --rate nan", "--rate: nan is no number above 0"),
        ("run --heads 3", "--heads 3 does not divide --width 32"),
        ("run --held-out 10000", "--held-out 10000 leaves nothing to train on"),
        ("run --speed 3", "unrecognized arguments: --speed 3"),
        ("file", "file cannot be used as a folder"),
        ("torn", "checkpoint.npz is no checkpoint of this program; choose another folder"),
        ("other", "checkpoint.npz is no checkpoint of this program; choose another folder"),
        ("done --width 4", "was trained with --width 8, not 4; give the same options, or another folder"),
    ],
)
def test_bad_arguments_get_one_clear_line(tmp_path, monkeypatch, capsys, options, complaint):
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("")
    for name in ("torn", "other", "done"):
        Path(name).mkdir()
    Path("torn/checkpoint.npz").write_bytes(b"PK half of a file")
    np.savez("other/checkpoint.npz", x=np.zeros(3))
    given = adding.arguments(["done", *SMALL])
    p = given.run.parameters
    adding.save(adding.Run(*adam(p, p), [1.0]), Path("done/checkpoint.npz"), given)
    with pytest.raises(SystemExit) as stopped:
        adding.arguments(options.split() if not options.startswith("done") else ["done", *SMALL, *options.split()[1:]])
    assert stopped.value.code == 2
    error = capsys.readouterr().err
    assert complaint in error
    assert error.count("\n") == 1


def test_the_program_prints_what_it_reached(tmp_path, capsys):
    trained(tmp_path)
    first, second = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"held-out sums right: \d+\.\d\d% of 9900", first)
    assert re.fullmatch(r"20 steps, \d+ s, \d+ s of processor time; seed 0", second)
