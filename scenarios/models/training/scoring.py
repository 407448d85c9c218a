"""Answers against the expected ones."""
import json

from ticketgen import FIELDS


def scores(samples, texts):
    """Percentages over all samples: valid JSON objects, exact answers, right values per field."""
    valid = exact = 0
    right = dict.fromkeys(FIELDS, 0)
    for sample, text in zip(samples, texts):
        exact += text == sample.answer
        try:
            found = json.loads(text)
        except ValueError:
            continue
        if isinstance(found, dict):
            valid += 1
            for field in FIELDS:
                right[field] += found.get(field) == sample.fields[field]
    share = {key: round(100 * n / len(samples), 2) for key, n in right.items()}
    return dict(examples=len(samples), valid_json=round(100 * valid / len(samples), 2),
                exact=round(100 * exact / len(samples), 2), fields=share)
