"""One training example after another: a photo seen anew, or cut-outs pasted where they never were.

Copy-and-paste after Ghiasi et al. 2021 (arXiv 2012.07177), with soft edges, cast shadows and textures exchanged
inside the outline (shape over texture: Geirhos et al. 2019, arXiv 1811.12231). The target is matte-like: 0–255 where
a soft edge was pasted; its weight is 0 where the label is unknown.
"""

from __future__ import annotations

import cv2
import numpy as np
from dataset import ANIMALS, CATS, OBJECTS, PEOPLE, UNKNOWN, Dataset, Pair, largest
from segment_appearance import backdrop, colour, degrade, garland, lights, retextured, unevenly
from segment_drawn import DRAWN
from segment_ground import floor, shade, sunlit
from segment_loss import emphasis

# How often a source is drawn, as a photo and as a cut-out.
AS_PHOTO = {CATS: 0.48, PEOPLE: 0.19, ANIMALS: 0.28, OBJECTS: 0.05}
AS_CUTOUT = {CATS: 0.22, PEOPLE: 0.10, ANIMALS: 0.19, OBJECTS: 0.27, DRAWN: 0.22}
PASTED, EMPTY, BARS = 0.46, 0.06, 0.04
# What is beside a subject and is none: beside animals things are scenery, and beside cats so are people, as the cats'
# own labels have it. How often an animal that is pasted, and one in its own photo, gets such company.
COMPANY, COMPANY_IN_PHOTOS = 0.3, 0.08
HIDES = 0.01  # of the subject at most: beside it, not before it
YIELDS = {CATS: (OBJECTS, DRAWN, PEOPLE), ANIMALS: (OBJECTS, DRAWN)}
AS_COMPANY = {OBJECTS: 0.5, DRAWN: 0.3, PEOPLE: 0.2}
COLONY = 0.12  # of pasted cats, how often they are many
STRUNG = 0.2  # of what is pasted, before strings of lights
FLOORED = 0.35  # of the places that things are pasted on
SUNLIT, SHADED, SHADED_PHOTO = 0.75, 0.5, 0.35  # how often a drawn thing casts its own shadow; how often any has a rougher one
RETEXTURED = 0.2  # how often a cut-out has another's texture
UNEVEN_PHOTO, UNEVEN_CUTOUT = 0.15, 0.3  # how often light falls unevenly, on all and on a cut-out alone
# Towards the end more photos as they are (as YOLOX ends its mosaics, Ge et al. 2021, arXiv 2107.08430), as many drawn
# things, and little company.
CALM_PASTED = 0.3
CALM_COMPANY, CALM_COMPANY_IN_PHOTOS = 0.08, 0.02
AS_CALM_CUTOUT = {CATS: 0.18, PEOPLE: 0.08, ANIMALS: 0.17, OBJECTS: 0.24, DRAWN: 0.33}

# What is known of a pixel is 0 (nothing), 1 (its label) or more: one more than its kind. A kind is its place in
# segment_network.KINDS, counted from 1.
KIND = {CATS: 1, ANIMALS: 1, PEOPLE: 2, OBJECTS: 3, DRAWN: 3}


class Augment:
    def __init__(self, data: Dataset, side: int, seed, *, calm: bool = False) -> None:
        self.data, self.side = data, side
        self.pasted, self.as_cutout = (CALM_PASTED, AS_CALM_CUTOUT) if calm else (PASTED, AS_CUTOUT)
        self.company = CALM_COMPANY if calm else COMPANY
        self.company_in_photos = CALM_COMPANY_IN_PHOTOS if calm else COMPANY_IN_PHOTOS
        self.rng = np.random.default_rng(seed)

    def example(self):
        """image uint8 [s, s, 3]; uint8 [s, s]: target 0–255, weight (0 where unknown, else EVEN–5·EVEN), kind (0 where none)."""
        draw = self.rng.random()
        if draw < EMPTY:
            image = self._view(self._any(self.data.backgrounds))
            target = np.zeros(image.shape[:2], np.uint8)
            known = np.ones_like(target)
        elif draw < EMPTY + self.pasted:
            image, target, known = self._composite()
        else:
            image, target, known = self._own_photo()
        if self.rng.random() < UNEVEN_PHOTO:
            image = unevenly(image, self.rng)
        image = degrade(colour(image, self.rng, 0.7), self.rng)
        if self.rng.random() < BARS:
            self._bars(image, target, known)
        return image, target, np.minimum(known, 1) * emphasis(target), np.maximum(known, 1) - 1

    def _bars(self, *pictures: np.ndarray) -> None:
        """Bars above and below or at the sides, as of a film; they are known to be background."""
        wide = int(self.side * self.rng.uniform(0.03, 0.16))
        shade = 0 if self.rng.random() < 0.6 else 255
        turn = self.rng.random() < 0.4
        for picture, value in zip(pictures, (shade, 0, 1)):
            view = picture.swapaxes(0, 1) if turn else picture
            view[:wide], view[-wide:] = value, value

    # Photos.

    def _photo(self, source: str):
        pair = self._any(self.data.train[source])
        h, w = pair.mask.shape
        matrix = self._window(w, h)
        image = self._warp(pair.image, matrix, cv2.INTER_LINEAR)
        target = self._warp(np.where(pair.mask == 255, 255, 0).astype(np.uint8), matrix, cv2.INTER_LINEAR)
        unknown = self._warp(np.where(pair.mask == UNKNOWN, 255, 0).astype(np.uint8), matrix, cv2.INTER_LINEAR)
        return image, target, np.where(unknown < 32, 1 + (target > 127) * KIND[source], 0).astype(np.uint8)

    def _view(self, image: np.ndarray, small: float = 0.35) -> np.ndarray:
        return self._warp(image, self._window(image.shape[1], image.shape[0], small), cv2.INTER_LINEAR)

    def _window(self, w: int, h: int, small: float = 0.45) -> np.ndarray:
        """A piece of a w×h picture, turned, stretched, mirrored, as the matrix that fills the square with it."""
        rng = self.rng
        scale = 1.0 if rng.random() < 0.35 else rng.uniform(small, 1.06)
        stretch = np.exp(rng.uniform(np.log(0.7), np.log(1.43))) ** 0.5
        across, down = w * min(scale * stretch, 1.15), h * min(scale / stretch, 1.15)
        x = rng.uniform(*sorted((across / 2, w - across / 2)))
        y = rng.uniform(*sorted((down / 2, h - down / 2)))
        angle = np.deg2rad(rng.normal(0, 6) if rng.random() < 0.6 else 0)
        flip = -1 if rng.random() < 0.5 else 1
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        linear = np.diag([flip * self.side / across, self.side / down]) @ turn
        return np.hstack([linear, (self.side / 2 - linear @ [x, y])[:, None]])

    def _warp(self, picture: np.ndarray, matrix: np.ndarray, how: int) -> np.ndarray:
        return cv2.warpAffine(picture, matrix, (self.side, self.side), flags=how, borderMode=cv2.BORDER_REFLECT_101)

    # Cut-outs on backgrounds.

    def _composite(self):
        rng = self.rng
        image, target, known, scene = self._scene()
        if rng.random() < STRUNG and not target.any():
            image = garland(image, rng)
        first = self._source(self.as_cutout)
        subjects = [(first, 1.0)]
        if first == CATS and rng.random() < COLONY:
            subjects = [(CATS, rng.uniform(0.35, 0.6)) for _ in range(rng.integers(3, 8))]
        elif rng.random() < 0.22:
            subjects.append((self._source(self.as_cutout), 0.6))
        if first in YIELDS and rng.random() < self.company:
            subjects += self._company(first)
        present = [scene, *(source for source, _ in subjects)]
        if yields(scene, present):
            target = np.zeros_like(target)
        for source, limit in subjects:
            image, target, known = self._paste(image, target, known, source, limit, subject=not yields(source, present))
        return image, target, known

    def _own_photo(self):
        source = self._source(AS_PHOTO)
        image, target, known = self._photo(source)
        if source in YIELDS and self.rng.random() < self.company_in_photos:
            for other, limit in self._company(source):
                image, target, known = self._paste(image, target, known, other, limit, subject=False)
        return image, target, known

    def _company(self, source: str) -> list[tuple[str, float]]:
        """Things, or people, that are none of the subject when `source` is there, and how large they get."""
        others = [self._source(AS_COMPANY) for _ in range(self.rng.integers(1, 4))]
        return [(other, self.rng.uniform(0.15, 0.7)) for other in others if other in YIELDS[source]]

    def _paste(self, image, target, known, source: str, limit: float, *, subject: bool):
        """One more cut-out, over what is there: subject, or scenery that hides hardly any of what is subject."""
        rng = self.rng
        pair = self._any(self.data.train[source])
        pasted = self._cutout(pair, limit)
        if pasted is None:
            return image, target, known
        colours, alpha, cast = pasted
        covered = target * (1 - alpha)
        if not subject and covered.sum() < (1 - HIDES) * target.sum(dtype=np.int64):
            return image, target, known
        if cast is not None:
            image = sunlit(image, cast, rng)
        if rng.random() < (SHADED if pair.drawn else SHADED_PHOTO):
            image = shade(image, alpha, rng)
        a = alpha[..., None]
        image = (image * (1 - a) + colours * a + 0.5).astype(np.uint8)
        target = (covered + 255 * subject * alpha + 0.5).astype(np.uint8)  # one soft edge over another: Porter & Duff 1984
        sure = alpha > np.where(known == 0, 0.8, 0.5)  # a soft edge over what is unknown tells little
        return image, target, np.where(sure, 1 + KIND[source], known).astype(np.uint8)

    def _scene(self):
        """What to paste on, with what of it is subject already, and whose photo it is."""
        rng, s = self.rng, self.side
        empty, known = np.zeros((s, s), np.uint8), np.ones((s, s), np.uint8)
        draw = rng.random()
        if draw < 0.12:  # another photo with its own subject
            source = self._source(AS_PHOTO)
            return *self._photo(source), source
        if draw < 0.34:  # another photo out of focus: its subject is background now
            view = self._view(self._pair(AS_PHOTO).image, 0.3)
            view = cv2.GaussianBlur(view, (0, 0), s * rng.uniform(0.018, 0.06))
            return lights(view, rng) if rng.random() < 0.4 else view, empty, known, None
        if draw < 0.44:  # a plain or graded backdrop, as in a studio
            return backdrop(s, rng), empty, known, None
        if draw < 0.54:  # a small piece of anywhere, as texture
            return cv2.resize(self._piece(), (s, s), interpolation=cv2.INTER_CUBIC), empty, known, None
        view = self._view(self._any(self.data.backgrounds))
        if rng.random() < FLOORED:
            view = floor(view, self._piece(), rng)
        if rng.random() < 0.45:
            view = cv2.GaussianBlur(view, (0, 0), s * rng.uniform(0.003, 0.025))
            view = lights(view, rng) if rng.random() < 0.3 else view
        return colour(view, rng, 0.7), empty, known, None

    def _piece(self) -> np.ndarray:
        image = self._pair(AS_PHOTO).image
        h, w = image.shape[:2]
        size = int(min(h, w) * self.rng.uniform(0.12, 0.3))
        y, x = self.rng.integers(0, [h - size, w - size])
        return image[y : y + size, x : x + size]

    def _cutout(self, pair: Pair, limit: float):
        """A subject at a size and place of its own, and where its shadow falls on level ground or None. One that its
        photo's frame cuts is cut by this frame too.
        """
        rng, s = self.rng, self.side
        solid = pair.mask if pair.drawn else largest(np.where(pair.mask == 255, 255, 0).astype(np.uint8))
        x, y, w, h = cv2.boundingRect(solid)
        if w < 12 or h < 12 or np.count_nonzero(solid) < 0.012 * solid.size:
            return None
        rows, columns = solid.shape
        size = np.exp(rng.uniform(np.log(0.3), np.log(1.25))) * limit
        stretch = np.exp(rng.uniform(np.log(0.72), np.log(1.4))) ** 0.5
        scale = size * s / max(w, h)
        across, down = scale * stretch, scale / stretch
        # Where the box goes: anywhere that shows most of it, or against the side that cut it.
        left = self._place(w * across, x <= 1, x + w >= columns - 1)
        top = self._place(h * down, y <= 1, y + h >= rows - 1)
        matrix = np.array([[across, 0, left - x * across], [0, down, top - y * down]])
        if not (x <= 1 or y <= 1 or x + w >= columns - 1 or y + h >= rows - 1) and rng.random() < 0.6:
            turn = cv2.getRotationMatrix2D((left + w * across / 2, top + h * down / 2), rng.normal(0, 9), 1)
            matrix = turn @ np.vstack([matrix, [0, 0, 1]])
        if rng.random() < 0.5:
            matrix[0] = [-matrix[0, 0], -matrix[0, 1], s - matrix[0, 2]]
        inner = cv2.erode(solid, np.ones((3, 3), np.uint8)) if rng.random() < 0.7 and not pair.drawn else solid
        how = cv2.INTER_LINEAR
        alpha = cv2.warpAffine(inner, matrix, (s, s), flags=how, borderValue=0)
        colours = cv2.warpAffine(pair.image, matrix, (s, s), flags=how, borderMode=cv2.BORDER_REPLICATE)
        alpha = cv2.GaussianBlur(alpha, (0, 0), rng.uniform(0.3, 0.8) if pair.drawn else rng.uniform(0.5, 1.4)).astype(np.float32) / 255
        if rng.random() < RETEXTURED:
            other = self._any(self.data.backgrounds) if rng.random() < 0.4 else self._pair(AS_PHOTO).image
            colours = retextured(colours, self._view(other, 0.25), rng)
        if rng.random() < UNEVEN_CUTOUT:
            colours = unevenly(colours, rng)
        cast = cv2.warpAffine(pair.cast, matrix, (s, s), flags=how, borderValue=0) if pair.drawn and rng.random() < SUNLIT else None
        return colour(colours, rng, 1.3), alpha, cast

    def _place(self, length: float, cut_before: bool, cut_after: bool) -> float:
        s = self.side
        if cut_before and not cut_after:
            return -self.rng.uniform(0, 0.1) * length
        if cut_after and not cut_before:
            return s - length * self.rng.uniform(0.9, 1)
        if self.rng.random() < 0.6 and length < s:
            return self.rng.uniform(0, s - length)
        middle = s * np.clip(self.rng.normal(0.5, 0.22), 0.05, 0.95)
        return middle - length / 2

    def _pair(self, shares: dict[str, float]) -> Pair:
        return self._any(self.data.train[self._source(shares)])

    def _source(self, shares: dict[str, float]) -> str:
        return list(shares)[self.rng.choice(len(shares), p=list(shares.values()))]

    def _any(self, things: list):
        return things[self.rng.integers(len(things))]


def yields(source: str | None, present: list) -> bool:
    """Whether what comes from `source` is scenery beside another one of those present."""
    return any(source in YIELDS.get(other, ()) for other in present)
