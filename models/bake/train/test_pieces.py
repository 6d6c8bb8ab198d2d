"""Checks segment_pieces.py: the graph drops what OpenCV's components say, of pieces of every shape and kind.

    python models/bake/train/test_pieces.py
"""

import numpy as np
from segment_pieces import CELL, Graph, keep_pieces, pieces_kept
from shipped import session_of

SIDE = 128
CELLS = SIDE // CELL
ANIMAL, PERSON, THING = range(3)


def drop():
    inputs = {"mask": ("float32", (1, 1, SIDE, SIDE)), "kinds": ("float32", (1, 3, CELLS, CELLS))}
    g = Graph("pieces", inputs, {"kept": ("float32", (1, 1, SIDE, SIDE))})
    g.output("kept", keep_pieces(g, "mask", "kinds", SIDE))
    session = session_of(g.model().SerializeToString())
    return lambda mask, kinds=everywhere(ANIMAL): session.run(None, {"mask": mask[None, None], "kinds": kinds[None]})[0][0, 0]


def everywhere(kind: int) -> np.ndarray:
    return np.tile(np.eye(3, dtype=np.float32)[kind][:, None, None], (1, CELLS, CELLS))


def kinds(left: int, right: int) -> np.ndarray:
    """One kind up to three quarters of the width, another beyond."""
    return np.where(np.arange(CELLS) < 0.75 * CELLS, everywhere(left), everywhere(right))


def disc(x: float, y: float, radius: float) -> np.ndarray:
    rows, columns = np.mgrid[:SIDE, :SIDE]
    return np.clip(radius + 0.5 - np.hypot(columns - x, rows - y), 0, 1).astype(np.float32)


def spiral() -> np.ndarray:
    """One piece, as long as one can be: a walk inwards, two cells from its last turn."""
    walk, row, column, length = np.zeros((CELLS, CELLS), np.float32), 0, 0, CELLS - 1
    walk[0, 0] = 1
    for turn in range(CELLS - 1):
        for _ in range(length):
            row, column = row + (0, 1, 0, -1)[turn % 4], column + (1, 0, -1, 0)[turn % 4]
            walk[row, column] = 1
        length -= 2 if turn and turn % 2 == 0 else 0
    return np.kron(walk, np.ones((CELL, CELL), np.float32))


def main() -> None:
    kept = drop()
    large, near, second, speck = disc(50, 60, 30), disc(84, 60, 3), disc(112, 112, 10), disc(10, 118, 5)
    assert np.array_equal(kept(large), large), "one piece stays as it is"
    assert np.array_equal(kept(np.maximum(large, second)), np.maximum(large, second)), "a second subject stays"
    assert np.array_equal(kept(np.maximum(large, speck)), large), "a speck far off goes"
    assert np.array_equal(kept(np.maximum(large, near)), np.maximum(large, near)), "what touches the subject stays"
    assert np.array_equal(kept(np.maximum(large, 0.2 * second)), large), "faint haze far off goes"
    assert not kept(np.zeros((SIDE, SIDE), np.float32)).any(), "nothing stays nothing"
    assert np.array_equal(kept(spiral()), spiral()), "a winding piece is one"
    both = np.maximum(large, second)
    doubt = np.where(np.arange(CELLS) < 0.75 * CELLS, 1, 0.4).astype(np.float32)
    for first in (ANIMAL, PERSON, THING):
        assert np.array_equal(kept(both, kinds(first, first)), both), "a second subject of the same kind stays"
        assert np.array_equal(kept(both, kinds(first, ANIMAL)), both), "so does an animal"
        assert np.array_equal(kept(both, kinds(first, first) * doubt), large), "what hardly is of that kind goes"
        for other in {PERSON, THING} - {first}:
            assert np.array_equal(kept(both, kinds(first, other)), large), "another kind goes that small"
            equals = np.maximum(disc(40, 60, 18), disc(112, 112, 14))
            assert np.array_equal(kept(equals, kinds(first, other)), equals), "and stays as large as that"
    random = np.random.default_rng(3)
    for _ in range(30):
        mask = np.zeros((SIDE, SIDE), np.float32)
        for _ in range(random.integers(1, 9)):
            mask = np.maximum(mask, disc(*random.uniform(0, SIDE, 2), random.uniform(1, 30)) * np.float32(random.uniform(0.1, 1)))
        scores = random.normal(size=(3, CELLS, CELLS)).astype(np.float32)
        assert np.array_equal(kept(mask, scores), pieces_kept(mask, scores)), "as OpenCV counts"


if __name__ == "__main__":
    main()
