"""What is put on a shelf is found in its part, in its order, and nowhere else."""

import random
from collections import defaultdict
from pathlib import Path

from tests.verify.scratch import PARTS, Scratch


def test_every_record_lies_in_the_part_of_its_key_and_in_order(tmp_path: Path) -> None:
    dice = random.Random(7)
    given: dict[int, defaultdict[bytes, list[bytes]]] = {0: defaultdict(list), 1: defaultdict(list)}
    with Scratch(tmp_path) as scratch:
        shelves = [scratch.shelf(), scratch.shelf()]
        # Far more than is kept waiting, so that most of it comes back from the file, in many pieces.
        for number in range(60_000):
            shelf, key = dice.randrange(2), dice.randbytes(16)
            record = key + number.to_bytes(24, "big")
            shelves[shelf].put(key, record)
            given[shelf][key[-1:]].append(record)
            if number % 5_000 == 0:
                shelves[shelf].part(dice.randrange(PARTS))
        for shelf, by_end in given.items():
            for part in range(PARTS):
                packed = shelves[shelf].part(part)
                found = [packed[place : place + 40] for place in range(0, len(packed), 40)]
                assert found == sorted(found, key=lambda each: each[16:])
                wanted = [each for end, those in by_end.items() if end[0] % PARTS == part for each in those]
                assert sorted(found) == sorted(wanted)
        assert list(tmp_path.iterdir()) == []
