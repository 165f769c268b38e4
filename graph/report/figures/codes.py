"""Addresses, papers and codes with figures in them, each with pieces of which a text must hold one."""

from __future__ import annotations

_STREETS = "row|terrace|crescent|quay|wharf|mews|alley|parkway|promenade|embankment"
_CURRENCIES = "us|hk|nt|rs|usd|hkd|eur|gbp|cny|rmb|jpy|aud|cad|fy|cy"

CODES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        r"(?<![\d.,$€£¥])\d{1,5}[a-z]?\s(?!percent|million|billion|thousand|basis)(?:[a-z'.-]+\s){1,3}"
        rf"(?:{_STREETS})(?![a-z])",
        tuple(_STREETS.split("|")),
    ),
    (
        r"(?:located|headquartered|situated|offices?|address|premises)\s(?:is |are )?at\s\d{1,5}[a-z]?"
        r"(?=\s[a-z])",
        ("located at", "headquartered at", "situated at", "office", "address", "premises"),
    ),
    # Types of engines and aircraft, as in CFM56-7B.
    (rf"(?<![a-z\d])(?!(?:{_CURRENCIES})\d)[a-z]{{2,5}}\d{{1,4}}-\d{{1,3}}[a-z]{{0,3}}(?![a-z\d%.])", ("-",)),
    (r"(?<![a-z])s-[kx](?:\s(?:item|subpart))?\s\d{3,4}(?![\d,.%])", ("s-k", "s-x")),
    (r"(?<=the )\d{1,3}%\s(?:rule|regulation)(?![a-z])", ("rule", "regulation")),
    (
        r"1\d\d(?:%|\spercent)\s(?:certain|sure|guaranteed|confident|safe|clear|right|effort|commitment)(?![a-z])",
        ("certain", "sure", "guarant", "confident", "safe", "clear", "right", "effort", "commitment"),
    ),
    (
        r"(?<![a-z])(?:patents?|applications?)\s(?:[a-z]{2}\s)?\d[\d,/ ]{4,12}\d(?:\s?[ab]\d)?(?![\d%])",
        ("patent", "application"),
    ),
    (r"-?(?<![\d.])\d{1,3}(?:\.\d{1,8})?\s?°\s?[nsewcf]?(?![a-z])", ("°",)),
    (r"(?<![\d.,$€£¥])802\.\d{1,2}[a-z]{0,2}(?![a-z\d])", ("802.",)),
    (r"(?<![a-z])regs?\.\s(?:section\s)?\d{1,2}\.\d{1,5}(?:-\d{1,3})?", ("reg.", "regs.")),
    (r"(?<![\d.,$€£¥-])\d\d-\d{7}(?![\d%]|[.,]\d)", ("-",)),
    (r"(?<!\d)0\d{2,3}-\d{4}\s?\d{4}(?!\d)", ("-",)),
    (
        r"(?<![a-z\d])[a-z]?\d{1,4}(?:国道|省道|县道|高速|号线|路公交)",
        ("国道", "省道", "县道", "高速", "号线", "公交"),
    ),
)  # fmt: skip
