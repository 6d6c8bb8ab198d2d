"""Checks segment_pieces.py: the graph drops what OpenCV's components say, of pieces of every shape.

    python models/bake/train/test_pieces.py
"""

import numpy as np
from segment_pieces import CELL, Graph, keep_pieces, pieces_kept
from shipped import session_of

SIDE = 128


def drop():
    g = Graph("pieces", {"mask": ("float32", (1, 1, SIDE, SIDE))}, {"kept": ("float32", (1, 1, SIDE, SIDE))})
    g.output("kept", keep_pieces(g, "mask", SIDE))
    session = session_of(g.model().SerializeToString())
    return lambda mask: session.run(None, {"mask": mask[None, None]})[0][0, 0]


def disc(x: float, y: float, radius: float) -> np.ndarray:
    rows, columns = np.mgrid[:SIDE, :SIDE]
    return np.clip(radius + 0.5 - np.hypot(columns - x, rows - y), 0, 1).astype(np.float32)


def spiral() -> np.ndarray:
    """One piece, as long as one can be: a walk inwards, two cells from its last turn."""
    cells = SIDE // CELL
    walk, row, column, length = np.zeros((cells, cells), np.float32), 0, 0, cells - 1
    walk[0, 0] = 1
    for turn in range(cells - 1):
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
    random = np.random.default_rng(3)
    for _ in range(20):
        mask = np.zeros((SIDE, SIDE), np.float32)
        for _ in range(random.integers(1, 9)):
            mask = np.maximum(mask, disc(*random.uniform(0, SIDE, 2), random.uniform(1, 30)) * np.float32(random.uniform(0.1, 1)))
        assert np.array_equal(kept(mask), pieces_kept(mask)), "as OpenCV counts"


if __name__ == "__main__":
    main()
