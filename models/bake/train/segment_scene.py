"""Things that the photos lack, drawn from nothing: cars, and what is made of tubes (bicycles, chairs, tables, racks).

Painter's algorithm (Newell et al. 1972) over quads and tubes in perspective; paint and glass mirror a photo of a place,
as environment maps do (Blinn & Newell 1976), more at a glancing angle (Schlick 1994). The shadow is the thing projected
on the ground from the light (Blinn 1988, "Me and my (fake) shadow"). Metres; z is up.
"""

from __future__ import annotations

import cv2
import numpy as np

SIDE, FINER = 384, 2  # the long side of what comes out; drawn this many times larger
MARGIN = 6  # pixels of the drawing around the thing
SHIFT = 4  # bits of a pixel's fraction
PART = 1 << SHIFT
LOWEST_LIGHT = 0.6  # the sun's height as a sine where it is lower than this: shadows up to 1.7 times the height
# A tube is drawn in four lines, each narrower and lighter: share of its width, light.
ROUND = ((1.0, 0.55), (0.72, 0.85), (0.4, 1.1), (0.15, 1.45))


class Scene:
    """Quads, tubes and discs as one camera sees them, kept until `picture` draws them from far to near."""

    def __init__(self, rng, reach: float, mirrored: np.ndarray, *, elevation: float, azimuth: float) -> None:
        """`reach`: about half the thing's length. `mirrored`: uint8 [h, w, 3], what shiny things reflect."""
        self.distance = reach * np.exp(rng.uniform(np.log(3.2), np.log(9)))
        c, s = np.cos(azimuth), np.sin(azimuth)
        e, f = np.cos(elevation), np.sin(elevation)
        # Rows: right, down and away, as the camera has them.
        self.axes = np.array([[c, s, 0], [s * f, -c * f, -e], [-s * e, c * e, -f]])
        self.scale = SIDE * FINER * self.distance / (2 * reach)
        self.mirrored = mirrored.astype(np.float32)
        light = rng.normal(size=3) + np.array([0, 0, 1.2])
        self.light = light / np.linalg.norm(light)
        self.ambient, self.direct = rng.uniform(0.35, 0.7), rng.uniform(0.3, 0.75)
        self.drawn: list[tuple] = []
        self.opaque: list[np.ndarray] = []  # what casts the shadow: faces [points, 3]

    def seen(self, points):
        """[..., 3] in metres to pixels [..., 2] around (0, 0) and depth [...]."""
        turned = np.asarray(points, np.float64) @ self.axes.T
        depth = turned[..., 2] + self.distance
        return turned[..., :2] * (self.scale / depth)[..., None], depth

    def lit(self, colour, normal, gloss):
        """Colours [..., 3] of faces with unit normals [..., 3]; gloss 0–1 [...]."""
        away = self.axes[2]
        facing = np.abs(normal @ away)
        normal = np.where((normal @ away > 0)[..., None], -normal, normal)
        shade = self.ambient * (0.75 + 0.25 * normal[..., 2]) + self.direct * np.clip(normal @ self.light, 0, 1)
        mirror = away - 2 * (normal @ away)[..., None] * normal
        h, w = self.mirrored.shape[:2]
        row = np.clip((0.5 - 0.5 * mirror[..., 2]) * h, 0, h - 1).astype(int)
        column = ((np.arctan2(mirror[..., 1], mirror[..., 0]) / (2 * np.pi) % 1) * (w - 1)).astype(int)
        share = (gloss * (0.25 + 0.75 * (1 - facing) ** 3))[..., None]
        return np.clip(colour * shade[..., None] * (1 - share) + self.mirrored[row, column] * share, 0, 255)

    def mesh(self, points, colours, gloss, *, layer: float = 1) -> None:
        """A net of points [n, m, 3] with a colour [n-1, m-1, 3] and a gloss [n-1, m-1] for each quad."""
        one, two = points[1:, 1:] - points[:-1, :-1], points[1:, :-1] - points[:-1, 1:]
        normal = np.cross(one, two)
        normal /= np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-9)
        colours = self.lit(colours, normal, gloss)
        self.opaque += list(np.stack([points[:-1, :-1], points[:-1, 1:], points[1:, 1:], points[1:, :-1]], 2).reshape(-1, 4, 3))
        flat, depth = self.seen(points)
        quads = np.stack([flat[:-1, :-1], flat[:-1, 1:], flat[1:, 1:], flat[1:, :-1]], 2).reshape(-1, 4, 2)
        depths = (depth[:-1, :-1] + depth[1:, 1:]).reshape(-1) / 2
        for quad, far, colour in zip(quads, depths, colours.reshape(-1, 3)):
            self.drawn.append((layer, -far, "quad", quad, colour, 1.0))

    def box(self, low, high, colour, gloss: float = 0.1) -> None:
        low, high = np.minimum(low, high), np.maximum(low, high)
        for axis in range(3):
            u, v = [k for k in range(3) if k != axis]
            for end in (low, high):
                net = np.empty((2, 2, 3))
                net[..., axis] = end[axis]
                net[0, :, u], net[1, :, u] = low[u], high[u]
                net[:, 0, v], net[:, 1, v] = low[v], high[v]
                self.mesh(net, np.broadcast_to(np.asarray(colour, float), (1, 1, 3)), np.full((1, 1), gloss))

    def tube(self, ends, radius: float, colour, *, alpha: float = 1.0, pieces: int = 3, layer: float = 1) -> None:
        """Straight through points [n, 3], lighter on one side as round things are."""
        ends = np.asarray(ends, float)
        at = np.linspace(0, len(ends) - 1, (len(ends) - 1) * pieces + 1)
        path = np.stack([np.interp(at, np.arange(len(ends)), ends[:, k]) for k in range(3)], -1)
        flat, depth = self.seen(path)
        self.opaque += [straight(a, b, radius) for a, b in zip(path[:-1], path[1:])] if alpha == 1 else []
        for a, b, far in zip(flat[:-1], flat[1:], (depth[:-1] + depth[1:]) / 2):
            self.drawn.append((layer, -far, "tube", (a, b, radius * self.scale / far), np.asarray(colour, float), alpha))

    def ring(self, centre, radius: float, thick: float, colour, axis=(0, 1, 0), *, pieces: int = 48, layer: float = 1) -> None:
        self.tube(circle(centre, radius, axis, pieces), thick, colour, pieces=1, layer=layer)

    def disc(self, centre, radius: float, colour, axis=(0, 1, 0), *, layer: float = 1, gloss: float = 0.2) -> None:
        rim = circle(centre, radius, axis, 32)
        self.opaque.append(rim[:-1])
        flat, depth = self.seen(rim)
        normal = np.asarray(axis, float) / np.linalg.norm(axis)
        self.drawn.append((layer, -depth.mean(), "quad", flat[:-1], self.lit(np.asarray(colour, float), normal, np.float64(gloss)), 1.0))

    def shadow(self) -> list[np.ndarray]:
        """The outlines [points, 2] of every part's shadow on the ground, which the lowest part touches."""
        ground = min(part[:, 2].min() for part in self.opaque)
        slant = self.light[:2] / max(self.light[2], LOWEST_LIGHT)
        outlines = []
        for part in self.opaque:
            height = part[:, 2:] - ground
            outlines.append(self.seen(np.hstack([part[:, :2] - height * slant, np.full_like(height, ground)]))[0])
        return outlines

    def picture(self):
        """RGB uint8 [h, w, 3], its matte and the shadow's share of the ground, uint8 [h, w], with a little room around."""
        reaches = [reach_of(kind, where) for _, _, kind, where, _, _ in self.drawn]
        low, high = np.min([low for low, _ in reaches], 0) - MARGIN, np.max([high for _, high in reaches], 0) + MARGIN
        zoom = SIDE * FINER / (high - low).max()
        shadow = self.shadow()
        low = np.minimum(low, np.min([outline.min(0) for outline in shadow], 0) - MARGIN)
        high = np.maximum(high, np.max([outline.max(0) for outline in shadow], 0) + MARGIN)
        w, h = (np.ceil((high - low) * zoom).astype(int) // FINER + 1) * FINER
        colours, matte = np.zeros((h, w, 3), np.uint8), np.zeros((h, w), np.uint8)

        def whole(points) -> np.ndarray:
            """In sixteenths of a pixel, as OpenCV takes them."""
            return np.rint((np.asarray(points) - low) * zoom * PART).astype(np.int32)

        for _, _, kind, where, colour, alpha in sorted(self.drawn, key=lambda item: item[:2]):
            if kind == "quad":
                outline = whole(where)
                # Neighbours overlap by their outlines, or the gaps between would show.
                cv2.fillConvexPoly(colours, outline, colour.tolist(), cv2.LINE_8, SHIFT)
                cv2.polylines(colours, [outline], True, colour.tolist(), 1, cv2.LINE_8, SHIFT)
                cv2.fillConvexPoly(matte, outline, 255, cv2.LINE_8, SHIFT)
                continue
            a, b, radius = where
            line = whole([a, b])
            width = max(1, round(2 * radius * zoom))
            strong = matte if alpha == 1 else np.zeros_like(matte)
            cv2.line(strong, line[0], line[1], int(255 * alpha), width, cv2.LINE_8, SHIFT)
            if alpha < 1:
                np.maximum(matte, strong, out=matte)
            for share, light in ROUND:
                shift = np.rint(np.array([-0.25, -0.35]) * width * (1 - share) * PART).astype(np.int32)
                tone = np.clip(colour * light, 0, 255).tolist()
                cv2.line(colours, line[0] + shift, line[1] + shift, tone, max(1, round(width * share)), cv2.LINE_8, SHIFT)
        cast = np.zeros_like(matte)
        for outline in shadow:
            cv2.fillConvexPoly(cast, cv2.convexHull(whole(outline)), 255, cv2.LINE_8, SHIFT)
        size = (w // FINER, h // FINER)
        solid = matte.astype(np.float32)[..., None]
        cover = cv2.resize(solid, size, interpolation=cv2.INTER_AREA)[..., None]
        mixed = cv2.resize(colours * solid, size, interpolation=cv2.INTER_AREA) / np.maximum(cover, 1e-3)
        cast = cv2.resize(cast, size, interpolation=cv2.INTER_AREA)
        return np.clip(mixed + 0.5, 0, 255).astype(np.uint8), np.rint(cover[..., 0]).astype(np.uint8), cast


def reach_of(kind: str, where):
    """The corners of what is drawn."""
    if kind == "quad":
        return where.min(0), where.max(0)
    a, b, radius = where
    return np.minimum(a, b) - radius, np.maximum(a, b) + radius


def straight(a, b, radius: float) -> np.ndarray:
    """A tube as the flat strip that casts about the same shadow: [4, 3]."""
    along = b - a
    across = np.array((-along[1], along[0], 0)) if np.hypot(*along[:2]) > 1e-6 else np.array((1.0, 0, 0))
    out = across / np.linalg.norm(across) * radius
    return np.stack([a - out, b - out, b + out, a + out])


def circle(centre, radius: float, axis, pieces: int) -> np.ndarray:
    """Points [pieces + 1, 3] around `axis`."""
    axis = np.asarray(axis, float) / np.linalg.norm(axis)
    across = np.cross(axis, (0, 0, 1.0)) if abs(axis[2]) < 0.9 else np.cross(axis, (1.0, 0, 0))
    across /= np.linalg.norm(across)
    up = np.cross(axis, across)
    angle = np.linspace(0, 2 * np.pi, pieces + 1)[:, None]
    return np.asarray(centre, float) + radius * (np.cos(angle) * across + np.sin(angle) * up)
