"""`python -m evals.sections`: how many answers are cut exactly right; `--faults` says what is not."""

from __future__ import annotations

import sys
from collections import defaultdict

from evals.sections.answers import read_answers
from evals.sections.score import cut, faults, is_invariant, is_lossless

GOAL = 0.97


def main() -> int:
    """Print the rates; 1 when the goal is missed, or any cut depends on chunks or loses text."""
    right: dict[str, list[bool]] = defaultdict(list)
    invariant, lossless = [], []
    for answer in read_answers():
        draft = cut(answer.text)[0]
        wrong = faults(answer, draft)
        right[answer.style].append(not wrong)
        invariant.append(is_invariant(answer))
        lossless.append(is_lossless(answer, draft))
        if "--faults" in sys.argv[1:]:
            for fault in (*wrong, *(["text is lost"] if not lossless[-1] else [])):
                print(f"{answer.style} {answer.name}: {fault}")
    for style, results in sorted(right.items()):
        print(f"{style:<16} {sum(results):>4} of {len(results):>3}")
    exact = sum(map(sum, right.values())) / len(invariant)
    print(f"{'exactly right':<16} {exact:.3f} of {len(invariant)} answers (goal {GOAL})")
    print(f"{'any chunking':<16} {sum(invariant) / len(invariant):.3f}")
    print(f"{'lossless':<16} {sum(lossless) / len(lossless):.3f}")
    return int(exact < GOAL or not (all(invariant) and all(lossless)))


if __name__ == "__main__":
    sys.exit(main())
