"""Texts that break careless programs, as somebody might type or send them: our own list, by what they aim at."""

from __future__ import annotations

from collections.abc import Mapping

MARK = "zq7"  # so that what was typed is found again wherever it went

# As long as what a field of many lines may hold and a little more; what is larger than a request is refused before.
LONG = 20_000

HOSTILE_TEXTS: Mapping[str, str] = {
    # Markup
    "a script": f"<script>{MARK}(1)</script>",
    "a picture that fails": f"<img src=x onerror={MARK}(1)>",
    "the end of an attribute": f'" onfocus={MARK}(1) autofocus x="',
    "the end of an attribute, single quotes": f"' onmouseover='{MARK}(1)",
    "the end of a title": f"</title></textarea></script><svg/onload={MARK}(1)>",
    "an address that runs": f"javascript:{MARK}(1)",
    "a comment that swallows the page": f"<!--{MARK}",
    "entities": f"&lt;b&gt;{MARK}&amp;amp;&#0;&#x110000;",
    "a style": f"<style>*{{display:none}}</style>{MARK}",
    "CDATA": f"]]>{MARK}<![CDATA[",
    # Templates and formats
    "a template of Jinja": f"{MARK}{{{{7*7}}}}{{{{config}}}}{{% raw %}}",
    "a template of Typst": f'#{{let {MARK} = read("/etc/passwd")}} $x$ @ref *b*',
    "a format of printf": f"%s%n%x%d%%{MARK}%(name)s",
    "a format of Python": f"{{0.__class__}}{{{MARK}}}{{}}",
    "a variable of a shell": f"$(id) `id` ${{IFS}} ; id | id && id {MARK}",
    "a lookup of log4j": f"${{jndi:ldap://127.0.0.1/{MARK}}}",
    # Databases
    "a quote": f"'{MARK}",
    "a condition that is always true": f"{MARK}' OR '1'='1",
    "a second statement": f"{MARK}'; DROP TABLE accounts; --",
    "a union": f"{MARK}' UNION SELECT null,null,null --",
    "placeholders": f"? :name $1 %(x)s {MARK}",
    "signs of LIKE": f"%_\\%{MARK}",
    "a backslash at the end": f"{MARK}\\",
    # Spreadsheets
    "a formula": f"=cmd|' /C calc'!{MARK}",
    "a formula with plus": f'+HYPERLINK("https://evil.example","{MARK}")',
    "a formula with at": f"@SUM(1+1)*{MARK}",
    "a formula behind a tab": f"\t=1+{MARK}",
    # Addresses, paths, headers
    "a path upward": f"../../../../etc/passwd%00{MARK}",
    "a path of Windows": f"..\\..\\windows\\win.ini {MARK}",
    "a device": "CON",
    "line breaks for a header": f"{MARK}\r\nSet-Cookie: {MARK}=1\r\n\r\n<b>",
    "line breaks for a mail": f"a@b.example\r\nBcc: {MARK}@evil.example",
    "line breaks for a log": f'{MARK}\n{{"level": "error", "event": "forged"}}',
    "an address inside": f"http://169.254.169.254/latest/{MARK}",
    "two addresses of mail": f"a@b.example,{MARK}@evil.example",
    "a mail address in quotes": f'"{MARK} <x>"@b.example',
    # Characters
    "NUL": f"{MARK}\0after",
    "control characters": f"{MARK}" + "".join(map(chr, range(1, 32))) + "\x7f\x80\x9f",
    "the end of everything": f"{MARK}\ufffe\uffff\U0010ffff",
    "half a character": f"{MARK}\ud800",
    "a byte order mark": f"\ufeff{MARK}",
    "nothing that is seen": "\u200b\u200c\u2060\u00ad\ufeff",
    "text turned around": f"\u202e{MARK}\u202c\u2066",
    "all spaces": "\u00a0\u2003\u3000\u1680\t \x0b\x0c",
    "stacked accents": "Z̴̡̛͓͚ḁ̷̏l̵̰͛g̶̱̈o̸͕͌" + MARK,
    "right to left": f"مرحبا {MARK} עברית",
    "faces": f"👩‍👩‍👧‍👦🏳️‍🌈🇧🇷{MARK}",
    "letters that look alike": f"раураӏ {MARK}",
    "a sharp s and a dotted i": f"ß ſ İ ı ﬁ {MARK}",
    "composed and decomposed": f"é e\u0301 {MARK}",
    # Figures
    "not a number": "NaN",
    "infinity": "-Infinity",
    "a huge exponent": "1e309",
    "more than a word holds": str(2**63),
    "a figure of another alphabet": "١٢",
    "full-width figures": "１２",
    "a fraction": "½",
    "a figure with a thousand digits": "9" * 1000,
    "minus zero": "-0",
    "hexadecimal": "0x1F",
    "underscores": "1_000",
    "a date that never was": "2026-02-30",
    "a date before all": "0000-00-00",
    "a date after all": "99999-12-31",
    # Structures
    "JSON": f'{{"__proto__": {{"{MARK}": true}}}}',
    "deep JSON": "[" * 3000,
    "XML that fetches": f'<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;{MARK}</x>',
    "XML that grows": f'<!ENTITY a "{MARK}"><!ENTITY b "&a;&a;&a;">',
    "a pickle": "gASVHQAAAAAAAACMBXBvc2l4lIwGc3lzdGVtlJOUjAJpZJSFlFKULg==",
    "a token that is signed by nobody": "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.",
    # Length
    "very long": MARK + "x" * LONG,
    "very many lines": f"{MARK}\n" * 3000,
    "a very long word of many bytes": "ẞ" * 5000 + MARK,
    "a pattern that takes long to match": "a" * 3000 + "!" + MARK,
    "nothing": "",
    "spaces": "   ",
    # Words that programs take for something else
    "null": "null",
    "undefined": "undefined",
    "true": "true",
    "None": "None",
    "a name of the machinery": "__proto__",
    "another one": "__class__",
}
# Markup that a page must never hold as it was typed.
RUNS = tuple(
    HOSTILE_TEXTS[name]
    for name in (
        "a script",
        "a picture that fails",
        "the end of an attribute",
        "the end of a title",
        "a style",
        "a comment that swallows the page",
    )
)
